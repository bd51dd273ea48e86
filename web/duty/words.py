"""Words of the rota's pages that the rota itself has only as keys."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from firmware.rota.local_time import first_instant, wall_clock
from firmware.rota.window import WEEKDAYS
from web.duty.board import Piece
from web.language import N_
from web.reader import languages, reader
from web.reading import MONTHS

HOLIDAYS = {
    "new_year": N_("New Year's Day"),
    "labour_day": N_("Labour Day"),
    "victory_1945": N_("Victory Day 1945"),
    "national_day": N_("National Day"),
    "assumption": N_("Assumption"),
    "all_saints": N_("All Saints' Day"),
    "armistice_1918": N_("Armistice Day 1918"),
    "christmas": N_("Christmas Day"),
    "easter_monday": N_("Easter Monday"),
    "ascension": N_("Ascension Day"),
    "whit_monday": N_("Whit Monday"),
    "saint_stephen": N_("Saint Stephen's Day"),
    "good_friday": N_("Good Friday"),
}
DUTY_TYPES = {
    "astreinte": N_("on call at home"),
    "permanence": N_("on call at the office"),
    "garde": N_("guard"),
}
DAYS = {
    "mon": N_("Monday"),
    "tue": N_("Tuesday"),
    "wed": N_("Wednesday"),
    "thu": N_("Thursday"),
    "fri": N_("Friday"),
    "sat": N_("Saturday"),
    "sun": N_("Sunday"),
    "holiday": N_("bank holidays"),
    "not-holiday": N_("not on bank holidays"),
}
DAYS_SHORT = {
    "mon": N_("Mon"), "tue": N_("Tue"), "wed": N_("Wed"), "thu": N_("Thu"), "fri": N_("Fri"),
    "sat": N_("Sat"), "sun": N_("Sun"),
}  # fmt: skip


def duration(length: timedelta) -> str:
    """``14 h``, ``7 h 30``: how long somebody is on duty."""
    minutes = round(length.total_seconds() / 60)
    hours, rest = divmod(minutes, 60)
    if rest:
        return languages().gettext(N_("%(h)s h %(min)s")) % {"h": hours, "min": f"{rest:02d}"}
    return languages().gettext(N_("%(h)s h")) % {"h": hours}


def month_words(day: date) -> str:
    """``November 2026``."""
    translate = languages().gettext
    return translate(N_("%(month)s %(year)s")) % {
        "month": translate(MONTHS[day.month - 1]),
        "year": day.year,
    }


def day_words(day: date) -> str:
    """``Sunday 29 November``."""
    return reader().full_day(first_instant(datetime.combine(day, time()), reader().zone))


def short_day(day: date) -> str:
    """``Sun 29``: the head of a cell."""
    return f"{languages().gettext(DAYS_SHORT[WEEKDAYS[day.weekday()]])} {day.day}"


def span(start: datetime, end: datetime) -> str:
    """``Sunday 29 November 14:00 to 18:00``; the second day is said where it is another one."""
    zone = reader().zone
    same = start.astimezone(zone).date() == end.astimezone(zone).date()
    return languages().gettext(N_("%(from)s – %(to)s")) % {
        "from": reader().date_clock(start),
        "to": reader().clock(end) if same else reader().date_clock(end),
    }


def within_day(piece: Piece, begins: time) -> str:
    """``from 18:00``, ``until 18:00`` or ``14:00 to 18:00`` for a part of a cell's day."""
    if piece.whole:
        return ""
    zone, translate = reader().zone, languages().gettext
    start, end = (wall_clock(at, zone).time() for at in (piece.start, piece.end))
    values = {"from": reader().clock(piece.start), "to": reader().clock(piece.end)}
    if start == begins:
        return translate(N_("until %(to)s")) % values
    if end == begins:
        return translate(N_("from %(from)s")) % values
    return translate(N_("%(from)s – %(to)s")) % values
