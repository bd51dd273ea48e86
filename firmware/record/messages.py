"""SMS: those that the box sends, and those that came in, by part and whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class OutgoingState(StrEnum):
    """QUEUED waits its turn; SENDING was being handed over when last heard of."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


# Why an SMS was not sent: it had waited for more than a day, or nobody needed it any more
TOO_OLD, WITHDRAWN = "too old", "withdrawn"


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One SMS of the outbox, perhaps of several parts.

    ``cause`` names why it is sent and is unique: two SMS for one cause cannot exist.
    ``rank`` orders the queue: 0 alerts, 1 alarms and answers, 2 notices. ``references`` are the
    TP-MR of the parts handed over so far (23.040 9.2.3.6); ``reported`` the parts (from 0) whose
    status report said delivered. ``about`` is the alert that waits for an answer, if any.
    """

    id: int
    cause: str
    recipient: str
    text: str
    rank: int
    created_at: datetime
    state: OutgoingState = OutgoingState.QUEUED
    attempts: int = 0
    next_attempt_at: datetime | None = None
    references: tuple[int, ...] = ()
    reported: tuple[int, ...] = ()
    about: int | None = None
    person: str | None = None
    error: str | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class IncomingPart:
    """One SMS TPDU as it came, raw; ``fingerprint`` is its key against double delivery.

    ``message_id`` names the message that it became part of, None while parts are missing.
    """

    fingerprint: str
    received_at: datetime
    pdu: str
    sender: str
    reference: int | None = None
    total: int = 1
    number: int = 1
    message_id: int | None = None


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """One received SMS, whole or given up as incomplete. ``text`` None: unreadable."""

    id: int
    received_at: datetime
    sender: str
    text: str | None
    complete: bool = True
    kind: str = "stranger"   # stranger | staff | unreadable
