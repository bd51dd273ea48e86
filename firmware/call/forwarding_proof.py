"""What the network was last seen to hold for a SIM: kept on disk, over a restart of the program."""

from __future__ import annotations

from datetime import datetime

from firmware.ledger import Ledger

PROOF = "forwarding-proof"   # the fact


class Proof:
    """One at a time: of a SIM, the number that callers are led to, and the mode."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def keep(self, iccid: str, number: str, mode: str) -> None:
        """All was read back now, and as it should be."""
        proof = {"iccid": iccid, "number": number, "mode": mode}
        self._ledger.remember(PROOF, {**proof, "at": self._ledger.now.isoformat()})

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
