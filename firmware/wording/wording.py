"""Words in a language: the catalogue's sentences, instants on the reader's clock."""

from __future__ import annotations

import gettext
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

LANGUAGES = ("fr", "en")
DOMAIN = "veilleur"
CATALOGUES = Path(__file__).parent / "catalogues"


def N_(msgid: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Mark a sentence for the catalogue without translating it yet."""
    return msgid


WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))


class Wording:
    """The sentences of one language. ``KeyError`` for a value that a sentence needs and lacks."""

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"language: {language!r} is not one of {', '.join(LANGUAGES)}")
        self.language = language
        self._catalogue = gettext.translation(DOMAIN, CATALOGUES, [language])

    def say(self, msgid: str, **values: object) -> str:
        """The sentence in this language, its ``{names}`` filled in."""
        return self._catalogue.gettext(msgid).format(**values)

    def template(self, msgid: str) -> str:
        """The sentence in this language, its ``{names}`` left open."""
        return self._catalogue.gettext(msgid)

    def clock(self, instant: datetime, zone: ZoneInfo, now: datetime) -> str:
        """``14:05`` today; ``Mon 30/03 08:00`` on any other day."""
        local = instant.astimezone(zone)
        time = f"{local:%H:%M}"
        if local.date() == now.astimezone(zone).date():
            return time
        return self.day_clock(instant, zone)

    def day_clock(self, instant: datetime, zone: ZoneInfo) -> str:
        """``Mon 30/03 08:00``."""
        local = instant.astimezone(zone)
        return f"{self.say(WEEKDAYS[local.weekday()])} {local:%d/%m} {local:%H:%M}"
