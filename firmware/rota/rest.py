"""Daily rest between shifts that count as work (L3131-1 of the Code du travail): warn, never block.

On-call duty at home (astreinte) counts as rest, but for interventions, which nobody knows
beforehand. Garde and permanence are working time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from firmware.rota.local_time import as_utc
from firmware.rota.shifts import shifts
from firmware.rota.values import Person, Rota
from firmware.rota.window import merged

REST = timedelta(hours=11)  # L3131-1; agreements go down to 9
WORK = ("garde", "permanence")


@dataclass(frozen=True, slots=True)
class RestFault:
    """``person`` works until ``end`` and again from ``start``, too soon after it (UTC)."""

    person: Person
    end: datetime
    start: datetime

    @property
    def rest(self) -> timedelta:
        return self.start - self.end


def rest_faults(
    before: Rota, after: Rota, start: datetime, end: datetime, rest: timedelta = REST
) -> tuple[RestFault, ...]:
    """Where ``after`` leaves less than ``rest`` and ``before`` did not, in [start, end)."""
    known = set(_faults(before, start, end, rest))
    return tuple(fault for fault in _faults(after, start, end, rest) if fault not in known)


def _faults(rota: Rota, start: datetime, end: datetime, rest: timedelta) -> list[RestFault]:
    if all(rotation.duty_type not in WORK for rotation in rota.rotations):
        return []
    low, high = as_utc(start) - timedelta(days=2), as_utc(end) + timedelta(days=2)
    spans: dict[str, list[tuple[datetime, datetime]]] = {}
    for service in rota.services:
        for shift in shifts(rota, service.name, low, high):
            if shift.duty_type in WORK:
                spans.setdefault(shift.person.name, []).append((shift.start, shift.end))
    return [
        RestFault(rota.person(name), one[1], other[0])
        for name, mine in spans.items()
        for one, other in zip(merged(mine), merged(mine)[1:], strict=False)
        if other[0] - one[1] < rest and one[1] < end and other[0] > start
    ]
