"""Notice of duty: which new duties of a changed rota come too soon (warn, never block).

L3121-12 and R3121-3 of the Code du travail: the schedule is made known 15 days ahead, in
exceptional circumstances one clear day ahead. An agreement may say otherwise: the employer decides.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from firmware.rota.local_time import as_utc, first_instant, wall_clock
from firmware.rota.shifts import shifts
from firmware.rota.values import DutyType, Person, Rota
from firmware.rota.window import Span, merged, without

NoticeRule = Literal["fifteen_days", "one_clear_day"]

NOTICE_DAYS = 15  # L3121-12
CLEAR_DAYS = 1  # L3121-12; neither the day of notice nor the day of duty counts


@dataclass(frozen=True, slots=True)
class NoticeFault:
    """``person`` comes on duty from ``start`` to ``end`` (UTC), told ``days`` days ahead.

    ``days`` counts from one date to the other in the site's zone. ``rule`` is the strictest that
    is not kept: ``one_clear_day`` is broken only where the 15 days are broken too.
    """

    service: str
    person: Person
    start: datetime
    end: datetime
    duty_type: DutyType
    days: int
    rule: NoticeRule


def notice_faults(before: Rota, after: Rota, now: datetime) -> tuple[NoticeFault, ...]:
    """The duties of ``after`` that ``before`` did not hold and that start within the notice.

    ``now`` is when the people are told; what lies before it is not looked at. Another level or
    another service at a time at which the person was on duty already is no new duty; duties taken
    away need no notice. By start, then in the order of the site file.
    """
    now = as_utc(now)
    zone = ZoneInfo(after.site.time_zone)
    today = wall_clock(now, zone).date()
    limit = first_instant(datetime.combine(today + timedelta(NOTICE_DAYS), time()), zone)
    known = _known_duties(before, now, limit + timedelta(days=2))
    found: list[NoticeFault] = []
    for service in after.services:
        told: dict[str, list[Span]] = defaultdict(list)
        for shift in shifts(after, service.name, now, limit + timedelta(days=2)):
            taken = merged(known[shift.person.name] + told[shift.person.name])
            for start, end in without([(shift.start, shift.end)], taken):
                days = (wall_clock(start, zone).date() - today).days
                if days < NOTICE_DAYS:
                    told[shift.person.name].append((start, end))
                    found.append(
                        NoticeFault(
                            service.name,
                            shift.person,
                            start,
                            end,
                            shift.duty_type,
                            days,
                            "one_clear_day" if days <= CLEAR_DAYS else "fifteen_days",
                        )
                    )
    return tuple(sorted(found, key=lambda fault: fault.start))


def _known_duties(rota: Rota, start: datetime, end: datetime) -> dict[str, list[Span]]:
    """For each name when the person is on duty, for whatever service and level."""
    known: dict[str, list[Span]] = defaultdict(list)
    for service in rota.services:
        for shift in shifts(rota, service.name, start, end):
            known[shift.person.name].append((shift.start, shift.end))
    return known
