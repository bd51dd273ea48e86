"""Whatever anybody types, what is written is one line of the allowed grammar, or an error."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from firmware.at import call_commands, device_commands, message_commands, service_commands
from firmware.at.command import Command, UnsafeCommand, render
from firmware.at.number import UnsafeNumber, international_number, mmi_code
from firmware.at.profile import ModemProfile
from tests.at.support import PDU, PROFILES, load_profile

forward = service_commands.forwarding_register
NUMBER = "+33601020304"
ROOT = Path(__file__).parents[2]
LINE = re.compile(rb"AT[\x20-\x7E]{0,254}\r")
BODY = re.compile(rb"(?:[0-9A-Fa-f]{2}){1,176}\x1a")

ARGUMENTS: dict[str, list[tuple[Any, ...]]] = {
    "call_hold": [(form,) for form in ("0", "1", "11", "17", "2", "21", "27", "3", "4")],
    "deflect": [(NUMBER,), (NUMBER, True)],
    "delete_message": [(0,), (255,)],
    "dial": [(NUMBER,)],
    "dial_code": [("##002#",), ("*#61#",), ("**67*+33601020304*11#",)],
    "forwarding_disable": [(reason,) for reason in range(6)],
    "forwarding_enable": [(reason,) for reason in range(6)],
    "forwarding_erase": [(reason,) for reason in range(6)],
    "forwarding_query": [(reason,) for reason in range(4)],
    "forwarding_register": [(1, NUMBER), (2, NUMBER, 15), (3, NUMBER), (0, NUMBER)],
    "pin_enter": [("1234",), ("12345678",)],
    "read_message": [(1,)],
    "registration_query": [("CS",), ("EPS",)],
    "registration_reports": [("CS",), ("EPS",)],
    "send_key": [("1",), ("*",), ("#",), ("A",)],
    "send_message": [(PDU,)],
    "storage_read": [("SM",), ("ME",)],
    "storage_select": [("SM",), ("ME",)],
    "ussd": [("*100#",)],
}
ROOMS = (device_commands, call_commands, message_commands, service_commands)
BUILDERS: dict[str, Callable[..., Any]] = {
    name: value
    for room in ROOMS
    for name, value in sorted(vars(room).items())
    if inspect.isfunction(value)
    and value.__module__ == room.__name__
    and name[0] != "_"
    and name != "tpdu_length"
}


def built(name: str, profile: ModemProfile) -> list[Command]:
    builder = BUILDERS[name]
    parameters = list(inspect.signature(builder).parameters)
    calls: list[tuple[Any, ...]]
    if name == "profile_voice":
        calls = [(voice, on) for voice in profile.voices for on in (True, False)]
    elif name == "profile_voice_before":
        calls = [(voice,) for voice in profile.voices]
    elif name == "message_indications":
        calls = [(profile, choice) for choice in range(len(profile.cnmi))]
    elif parameters and parameters[0] == "profile":
        calls = [(profile,)]
    else:
        calls = ARGUMENTS.get(name, [()])
    found: list[Command] = []
    for arguments in calls:
        result = builder(*arguments)
        if isinstance(result, Command):
            found.append(result)
        elif result is not None:
            found.extend(result)
    return found


@pytest.mark.parametrize("name", BUILDERS)
def test_every_builder_keeps_to_the_grammar(name: str, profile: ModemProfile) -> None:
    for command in built(name, profile):
        rendered = render(command)
        assert LINE.fullmatch(rendered.line)
        assert (rendered.body is not None) == (command.body is not None)
        assert all(prefix.endswith(":") for prefix in command.prefixes)


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (forward(1, NUMBER), 'AT+CCFC=1,3,"+33601020304",145,1'),
        (forward(2, NUMBER, 15), 'AT+CCFC=2,3,"+33601020304",145,1,,,15'),
        (forward(3, NUMBER), 'AT+CCFC=3,3,"+33601020304",145,1'),
        (service_commands.forwarding_query(0), "AT+CCFC=0,2"),
        (service_commands.forwarding_erase(0), "AT+CCFC=0,4,,,1"),
        (service_commands.forwarding_erase(4), "AT+CCFC=4,4,,,1"),
        (service_commands.call_waiting_off(), "AT+CCWA=0,0,1"),
        (service_commands.service_notices(), "AT+CSSN=0,1"),
        (service_commands.deflect(NUMBER), 'AT+CTFR="+33601020304",145'),
        (service_commands.deflect(NUMBER, bare=True), "AT+CTFR=+33601020304"),
        (call_commands.dial(NUMBER), "ATD+33601020304;"),
        (call_commands.call_hold("12"), "AT+CHLD=12"),
        (message_commands.send_message(PDU), "AT+CMGS=14"),
        (message_commands.list_messages(), "AT+CMGL=4"),
        (call_commands.send_key("#"), "AT+VTS=#"),
        (message_commands.storage_select("ME"), 'AT+CPMS="ME","ME","ME"'),
        (service_commands.ussd("*100#"), 'AT+CUSD=1,"*100#",15'),
    ],
)
def test_the_exact_line(command: Command, line: str) -> None:
    assert render(command).line == line.encode() + b"\r"


def test_the_body_is_sent_by_ctrl_z() -> None:
    assert render(message_commands.send_message(PDU)).body == PDU.encode() + b"\x1a"


@given(st.text())
@example("+33601020304\n")
@example("+33601020304\r\nATD+33899;")
@example("+\u0663\u0663\u0666\u0660\u0661\u0660\u0662\u0660\u0663\u0660\u0664")
@example('+33601020304",145\rAT')
@example("+336010203041234567")
@example("0601020304")
def test_only_an_international_number_gets_into_a_command(text: str) -> None:
    if re.fullmatch(r"\+[1-9][0-9]{6,14}", text, re.ASCII) and not text.endswith("\n"):
        assert international_number(text) == text
        return
    for build in (call_commands.dial, service_commands.deflect, lambda n: forward(1, n)):
        with pytest.raises(UnsafeNumber):
            build(text)
    with pytest.raises(UnsafeNumber):
        international_number(text)


@given(st.text())
@example("#")
@example("*100#\r")
def test_only_a_service_code_is_dialled_as_one(text: str) -> None:
    try:
        command = service_commands.dial_code(text)
    except UnsafeNumber:
        return
    assert LINE.fullmatch(render(command).line)
    assert mmi_code(text) == text
    assert set(text) <= set("0123456789*#+")


@given(text=st.text(), body=st.none() | st.text())
@example(text="AT\r", body=None)
@example(text="AT\n", body=None)
@example(text="AT\x1a", body=None)
@example(text="AT+CMGS=1", body="00\x1a")
@example(text="AT+CMGS=1", body="0\u0660")
@example(text="AT" + "x" * 300, body=None)
def test_nothing_outside_the_grammar_is_rendered(text: str, body: str | None) -> None:
    for line in (text, "AT" + text):
        try:
            rendered = render(Command(line, body=body))
        except UnsafeCommand:
            continue
        assert LINE.fullmatch(rendered.line)
        assert rendered.body is None or BODY.fullmatch(rendered.body)
        assert rendered.line == line.encode("ascii") + b"\r"


_ANYTHING = st.one_of(
    st.text(), st.integers(), st.none(), st.booleans(), st.floats(), st.binary(), st.just(NUMBER)
)


@given(name=st.sampled_from(sorted(ARGUMENTS)), first=_ANYTHING, second=_ANYTHING)
@example(name="send_message", first=b"A", second=None)   # letters, and no text
def test_builders_give_a_safe_command_or_our_own_error(name: str, first: Any, second: Any) -> None:
    builder = BUILDERS[name]
    takes = len(inspect.signature(builder).parameters)
    assume(takes > 0)
    try:
        command = builder(*(first, second)[:takes])
        rendered = render(command)
    except (UnsafeCommand, UnsafeNumber):
        return
    assert LINE.fullmatch(rendered.line)
    assert rendered.body is None or BODY.fullmatch(rendered.body)


@pytest.mark.parametrize("timeout_s", [0.0, -1.0, float("nan"), float("inf"), 601.0])
def test_a_deadline_is_finite(timeout_s: float) -> None:
    with pytest.raises(UnsafeCommand):
        render(Command("AT", timeout_s=timeout_s))


@pytest.mark.parametrize("seconds", [0, 1, 4, 7, 31, 60, -5, True])
def test_the_no_reply_time_is_one_that_the_network_takes(seconds: int) -> None:
    with pytest.raises(UnsafeCommand):
        forward(2, NUMBER, seconds)


def test_only_the_no_reply_forward_takes_a_time() -> None:
    with pytest.raises(UnsafeCommand):
        forward(1, NUMBER, 15)


@pytest.mark.parametrize("pdu", ["", "0", "00", "zz", "FF00", "0001\r", "00" * 200, "é0"])
def test_a_pdu_is_checked_before_its_length_is_told(pdu: str) -> None:
    with pytest.raises(UnsafeCommand):
        message_commands.send_message(pdu)


def test_the_profiles_indications_end(profile: ModemProfile) -> None:
    with pytest.raises(UnsafeCommand):
        message_commands.message_indications(profile, len(profile.cnmi))


def conformance_table() -> dict[str, list[str]]:
    text = (PROFILES / "README.md").read_text(encoding="utf-8")
    rows = [row.strip("| \n").split("|") for row in text.splitlines() if row.startswith("| `")]
    return {row[0].strip(" `"): [cell.strip() for cell in row[1:]] for row in rows}


@pytest.mark.parametrize("name", BUILDERS)
def test_every_builder_is_in_the_conformance_table(name: str) -> None:
    row = conformance_table()[name]
    assert len(row) == 4
    assert all(row)


def test_the_conformance_table_has_no_row_too_many() -> None:
    assert set(conformance_table()) == set(BUILDERS)


BY_PROFILE = (
    "network_time_update", "profile_init", "profile_voice", "profile_voice_before",
    "profile_reset", "iccid",
    "dtmf_detection", "temperature", "voltage",
)  # fmt: skip


@pytest.mark.parametrize("name", [name for name in BUILDERS if name not in BY_PROFILE])
def test_the_conformance_table_shows_the_command(name: str) -> None:
    shown = conformance_table()[name][0]
    lines = {command.text for command in built(name, load_profile("quectel-eg25"))}
    heads = [text.strip("` ") for text in shown.replace(" · ", "·").split("·")]
    for line in lines:
        assert any(line.startswith(head.split("<")[0]) for head in heads), (line, heads)


def test_no_other_room_makes_a_command() -> None:
    """What is sent comes from a builder, and each builder is in the table."""
    makers = [
        path.relative_to(ROOT)
        for path in sorted((ROOT / "firmware").rglob("*.py"))
        if re.search(r"(?<![\w.])Command\((?!\))", path.read_text(encoding="utf-8"))
    ]
    assert {path.parts[1] for path in makers} == {"at"}, makers
