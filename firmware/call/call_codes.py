"""Whether the modem tells of a call by itself.

Not every one does (a modem that no profile knows, an AT port to which the codes do not go), and
until it has done so once nobody knows: till then, and where it never does, its list is read all the
while, or callers would ring unheard.
"""

from __future__ import annotations

from firmware.at.events import CallEvent, CallingLine, CallProgress, CallStage, CallWaiting, Ring
from firmware.ledger import Ledger

WATCH_S = 4.0   # the network leads a caller on after 15 s; the list is read twice before we act
_CALLS = (CallStage.INCOMING, CallStage.WAITING)


class CallCodes:
    """What is known of the modem that is there, under its IMEI and profile."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._key: str | None = None

    def know_modem(self, imei: str | None, profile: str) -> None:
        """The modem that was set up now."""
        self._key = f"call-codes:{profile}:{imei}"

    def heard(self, event: CallEvent) -> None:
        """A code about a call; one that tells of a caller is the proof."""
        tells = isinstance(event, Ring | CallingLine | CallWaiting) or (
            isinstance(event, CallProgress) and event.stage in _CALLS
        )
        if tells and self._key is not None:
            self._ledger.remember(self._key, True)

    @property
    def are_unproved(self) -> bool:
        """Whether a caller may ring without a code."""
        return self._key is not None and self._ledger.fact(self._key) is not True
