"""The box's voice in writing: the site's language and clock, in letters that SMS carry cheaply."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from firmware.alphabet.gsm import fold
from firmware.duty.roster import Roster
from firmware.ledger import Ledger
from firmware.wording import Wording
from firmware.wording.messages import CONTACT, UNSEEN, WITHHELD
from firmware.wording.own_words import fill


class Speaker:
    """Words the catalogue's sentences for this site at this moment."""

    def __init__(self, ledger: Ledger, roster: Roster, wordings: Mapping[str, Wording]) -> None:
        self._ledger = ledger
        self._roster = roster
        self._wordings = wordings

    @property
    def _wording(self) -> Wording:
        return self._wordings[self._roster.language]

    def say(self, msgid: str, **values: object) -> str:
        """A sentence. Names are folded to the GSM alphabet (one letter outside it more than
        doubles the price); ``text`` is somebody's own words and stays as it is."""
        folded = {
            name: value if name == "text" else fold(str(value)) for name, value in values.items()
        }
        return self._wording.say(msgid, **folded)

    def say_own(self, own: str, /, **values: str) -> str:
        """A text that an administrator wrote, its ``{names}`` filled in, as cheap as our own."""
        return fill(own, values)

    def clock(self, instant: datetime) -> str:
        return self._wording.clock(instant, self._roster.zone, self._ledger.now)

    def day_clock(self, instant: datetime) -> str:
        """With its day, today's too: who reads it may do so tomorrow."""
        return self._wording.day_clock(instant, self._roster.zone)

    def unseen(self, number: str | None) -> str:
        """The number of a caller whom the box has not seen; it is hardly ever told."""
        return self.say(UNSEEN) if number is None else self.caller(number)

    def caller(self, number: str | None) -> str:
        """The number, with what the site knows of it: ``+33388000001 (Mme Leroy, EHPAD)``."""
        if number is None:
            return self.say(WITHHELD)
        rota = self._roster.rota
        contact = rota.contact(number) if rota is not None else None
        if contact is None:
            return number
        return self.say(CONTACT, number=number, contact=contact.shown)
