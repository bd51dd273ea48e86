"""Whether calls can come in by how the SIM is registered: SMS pass where calls do not.

A modem that may not use VoLTE is on the network for SMS and data only where there is no older
network to fall back to: its own SMS comes back, the signal is good, and no call ever rings. The
network leads callers on as for a telephone that is off, and the box never hears of them.
"""

from __future__ import annotations

from collections.abc import Callable

from firmware.alert.bell import Bell
from firmware.at.events import CallingLine, Ring
from firmware.ledger import Ledger
from firmware.line.modem_facts import ModemFacts
from firmware.wording import messages

KEY = "network-calls"
LASTS_S = 180.0   # on the way from one network to the other it may be so for a while


class Hearing:
    """Looks each minute. ``on_suspect`` and ``on_trust`` are the recovery's: a modem that says
    itself that it takes no calls may be helped by a restart."""

    def __init__(self, ledger: Ledger, bell: Bell) -> None:
        self._ledger = ledger
        self._bell = bell
        self._since_s: float | None = None
        self._proved: tuple[tuple[str, int], ...] | None = None   # a call came in while it was so
        self.on_suspect: Callable[[str, str], None] = lambda kind, why: None
        self.on_trust: Callable[[str], None] = lambda kind: None

    def heard(self, event: object, facts: ModemFacts) -> None:
        """A call rings: as the SIM is registered now, calls come in."""
        if isinstance(event, Ring | CallingLine):
            self._proved = facts.statuses

    def look(self, facts: ModemFacts) -> None:
        """Each minute while the SIM is on the network."""
        now_s = self._ledger.moment.monotonic_s
        if not facts.registered:
            self._since_s = None   # another alarm tells of that
            return
        if facts.takes_calls or facts.statuses == self._proved:
            self._since_s = None
            self._bell.still(KEY)
            self.on_trust("calls")
            return
        if self._since_s is None:
            self._since_s = now_s
        if now_s - self._since_s < LASTS_S:
            return
        self._bell.ring(KEY, messages.NETWORK_NO_CALLS)
        if facts.voice_over_ims is False:
            self.on_suspect("calls", "no VoLTE")
