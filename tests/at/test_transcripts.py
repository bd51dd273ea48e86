"""What real modems send is read as hw/transcripts says; every quirk of a profile is shown there."""

from __future__ import annotations

import dataclasses
import tomllib
from enum import Enum
from functools import cache
from typing import Any

import pytest

from firmware.at import answers, unsolicited
from firmware.at import device_commands as commands
from firmware.at.answers import AnswerFault
from firmware.at.dialogue_events import Answer
from firmware.at.profile import ModemProfile
from firmware.at.result_codes import final_result
from tests.at.support import PROFILE_NAMES, TRANSCRIPTS, Line, load_profile


@cache
def cases(name: str) -> tuple[dict[str, Any], ...]:
    text = (TRANSCRIPTS / f"{name}.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["case"])


def case_id(case: dict[str, Any]) -> str:
    return str(case.get("line") or "; ".join(case["lines"]) or "no line")[:70]


def plain(value: Any) -> Any:
    """The value in the words of a TOML file."""
    if value is None:
        return "none"
    if isinstance(value, Enum) and not isinstance(value, int):
        return value.value
    if isinstance(value, set | frozenset):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def check_fields(found: Any, expect: dict[str, Any]) -> None:
    assert dataclasses.is_dataclass(found)
    for name, wanted in expect.items():
        if name == "none":
            assert {field: getattr(found, field) for field in wanted} == dict.fromkeys(wanted)
        elif isinstance(found, answers.Clock):
            assert str(found.instant or found.local) == wanted
        else:
            assert plain(getattr(found, name)) == wanted, name


@pytest.mark.parametrize("case", cases("answers"), ids=case_id)
def test_an_answer_is_read(case: dict[str, Any]) -> None:
    parser = getattr(answers, case["parser"])
    arguments = (7,) if case["parser"] == "read_message" else ()
    if case.get("fault"):
        with pytest.raises(AnswerFault):
            parser(tuple(case["lines"]), *arguments)
        return
    found = parser(tuple(case["lines"]), *arguments)
    if "value" in case:
        assert plain(found) == case["value"]
    elif isinstance(case["expect"], dict):
        check_fields(found, case["expect"])
    else:
        assert len(found) == len(case["expect"])
        for entry, expect in zip(found, case["expect"], strict=True):
            check_fields(entry, expect)


@pytest.mark.parametrize("case", cases("events"), ids=case_id)
@pytest.mark.parametrize("ends", ["\r\n", "\r\r\n"])
def test_an_unsolicited_line_is_an_event(case: dict[str, Any], ends: str) -> None:
    names = [case["profile"], "generic"] if "profile" in case else PROFILE_NAMES
    for name in names:
        line = Line(load_profile(name))
        data = "".join(f"{ends}{text}{ends}" for text in case["lines"])
        found = line.hear(data.encode("latin-1"))
        if name != "generic" or "profile" not in case:
            assert [type(event).__name__ for event in found] == [case["event"]], name
            check_fields(found[0], case.get("expect", {}))
        assert len(found) == 1


@pytest.mark.parametrize("case", cases("results"), ids=case_id)
def test_a_final_result_is_known(case: dict[str, Any]) -> None:
    found = final_result(case["line"], bool(case.get("dials")))
    if "kind" not in case:
        assert found is None
        return
    assert found is not None
    assert (found.kind.name, found.code) == (case["kind"], case.get("code"))
    assert found.ok == (case["kind"] in ("OK", "CONNECT"))


@pytest.mark.parametrize("name", ["answers", "events", "results"])
def test_every_case_has_a_source(name: str) -> None:
    assert all(len(case["source"]) > 5 for case in cases(name))


def test_every_parser_and_event_has_a_case() -> None:
    parsers = {name for name in answers.__all__ if name[0].islower()}
    assert {case["parser"] for case in cases("answers")} == parsers
    events = {
        name
        for name in unsolicited.__all__
        if name[0].isupper()
        and name
        not in ("CallStage", "PduHeader", "UnsolicitedEvent", "UnsolicitedTable", "GENERAL_CODES")
    }
    assert {case["event"] for case in cases("events")} == events


def test_each_quirk_of_a_profile_has_its_line(profile: ModemProfile) -> None:
    shown = {
        case["quirk"] for name in ("answers", "events") for case in cases(name) if "quirk" in case
    }
    assert {quirk.value for quirk in profile.quirks} <= shown


def test_every_code_of_a_family_is_known_without_a_profile(profile: ModemProfile) -> None:
    """A call must be seen on a modem that nobody recognised."""
    generic = load_profile("generic").codes
    matters = {code for code, decoder in profile.codes.items() if decoder != "notice"}
    told_otherwise = {"POWERED DOWN", "*ATREADY:", "+SMS FULL", "^SMMEMFULL:"}
    assert matters - told_otherwise <= set(generic)


@pytest.mark.parametrize(
    "case", [c for c in cases("events") if c["event"] != "Unknown"], ids=case_id
)
def test_an_unsolicited_line_between_a_command_and_its_ok(case: dict[str, Any]) -> None:
    line = Line(load_profile(case.get("profile", "generic")))
    line.send(commands.signal_query())
    data = "".join(f"\r\n{text}\r\n" for text in case["lines"])
    found = line.hear(f"\r\n+CSQ: 20,99\r\n{data}\r\nOK\r\n".encode("latin-1"))
    answer = found[-1]
    assert isinstance(answer, Answer)
    assert answer.lines == ("+CSQ: 20,99",)
    assert [type(event).__name__ for event in found[:-1]] == [case["event"]]
