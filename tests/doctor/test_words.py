"""The doctor's sentences: all translated, in French and English, with the same values."""

from __future__ import annotations

import ast
import inspect
import re
import string
from pathlib import Path

import pytest

from firmware.doctor import examine
from firmware.rota import NumberFault, normalise_number
from firmware.rota.dialling import check_diallable
from firmware.wording import (
    LANGUAGES,
    Wording,
    doctor_box_messages,
    doctor_messages,
    doctor_voice_messages,
)

ROOT = Path(__file__).parents[2]
SENTENCES = {
    f"{module.__name__.rpartition('.')[2]}.{name}": value
    for module in (doctor_messages, doctor_box_messages, doctor_voice_messages)
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, str)
}
FRENCH = Wording("fr")
# Words, signs and bare values that are the same in both languages
SAME = {"OK", "?", "Modem", "{volts} V.", "{first}, {second}", "{quality} ({dbm} dBm)."}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def said(text: str) -> str:
    return FRENCH.say(text, **{name: f"<{name}>" for name in fields(text)})


def test_every_sentence_is_french_in_french() -> None:
    same = {
        text
        for text in SENTENCES.values()
        if said(text) == text.format(**{name: f"<{name}>" for name in fields(text)})
    }
    assert {text for text in same if re.fullmatch(r"\{\w+\}\.", text) is None} == SAME


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_value_is_said(language: str) -> None:
    wording = Wording(language)
    for name, text in SENTENCES.items():
        values = {field: f"<{field}>" for field in fields(text)}
        spoken = wording.say(text, **values)
        assert all(value in spoken for value in values.values()), name


def test_a_sentence_is_one_short_line() -> None:
    for name, text in SENTENCES.items():
        assert "\n" not in said(text), name
        assert len(said(text)) <= 240, name


def test_every_sentence_is_used() -> None:
    modules = [
        *(ROOT / "firmware" / "doctor").glob("*.py"),
        *(ROOT / "firmware" / "command").glob("doctor*.py"),
    ]
    used = {
        node.attr
        for path in modules
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    assert {name.rpartition(".")[2] for name in SENTENCES} <= used


@pytest.mark.parametrize(
    "number",
    ["+33899000000", "+33810000000", "+8816123456789", "112", "", "+33abc", "+33601", "+999123456"],
)
def test_why_a_number_cannot_be_rung_is_said_in_french(number: str) -> None:
    with pytest.raises(NumberFault) as caught:
        check_diallable(normalise_number(number, "33"), "33")
    template = caught.value.text.template
    assert template in doctor_box_messages.NUMBER_FAULTS
    assert FRENCH.say(template, code="33") != template


def test_the_pure_room_reads_no_clock_and_no_device() -> None:
    room = Path(inspect.getfile(examine)).parent
    forbidden = {
        "serial", "threading", "time", "socket", "sqlite3", "random", "flask", "apscheduler",
        "subprocess", "queue", "select", "os", "pathlib",
    }  # fmt: skip
    for path in room.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            )
            for name in names:
                assert name.partition(".")[0] not in forbidden, (path.name, name)
                assert not name.startswith(("firmware.shell", "firmware.store", "firmware.command"))
