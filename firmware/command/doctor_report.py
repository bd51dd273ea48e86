"""What the doctor shows: a line a check, a mark that is a word, colour on a terminal only."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
import time
from collections.abc import Sequence
from datetime import datetime
from typing import TextIO
from zoneinfo import ZoneInfo

from firmware.doctor.facts import Facts
from firmware.doctor.finding import Finding, Level, Phrase, Value, verdict
from firmware.store.report_file import Report, ReportLine
from firmware.update.version import own_version
from firmware.wording import Wording
from firmware.wording import doctor_messages as words

PROGRESS_AFTER_S = 2.0
WIDTH_MIN = 40
MARKS = {
    Level.OK: words.MARK_OK,
    Level.ATTENTION: words.MARK_ATTENTION,
    Level.WRONG: words.MARK_WRONG,
    Level.UNKNOWN: words.MARK_UNKNOWN,
}
# What must be done stands at the bottom, where the eye is when the command has ended
ORDER = (Level.OK, Level.UNKNOWN, Level.ATTENTION, Level.WRONG)
# ECMA-48 8.3.117: green, yellow, red and bold, cyan
COLOURS = {Level.OK: "32", Level.ATTENTION: "33", Level.WRONG: "1;31", Level.UNKNOWN: "36"}


class Speaker:
    """Words phrases in one language, on the site's clock."""

    def __init__(self, wording: Wording, zone: ZoneInfo, now: datetime) -> None:
        self._wording = wording
        self._zone = zone
        self._now = now

    def say(self, phrase: Phrase) -> str:
        """One line; characters that a terminal would obey are shown as ``?``."""
        values = {name: self._value(value) for name, value in phrase.values.items()}
        text = self._wording.say(phrase.msgid, **values)
        return "".join(letter if letter.isprintable() else "?" for letter in text)

    def _value(self, value: Value) -> str:
        if isinstance(value, Phrase):
            return self.say(value)
        if isinstance(value, datetime):
            return self._wording.clock(value, self._zone, self._now)
        return str(value)


def print_report(
    findings: Sequence[Finding], facts: Facts, wording: Wording, stream: TextIO | None = None
) -> None:
    """The findings and the one sentence at the end, on standard output."""
    stream = stream or sys.stdout
    now, zone = facts.moment.utc, _zone(facts)
    speaker = Speaker(wording, zone, now)
    date = f"{now.astimezone(zone):%d/%m/%Y %H:%M}"
    lines = [speaker.say(Phrase(words.TITLE, {"version": own_version() or "?", "date": date})), ""]
    page = _Page(wording, colour=_in_colour(stream), width=_width(stream))
    for level in ORDER:
        group = [finding for finding in findings if finding.level is level]
        lines += [line for finding in group for line in page.lines(finding, speaker)]
        lines += [""] if group else []
    lines += [speaker.say(verdict(findings)), speaker.say(Phrase(words.TEST_CALL))]
    stream.write("\n".join(lines) + "\n")
    stream.flush()


def report(findings: Sequence[Finding], facts: Facts, wording: Wording) -> Report:
    """The same for the page, what must be done first."""
    speaker = Speaker(wording, _zone(facts), facts.moment.utc)
    lines = tuple(
        ReportLine(
            level.value,
            speaker.say(Phrase(finding.check)),
            speaker.say(finding.sentence),
            speaker.say(finding.advice) if finding.advice is not None else "",
        )
        for level in reversed(ORDER)
        for finding in findings
        if finding.level is level
    )
    return Report(facts.moment.utc, wording.language, lines, speaker.say(verdict(findings)))


class _Page:
    """Lays findings out. ``width`` None: nobody looks at it, so that a line stays a line."""

    def __init__(self, wording: Wording, *, colour: bool, width: int | None) -> None:
        self._marks = {level: wording.say(mark) for level, mark in MARKS.items()}
        self._margin = max(len(mark) for mark in self._marks.values()) + 2
        self._colour = colour
        self._width = width

    def lines(self, finding: Finding, speaker: Speaker) -> list[str]:
        line = Phrase(
            words.LINE, {"check": Phrase(finding.check), "sentence": finding.sentence}
        )
        body = self._wrapped(speaker.say(line))
        if finding.advice is not None:
            body += self._wrapped(speaker.say(Phrase(words.TO_DO, {"advice": finding.advice})))
        mark = self._marks[finding.level]
        gap = " " * (self._margin - len(mark))
        if self._colour:
            mark = f"\x1b[{COLOURS[finding.level]}m{mark}\x1b[0m"
        return [f"{mark}{gap}{body[0]}", *(" " * self._margin + line for line in body[1:])]

    def _wrapped(self, text: str) -> list[str]:
        if self._width is None:
            return [text]
        room = max(self._width - self._margin, WIDTH_MIN)
        return textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False)


class Progress:
    """A line on a terminal for work that takes longer than two seconds, gone when it is over."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.wording = Wording("fr")   # until the site's language is known
        self._stream = stream or sys.stderr
        self._shown = ""
        self._started_s = time.monotonic()

    def at(self, what: str, *, long: bool = False) -> None:
        """``what`` (a message) is being done; may be called as often as one likes. ``long``: it
        will not give the word back before it is done, and is known to take its time."""
        seconds = int(time.monotonic() - self._started_s)
        if not self._stream.isatty() or (seconds < PROGRESS_AFTER_S and not long):
            return
        text = self.wording.say(words.WORKING, what=self.wording.say(what), seconds=seconds)
        if text != self._shown:
            self._shown = text
            self._stream.write(f"\r\x1b[K{text}")  # ECMA-48 8.3.41: erase to the line's end
            self._stream.flush()

    def over(self) -> None:
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = ""


def _zone(facts: Facts) -> ZoneInfo:
    known = facts.rota is not None and facts.clock.zone_known
    return ZoneInfo(facts.rota.site.time_zone if facts.rota and known else "Europe/Paris")


def _in_colour(stream: TextIO) -> bool:
    """https://no-color.org/"""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return stream.isatty() and not plain


def _width(stream: TextIO) -> int | None:
    return shutil.get_terminal_size().columns if stream.isatty() else None
