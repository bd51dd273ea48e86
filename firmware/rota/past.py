"""The past is never rewritten: what an edit may not touch, and how it is kept.

An edit acts from an instant on. Whatever lay before it (rotations, overrides, and so who was on
duty) must stay as it was, or yesterday's calls, statements and calendars would change with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from firmware.rota.local_time import as_utc, first_instant, last_instant, wall_clock
from firmware.rota.values import Override, Rota, Rotation


def minute(instant: datetime) -> datetime:
    """``instant`` (UTC) without its seconds: people enter minutes, "now" is the running one."""
    return as_utc(instant).replace(second=0, microsecond=0)


def start_of(instant: datetime, zone: ZoneInfo) -> datetime:
    """How a rule that starts at ``instant`` is written: wall clock, exact where that is not it."""
    wall = wall_clock(instant, zone)
    return wall if first_instant(wall, zone) == instant else as_utc(instant)


def end_of(instant: datetime, zone: ZoneInfo) -> datetime:
    """How a rule that ends at ``instant`` is written: wall clock, exact where that is not it."""
    wall = wall_clock(instant, zone)
    return wall if last_instant(wall, zone) == instant else as_utc(instant)


def rewrites_the_past(before: Rota, after: Rota, now: datetime) -> bool:
    """Whether a rule of ``after`` differs before ``now`` (to the minute) from one of ``before``.

    A person or a service with another name in the same place of its list is the same one, renamed.
    The site's own settings (zone, holidays) are not looked at.
    """
    now = minute(now)
    people = _renamed(before.people, after.people)
    services = _renamed(before.services, after.services)
    old = _past_of(before, now, people, services)
    return old != _past_of(after, now, {}, {})


def _renamed(before: tuple[object, ...], after: tuple[object, ...]) -> dict[str, str]:
    if len(before) != len(after):
        return {}
    pairs = zip(before, after, strict=True)
    return {old.name: new.name for old, new in pairs}  # type: ignore[attr-defined]


def _past_of(
    rota: Rota, now: datetime, people: Mapping[str, str], services: Mapping[str, str]
) -> tuple[list[Rotation], list[Override]]:
    """The rules as far as they lie before ``now``, under their present names."""
    zone = ZoneInfo(rota.site.time_zone)
    wall = wall_clock(now, zone)
    rotations = [
        replace(
            rotation,
            service=services.get(rotation.service, rotation.service),
            people=tuple(people.get(name, name) for name in rotation.people),
            end=min(rotation.end or wall, wall),
        )
        for rotation in rota.rotations
        if first_instant(rotation.start, zone) < now
    ]
    overrides = [
        replace(
            override,
            service=services.get(override.service, override.service),
            start=first_instant(override.start, zone),
            end=min(last_instant(override.end, zone), now),
            out=people.get(override.out or "", override.out),
            in_=people.get(override.in_ or "", override.in_),
        )
        for override in rota.overrides
        if first_instant(override.start, zone) < now
    ]
    return rotations, overrides
