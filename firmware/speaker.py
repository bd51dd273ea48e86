"""The box's voice in writing: the site's language and clock, in letters that SMS carry cheaply."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from firmware.ledger import Ledger
from firmware.roster import Roster
from firmware.sms.alphabet import fold
from firmware.wording import Wording
from firmware.wording.messages import WITHHELD


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

    def clock(self, instant: datetime) -> str:
        return self._wording.clock(instant, self._roster.zone, self._ledger.now)

    def caller(self, number: str | None) -> str:
        return number if number is not None else self.say(WITHHELD)
