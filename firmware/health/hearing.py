"""Whether calls can come in by how the SIM is registered: SMS pass where calls do not.

A modem that may not use VoLTE is on the network for SMS and data only where there is no older
network to fall back to: its own SMS comes back, the signal is good, and no call ever rings. The
network leads callers on as for a telephone that is off, and the box never hears of them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from firmware.alert.bell import Bell
from firmware.at.events import CallingLine, Ring
from firmware.ledger import Ledger
from firmware.line.modem_facts import ModemFacts
from firmware.moment import read_instant
from firmware.wording import messages

KEY = "network-calls"
LASTS_S = 180.0   # on the way from one network to the other it may be so for a while
PROVED = "hearing"             # the fact: a SIM, and how it was registered as calls came in, when
HOLDS = timedelta(days=14)     # networks are rebuilt
APART = timedelta(days=1)      # a call an hour is no row an hour


class Hearing:
    """Looks each minute. ``on_suspect`` and ``on_trust`` are the recovery's: a modem that says
    itself that it takes no calls may be helped by a restart."""

    def __init__(self, ledger: Ledger, bell: Bell) -> None:
        self._ledger = ledger
        self._bell = bell
        self._since_s: float | None = None
        self._heard: set[tuple[str | None, str]] = set()   # in this run, whatever the clock says
        self.on_suspect: Callable[[str, str], None] = lambda kind, why: None
        self.on_trust: Callable[[str], None] = lambda kind: None

    def heard(self, event: object, facts: ModemFacts) -> None:
        """A call rings: as the SIM is registered now, calls come in."""
        if not isinstance(event, Ring | CallingLine) or facts.takes_calls:
            return
        if not facts.registered:
            return   # it is being set up: nothing is known of how yet
        self._heard.add((facts.iccid, _way(facts)))
        if facts.iccid is None:
            return
        ways, way, now = self._proved(facts), _way(facts), self._ledger.now
        if way not in ways or abs(now - ways[way]) >= APART:
            known = {each: at.isoformat() for each, at in {**ways, way: now}.items()}
            self._ledger.remember(PROVED, {"sim": facts.iccid, "ways": known})

    def _proved(self, facts: ModemFacts) -> dict[str, datetime]:
        """In which ways calls have come in to this SIM, also before a restart."""
        match self._ledger.fact(PROVED):
            case {"sim": sim, "ways": {**ways}} if sim == facts.iccid:
                found = {str(way): read_instant(at) for way, at in ways.items()}
                now = self._ledger.now
                return {
                    way: at
                    for way, at in found.items()
                    if at is not None and abs(now - at) < HOLDS
                }
        return {}

    def look(self, facts: ModemFacts) -> None:
        """Each minute while the SIM is on the network."""
        now_s = self._ledger.moment.monotonic_s
        if not facts.registered:
            self._since_s = None   # another alarm tells of that
            return
        way = _way(facts)
        if facts.takes_calls or (facts.iccid, way) in self._heard or way in self._proved(facts):
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


def _way(facts: ModemFacts) -> str:
    return ", ".join(f"{domain} {status}" for domain, status in sorted(facts.statuses))
