"""The calls that came in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CallOutcome(StrEnum):
    """How a call ended; RINGING is the only one that is not final. REFUSED: held back with a flood
    of calls from its number, so that nobody was alerted."""

    RINGING = "ringing"
    DIVERTED = "diverted"
    TRANSFERRED = "transferred"
    ALERTED = "alerted"
    VOICEMAIL = "voicemail"
    ABANDONED = "abandoned"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Call:
    """One incoming call. ``number`` is None when withheld or not shown.

    ``decision`` is what the policy chose (``divert``, ``alert``) and is recorded before the modem
    is told; ``ended_at`` is None while the modem may still list the call.
    """

    id: int
    started_at: datetime
    service: str
    number: str | None = None
    withheld: bool = False
    decision: str | None = None
    target: str | None = None
    outcome: CallOutcome = CallOutcome.RINGING
    ended_at: datetime | None = None

    @property
    def is_unidentified(self) -> bool:
        """Neither a number nor its absence was told, and nothing decided."""
        return self.number is None and not self.withheld and self.decision is None
