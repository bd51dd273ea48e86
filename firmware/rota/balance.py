"""How duties are shared out: hours, nights, Sundays and bank holidays of each person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from firmware.rota.holidays import bank_holidays
from firmware.rota.local_time import as_utc, first_instant, wall_clock
from firmware.rota.shifts import shifts
from firmware.rota.values import Person, Rota
from firmware.rota.window import Span, merged

NIGHT = (time(21), time(6))  # L3122-20, where no agreement says otherwise
NIGHT_MIN = timedelta(hours=3)  # of a night, for it to count as one: L3122-5
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Share:
    """Counts and time of one person. A bank holiday on a Sunday counts in both."""

    person: Person
    time: timedelta
    nights: int
    night_time: timedelta
    sundays: int
    sunday_time: timedelta
    holidays: int
    holiday_time: timedelta


def balance(
    rota: Rota, first: date, after: date, services: Iterable[str] | None = None
) -> tuple[Share, ...]:
    """The share of everybody from ``first`` until before ``after``, in the site file's order.

    Duties of several services and levels at one time are counted once.
    """
    zone = ZoneInfo(rota.site.time_zone)
    low = first_instant(datetime.combine(first, time()), zone)
    high = first_instant(datetime.combine(after, time()), zone)
    spans: dict[str, list[Span]] = {person.name: [] for person in rota.people}
    for service in rota.services:
        if services is None or service.name in set(services):
            for shift in shifts(rota, service.name, low, high):
                spans[shift.person.name].append((shift.start, shift.end))
    days = [first + turn * _DAY for turn in range((after - first).days)]
    nights = [_span(day, NIGHT[0], NIGHT[1], zone) for day in (first - _DAY, *days)]
    sundays = [_whole(day, zone) for day in days if day.weekday() == 6]
    off = {
        day
        for year in range(first.year, after.year + 1)
        for day in bank_holidays(rota.site.holidays, rota.site.good_friday, year)
    }
    holidays = [_whole(day, zone) for day in days if day in off]
    return tuple(
        _share(person, merged(spans[person.name]), nights, sundays, holidays)
        for person in rota.people
    )


def _span(day: date, start: time, end: time, zone: ZoneInfo) -> Span:
    last = day + _DAY if end <= start else day
    return (
        first_instant(datetime.combine(day, start), zone),
        first_instant(datetime.combine(last, end), zone),
    )


def _whole(day: date, zone: ZoneInfo) -> Span:
    return _span(day, time(), time(), zone)


def _share(
    person: Person, mine: list[Span], nights: list[Span], sundays: list[Span], holidays: list[Span]
) -> Share:
    by_night, by_sunday, by_holiday = (
        [_within(mine, span) for span in spans] for spans in (nights, sundays, holidays)
    )
    none = timedelta()
    return Share(
        person,
        sum((end - start for start, end in mine), none),
        sum(part >= NIGHT_MIN for part in by_night),
        sum(by_night, none),
        sum(part > none for part in by_sunday),
        sum(by_sunday, none),
        sum(part > none for part in by_holiday),
        sum(by_holiday, none),
    )


def _within(mine: list[Span], span: Span) -> timedelta:
    low, high = span
    return sum(
        (min(end, high) - max(start, low) for start, end in mine if start < high and end > low),
        timedelta(),
    )


def month_after(day: date, months: int = 1) -> date:
    """The first day of the month so many months after that of ``day``."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def today(rota: Rota, now: datetime) -> date:
    """The date at the site."""
    return wall_clock(as_utc(now), ZoneInfo(rota.site.time_zone)).date()
