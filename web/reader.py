"""This request's reader and what every page shows: the site, the state of the box, open alerts."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, g

from firmware.record import Alarm
from firmware.rota import Contact, Rota
from firmware.store.errors import StoreError
from web.box import box
from web.language import DEFAULT, Languages
from web.reading import Reader

LANGUAGES_EXTENSION = "veilleur-languages"


def languages() -> Languages:
    found: Languages = current_app.extensions[LANGUAGES_EXTENSION]
    return found


def rota() -> Rota | None:
    """The rota, the same throughout one request."""
    if "rota" not in g:
        g.rota = box().rota()
    found: Rota | None = g.rota
    return found


def reader() -> Reader:
    """Who reads this page; ``now`` stands still throughout one request."""
    if "reader" not in g:
        words = languages()
        site = known.site if (known := rota()) is not None else None
        g.reader = Reader(
            gettext=words.gettext,
            ngettext=words.ngettext,
            zone=ZoneInfo(site.time_zone if site is not None else "Europe/Paris"),
            now=box().clock(),
            country_code=site.country_code if site is not None else "33",
        )
    found: Reader = g.reader
    return found


def site_language() -> str:
    """The language of the site file; the page must still speak when the data cannot be read."""
    try:
        known = rota()
    except StoreError:
        return DEFAULT
    return known.site.language if known is not None else DEFAULT


def name_of(number: str) -> str:
    """A staff number by its name, a known caller by name and number, any other as it is said."""
    known = rota()
    person = known.person_with(number) if known is not None else None
    if person is not None:
        return person.name
    contact = known.contact(number) if known is not None else None
    said = reader().phone(number)
    return f"{contact.name} ({said})" if contact is not None else said


def site_contact(number: str) -> Contact | None:
    """The caller of this number, if the site knows them and they are none of the staff."""
    known = rota()
    if known is None or known.person_with(number) is not None:
        return None
    return known.contact(number)


def open_alarms() -> tuple[Alarm, ...]:
    """The alarms that are up, the newest first; the same throughout one request."""
    if "open_alarms" not in g:
        g.open_alarms = box().store.open_alarms()
    found: tuple[Alarm, ...] = g.open_alarms
    return found


def shared() -> dict[str, Any]:
    """What each page shows beside its own part. Raises ``StoreError``."""
    known = rota()
    call_backs = box().store.call_back_list(reader().now)
    return {
        "site": known.site if known is not None else None,
        "read": reader(),
        "name_of": name_of,
        "site_contact": site_contact,
        "state": box().state(reader().now),
        "alarm_count": len(open_alarms()),
        "counts": {"call_back_count": len(call_backs)},
        "call_back_count": len(call_backs),
        "call_backs": call_backs,
    }
