"""What the journal says of an SMS that the box sends."""

from __future__ import annotations

from firmware.ledger import Ledger
from firmware.record import JournalKind, OutgoingMessage

# Each begins the cause of an SMS that carries a code
CODE = "code:"
LOOP = "loop:"    # to the box itself


def journal_message(ledger: Ledger, message: OutgoingMessage) -> None:
    """The one line of a message, brought up to date. A code is a secret: who can read the journal
    must not be able to answer for somebody else's telephone."""
    ledger.journal(
        JournalKind.SMS_OUT,
        key=f"sms_out:{message.id}",
        at=message.created_at,
        number=message.recipient,
        person=message.person,
        outcome=message.state.value,
        text=None if message.cause.startswith((CODE, LOOP)) else message.text,
        cause=message.cause,
        attempts=message.attempts or None,
        error=message.error,
    )


def journal_delivery(
    ledger: Ledger, message: OutgoingMessage, part: int, outcome: str, status: int
) -> None:
    """A line for a status report on the ``part``-th part (from 0)."""
    ledger.journal(
        JournalKind.DELIVERY,
        number=message.recipient,
        person=message.person,
        outcome=outcome,
        cause=message.cause,
        part=part + 1,
        parts=len(message.references),
        status=status,
    )
