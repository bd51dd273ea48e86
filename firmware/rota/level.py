"""One level of one service over time: the crew, made of rotations and overrides.

Everything that says who is on duty reads the timeline that is made here.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from firmware.rota import override
from firmware.rota.local_time import EARLIEST, LATEST, first_instant, last_instant
from firmware.rota.rotation import first_start, last_end, step_length, turns
from firmware.rota.timeline import Change, Timeline
from firmware.rota.values import Duty, DutyType, Override, Person, Rota, Rotation
from firmware.rota.window import (
    HOLIDAY,
    NOT_HOLIDAY,
    Span,
    calendar_of,
    covers_always,
    window_spans,
)

# Names with the type of their duty, in the order in which the rules first name them.
Crew = tuple[tuple[str, DutyType], ...]

# Bank holidays meet the same weekdays again within 12 years, most of them within 6.
_LOOK_AHEAD = timedelta(days=20 * 366)
_WEEK_H = 168
_KEPT_DUTIES_MAX = 4_096  # about 1 MB


def names_of(crew: Crew) -> tuple[str, ...]:
    """The names alone: equal for equal sets of people, because the order is fixed."""
    return tuple(name for name, _ in crew)


@dataclass(frozen=True, slots=True)
class _DatedOverride:
    start: datetime
    end: datetime
    rule: Override


class LevelRota:
    """The crew of ``level`` of a service. Instants are in UTC."""

    def __init__(
        self, level: int, rotations: list[Rotation], overrides: list[Override], rota: Rota
    ) -> None:
        calendar = calendar_of(rota.site)
        zone = calendar.zone
        self.level = level
        self._calendar = calendar
        self._rotations = rotations
        self._always = [not r.active or covers_always(r.active) for r in rotations]
        self._overrides = [
            _DatedOverride(first_instant(o.start, zone), last_instant(o.end, zone), o)
            for o in overrides
        ]
        named = [name for rotation in rotations for name in rotation.people]
        named += [o.in_ for o in overrides if o.in_ is not None]
        self._rank = {name: rank for rank, name in enumerate(dict.fromkeys(named))}
        self._person = {name: rota.person(name) for name in self._rank}
        self._added_type: DutyType = rotations[0].duty_type if rotations else "astreinte"
        self._settled = _last_dated(rotations, self._overrides, zone)
        self._look_ahead = _look_ahead(rotations, self._always)
        self.timeline: Timeline[Crew] = Timeline(
            self._changes, _changes_per_day(rotations, self._always)
        )
        self._crews: dict[Crew, Crew] = {}  # equal crews share one tuple
        self._stretches: dict[str, tuple[datetime, datetime | None]] = {}
        self._next: tuple[datetime, datetime | None] | None = None
        self._duties: dict[datetime, tuple[Duty, ...]] = {}

    def duties(self, instant: datetime) -> tuple[Duty, ...]:
        """Everybody on duty at this level, each with the bounds of the whole shift."""
        start, crew = self.timeline.at(instant)
        kept = self._duties.get(start)
        if kept is None:
            kept = tuple(
                Duty(self.level, self._person[name], *self.stretch(name, start))
                for name in names_of(crew)
            )
            if len(self._duties) >= _KEPT_DUTIES_MAX:
                self._duties = {}
            self._duties[start] = kept
        return kept

    def person(self, name: str) -> Person:
        """The person of a name in a crew of this level."""
        return self._person[name]

    def stretch(self, name: str, instant: datetime) -> tuple[datetime | None, datetime | None]:
        """From when to when the person on duty at ``instant`` is so without a break.

        None for an end that does not come within the horizon of the rules.
        """
        known = self._stretches.get(name)
        if known and known[0] <= instant and (known[1] is None or instant < known[1]):
            return known
        since: datetime | None = None
        for _, end, crew in self._behind(instant):
            if name not in names_of(crew):
                since = end
                break
        until = None
        for start, _, crew in self._ahead(self._added_until(name, instant)):
            if name not in names_of(crew):
                until = start
                break
        if since is not None:
            self._stretches[name] = since, until
        return since, until

    def _added_until(self, name: str, instant: datetime) -> datetime:
        """How far overrides carry somebody whom they add: the turns beneath take nobody away, only
        another override does. 2126 written for 2026 is no century of turns to walk through."""
        edges: list[datetime] = []
        while any(
            o.start <= instant < o.end and o.rule.in_ == name and o.rule.out is None
            for o in self._overrides
        ):
            edges = edges or sorted(
                {e for o in self._overrides for e in (o.start, o.end) if e > instant}, reverse=True
            )
            instant = edges.pop()
            if name not in names_of(self.timeline.at(instant)[1]):
                break
        return instant

    def added_until(self, name: str, instant: datetime) -> list[datetime]:
        """The ends of the overrides that have added this person at ``instant``."""
        return [
            o.end for o in self._overrides if o.start <= instant < o.end and o.rule.in_ == name
        ]

    def next_change(self, instant: datetime) -> datetime | None:
        """The first instant after ``instant`` at which other people are on duty, or None."""
        known = self._next
        if known and known[0] <= instant and (known[1] is None or instant < known[1]):
            return known[1]
        names = names_of(self.timeline.at(instant)[1])
        for start, _, crew in self._ahead(instant):
            if names_of(crew) != names:
                self._next = instant, start
                return start
        self._next = instant, None
        return None

    def _ahead(self, instant: datetime) -> Iterator[tuple[datetime, datetime, Crew]]:
        """Pieces from ``instant`` on, as far as a change can still come."""
        settled = max(instant, self._settled)
        limit = LATEST if LATEST - settled < self._look_ahead else settled + self._look_ahead
        for piece in self.timeline.forward(instant):
            if piece[0] > limit:
                return
            yield piece

    def _behind(self, instant: datetime) -> Iterator[tuple[datetime, datetime, Crew]]:
        """Pieces from ``instant`` back, without those that can only repeat what was passed."""
        limit = EARLIEST if instant - EARLIEST < self._look_ahead else instant - self._look_ahead
        for piece in self.timeline.backward(instant):
            if self._settled < piece[1] < limit:
                yield from self.timeline.backward(self._settled)
                return
            yield piece

    def _changes(self, low: datetime, high: datetime) -> list[Change[Crew]]:
        """The crews in [low, high): a sweep over the edges of all turns and overrides."""
        begins: dict[datetime, list[tuple[int, str]]] = defaultdict(list)
        ceases: dict[datetime, list[tuple[int, str]]] = defaultdict(list)
        for start, end, index, name in self._base(low, high):
            begins[max(start, low)].append((index, name))
            ceases[min(end, high)].append((index, name))
        overrides = [o for o in self._overrides if o.start < high and o.end > low]
        edges = begins.keys() | ceases.keys() | {low}
        edges |= {edge for o in overrides for edge in (o.start, o.end)}
        here: Counter[tuple[int, str]] = Counter()
        changes: list[Change[Crew]] = []
        for edge in sorted(edge for edge in edges if low <= edge < high):
            here.update(begins.get(edge, ()))
            here.subtract(ceases.get(edge, ()))
            acting = [o.rule for o in overrides if o.start <= edge < o.end]
            crew = self._crew(here, acting)
            if not changes or changes[-1][1] != crew:
                changes.append((edge, crew))
        return changes

    def _crew(self, here: Counter[tuple[int, str]], acting: list[Override]) -> Crew:
        named: override.Crew = {}
        for index, name in sorted(key for key, count in here.items() if count > 0):
            named.setdefault(name, self._rotations[index].duty_type)
        if acting:
            named = override.apply(acting, named, self._added_type)
        crew = tuple(sorted(named.items(), key=lambda item: self._rank[item[0]]))
        return self._crews.setdefault(crew, crew)

    def _base(self, low: datetime, high: datetime) -> Iterator[tuple[datetime, datetime, int, str]]:
        """Who has each rotation inside its windows: start, end, index of the rotation, name."""
        for index, rotation in enumerate(self._rotations):
            open_spans: list[Span] = [(low, high)]
            if not self._always[index]:
                open_spans = window_spans(rotation.active, self._calendar, low, high)
            first = 0
            for turn in turns(rotation, self._calendar.zone, low, high):
                while first < len(open_spans) and open_spans[first][1] <= turn.start:
                    first += 1
                at = first
                while at < len(open_spans) and open_spans[at][0] < turn.end:
                    start = max(open_spans[at][0], turn.start, low)
                    end = min(open_spans[at][1], turn.end, high)
                    if start < end:
                        yield start, end, index, turn.name
                    at += 1


def _last_dated(
    rotations: list[Rotation], overrides: list[_DatedOverride], zone: tzinfo
) -> datetime:
    """The instant after which only endless rotations act."""
    dated = [o.end for o in overrides] + [first_start(r, zone) for r in rotations]
    ends = [last_end(r, zone) for r in rotations]
    return max([*dated, *(end for end in ends if end is not None)], default=EARLIEST)


def _changes_per_day(rotations: list[Rotation], always: list[bool]) -> float:
    turning = [rotation for rotation in rotations if len(set(rotation.people)) > 1]
    turns_a_day = sum(timedelta(days=1) / step_length(r.every) for r in turning)
    windows = sum(
        2 * len(r.active) for r, whole in zip(rotations, always, strict=True) if not whole
    )
    return turns_a_day + windows


def _look_ahead(rotations: list[Rotation], always: list[bool]) -> timedelta:
    """How long after the last dated rule a change must come if one comes at all.

    Rules that repeat every few hours are followed through their common period twice (the second
    time shows what a skipped hour hid in the first); months and bank holidays have no short one.
    """
    period_h: int | None = 1
    longest = timedelta()
    for rotation, whole in zip(rotations, always, strict=True):
        if rotation.end is not None:
            continue
        if len(set(rotation.people)) > 1:
            cycle = step_length(rotation.every) * len(rotation.people)
            longest = max(longest, cycle)
            hours = None if rotation.every.unit == "month" else cycle // timedelta(hours=1)
            period_h = math.lcm(period_h, hours) if period_h and hours else None
        if not whole:
            days = {day for window in rotation.active for day in window.days}
            regular = not days & {HOLIDAY, NOT_HOLIDAY}
            period_h = math.lcm(period_h, _WEEK_H) if period_h and regular else None
    if period_h is not None and period_h < _LOOK_AHEAD // timedelta(hours=1):
        return 2 * timedelta(hours=period_h) + timedelta(days=7)
    return max(_LOOK_AHEAD, 2 * longest)


@dataclass(frozen=True, slots=True)
class ServiceRota:
    """The levels of a service, first asked first."""

    levels: tuple[LevelRota, ...]

    def level(self, number: int) -> LevelRota | None:
        """The level of this number, or None if no rule speaks of it."""
        return next((level for level in self.levels if level.level == number), None)


def service_rota(rota: Rota, service_name: str) -> ServiceRota:
    """The levels of a service, made once for each rota; or ``UnknownNameError``."""
    found = rota._prepared.get(service_name)
    if isinstance(found, ServiceRota):
        return found
    rota.service(service_name)
    rotations: dict[int, list[Rotation]] = defaultdict(list)
    overrides: dict[int, list[Override]] = defaultdict(list)
    for rotation in rota.rotations:
        if rotation.service == service_name:
            rotations[rotation.level].append(rotation)
    for rule in rota.overrides:
        if rule.service == service_name:
            overrides[rule.level].append(rule)
    levels = tuple(
        LevelRota(level, rotations.get(level, []), overrides.get(level, []), rota)
        for level in sorted(rotations.keys() | overrides.keys())
    )
    made = ServiceRota(levels)
    rota._prepared[service_name] = made
    return made
