"""Forwarding that is left as it is, because the rota may be older than it.

After its data were damaged or lost the box has the rota of last night's backup. What the network
holds was registered by the rota of before, and may be newer: while it is one number of one of our
people it stays, until the next handover, until somebody has saved the rota, or asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from firmware.call.forwarding_settings import Condition, same_number
from firmware.ledger import Ledger
from firmware.policy import Target

SPARED = "forwarding-spared"   # the fact: whom the backup's rota named when it was loaded


class Spared:
    """``on`` while the network's own is left alone; over a restart, too."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    @property
    def on(self) -> bool:
        return self._fact is not None

    @property
    def _fact(self) -> dict[str, Any] | None:
        found = self._ledger.fact(SPARED)
        return found if isinstance(found, dict) else None

    def begin(self, target: Target | None) -> None:
        """The rota is a backup's, and names ``target`` (None: the time is not known yet)."""
        number = target.number if target is not None else None
        self._ledger.remember(SPARED, {"number": number})

    def reloaded(self) -> None:
        """The running program has the backup's rota now: whom that one names is no handover from
        whom the lost one named."""
        if self.on:
            self.begin(None)

    def end(self) -> None:
        self._ledger.remember(SPARED, None)

    def want(self, target: Target) -> None:
        """The rota names this target now; another one than at first is a handover."""
        fact = self._fact
        if fact is None:
            return
        if target.person is None or fact.get("number") not in (None, target.number):
            self.end()
        else:
            self.begin(target)


def whose(
    found: Mapping[Condition, str | None], target: Target, people: Mapping[str, str]
) -> str | None:
    """Whose number the network holds, for all that leads calls away alike; None where it is not
    one of ``people`` (names and mobiles), or the one that is wanted anyway."""
    numbers = set(found.values())
    if len(numbers) != 1 or same_number(target.number, next(iter(numbers))):
        return None
    held = numbers.pop()
    return next((name for name, mobile in people.items() if same_number(mobile, held)), None)
