"""Shifts over a stretch of time, for the pages, calendars and notices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from firmware.rota.level import LevelRota, service_rota
from firmware.rota.local_time import as_utc
from firmware.rota.values import DutyType, Person, Rota

_JUST_BEFORE = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Shift:
    """``person`` is on duty at ``level`` from ``start`` to ``end`` (UTC, end exclusive).

    Cut to the stretch that was asked for: ``starts_earlier`` and ``ends_later`` tell which side
    was cut. ``on_duty`` gives the uncut bounds.
    """

    level: int
    person: Person
    start: datetime
    end: datetime
    duty_type: DutyType
    starts_earlier: bool = False
    ends_later: bool = False


def shifts(
    rota: Rota, service_name: str, start: datetime, end: datetime, level: int | None = None
) -> tuple[Shift, ...]:
    """The shifts that touch [start, end), cut to it, by start, level and order of the rules.

    Overlapping and adjacent shifts of one person at one level are one, unless the type of the
    duty changes: the type decides what is counted. All levels unless one is given. Raises as
    ``on_duty`` does.
    """
    start, end = as_utc(start), as_utc(end)
    found: list[Shift] = []
    for level_rota in service_rota(rota, service_name).levels:
        if level in (None, level_rota.level):
            found += _of_level(level_rota, start, end)
    return tuple(sorted(found, key=lambda shift: (shift.start, shift.level)))


def _of_level(level: LevelRota, start: datetime, end: datetime) -> Iterator[Shift]:
    if start >= end:
        return
    open_since: dict[tuple[str, DutyType], tuple[datetime, bool]] = {}
    before = set(level.timeline.at(as_utc(start - _JUST_BEFORE))[1])
    for piece_start, _, crew in level.timeline.forward(start):
        at = max(piece_start, start)
        ending = [key for key in open_since if key not in crew]
        if at >= end:
            ending = list(open_since)
        for key in ending:
            since, earlier = open_since.pop(key)
            later = at >= end and key in level.timeline.at(end)[1]
            person = level.person(key[0])
            yield Shift(level.level, person, since, min(at, end), key[1], earlier, later)
        if at >= end:
            return
        for key in crew:
            open_since.setdefault(key, (at, at == start and key in before))
