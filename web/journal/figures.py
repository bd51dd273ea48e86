"""Calls by hour of the day and times to an answer: counted, then laid out as two charts.

Drawn here and not in the browser: a chart needs no library there, it prints, and each has a table
that says the same. Bars differ by pattern before they differ by colour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from firmware.record import AlertState, CallOutcome
from firmware.store.figures import AnswerTime, CallsAt
from web.box import Box
from web.language import N_

HOUR = timedelta(hours=1)
PATTERN_OF = {
    CallOutcome.DIVERTED: "passed",
    CallOutcome.TRANSFERRED: "passed",
    CallOutcome.RINGING: "texted",
    CallOutcome.ALERTED: "texted",
    CallOutcome.VOICEMAIL: "texted",
    CallOutcome.ABANDONED: "missed",
    CallOutcome.REFUSED: "missed",
}
# Up to so many seconds, and its name below the bar: minutes
ANSWER_STEPS = ((60, "≤ 1"), (120, "1–2"), (300, "2–5"), (600, "5–10"), (1800, "10–30"))
LATER, NEVER = "> 30", N_("not answered")
CHART_WIDTH, CHART_HEIGHT = 720.0, 200.0  # in units of the drawing
BAR_SHARE = 0.72  # of the room that a bar has


@dataclass(frozen=True, slots=True)
class Period:
    days: int
    words: str


PERIODS = (Period(7, N_("7 days")), Period(28, N_("4 weeks")), Period(91, N_("3 months")))


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a bar, in units of the drawing; y counts downwards."""

    pattern: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """``label`` stands below, ``total`` above; ``counts`` by pattern for the table."""

    label: str
    x: float
    width: float
    top: float
    total: int
    counts: dict[str, int]
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """``median`` is the time within which half of the answered alerts were answered for."""

    hours: tuple[Bar, ...]
    answers: tuple[Bar, ...]
    calls: int
    alerts: int
    unanswered: int
    median: timedelta | None


def figures(box: Box, now: datetime, zone: ZoneInfo, days: int) -> Figures:
    """The figures of the last ``days`` times 24 hours."""
    since = now - timedelta(days=days)
    whole = all(_whole_hours(zone, at) for at in (since, now))
    by_hour = hours_of(box.calls_at(since, now, whole_hours=whole), zone)
    times = box.answer_times(since, now)
    answered = [each.seconds for each in times if _is_answer(each) and each.seconds is not None]
    return Figures(
        hours=bars([(str(hour), by_hour[hour]) for hour in range(24)]),
        answers=bars([(label, {"passed": count}) for label, count in answers_of(times)]),
        calls=sum(sum(counts.values()) for counts in by_hour),
        alerts=len(times),
        unanswered=sum(each.state is AlertState.EXHAUSTED for each in times),
        median=timedelta(seconds=median(answered)) if answered else None,
    )


def hours_of(counted: Sequence[CallsAt], zone: ZoneInfo) -> list[Counter[str]]:
    """How many calls of each pattern began in each hour of the site's day."""
    hours: list[Counter[str]] = [Counter() for _ in range(24)]
    for each in counted:
        hours[each.at.astimezone(zone).hour][PATTERN_OF[each.outcome]] += each.count
    return hours


def answers_of(times: Sequence[AnswerTime]) -> list[tuple[str, int]]:
    """How many alerts were answered for within each step of time; those still open do not count."""
    counted: Counter[str] = Counter()
    for each in times:
        if each.state is AlertState.EXHAUSTED:
            counted[NEVER] += 1
        elif _is_answer(each) and each.seconds is not None:
            within = (label for limit, label in ANSWER_STEPS if each.seconds <= limit)
            counted[next(within, LATER)] += 1
    labels = [*(label for _, label in ANSWER_STEPS), LATER, NEVER]
    return [(label, counted[label]) for label in labels]


def bars(rows: Sequence[tuple[str, dict[str, int] | Counter[str]]]) -> tuple[Bar, ...]:
    """Stacked bars of equal width; the highest reaches the top."""
    highest = max((sum(counts.values()) for _, counts in rows), default=0) or 1
    room = CHART_WIDTH / len(rows)
    return tuple(_bar(place, room, highest, *row) for place, row in enumerate(rows))


def _bar(
    place: int, room: float, highest: int, label: str, counts: dict[str, int] | Counter[str]
) -> Bar:
    pieces: list[Piece] = []
    y = CHART_HEIGHT
    for pattern in ("passed", "texted", "missed"):
        height = round(CHART_HEIGHT * counts.get(pattern, 0) / highest, 1)
        if height:
            y -= height
            pieces.append(Piece(pattern, round(y, 1), height))
    width = room * BAR_SHARE
    return Bar(
        label=label,
        x=round(place * room + (room - width) / 2, 1),
        width=round(width, 1),
        top=round(y, 1),
        total=sum(counts.values()),
        counts=dict(counts),
        pieces=tuple(pieces),
    )


def _is_answer(each: AnswerTime) -> bool:
    return each.by_somebody and each.state in (AlertState.ACKNOWLEDGED, AlertState.CLOSED)


def _whole_hours(zone: ZoneInfo, at: datetime) -> bool:
    return (at.astimezone(zone).utcoffset() or timedelta(0)) % HOUR == timedelta(0)
