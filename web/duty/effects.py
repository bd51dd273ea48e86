"""What an edit would do, said before it is saved: for whom, who is told, what comes too soon."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from firmware.rota import Gap, NoticeFault, Person, Rota, gaps, notice_faults, shifts
from firmware.rota.local_time import first_instant, last_instant
from firmware.rota.news import DutyNews, Stretch, duty_news, told_limit
from firmware.rota.rest import RestFault, rest_faults
from firmware.rota.window import Span, merged, without


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told by SMS: ``at_once`` as a handover, ``soon`` two minutes after the last edit."""

    at_once: tuple[Person, ...]
    soon: tuple[Person, ...]


@dataclass(frozen=True, slots=True)
class ServiceGap:
    """Nobody at level 1 of ``service`` in ``gap``."""

    service: str
    gap: Gap


@dataclass(frozen=True, slots=True)
class Twice:
    """``person`` would be on duty in another place, ``other``, during ``stretch``."""

    person: Person
    stretch: Stretch
    other: Stretch


@dataclass(frozen=True, slots=True)
class Away:
    """``person`` would come on duty though an absence from ``start`` to ``end`` is entered."""

    person: Person
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Effects:
    """All effects of an edit from now until ``until`` (UTC)."""

    until: datetime
    news: tuple[DutyNews, ...]
    told: Told
    short: tuple[NoticeFault, ...]
    tired: tuple[RestFault, ...]
    opened: tuple[ServiceGap, ...]
    closed: tuple[ServiceGap, ...]
    twice: tuple[Twice, ...]
    away: tuple[Away, ...]


def hours(stretches: Iterable[Stretch]) -> timedelta:
    """The time that they take together; what lies in two places at once is counted once."""
    spans = merged((each.start, each.end) for each in stretches)
    return sum((end - start for start, end in spans), timedelta())


def effects(before: Rota, after: Rota, now: datetime, until: datetime) -> Effects:
    """What ``after`` changes from ``now`` to ``until``, or as far as people are told of if later.

    Who is told is asked of the same function as the daemon's.
    """
    limit = told_limit(after, now)
    until = max(until, limit)
    news = duty_news(before, after, now, until)
    services = sorted({each.service for one in news for each in (*one.gained, *one.lost)})
    opened, closed = _gaps(before, after, services, now, until)
    return Effects(
        until,
        news,
        _told(news, now, limit),
        notice_faults(before, after, now),
        rest_faults(before, after, now, until) if news else (),
        opened,
        closed,
        tuple(_twice(after, news)),
        tuple(dict.fromkeys(_away(after, news))),
    )


def told(before: Rota, after: Rota, now: datetime) -> Told:
    """Whom the daemon will write to."""
    return _told(duty_news(before, after, now), now, told_limit(after, now))


def _told(news: tuple[DutyNews, ...], now: datetime, limit: datetime) -> Told:
    """Of news that may reach further, what begins before ``limit``."""
    starts = [(one.person, [each.start for each in (*one.gained, *one.lost)]) for one in news]
    return Told(
        tuple(person for person, found in starts if any(start <= now for start in found)),
        tuple(person for person, found in starts if any(now < start < limit for start in found)),
    )


def _gaps(
    before: Rota, after: Rota, services: list[str], now: datetime, until: datetime
) -> tuple[tuple[ServiceGap, ...], tuple[ServiceGap, ...]]:
    """The gaps that come and those that go."""
    opened, closed = [], []
    for service in services:
        was, will = (_empty(rota, service, now, until) for rota in (before, after))
        opened += [ServiceGap(service, Gap(*span)) for span in without(will, was)]
        closed += [ServiceGap(service, Gap(*span)) for span in without(was, will)]
    return tuple(opened), tuple(closed)


def _empty(rota: Rota, service: str, now: datetime, until: datetime) -> list[Span]:
    if all(each.name != service for each in rota.services):
        return []
    found = gaps(rota, service, now, until, office_counts=True)
    return merged((gap.start, gap.end) for gap in found)


def _twice(after: Rota, news: tuple[DutyNews, ...]) -> Iterable[Twice]:
    """Duties that a person gains while on duty elsewhere; one for each pair of places."""
    for one in news:
        for stretch in one.gained:
            for service in after.services:
                for shift in shifts(after, service.name, stretch.start, stretch.end):
                    place = (service.name, shift.level)
                    if shift.person == one.person and place != (stretch.service, stretch.level):
                        other = Stretch(service.name, shift.level, shift.start, shift.end)
                        yield Twice(one.person, stretch, other)


def _away(after: Rota, news: tuple[DutyNews, ...]) -> Iterable[Away]:
    """Absences into which a gained duty falls, wherever they were entered: leave is leave in
    every service, and an absence of one place keeps nobody off duty in another."""
    zone = ZoneInfo(after.site.time_zone)
    absences = [
        (rule.out, first_instant(rule.start, zone), last_instant(rule.end, zone))
        for rule in after.overrides
        if rule.in_ is None
    ]
    for one in news:
        for name, start, end in absences:
            if name == one.person.name and any(
                each.start < end and each.end > start for each in one.gained
            ):
                yield Away(one.person, start, end)
