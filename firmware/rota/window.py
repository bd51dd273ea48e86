"""Daily windows on listed days, as stretches of time in UTC."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from firmware.rota.holidays import bank_holidays
from firmware.rota.local_time import first_instant, last_instant, wall_clock
from firmware.rota.values import Site, Window

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAY = "holiday"
NOT_HOLIDAY = "not-holiday"

Span = tuple[datetime, datetime]

_DAY = timedelta(days=1)
# A window touches an instant at most two local dates away; one more for zones that skipped a date.
_MARGIN = timedelta(days=3)
_WEEK_S = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Calendar:
    """The zone and the bank holidays of a site. ``zone`` is a tzinfo of the IANA database."""

    zone: tzinfo
    code: str
    good_friday: bool

    def applies(self, days: tuple[str, ...], day: date) -> bool:
        """Whether a window on ``days`` starts on ``day``; weekdays and holidays are a union."""
        if WEEKDAYS[day.weekday()] not in days:
            return HOLIDAY in days and self.is_holiday(day)
        return NOT_HOLIDAY not in days or not self.is_holiday(day)

    def is_holiday(self, day: date) -> bool:
        """Whether ``day`` is a bank holiday of the site."""
        return day in bank_holidays(self.code, self.good_friday, day.year)


def calendar_of(site: Site) -> Calendar:
    """The site's calendar; ``zoneinfo.ZoneInfoNotFoundError`` if its zone is unknown."""
    return Calendar(ZoneInfo(site.time_zone), site.holidays, site.good_friday)


def window_spans(
    windows: Iterable[Window], calendar: Calendar, low: datetime, high: datetime
) -> list[Span]:
    """The union of ``windows`` as disjoint spans in order, all that touch [low, high)."""
    found: list[Span] = []
    for window in windows:
        for span in _each_day(window, calendar, low, high):
            if span[0] < span[1] and span[0] < high and span[1] > low:
                found.append(span)
    return merged(found)


def _each_day(window: Window, calendar: Calendar, low: datetime, high: datetime) -> Iterator[Span]:
    day = (wall_clock(low, calendar.zone) - _MARGIN).date()
    last = (wall_clock(high, calendar.zone) + _MARGIN).date()
    overnight = window.end <= window.start
    while day <= last:
        if calendar.applies(window.days, day):
            start = datetime.combine(day, window.start)
            end = datetime.combine(day + _DAY if overnight else day, window.end)
            yield first_instant(start, calendar.zone), last_instant(end, calendar.zone)
        day += _DAY


def merged(spans: Iterable[Span]) -> list[Span]:
    """``spans`` in order of start, those that touch or overlap joined into one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def without(spans: list[Span], taken: list[Span]) -> list[Span]:
    """What remains of ``spans`` outside ``taken``; both in order and disjoint."""
    left: list[Span] = []
    for start, end in spans:
        for taken_start, taken_end in taken:
            if taken_end <= start or taken_start >= end:
                continue
            if taken_start > start:
                left.append((start, taken_start))
            start = taken_end
        if start < end:
            left.append((start, end))
    return left


def covers_always(windows: Iterable[Window]) -> bool:
    """Whether the weekday windows alone fill the whole week.

    Clock changes cannot open a hole: wall clock to instant keeps order, and ends go to the second
    occurrence.
    """
    spans: list[tuple[float, float]] = []
    for window in windows:
        if NOT_HOLIDAY in window.days:
            continue
        start = _of_day(window.start)
        end = _of_day(window.end) + (86_400 if window.end <= window.start else 0)
        for weekday, name in enumerate(WEEKDAYS):
            if name in window.days:
                at = weekday * 86_400
                spans += [(at + start, at + end), (at + start - _WEEK_S, at + end - _WEEK_S)]
    filled = 0.0
    for begin, finish in sorted(spans):
        if begin > filled:
            return False
        filled = max(filled, finish)
    return filled >= _WEEK_S


def _of_day(clock: time) -> float:
    return clock.hour * 3600 + clock.minute * 60 + clock.second + clock.microsecond / 1e6
