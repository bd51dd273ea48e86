"""Which greeting callers hear: the one place that decides it."""

from __future__ import annotations

from datetime import datetime

from firmware.rota.local_time import as_utc, wall_clock
from firmware.rota.opening_hours import office_number
from firmware.rota.values import GREETING_TIMES, Greeting, GreetingTime, Rota
from firmware.rota.window import calendar_of


def greeting_for(rota: Rota, service_name: str, instant: datetime) -> Greeting | None:
    """The greeting of a service at ``instant``, None where the built-in sentence is said.

    A bank holiday (the site's calendar day) comes before open and closed, and those before always.
    A service without office hours is neither open nor closed. ``UnknownNameError`` for a service
    that the rota lacks; ValueError for a naive instant.
    """
    times = times_at(rota, service_name, instant)
    mine = {each.when: each for each in rota.greetings if each.service == service_name}
    return next((mine[when] for when in times if when in mine), None)


def greeting_times(rota: Rota, service_name: str) -> tuple[GreetingTime, ...]:
    """The times for which a service can have a greeting that is ever heard."""
    if any(hours.service == service_name for hours in rota.opening_hours):
        return GREETING_TIMES
    return "always", "holiday"


def times_at(rota: Rota, service_name: str, instant: datetime) -> tuple[GreetingTime, ...]:
    """The times of greetings that ``instant`` lies in, the one that counts most first."""
    instant = as_utc(instant)
    rota.service(service_name)
    found: list[GreetingTime] = []
    calendar = calendar_of(rota.site)
    if calendar.is_holiday(wall_clock(instant, calendar.zone).date()):
        found.append("holiday")
    if any(hours.service == service_name for hours in rota.opening_hours):
        is_open = office_number(rota, service_name, instant) is not None
        found.append("open" if is_open else "closed")
    return (*found, "always")
