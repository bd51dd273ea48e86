"""A person's shifts as an iCalendar file that Thunderbird, Outlook, Google and Apple read.

Times are wall clock with a TZID and its VTIMEZONE. An hour that exists twice cannot be told so
(RFC 5545 3.3.5 means the first): a shift that begins or ends in its second half is in UTC.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vDuration

from firmware.rota import Rota, Shift, shifts
from web.personal.time_zone import time_zone

PAST, AHEAD = timedelta(days=60), timedelta(days=366)
ASK_AGAIN = timedelta(hours=1)
PRODUCT = "-//Veilleur//Rota//FR"
MIME_TYPE = "text/calendar"


def calendar_file(
    rota: Rota,
    person: str,
    now: datetime,
    *,
    title: str,
    level: str,
    version: int,
    changed_at: datetime,
) -> bytes:
    """The shifts of two months past and a year ahead.

    ``title`` names the calendar, ``level`` is the text of a level beyond the first, with its
    ``%(level)s``. ``version`` and ``changed_at`` are the rota's: a later file is a later revision
    of each event (SEQUENCE, DTSTAMP), and the same rota always gives the same file on one day.
    """
    zone = ZoneInfo(rota.site.time_zone)
    today = datetime.combine(now.astimezone(zone).date(), datetime.min.time(), zone)
    found = Calendar()
    found.add("VERSION", "2.0")
    found.add("PRODID", PRODUCT)
    found.add("METHOD", "PUBLISH")  # Outlook wants it beside UID, DTSTAMP and SEQUENCE
    found.add("X-WR-CALNAME", title)
    found.add("X-WR-TIMEZONE", zone.key)
    found.add("REFRESH-INTERVAL", vDuration(ASK_AGAIN), parameters={"VALUE": "DURATION"})
    found.add("X-PUBLISHED-TTL", vDuration(ASK_AGAIN))
    found.add_component(time_zone(zone.key, now.year - 1))
    for service in rota.services:
        for shift in shifts(rota, service.name, today - PAST, today + AHEAD):
            if shift.person.name != person:
                continue
            event = _event(service.name, shift, zone, level)
            event.add("DTSTAMP", changed_at.astimezone(UTC))
            event.add("LAST-MODIFIED", changed_at.astimezone(UTC))
            event.add("SEQUENCE", version)
            found.add_component(event)
    body: bytes = found.to_ical(sorted=False)
    return body


def _event(service: str, shift: Shift, zone: ZoneInfo, level: str) -> Event:
    event = Event()
    event.add("UID", uid(service, shift))
    back_up = f" ({level % {'level': shift.level}})" if shift.level > 1 else ""
    event.add("SUMMARY", service + back_up)
    for name, instant in zip(("DTSTART", "DTEND"), _times(shift, zone), strict=True):
        event.add(name, instant)
    event.add("TRANSP", "TRANSPARENT")  # on call is not the same as busy: nobody's free/busy
    return event


def _times(shift: Shift, zone: ZoneInfo) -> tuple[datetime, datetime]:
    start, end = shift.start.astimezone(zone), shift.end.astimezone(zone)
    if start.fold or end.fold:
        return shift.start.astimezone(UTC), shift.end.astimezone(UTC)
    return start, end


def uid(service: str, shift: Shift) -> str:
    """The same shift keeps its name in every file, also when its end is moved."""
    start = "open" if shift.starts_earlier else shift.start.astimezone(UTC).isoformat()
    about = "\n".join((service, str(shift.level), shift.person.name, start))
    return f"{hashlib.sha256(about.encode()).hexdigest()[:32]}@veilleur"
