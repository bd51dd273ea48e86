"""A time zone as calendars want it: one rule for summer, one for winter.

Outlook reads nothing of a VTIMEZONE but DTSTART, RRULE and the offsets, and only yearly rules with
one BYDAY ([MS-OXCICAL] 2.1.3.1.1.19.2.2, [MS-STANOICAL] 2.2.47): a list of dates (RDATE), which
libraries write, is ignored there and would move each summer shift by an hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Change:
    """The clock shows ``wall`` (by the old offset) and goes from one offset to another."""

    wall: datetime
    before: timedelta
    after: timedelta
    name: str
    is_summer: bool


def time_zone(name: str, year: int) -> Timezone:
    """The VTIMEZONE of a zone by the rules of ``year``."""
    zone = ZoneInfo(name)
    component = Timezone()
    component.add("TZID", name)
    changes = _changes(zone, year)
    for change in changes:
        component.add_component(_observance(change, _rule(change, zone)))
    if not changes:
        start = datetime(1970, 1, 1)  # noqa: DTZ001 - wall clock
        offset = _offset(zone, datetime(year, 1, 1, tzinfo=UTC))
        abbreviation = datetime(year, 1, 1, tzinfo=zone).tzname() or name
        component.add_component(
            _observance(Change(start, offset, offset, abbreviation, False), None)
        )
    return component


def _observance(change: Change, rule: vRecur | None) -> TimezoneStandard | TimezoneDaylight:
    found = TimezoneDaylight() if change.is_summer else TimezoneStandard()
    found.add("TZNAME", change.name)
    found.add("DTSTART", change.wall)
    found.add("TZOFFSETFROM", change.before)
    found.add("TZOFFSETTO", change.after)
    if rule is not None:
        found.add("RRULE", rule)
    return found


def _changes(zone: ZoneInfo, year: int) -> list[Change]:
    """The instants of a year at which the zone's offset changes."""
    found = []
    day = datetime(year, 1, 1, tzinfo=UTC)
    while day.year == year:
        next_day = day + timedelta(days=1)
        if _offset(zone, day) != _offset(zone, next_day):
            found.append(_change(zone, day, next_day))
        day = next_day
    return found


def _change(zone: ZoneInfo, low: datetime, high: datetime) -> Change:
    """The change between two instants, to the minute."""
    before = _offset(zone, low)
    while high - low > timedelta(minutes=1):
        middle = low + (high - low) // 2
        middle = middle.replace(second=0, microsecond=0)
        if middle in (low, high):
            break
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    local = high.astimezone(zone)
    summer = bool(local.dst())
    wall = (high + before).replace(tzinfo=None)
    return Change(wall, before, _offset(zone, high), local.tzname() or zone.key, summer)


def _rule(change: Change, zone: ZoneInfo) -> vRecur:
    """``FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU``: the last such weekday, where the years around agree."""
    day = change.wall.date()
    around = [
        each.wall.date()
        for year in (day.year - 1, day.year + 1)
        for each in _changes(zone, year)
        if each.is_summer == change.is_summer
    ]
    always_last = all(_is_last(each) for each in (day, *around))
    place = -1 if always_last else (day.day - 1) // 7 + 1
    weekday = f"{place}{_DAYS[day.weekday()]}"
    return vRecur({"FREQ": "YEARLY", "BYMONTH": day.month, "BYDAY": weekday})


def _is_last(day: date) -> bool:
    return (day + timedelta(days=7)).month != day.month


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta(0)
