"""Sentences of the history and of faults in this reader's language and manner."""

from __future__ import annotations

import re
from datetime import datetime

from firmware.rota.local_time import first_instant
from firmware.store import rota_history
from firmware.store.rota_history import Sentence
from web.language import N_
from web.reader import languages, reader

# What the store itself writes into the history; here for the catalogue
_OF_THE_STORE = {
    rota_history.LOADED: N_("Site file loaded"),
    rota_history.REPLACED: N_("Site file loaded in place of what was there"),
    rota_history.BEFORE_HISTORY: N_("As it stood before changes were kept"),
    rota_history.GREETING_RECORDED: N_("Greeting of %(service)s recorded by telephone"),
    rota_history.TAKEN_OVER: N_(
        "%(in)s takes the duty over from %(out)s: %(service)s, %(from)s to %(to)s"
    ),
    rota_history.RELIEVED: N_("%(out)s is relieved: %(service)s, %(from)s to %(to)s"),
    rota_history.UNREADABLE: N_(
        "This line of the history cannot be read: the data are damaged here"
    ),
    rota_history.TAKEN_ON: N_("%(in)s comes on duty too: %(service)s, %(from)s to %(to)s"),
}
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?Z?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def say(sentence: Sentence) -> str:
    """The sentence; where this program does not know its message, the message as it stands."""
    translate = languages().gettext
    values = {key: _shown(value) for key, value in sentence.values.items()}
    if "what" in values:  # an undo speaks of what it takes back
        values["what"] = _filled(translate(values["what"]), values)
    return _filled(translate(sentence.what), values)


def _filled(message: str, values: dict[str, str]) -> str:
    try:
        return message % values
    except (KeyError, ValueError, TypeError):
        return message


def _shown(value: str) -> str:
    """A time in the reader's manner; anything else as it is."""
    day, time = _DATE.fullmatch(value), _TIME.fullmatch(value)
    if not day and not time:
        return value
    try:
        when = first_instant(datetime.fromisoformat(value), reader().zone)
    except ValueError:
        return value
    return reader().full_day(when) if day else reader().date_clock(when)
