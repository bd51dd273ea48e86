"""The small grammars inside the site file's texts: days, clock times, steps, names.

Each ``parse_...`` raises ``GrammarFault`` with a reason; each ``..._text`` writes what its parser
reads back to an equal value.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, time
from typing import get_args

from firmware.rota.text import TextError
from firmware.rota.values import Step, StepUnit
from firmware.rota.window import HOLIDAY, NOT_HOLIDAY, WEEKDAYS

NAME_MAX = 80
TEXT_MAX = 480  # three SMS of somebody's own words and a little
STEP_MAX = 9_999
YEARS = range(1970, 2200)

_STEP = re.compile(r"([0-9]{1,9}) *(hour|day|week|month)s?")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")
_WALL = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(Z|[+-][0-9]{2}:[0-9]{2})?",
)
_DAY_ORDER = (*WEEKDAYS, HOLIDAY, NOT_HOLIDAY)
# Joiners inside emoji, and the tags that make up flags: format characters that are seen.
_SEEN_FORMAT = {"\u200c", "\u200d", *(chr(tag) for tag in range(0xE0020, 0xE0080))}


class GrammarFault(TextError):  # noqa: N818 - a fault of the input, named like the others
    """A text outside its grammar; its message says what was expected."""


def parse_days(text: str) -> tuple[str, ...]:
    """``mon-fri``, ``sat,sun,holiday``, ``fri-mon``, ``mon-fri,not-holiday`` as days in order."""
    found: set[str] = set()
    for token in text.lower().split(","):
        part = token.strip().replace("not holiday", NOT_HOLIDAY)
        if part in _DAY_ORDER:
            found.add(part)
            continue
        ends = [end.strip() for end in part.split("-")]
        if len(set(ends)) != 2 or any(end not in WEEKDAYS for end in ends):
            raise GrammarFault(
                "expected {days} or a range such as mon-fri", days=", ".join(_DAY_ORDER)
            )
        first, last = (WEEKDAYS.index(end) for end in ends)
        found.update(WEEKDAYS[day % 7] for day in range(first, last + (8 if last < first else 1)))
    if NOT_HOLIDAY in found and HOLIDAY in found:
        raise GrammarFault("holiday and not-holiday exclude one another")
    if found == {NOT_HOLIDAY}:
        raise GrammarFault("not-holiday needs the days that it restricts")
    return tuple(day for day in _DAY_ORDER if day in found)


def days_text(days: tuple[str, ...]) -> str:
    """Days as ``parse_days`` reads them; three or more weekdays in a row become a range."""
    weekdays = [day for day in WEEKDAYS if day in days]
    parts: list[str] = []
    while weekdays:
        first = WEEKDAYS.index(weekdays[0])
        run = 1
        while run < len(weekdays) and weekdays[run] == WEEKDAYS[(first + run) % 7]:
            run += 1
        parts += [f"{weekdays[0]}-{weekdays[run - 1]}"] if run > 2 else weekdays[:run]
        weekdays = weekdays[run:]
    return ",".join([*parts, *(day for day in (HOLIDAY, NOT_HOLIDAY) if day in days)])


def parse_step(text: str) -> Step:
    """``1 week``, ``12 hours`` ...: a number from 1 to ``STEP_MAX`` and a unit."""
    match = _STEP.fullmatch(text.strip().lower())
    if match is None:
        raise GrammarFault("expected a number and hours, days, weeks or months, such as 1 week")
    count, unit = int(match[1]), match[2]
    if not 1 <= count <= STEP_MAX:
        raise GrammarFault("the number must be from 1 to {highest}", highest=STEP_MAX)
    return Step(count, next(known for known in get_args(StepUnit) if known == unit))


def parse_clock(text: str) -> time:
    """``18:00`` as a wall-clock time; ``24:00`` is the midnight that ends the day."""
    text = text.strip()
    match = _CLOCK.fullmatch(text)
    if match is None:
        if text == "24:00":
            return time(0, 0)
        raise GrammarFault("expected a clock time such as 08:00")
    return time(int(match[1]), int(match[2]), int(match[3] or 0))


def clock_text(value: time) -> str:
    """A clock time as ``parse_clock`` reads it."""
    return value.isoformat(timespec="seconds" if value.second else "minutes")


def parse_wall(text: str) -> datetime:
    """``2026-01-05T08:00`` as naive wall clock; with ``Z`` or ``+02:00`` as an instant in UTC."""
    match = _WALL.fullmatch(text.strip())
    if match is None:
        raise GrammarFault("expected a date and a time such as 2026-01-05T08:00")
    try:
        value = datetime.fromisoformat(f"{match[1]}T{match[2]}{match[3] or ''}")
    except ValueError:
        raise GrammarFault("there is no such date or time") from None
    return check_wall(value)


def check_wall(value: datetime) -> datetime:
    """``value`` in the form that the rota keeps: whole seconds, a sane year, instants in UTC."""
    if value.microsecond:
        raise GrammarFault("fractions of a second are not allowed")
    if value.year not in YEARS:
        raise GrammarFault(
            "the year must be from {lowest} to {highest}", lowest=YEARS[0], highest=YEARS[-1]
        )
    return value if value.tzinfo is None else value.astimezone(UTC)


def wall_text(value: datetime) -> str:
    """A wall-clock time or an instant as ``parse_wall`` reads it."""
    plain = value if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
    text = plain.isoformat(timespec="seconds" if plain.second else "minutes")
    return text if value.tzinfo is None else f"{text}Z"


def parse_name(text: str) -> str:
    """A name without outer blanks, in Unicode's composed form (NFC)."""
    name = unicodedata.normalize("NFC", text).strip()
    if not any(unicodedata.category(c)[0] in "LNPS" for c in name):
        raise GrammarFault("it is empty")
    if len(name) > NAME_MAX:
        raise GrammarFault("it has more than {highest} characters", highest=NAME_MAX)
    for c in name:
        if c not in _SEEN_FORMAT and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            raise GrammarFault("it holds the control character {code}", code=f"U+{ord(c):04X}")
    return name


def parse_text(text: str) -> str:
    """Somebody's own words, of several lines perhaps, composed (NFC), without outer blanks.

    Empty is allowed. Controls that turn the direction of writing or hide letters are not.
    """
    found = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if len(found) > TEXT_MAX:
        raise GrammarFault("it has more than {highest} characters", highest=TEXT_MAX)
    for c in found:
        hidden = unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") and c != "\n"
        if hidden and c not in _SEEN_FORMAT:
            raise GrammarFault("it holds the control character {code}", code=f"U+{ord(c):04X}")
    return found


def folded(name: str) -> str:
    """``name`` without case, accents and blanks: equal for names that people would mix up."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(c for c in plain if not unicodedata.combining(c) and not c.isspace())
    return kept or name
