"""Taking a change of the rota back, long after it or at once, without touching what came later.

The change is known as the rota before and after it. What it added is taken out of the present
rota, what it took out comes back; what others have changed since stands. Where that cannot be
done (what it added has been changed again), there is nothing to take back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from firmware.rota.local_time import first_instant, last_instant
from firmware.rota.past import end_of, minute, rewrites_the_past, start_of
from firmware.rota.values import Override, Rota

T = TypeVar("T")


class Contradicted(Exception):  # noqa: N818 - the name says what was found
    """A later change builds on the one to be taken back."""


class AlreadyPast(Exception):  # noqa: N818 - the name says what was found
    """The change has taken effect; taking it back would rewrite the past."""


def undone(before: Rota, after: Rota, present: Rota, now: datetime) -> Rota:
    """``present`` without the change from ``before`` to ``after``.

    An override that the change added and that is running ends now; one that it removed comes back
    for what is left of it. Raises ``Contradicted`` or ``AlreadyPast``.
    """
    parts: dict[str, object] = {}
    for part in (each.name for each in fields(Rota) if each.init):
        old, new, now_there = (getattr(rota, part) for rota in (before, after, present))
        several = isinstance(new, tuple)
        parts[part] = _many(old, new, now_there) if several else _one(old, new, now_there)
    parts["overrides"] = _overrides(before, after, present, now)
    found = Rota(**parts)  # type: ignore[arg-type]
    if found == present or rewrites_the_past(present, found, now):
        raise AlreadyPast
    return found


def _one(before: T, after: T, present: T) -> T:
    if before == after:
        return present
    if present != after:
        raise Contradicted
    return before


def _many(before: Sequence[T], after: Sequence[T], present: Sequence[T]) -> tuple[T, ...]:
    """``present`` without what came with ``after`` and with what went with ``before``."""
    if tuple(before) == tuple(after):
        return tuple(present)
    if tuple(present) == tuple(after):
        return tuple(before)
    left = list(present)
    for item in _only_in(after, before):
        if item not in left:
            raise Contradicted
        del left[_last_index(left, item)]
    for item in _only_in(before, after):
        if item in left:
            continue
        left.insert(_place(item, before, left), item)
    return tuple(left)


def _only_in(these: Sequence[T], others: Sequence[T]) -> list[T]:
    rest = list(others)
    found = []
    for item in these:
        if item in rest:
            rest.remove(item)
        else:
            found.append(item)
    return found


def _last_index(items: Sequence[T], item: T) -> int:
    """What is entered is entered last: of two that are alike the later one is meant."""
    return len(items) - 1 - list(reversed(items)).index(item)


def _place(item: T, before: Sequence[T], left: list[T]) -> int:
    """Behind the nearest item that stood in front of it and is still there."""
    at = list(before).index(item)
    for neighbour in reversed(before[:at]):
        if neighbour in left:
            return left.index(neighbour) + 1
    return 0


def _overrides(before: Rota, after: Rota, present: Rota, now: datetime) -> tuple[Override, ...]:
    """What came is taken out, and what went comes back, from now on: what was, was."""
    zone = ZoneInfo(present.site.time_zone)
    instant = minute(now)
    found = list(_many(before.overrides, after.overrides, present.overrides))
    for added in _only_in(after.overrides, before.overrides):
        if first_instant(added.start, zone) < instant:
            ended = min(last_instant(added.end, zone), instant)
            at = min(_last_index(present.overrides, added), len(found))
            found.insert(at, replace(added, end=end_of(ended, zone)))
    for removed in _only_in(before.overrides, after.overrides):
        if removed in present.overrides or first_instant(removed.start, zone) >= instant:
            continue
        at = found.index(removed)
        rest = last_instant(removed.end, zone) > instant
        found[at : at + 1] = [replace(removed, start=start_of(instant, zone))] if rest else []
    return tuple(found)
