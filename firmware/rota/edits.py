"""Changing a rotation from an instant on: the old one ends, the new one starts, the past stays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from firmware.rota.local_time import first_instant
from firmware.rota.rotation import handover_wall, next_turn
from firmware.rota.shifts import shifts
from firmware.rota.values import Rota, Rotation
from firmware.rota.window import Span, merged

# Weekly turns of many people among windows and bank holidays meet within a year
OVERLAP_DAYS = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rotations of one level name somebody at the same time, first in [start, end)."""

    other: Rotation
    start: datetime
    end: datetime


def has_begun(rotation: Rotation, wall: datetime) -> bool:
    """Whether the rotation acts already at ``wall``: then its past stays as it was."""
    return rotation.start < wall


def from_next_handover(rotation: Rotation, wall: datetime) -> Rotation:
    """The same rotation begun anew at its next handover after ``wall``, whoever's turn it is."""
    if not has_begun(rotation, wall) or not rotation.people:
        return rotation
    index = next_turn(rotation, wall)
    first = index % len(rotation.people)
    people = rotation.people[first:] + rotation.people[:first]
    return replace(rotation, start=handover_wall(rotation, index), people=people)


def with_rotation(rota: Rota, index: int | None, new: Rotation, wall: datetime) -> Rota:
    """``new`` from its start on in place of rotation ``index``; None: beside the others."""
    rotations = list(rota.rotations)
    if index is None:
        rotations.append(new)
    elif not has_begun(rotations[index], wall):
        rotations[index] = new
    else:
        rotations[index] = _ended(rotations[index], new.start)
        rotations.insert(index + 1, new)
    return replace(rota, rotations=tuple(rotations))


def without_rotation(rota: Rota, index: int, end: datetime, wall: datetime) -> Rota:
    """Rotation ``index`` only until ``end`` (wall clock); taken out if it has not begun."""
    rotations = list(rota.rotations)
    if has_begun(rotations[index], wall):
        rotations[index] = _ended(rotations[index], end)
    else:
        del rotations[index]
    return replace(rota, rotations=tuple(rotations))


def _ended(rotation: Rotation, end: datetime) -> Rotation:
    return replace(rotation, end=min(rotation.end or end, end))


def overlap(rota: Rota, new: Rotation) -> Overlap | None:
    """Where ``new``, one of ``rota``'s rotations, meets another one of its level first."""
    zone = ZoneInfo(rota.site.time_zone)
    low = first_instant(new.start, zone)
    mine = _spans(rota, new, low)
    for other in rota.rotations:
        if other == new or (other.service, other.level) != (new.service, new.level):
            continue
        for start, end in _spans(rota, other, low):
            meets = next(((a, b) for a, b in mine if a < end and b > start), None)
            if meets is not None:
                return Overlap(other, max(meets[0], start), min(meets[1], end))
    return None


def _spans(rota: Rota, rotation: Rotation, low: datetime) -> list[Span]:
    """When the rotation alone has somebody, from ``low`` on."""
    alone = replace(rota, rotations=(rotation,), overrides=())
    found = shifts(alone, rotation.service, low, low + OVERLAP_DAYS, rotation.level)
    return merged((shift.start, shift.end) for shift in found)
