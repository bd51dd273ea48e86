"""What a month has come to for each person: duty by its type, and what of it counts as work.

For the monthly document of on-call duty (R3121-2). Of on-call duty at home (astreinte) only the
interventions are working time; permanence and garde are so entirely (L3121-9, and the agreement
of private ambulances).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from firmware.rota.local_time import as_utc, first_instant
from firmware.rota.shifts import shifts
from firmware.rota.values import DUTY_TYPES, DutyType, Rota
from firmware.rota.window import Span, merged

# Name, beginning, end; None while it lasts
Marked = tuple[str, datetime, datetime | None]


@dataclass(frozen=True, slots=True)
class Stint:
    """An intervention as it was marked by SMS (UTC). ``time`` is what of it lies in the month, none
    while ``end`` is not told."""

    start: datetime
    end: datetime | None
    time: timedelta


@dataclass(frozen=True, slots=True)
class Worked:
    """One person's month. ``duty`` is the time on duty by type, what lies in several places at one
    time counted once; ``working_time`` is permanence, garde and interventions together."""

    name: str
    duty: dict[DutyType, timedelta]
    stints: tuple[Stint, ...]
    working_time: timedelta

    @property
    def intervention_time(self) -> timedelta:
        return sum((stint.time for stint in self.stints), timedelta())


def bounds(rota: Rota, first: date, after: date) -> Span:
    """The instants between which the days from ``first`` until before ``after`` lie."""
    zone = ZoneInfo(rota.site.time_zone)
    start, end = (first_instant(datetime.combine(day, time()), zone) for day in (first, after))
    return start, end


def worked(
    rota: Rota, first: date, after: date, marked: Iterable[Marked], now: datetime
) -> tuple[Worked, ...]:
    """The month of everybody who was on duty or marked something in it, until ``now`` at the most.

    In the site file's order; names that it no longer holds come last.
    """
    low, high = bounds(rota, first, after)
    high = max(min(high, as_utc(now)), low)
    duty: dict[str, dict[DutyType, list[Span]]] = {person.name: {} for person in rota.people}
    for service in rota.services:
        for shift in shifts(rota, service.name, low, high):
            spans = duty[shift.person.name].setdefault(shift.duty_type, [])
            spans.append((shift.start, shift.end))
    stints: dict[str, list[Stint]] = {}
    for name, start, end in marked:
        stint = _stint(start, end, low, high)
        if stint is not None:
            stints.setdefault(name, []).append(stint)
    names = dict.fromkeys((*duty, *sorted(stints)))
    found = (_month(name, duty.get(name, {}), stints.get(name, []), low, high) for name in names)
    return tuple(each for each in found if each.stints or any(each.duty.values()))


def _stint(start: datetime, end: datetime | None, low: datetime, high: datetime) -> Stint | None:
    start = as_utc(start)
    if end is None:
        return Stint(start, None, timedelta()) if low <= start < high else None
    end = max(as_utc(end), start)  # the clock may have been set back
    inside = max(min(end, high) - max(start, low), timedelta())
    return Stint(start, end, inside) if inside or low <= start < high else None


def _month(
    name: str,
    duty: dict[DutyType, list[Span]],
    stints: list[Stint],
    low: datetime,
    high: datetime,
) -> Worked:
    at_work = [span for kind, spans in duty.items() if kind != "astreinte" for span in spans]
    at_work += [
        (max(stint.start, low), min(stint.end, high))
        for stint in stints
        if stint.end is not None and stint.time
    ]
    return Worked(
        name,
        {kind: _length(duty.get(kind, [])) for kind in DUTY_TYPES},
        tuple(sorted(stints, key=lambda stint: stint.start)),
        _length(at_work),
    )


def _length(spans: list[Span]) -> timedelta:
    return sum((end - start for start, end in merged(spans)), timedelta())
