"""What the journal says of an alert."""

from __future__ import annotations

from firmware.ledger import Ledger
from firmware.record import Alert, Asked, JournalKind


class AlertJournal:
    """Writes the lines `escalation` and `ack`; the first question to a person is no escalation."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def asked(self, alert: Alert, asked: Asked) -> None:
        self._ledger.journal(
            JournalKind.ESCALATION,
            service=alert.service,
            number=alert.number,
            person=asked.person,
            outcome="asked",
            reference=alert.reference,
            level=asked.level,
            round=alert.round,
        )

    def exhausted(self, alert: Alert) -> None:
        self._ledger.journal(
            JournalKind.ESCALATION,
            service=alert.service,
            number=alert.number,
            outcome="exhausted",
            reference=alert.reference,
        )

    def answered(self, alert: Alert, by: str, outcome: str) -> None:
        """``outcome``: acknowledged, declined, or taken_care_of (on the page)."""
        self._ledger.journal(
            JournalKind.ACK,
            service=alert.service,
            number=alert.number,
            person=by,
            outcome=outcome,
            reference=alert.reference,
            cause=alert.cause.value,
            seconds=round((self._ledger.now - alert.opened_at).total_seconds()),
        )
