"""Who could take a stretch of duty: nobody else's business than theirs, but a good first guess."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from firmware.rota.local_time import as_utc, first_instant, last_instant
from firmware.rota.shifts import shifts
from firmware.rota.values import Person, Rota

Why = Literal["free", "on_duty", "absent"]

# Who comes from a duty or goes to one next to the stretch is asked after those who do not.
NEAR = timedelta(hours=11)
COUNTED = timedelta(days=28)  # how far duties are looked at on both sides, to spread the load


@dataclass(frozen=True, slots=True)
class Availability:
    """How ``person`` stands to a stretch: ``why`` not, or ``free``.

    ``near``: on duty within 11 hours before or after. ``load`` is the time on duty in the four
    weeks on both sides.
    """

    person: Person
    why: Why
    near: bool
    load: timedelta


def availability(rota: Rota, start: datetime, end: datetime) -> tuple[Availability, ...]:
    """The staff, the best first: free, rested, least loaded; then as the site file lists."""
    start, end = as_utc(start), as_utc(end)
    spans: dict[str, list[tuple[datetime, datetime]]] = {p.name: [] for p in rota.people}
    for service in rota.services:
        for shift in shifts(rota, service.name, start - COUNTED, end + COUNTED):
            spans[shift.person.name].append((shift.start, shift.end))
    absent = _absent(rota, start, end)
    found = []
    for person in rota.people:
        if person.former:
            continue
        mine = spans[person.name]
        on_duty = any(a < end and b > start for a, b in mine)
        why: Why = "on_duty" if on_duty else "absent" if person.name in absent else "free"
        near = any(a < end + NEAR and b > start - NEAR for a, b in mine)
        load = sum((b - a for a, b in mine), timedelta())
        found.append(Availability(person, why, near, load))
    return tuple(sorted(found, key=lambda each: (each.why != "free", each.near, each.load)))


def _absent(rota: Rota, start: datetime, end: datetime) -> set[str]:
    """Whom an absence or a replacement takes out at some time of the stretch."""
    zone = ZoneInfo(rota.site.time_zone)
    return {
        each.out
        for each in rota.overrides
        if each.out is not None
        and first_instant(each.start, zone) < end
        and last_instant(each.end, zone) > start
    }
