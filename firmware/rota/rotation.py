"""Turns of a rotation: whose it is, from which instant to which.

Handovers lie on a grid of wall-clock times counted from ``start``, so that clock changes move none
of them. A turn starts at the first and ends at the second occurrence of its clock times; a turn
that lies wholly in a skipped hour lasts no time and counts all the same.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from firmware.rota.local_time import EARLIEST, END_OF_TIME, first_instant, last_instant, wall_clock
from firmware.rota.values import Rotation, Step

_WALL_MAX = END_OF_TIME.replace(tzinfo=None)
_WALL_MIN = EARLIEST.replace(tzinfo=None)
# Wall clock and UTC differ by less than a day, clock changes included, and one day of reserve.
_MARGIN = timedelta(days=2)
_STEP = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}
_LONGEST_MONTH = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Turn:
    """``name`` has the rotation from ``start`` to ``end`` (UTC, end exclusive)."""

    start: datetime
    end: datetime
    name: str


def handover_wall(rotation: Rotation, index: int) -> datetime:
    """The wall-clock time of handover ``index``, 0 being ``start``; capped at year 9998.

    A month step counts from the day of ``start``: from the 31st it takes the last day of a shorter
    month and comes back to the 31st.
    """
    step = rotation.every
    try:
        if step.unit != "month":
            return min(rotation.start + index * step.count * _STEP[step.unit], _WALL_MAX)
        months = rotation.start.month - 1 + index * step.count
        year, month = rotation.start.year + months // 12, months % 12 + 1
        if year >= _WALL_MAX.year:
            return _WALL_MAX
        day = min(rotation.start.day, calendar.monthrange(year, month)[1])
        return rotation.start.replace(year=year, month=month, day=day)
    except OverflowError:
        return _WALL_MAX


def step_length(step: Step) -> timedelta:
    """The wall-clock length of a step, at most; a month counts as 31 days."""
    return step.count * (_LONGEST_MONTH if step.unit == "month" else _STEP[step.unit])


def turns(rotation: Rotation, zone: tzinfo, low: datetime, high: datetime) -> Iterator[Turn]:
    """The turns that touch [low, high), in order; neighbours of one person are joined.

    Two turns overlap where their handover falls in an hour that exists twice.
    """
    from_wall = max(wall_clock(low, zone) - _MARGIN, _WALL_MIN)
    to_wall = min(wall_clock(high, zone) + _MARGIN, rotation.end or _WALL_MAX, _WALL_MAX)
    for start, end, name in _wall_turns(rotation, from_wall, to_wall):
        turn = Turn(first_instant(start, zone), last_instant(end, zone), name)
        if turn.start < turn.end and turn.start < high and turn.end > low:
            yield turn


def _wall_turns(
    rotation: Rotation, from_wall: datetime, to_wall: datetime
) -> Iterator[tuple[datetime, datetime, str]]:
    people = rotation.people
    if not people or rotation.start >= to_wall:
        return
    if len(set(people)) == 1:
        yield rotation.start, rotation.end or _WALL_MAX, people[0]
        return
    index = _index_before(rotation, from_wall)
    start = handover_wall(rotation, index)
    while start < to_wall:
        name = people[index % len(people)]
        index += 1
        end = handover_wall(rotation, index)
        while end < to_wall and people[index % len(people)] == name:
            index += 1
            end = handover_wall(rotation, index)
        yield start, min(end, rotation.end or end), name
        start = end


def next_turn(rotation: Rotation, wall: datetime) -> int:
    """The number of the first handover after ``wall``; 0 is ``start``."""
    index = _index_before(rotation, wall)
    while handover_wall(rotation, index) <= wall:
        index += 1
    return index


def _index_before(rotation: Rotation, wall: datetime) -> int:
    """The index of a handover at or before ``wall``, at most two steps before; never negative."""
    step, start = rotation.every, rotation.start
    if wall <= start:
        return 0
    if step.unit != "month":
        return (wall - start) // (step.count * _STEP[step.unit])
    months = (wall.year - start.year) * 12 + wall.month - start.month
    return max(months // step.count - 1, 0)


def first_start(rotation: Rotation, zone: tzinfo) -> datetime:
    """The instant of the first handover."""
    return first_instant(rotation.start, zone)


def last_end(rotation: Rotation, zone: tzinfo) -> datetime | None:
    """The instant at which the rotation ends, or None for an endless one."""
    return None if rotation.end is None else last_instant(rotation.end, zone)


def is_over(rotation: Rotation, zone: tzinfo, instant: datetime) -> bool:
    """Whether it has ended by ``instant``."""
    end = last_end(rotation, zone)
    return end is not None and end <= instant
