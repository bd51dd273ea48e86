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
    running: dict[tuple[str, DutyType], datetime] = {}
    for piece_start, _, crew in level.timeline.forward(start):
        if piece_start >= end:
            break
        at = max(piece_start, start)
        for key in [key for key in running if key not in crew]:
            yield _shift(level, key, running.pop(key), at, start, end)
        for key in crew:
            running.setdefault(key, at)
    for key, since in running.items():
        yield _shift(level, key, since, end, start, end)


def _shift(
    level: LevelRota,
    key: tuple[str, DutyType],
    since: datetime,
    until: datetime,
    start: datetime,
    end: datetime,
) -> Shift:
    """The shift of ``key`` (name and type), found between ``start`` and ``end``."""
    name, duty_type = key
    earlier = since == start and key in level.timeline.at(as_utc(start - _JUST_BEFORE))[1]
    later = until == end and key in level.timeline.at(end)[1]
    return Shift(level.level, level.person(name), since, until, duty_type, earlier, later)
