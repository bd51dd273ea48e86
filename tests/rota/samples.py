"""Small rotas for the tests of the room, made without the site file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from firmware.rota import (
    OpeningHours,
    Override,
    Person,
    Rota,
    Rotation,
    Service,
    Site,
    Window,
    on_duty,
)
from firmware.rota.grammar import parse_clock, parse_days, parse_step, parse_wall

PEOPLE = tuple(
    Person(name, f"+3360000000{index}", "admin" if name == "Zoe" else "staff")
    for index, name in enumerate(("Alice", "Bruno", "Chloe", "David", "Emma", "Zoe"))
)


def utc(text: str) -> datetime:
    """``2026-03-29T01:00`` as an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def window(days: str, start: str, end: str) -> Window:
    return Window(parse_days(days), parse_clock(start), parse_clock(end))


def rotation(
    start: str,
    every: str,
    people: str,
    *,
    level: int = 1,
    end: str | None = None,
    active: Iterable[Window] = (),
    duty_type: str = "astreinte",
) -> Rotation:
    """``people`` are names with blanks between; the service is S."""
    return Rotation(
        "S",
        level,
        parse_wall(start),
        parse_step(every),
        tuple(people.split()),
        "garde" if duty_type == "garde" else "astreinte",
        None if end is None else parse_wall(end),
        tuple(active),
    )


def override(
    start: str, end: str, out: str | None = None, in_: str | None = None, level: int = 1
) -> Override:
    return Override("S", level, parse_wall(start), parse_wall(end), out, in_)


def office(days: str, start: str, end: str, number: str = "+33388112233") -> OpeningHours:
    return OpeningHours("S", parse_days(days), parse_clock(start), parse_clock(end), number)


def rota(
    *rules: Rotation | Override | OpeningHours,
    zone: str = "Europe/Paris",
    holidays: str = "FR",
    good_friday: bool = False,
) -> Rota:
    return Rota(
        Site("Test", zone, holidays=holidays, good_friday=good_friday),
        PEOPLE,
        (Service("S"),),
        tuple(rule for rule in rules if isinstance(rule, Rotation)),
        tuple(rule for rule in rules if isinstance(rule, Override)),
        tuple(rule for rule in rules if isinstance(rule, OpeningHours)),
    )


def names(rules: Rota, instant: str | datetime, level: int | None = None) -> str:
    """The names on duty at an instant in UTC, with blanks between."""
    at = utc(instant) if isinstance(instant, str) else instant
    return " ".join(
        duty.person.name for duty in on_duty(rules, "S", at) if level in (None, duty.level)
    )
