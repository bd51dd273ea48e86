"""Handovers: the instants at which the people on duty for a service change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from firmware.rota.level import LevelRota, names_of, service_rota
from firmware.rota.local_time import as_utc
from firmware.rota.values import Person, Rota

Place = tuple[int, Person]

_JUST_BEFORE = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Handover:
    """At ``at`` (UTC) the people of ``incoming`` come on duty and those of ``outgoing`` leave.

    Each is a pair of level and person, by level.
    """

    at: datetime
    incoming: tuple[Place, ...]
    outgoing: tuple[Place, ...]


def next_handover(rota: Rota, service_name: str, instant: datetime) -> datetime | None:
    """The next instant strictly after ``instant`` at which the set of (level, person) changes.

    None if it never changes again. Raises as ``on_duty`` does.
    """
    instant = as_utc(instant)
    changes = [level.next_change(instant) for level in service_rota(rota, service_name).levels]
    return min((change for change in changes if change is not None), default=None)


def next_level_change(
    rota: Rota, service_name: str, number: int, instant: datetime
) -> datetime | None:
    """The same of one level alone; None also for a level that the service lacks."""
    instant = as_utc(instant)
    levels = service_rota(rota, service_name).levels
    return next((one.next_change(instant) for one in levels if one.level == number), None)


def borrowed_until(
    rota: Rota, service_name: str, number: int, person: str, instant: datetime
) -> datetime | None:
    """When the override ends (UTC) by which this person is on duty at ``instant``, the first of
    several; None where it is by no override. A shift of their own may follow without a break."""
    instant = as_utc(instant)
    return min(
        (
            end
            for one in service_rota(rota, service_name).levels
            if one.level == number
            for end in one.added_until(person, instant)
        ),
        default=None,
    )


def handovers(
    rota: Rota, service_name: str, start: datetime, end: datetime
) -> tuple[Handover, ...]:
    """All handovers from ``start`` inclusive to ``end`` exclusive, in order."""
    start, end = as_utc(start), as_utc(end)
    incoming: dict[datetime, list[Place]] = {}
    outgoing: dict[datetime, list[Place]] = {}
    for level in service_rota(rota, service_name).levels:
        for at, before, after in _changes(level, start, end):
            outgoing.setdefault(at, []).extend(
                (level.level, level.person(name)) for name in before if name not in after
            )
            incoming.setdefault(at, []).extend(
                (level.level, level.person(name)) for name in after if name not in before
            )
    return tuple(Handover(at, tuple(incoming[at]), tuple(outgoing[at])) for at in sorted(incoming))


def _changes(
    level: LevelRota, start: datetime, end: datetime
) -> Iterator[tuple[datetime, tuple[str, ...], tuple[str, ...]]]:
    before: tuple[str, ...] | None = None
    for at, _, crew in level.timeline.forward(as_utc(start - _JUST_BEFORE)):
        if at >= end:
            return
        names = names_of(crew)
        if before is not None and names != before:
            yield at, before, names
        before = names
