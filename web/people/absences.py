"""Absences as people speak of them: one leave, whatever services and levels it touches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from firmware.rota import Gap, Override, Rota, Shift, gaps, shifts
from firmware.rota.local_time import first_instant, last_instant
from firmware.rota.past import end_of, minute
from web.reader import reader


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody's leave: the same bounds in each of its overrides, as instants and as written."""

    start: datetime
    end: datetime
    written: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a leave does to one level of a service: shifts that fall out, and new gaps."""

    service: str
    level: int
    shifts: tuple[Shift, ...]
    gaps: tuple[Gap, ...]


def absences_of(rota: Rota, name: str) -> list[Absence]:
    """The person's leaves that are not over, the next one first."""
    zone, now = reader().zone, reader().now
    found = {
        (first_instant(each.start, zone), last_instant(each.end, zone)): each
        for each in rota.overrides
        if each.out == name and each.in_ is None
    }
    return [
        Absence(start, end, (each.start.isoformat(), each.end.isoformat()))
        for (start, end), each in sorted(found.items())
        if end > now
    ]


def places_of(rota: Rota, name: str, start: datetime, end: datetime) -> list[tuple[str, int]]:
    """Where the person may come on duty between two instants: services and levels."""
    zone = reader().zone
    found = {
        (each.service, each.level): None
        for each in rota.rotations
        if name in each.people
        and first_instant(each.start, zone) < end
        and (each.end is None or last_instant(each.end, zone) > start)
    }
    for each in rota.overrides:
        if each.in_ == name and last_instant(each.end, zone) > start:
            found[(each.service, each.level)] = None
    return sorted(found, key=lambda place: (_order(rota, place[0]), place[1]))


def _order(rota: Rota, service: str) -> int:
    return [each.name for each in rota.services].index(service)


def with_absence(
    rota: Rota, name: str, start: datetime, end: datetime, places: Iterable[tuple[str, int]]
) -> Rota:
    """``start`` and ``end`` as an override has them: wall clock."""
    new = tuple(Override(service, level, start, end, out=name) for service, level in places)
    return replace(rota, overrides=(*rota.overrides, *new))


def without_absence(rota: Rota, name: str, written: tuple[str, str], now: datetime) -> Rota:
    """The leave taken back; one that has begun ends now, for the past stays as it was."""
    zone, ends = reader().zone, end_of(minute(now), reader().zone)
    kept: list[Override] = []
    for each in rota.overrides:
        same = (each.start.isoformat(), each.end.isoformat()) == written
        if each.out != name or each.in_ is not None or not same:
            kept.append(each)
        elif first_instant(each.start, zone) < minute(now):
            kept.append(replace(each, end=ends))
    return replace(rota, overrides=tuple(kept))


def effects(
    before: Rota, after: Rota, name: str, start: datetime, end: datetime
) -> list[Effect]:
    """What changes between two instants, level by level; nothing for a level without a change."""
    found = []
    for service, level in places_of(before, name, start, end):
        falls_out = tuple(
            shift
            for shift in shifts(before, service, start, end, level)
            if shift.person.name == name
        )
        empty = set(gaps(before, service, start, end, level))
        new = tuple(gap for gap in gaps(after, service, start, end, level) if gap not in empty)
        if falls_out or new:
            found.append(Effect(service, level, falls_out, new))
    return found
