"""Everybody of the staff: numbers, what is proved, who is on duty, who is away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask.typing import ResponseReturnValue

from firmware.rota import Duty, Person, Rota, on_duty, shifts
from firmware.rota.local_time import first_instant, last_instant
from firmware.store.account_values import Role
from web.box import box
from web.frame import render_page
from web.people.blueprint import blueprint
from web.reader import reader, rota
from web.roles import allow

LOOK_AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Line:
    """One person: ``duty`` if on duty now, else start and service of the ``next`` shift;
    ``away_until`` the end of an absence that is now."""

    person: Person
    proved: bool
    duty: str | None
    next: tuple[datetime, str] | None
    away_until: datetime | None


@blueprint.get("/people")
@allow(Role.STAFF)
def show() -> ResponseReturnValue:
    known = rota()
    people = known.people if known is not None else ()
    present = [each for each in people if not each.former]
    lines = _lines(known, present) if known is not None else []
    return render_page(
        "people/list.html",
        active="people",
        style="people",
        lines=lines,
        former=[each for each in people if each.former],
        loaded=known is not None,
    )


def _lines(rota: Rota, people: list[Person]) -> list[Line]:
    now, proved = reader().now, box().people.verified()
    duties: dict[str, tuple[str, Duty]] = {}
    coming: dict[str, tuple[datetime, str]] = {}
    for service in rota.services:
        for duty in on_duty(rota, service.name, now):
            duties.setdefault(duty.person.name, (service.name, duty))
        for shift in shifts(rota, service.name, now, now + LOOK_AHEAD):
            first = (shift.start, service.name)
            name = shift.person.name
            if not shift.starts_earlier and shift.start > now:
                coming[name] = min(coming.get(name, first), first)
    away = _away(rota, now)
    return [
        Line(
            person,
            all(number in proved for number in person.numbers),
            duties[person.name][0] if person.name in duties else None,
            coming.get(person.name),
            away.get(person.name),
        )
        for person in people
    ]


def _away(rota: Rota, now: datetime) -> dict[str, datetime]:
    """Until when whoever is absent now is absent."""
    zone = reader().zone
    found: dict[str, datetime] = {}
    for each in rota.overrides:
        if each.out is not None and each.in_ is None:
            end = last_instant(each.end, zone)
            if first_instant(each.start, zone) <= now < end:
                found[each.out] = max(end, found.get(each.out, end))
    return found
