"""A rotation said as one would say it: each week from Monday 08:00, in this order."""

from __future__ import annotations

from datetime import time

from firmware.rota import Rotation, Step, Window
from firmware.rota.grammar import days_text
from firmware.rota.local_time import first_instant
from web.duty.words import DAYS, DUTY_TYPES
from web.language import N_
from web.reader import languages, reader

EVERY_ONE = {
    "hour": N_("each hour"),
    "day": N_("each day"),
    "week": N_("each week"),
    "month": N_("each month"),
}
EVERY_MANY = {
    "hour": N_("every %(n)s hours"),
    "day": N_("every %(n)s days"),
    "week": N_("every %(n)s weeks"),
    "month": N_("every %(n)s months"),
}
UNITS = {
    "hour": N_("hours"),
    "day": N_("days"),
    "week": N_("weeks"),
    "month": N_("months"),
}
IN_TURN = N_("%(every)s from %(start)s, in this order: %(people)s")
ALONE = N_("%(people)s alone, from %(start)s")


def every_words(every: Step) -> str:
    """``each week``, ``every 12 hours``."""
    translate = languages().gettext
    if every.count == 1:
        return translate(EVERY_ONE[every.unit])
    return translate(EVERY_MANY[every.unit]) % {"n": every.count}


def rotation_words(rotation: Rotation) -> str:
    """The turns, without hours and type."""
    message = IN_TURN if len(rotation.people) > 1 else ALONE
    return languages().gettext(message) % {
        "every": every_words(rotation.every),
        "start": reader().date_clock(first_instant(rotation.start, reader().zone)),
        "people": ", ".join(rotation.people),
    }


def window_words(window: Window) -> str:
    """``Monday to Friday 18:00 – 08:00``; equal times are a whole day."""
    translate = languages().gettext
    values = {
        "days": days_words(window.days),
        "from": _clock(window.start),
        "to": _clock(window.end),
    }
    if window.start == window.end:
        return translate(N_("%(days)s, 24 hours from %(from)s")) % values
    return translate(N_("%(days)s, %(from)s – %(to)s")) % values


def days_words(days: tuple[str, ...]) -> str:
    """``Monday to Friday, bank holidays``."""
    translate = languages().gettext
    parts = []
    for part in days_text(days).split(","):
        if part in DAYS:
            parts.append(translate(DAYS[part]))
            continue
        first, last = part.split("-")
        words = {"first": translate(DAYS[first]), "last": translate(DAYS[last])}
        parts.append(translate(N_("%(first)s to %(last)s")) % words)
    return ", ".join(parts)


def type_words(rotation: Rotation) -> str:
    return languages().gettext(DUTY_TYPES[rotation.duty_type])


def _clock(value: time) -> str:
    return value.strftime("%H:%M")
