"""What the network was last seen to hold for a SIM: kept on disk, over a restart of the program."""

from __future__ import annotations

from datetime import datetime

from firmware.call.forwarding_settings import NO_REPLY_S
from firmware.ledger import Ledger

PROOF = "forwarding-proof"   # the facts
OWN_TIME = "forwarding-own-time"


class Proof:
    """One at a time: of a SIM, the number that callers are led to, and the mode; with it how long
    they ring before that for no reply, as far as the network says."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        proof = ledger.fact(PROOF)
        self.no_reply_s = _seconds(proof.get("no_reply_s") if isinstance(proof, dict) else None)

    def in_time(self, time_s: int | None) -> bool:
        """Whether the network forwards after the time that was asked for: untold, or as it is, or
        what the network has made of it twice."""
        return time_s in (None, NO_REPLY_S, _seconds(self._ledger.fact(OWN_TIME)))

    def settle_for(self, time_s: int | None) -> None:
        """The network was asked twice, and has times of its own."""
        if not self.in_time(time_s):
            self._ledger.remember(OWN_TIME, time_s)

    def keep(self, iccid: str, number: str, mode: str) -> None:
        """All was read back now, and as it should be."""
        proof = {"iccid": iccid, "number": number, "mode": mode, "no_reply_s": self.no_reply_s}
        self._ledger.remember(PROOF, {**proof, "at": self._ledger.now.isoformat()})

    @property
    def number(self) -> str | None:
        """The one that was proved last, of whichever SIM."""
        proof = self._ledger.fact(PROOF)
        found = proof.get("number") if isinstance(proof, dict) else None
        return found if isinstance(found, str) else None

    def is_of(self, iccid: str | None, mode: str) -> bool:
        """Whether what was proved last was of this SIM and mode, whoever calls were led to."""
        proof = self._ledger.fact(PROOF)
        if not isinstance(proof, dict) or iccid is None:
            return False
        return (proof.get("iccid"), proof.get("mode")) == (iccid, mode)

    def withdraw(self) -> None:
        """Nothing is proved any more."""
        self._ledger.remember(PROOF, None)

    def seen_at(self, iccid: str, number: str, mode: str, max_age_s: float) -> datetime | None:
        """When it was last proved, if that was of just this SIM, number and mode, and not long
        ago."""
        proof = self._ledger.fact(PROOF)
        like = {"iccid": iccid, "number": number, "mode": mode}
        if not isinstance(proof, dict) or any(proof.get(name) != like[name] for name in like):
            return None
        at = datetime.fromisoformat(str(proof.get("at")))
        return at if 0 <= (self._ledger.now - at).total_seconds() < max_age_s else None


def _seconds(found: object) -> int | None:
    return found if isinstance(found, int) and found > 0 else None
