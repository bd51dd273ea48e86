"""What a change of the rota means for people: whose duties come, whose go, how soon.

The page shows it before an edit is saved and the daemon tells it by SMS afterwards: both ask here,
so that what was announced is what is done.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from firmware.rota.local_time import as_utc, first_instant, wall_clock
from firmware.rota.shifts import shifts
from firmware.rota.values import Person, Rota
from firmware.rota.window import Span, merged, without

TOLD_DAYS = 62


@dataclass(frozen=True, slots=True)
class Stretch:
    """On duty for ``service`` at ``level`` from ``start`` to ``end`` (UTC, end exclusive)."""

    service: str
    level: int
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class DutyNews:
    """What comes and what goes for ``person``, in order of time."""

    person: Person
    gained: tuple[Stretch, ...]
    lost: tuple[Stretch, ...]

    def after(self, instant: datetime) -> DutyNews:
        """Only what begins after ``instant``: what runs then is told as a handover."""
        return DutyNews(
            self.person,
            tuple(stretch for stretch in self.gained if stretch.start > instant),
            tuple(stretch for stretch in self.lost if stretch.start > instant),
        )

    def __bool__(self) -> bool:
        return bool(self.gained or self.lost)


def told_limit(rota: Rota, now: datetime) -> datetime:
    """The end of the days of which a change is told at once: two months. The legal notice of
    fifteen days has to have been given by then, and nothing else tells of what lies beyond it."""
    zone = ZoneInfo(rota.site.time_zone)
    day = wall_clock(as_utc(now), zone).date() + timedelta(TOLD_DAYS)
    return first_instant(datetime.combine(day, time()), zone)


def duty_news(
    before: Rota, after: Rota, now: datetime, until: datetime | None = None
) -> tuple[DutyNews, ...]:
    """Whose duties differ from ``now`` on, up to ``until`` (two months without it).

    A duty counts from its start: one that begins within the time is told whole as far as the
    week after it. People are the present staff of ``after``, in its order, known by name or mobile.
    """
    now = as_utc(now)
    limit = told_limit(after, now) if until is None else as_utc(until)
    horizon = limit + timedelta(days=7)
    old, new = _duties(before, now, horizon), _duties(after, now, horizon)
    found = []
    for person in after.people:
        if person.former:  # their number is nobody's any more
            continue
        was = old.get(_name_in(before, person), {})
        news = DutyNews(
            person,
            _more(new.get(person.name, {}), was, limit),
            _more(was, new.get(person.name, {}), limit),
        )
        if news:
            found.append(news)
    return tuple(found)


Duties = dict[tuple[str, int], list[Span]]


def _duties(rota: Rota, start: datetime, end: datetime) -> dict[str, Duties]:
    """For each name its duties by service and level."""
    found: dict[str, defaultdict[tuple[str, int], list[Span]]] = {}
    for service in rota.services:
        for shift in shifts(rota, service.name, start, end):
            mine = found.setdefault(shift.person.name, defaultdict(list))
            mine[service.name, shift.level].append((shift.start, shift.end))
    return {name: dict(duties) for name, duties in found.items()}


def _name_in(rota: Rota, person: Person) -> str:
    if any(each.name == person.name for each in rota.people):
        return person.name
    known = rota.person_with(person.mobile)
    return known.name if known is not None else person.name


def _more(these: Duties, others: Duties, limit: datetime) -> tuple[Stretch, ...]:
    """What is in ``these`` and not in ``others``, beginning before ``limit``."""
    found = [
        Stretch(service, level, start, end)
        for (service, level), spans in these.items()
        for start, end in without(merged(spans), merged(others.get((service, level), [])))
        if start < limit
    ]
    return tuple(sorted(found, key=lambda stretch: (stretch.start, stretch.service)))
