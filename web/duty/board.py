"""The month and the week as cells: who covers what, a duty day in each cell.

A cell holds the day from the hour at which duties change hands (08:00 on most rotas) to the same
hour of the next day, because that is how people read "Monday: Alice". Everything is asked of
`firmware.rota`; nothing is decided here.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from firmware.rota import Person, Rota, gaps, shifts
from firmware.rota.holidays import bank_holidays
from firmware.rota.local_time import first_instant, wall_clock

DAY = timedelta(days=1)
# From when to when who is on duty, None where nobody is
Stretch = tuple[datetime, datetime, Person | None]
# Hours at which a day may begin: a rota that changes hands at 18:00 alone is read from midnight
MORNING = (time(4), time(12))


@dataclass(frozen=True, slots=True)
class Piece:
    """``person`` is on duty at ``level`` from ``start`` to ``end`` (UTC); None: nobody is.

    ``whole``: the whole of the cell's day. ``instead_of``: whom the rotations name. ``beside``:
    somebody else is on duty at this level at the same time.
    """

    service: str
    level: int
    start: datetime
    end: datetime
    person: Person | None
    whole: bool = False
    is_past: bool = False
    instead_of: tuple[str, ...] = ()
    beside: bool = False

    @property
    def is_gap(self) -> bool:
        """Whether callers will reach nobody: a back-up level may be empty, and the past is past."""
        return self.person is None and self.level == 1 and not self.is_past


@dataclass(frozen=True, slots=True)
class Cell:
    """One duty day of one service and level. ``holiday`` names a bank holiday."""

    day: date
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Lane:
    """One level of one service over the days; each day begins at ``begins``."""

    service: str
    level: int
    begins: time
    cells: tuple[Cell, ...]


def lanes(
    rota: Rota, services: list[str], first: date, days: int, now: datetime
) -> tuple[Lane, ...]:
    """The levels of ``services`` from ``first`` on."""
    planned = replace(rota, overrides=())
    return tuple(
        _lane(rota, planned, service, level, first, days, now)
        for service in services
        for level in levels_of(rota, service)
    )


def levels_of(rota: Rota, service: str) -> list[int]:
    """The levels that rules speak of; level 1 always."""
    found = {rotation.level for rotation in rota.rotations if rotation.service == service}
    found |= {rule.level for rule in rota.overrides if rule.service == service}
    return sorted({1} | found)


def _lane(
    rota: Rota, planned: Rota, service: str, level: int, first: date, days: int, now: datetime
) -> Lane:
    zone = ZoneInfo(rota.site.time_zone)
    low = first_instant(datetime.combine(first, time()), zone)
    high = first_instant(datetime.combine(first + (days + 1) * DAY, time()), zone)
    begins = day_begins(rota, service, level, low, high)
    edges = [
        first_instant(datetime.combine(first + day * DAY, begins), zone) for day in range(days + 1)
    ]
    on_duty = _stretches(rota, service, level, edges)
    by_rotation = _stretches(planned, service, level, edges)
    empty: list[Stretch] = [
        (gap.start, gap.end, None)
        for gap in gaps(rota, service, edges[0], edges[-1], level, office_counts=True)
    ]
    return Lane(
        service,
        level,
        begins,
        tuple(
            Cell(
                first + turn * DAY,
                tuple(
                    _piece(service, level, piece, (start, end), cut, by_rotation, now)
                    for piece in sorted([*cut, *_cut(empty, start, end)], key=_by_start)
                ),
            )
            for turn, (start, end) in enumerate(itertools.pairwise(edges))
            for cut in [_cut(on_duty, start, end)]
        ),
    )


def day_begins(rota: Rota, service: str, level: int, low: datetime, high: datetime) -> time:
    """The hour of the morning at which duties of a level mostly change hands, else midnight."""
    zone = ZoneInfo(rota.site.time_zone)
    ends = [shift.end for shift in shifts(rota, service, low, high, level) if shift.end < high]
    clocks = Counter(wall_clock(end, zone).time() for end in ends)
    for rotation in rota.rotations:  # a rota of one person never changes hands
        if rotation.service == service and rotation.level == level:
            clocks[rotation.start.time()] += 1
    morning = {clock: n for clock, n in clocks.items() if MORNING[0] <= clock <= MORNING[1]}
    return max(morning, key=lambda clock: (morning[clock], clock), default=time())


def _stretches(rota: Rota, service: str, level: int, edges: list[datetime]) -> list[Stretch]:
    found = shifts(rota, service, edges[0], edges[-1], level)
    return [(shift.start, shift.end, shift.person) for shift in found]


def _cut(stretches: list[Stretch], start: datetime, end: datetime) -> list[Stretch]:
    """What of ``stretches`` lies in the cell."""
    return [(max(a, start), min(b, end), who) for a, b, who in stretches if a < end and b > start]


def _by_start(stretch: Stretch) -> datetime:
    return stretch[0]


def _piece(
    service: str,
    level: int,
    piece: Stretch,
    cell: tuple[datetime, datetime],
    others: list[Stretch],
    by_rotation: list[Stretch],
    now: datetime,
) -> Piece:
    start, end, person = piece
    planned = [who.name for _, _, who in _cut(by_rotation, start, end) if who is not None]
    here = [who for _, _, who in _cut(others, start, end)]
    names = {who.name for who in here if who is not None}
    stands_in = person is not None and person.name not in planned
    return Piece(
        service,
        level,
        start,
        end,
        person,
        whole=(start, end) == cell,
        is_past=end <= now,
        instead_of=tuple(name for name in planned if name not in names) if stands_in else (),
        beside=person is not None and any(who != person for who in here),
    )


def holidays_of(rota: Rota, first: date, days: int) -> dict[date, str]:
    """The bank holidays of the days, by the names of `firmware.rota.holidays`."""
    site = rota.site
    found: dict[date, str] = {}
    for year in {first.year, (first + days * DAY).year}:
        found |= bank_holidays(site.holidays, site.good_friday, year)
    return {day: name for day, name in found.items() if first <= day < first + days * DAY}
