"""The month and the week as cells: who covers what, a duty day in each cell.

A cell holds the day from the hour at which duties change hands (08:00 on most rotas) to the same
hour of the next day, because that is how people read "Monday: Alice". Everything is asked of
`firmware.rota`; nothing is decided here.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from firmware.rota import Person, Rota, gaps, shifts
from firmware.rota.holidays import bank_holidays
from firmware.rota.local_time import first_instant, wall_clock

DAY = timedelta(days=1)
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
    pieces = list(_pieces(rota, planned, service, level, edges, now))
    return Lane(
        service,
        level,
        begins,
        tuple(
            Cell(
                first + turn * DAY,
                tuple(piece for piece in pieces if start <= piece.start < end),
            )
            for turn, (start, end) in enumerate(itertools.pairwise(edges))
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


def _pieces(
    rota: Rota, planned: Rota, service: str, level: int, edges: list[datetime], now: datetime
) -> Iterator[Piece]:
    """Shifts and gaps, cut at ``edges``, in order of time."""
    low, high = edges[0], edges[-1]
    taken = [(s.start, s.end, s.person) for s in shifts(rota, service, low, high, level)]
    empty = gaps(rota, service, low, high, level, office_counts=True)
    spans: list[tuple[datetime, datetime, Person | None]] = [*taken]
    spans += [(gap.start, gap.end, None) for gap in empty]
    base = [(s.start, s.end, s.person.name) for s in shifts(planned, service, low, high, level)]
    for start, end, person in sorted(spans, key=lambda span: span[0]):
        for cut_start, cut_end in _cut(start, end, edges):
            whole = any(
                cut_start <= edge and cut_end >= after
                for edge, after in itertools.pairwise(edges)
            )
            names = [name for a, b, name in base if a < cut_end and b > cut_start]
            here = [p.name for a, b, p in taken if a < cut_end and b > cut_start]
            is_other = person is not None and person.name not in names
            yield Piece(
                service,
                level,
                cut_start,
                cut_end,
                person,
                whole=whole,
                is_past=cut_end <= now,
                instead_of=tuple(n for n in names if n not in here) if is_other else (),
                beside=person is not None and _at_once(taken, person, cut_start, cut_end),
            )


def _at_once(
    taken: list[tuple[datetime, datetime, Person]], person: Person, start: datetime, end: datetime
) -> bool:
    return any(other != person and a < end and b > start for a, b, other in taken)


def _cut(
    start: datetime, end: datetime, edges: list[datetime]
) -> Iterator[tuple[datetime, datetime]]:
    """[start, end) cut at ``edges``."""
    for edge, after in itertools.pairwise(edges):
        if start < after and end > edge:
            yield max(start, edge), min(end, after)


def holidays_of(rota: Rota, first: date, days: int) -> dict[date, str]:
    """The bank holidays of the days, by the names of `firmware.rota.holidays`."""
    site = rota.site
    found: dict[date, str] = {}
    for year in {first.year, (first + days * DAY).year}:
        found |= bank_holidays(site.holidays, site.good_friday, year)
    return {day: name for day, name in found.items() if first <= day < first + days * DAY}
