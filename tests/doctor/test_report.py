"""What is printed: marks that are words, colour and a progress line on a terminal only."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest

from firmware.command import doctor_report
from firmware.command.doctor_report import Progress, print_report
from firmware.doctor.examine import examine
from firmware.doctor.facts import DiskFacts, Facts
from firmware.doctor.questions import Question
from firmware.update import version
from firmware.wording import Wording
from firmware.wording import doctor_messages as words
from tests.doctor.samples import RUNNING, STOPPED, asked, with_data

ESCAPE = re.compile(r"\x1b\[[0-9;]*[mK]")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def printed(facts: Facts, language: str = "fr", stream: io.StringIO | None = None) -> str:
    stream = stream or io.StringIO()
    print_report(examine(facts), facts, Wording(language), stream)
    return stream.getvalue()


def test_the_report_of_a_box_on_which_all_is_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(version, "FILE", tmp_path / "VERSION")
    (tmp_path / "VERSION").write_text("7.8.9\n")   # as the package has it, whatever pip says
    lines = printed(RUNNING).splitlines()
    assert lines[0].startswith("Veilleur 7.8.9,")
    assert lines[0].endswith(", vérification du 12/03/2026 14:05")   # the site's clock, not UTC
    marks = {line[:8].strip() for line in lines[2:-3]}
    assert marks == {"OK"}
    assert "OK      De garde maintenant : Ambulance : Alice Martin" in "\n".join(lines)
    assert lines[-2] == "Tout va bien."
    assert "numéro de garde" in lines[-1]


def test_what_must_be_done_stands_at_the_bottom() -> None:
    facts = replace(with_data(STOPPED, disk=DiskFacts(0, 10_000_000)), throttled=None)
    text = printed(facts)
    blocks = text.split("\n\n")
    assert [block[:8].strip() for block in blocks[1:-1]] == ["OK", "?", "À VOIR", "PANNE"]
    assert blocks[-2].splitlines() == [
        "PANNE   Disque : plein : 0 Mo libres sur 10 Mo. Les appels et SMS ne peuvent plus être"
        " enregistrés.",
        "        À faire : supprimez ce qui n'a rien à faire sur le boîtier (vieilles sauvegardes,"
        " téléchargements), ou mettez une carte plus grande.",
    ]
    assert blocks[-1].startswith("Une panne trouvée.")


def test_in_english() -> None:
    text = printed(with_data(STOPPED, disk=DiskFacts(0, 10_000_000)), "en")
    assert "WRONG  Disk: full: 0 MB free of 10 MB." in text
    assert "One fault found." in text


def test_a_pipe_gets_neither_colour_nor_broken_lines() -> None:
    text = printed(with_data(STOPPED, disk=DiskFacts(0, 10_000_000)))
    assert "\x1b" not in text
    findings = examine(with_data(STOPPED, disk=DiskFacts(0, 10_000_000)))
    assert len(re.findall(r"^(OK|\?|À VOIR|PANNE) +\S", text, re.MULTILINE)) == len(findings)


def test_a_terminal_gets_colour_and_lines_that_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "72")
    facts = with_data(STOPPED, disk=DiskFacts(0, 10_000_000))
    text = printed(facts, stream=Terminal())
    assert "\x1b[1;31mPANNE\x1b[0m   Disque" in text
    plain = ESCAPE.sub("", text)
    findings = plain.split("\n\n", 1)[1].rsplit("\n\n", 1)[0]
    assert max(len(line) for line in findings.splitlines()) <= 72
    assert " ".join(plain.split()) == " ".join(printed(facts).split())


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colour_can_be_declined(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert "\x1b" not in printed(RUNNING, stream=Terminal())


def test_nothing_that_a_terminal_obeys_gets_through() -> None:
    facts = asked(STOPPED, {Question.OPERATOR: '+COPS: 0,0,"\x1b[2JOrange\x07",7|OK'})
    text = printed(facts)
    assert "?[2JOrange?" in text
    assert "\x1b" not in text


def test_instants_are_on_the_sites_clock() -> None:
    assert "Heure : 14:05, tenue à l'heure par un serveur de temps." in printed(RUNNING)


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(doctor_report, "time", clock)
    return clock


def test_progress_is_shown_after_two_seconds_and_wiped(clock: Clock) -> None:
    terminal = Terminal()
    progress = Progress(terminal)
    progress.at(words.L_MODEM)
    clock.now_s += 1.9
    progress.at(words.L_MODEM)
    progress.over()
    assert terminal.getvalue() == ""
    clock.now_s += 0.2
    progress.at(words.L_MODEM)
    progress.at(words.L_MODEM)
    assert terminal.getvalue() == "\r\x1b[KVérification : Modem (2 s)"
    progress.over()
    progress.over()
    assert terminal.getvalue().endswith("(2 s)\r\x1b[K")


def test_long_work_is_announced_at_once(clock: Clock) -> None:
    terminal = Terminal()
    Progress(terminal).at(words.L_DATABASE, long=True)
    assert terminal.getvalue() == "\r\x1b[KVérification : Base de données (0 s)"


def test_progress_is_for_terminals(clock: Clock) -> None:
    pipe = io.StringIO()
    progress = Progress(pipe)
    clock.now_s += 30
    progress.at(words.L_MODEM)
    progress.at(words.L_MODEM, long=True)
    progress.over()
    assert pipe.getvalue() == ""
