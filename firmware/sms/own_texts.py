"""The box's SMS to itself: they prove that it hears, and are no traffic. While nothing comes from
outside, they would keep the silence from being noticed, and be told as somebody's.
"""

from __future__ import annotations

from firmware.ledger import Ledger
from firmware.record import IncomingMessage

COUNT = "own-texts"   # the fact


def note_own(ledger: Ledger) -> None:
    """The message that was recorded last is the box's own."""
    ledger.remember(COUNT, _own(ledger) + 1)


def from_outside(ledger: Ledger) -> int:
    """How many messages there have been but for those, counted as ids are."""
    return ledger.last_id(IncomingMessage) - _own(ledger)


def _own(ledger: Ledger) -> int:
    found = ledger.fact(COUNT)
    return found if type(found) is int and found > 0 else 0   # it may come from a damaged card
