"""The journal: one line for each thing that happened."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class JournalKind(StrEnum):
    """The kinds of journal entry that `veilleur journal` promises."""

    CALL = "call"
    SMS_IN = "sms_in"
    SMS_OUT = "sms_out"
    DELIVERY = "delivery"
    ACK = "ack"
    ESCALATION = "escalation"
    HANDOVER = "handover"
    FORWARDING = "forwarding"
    HEALTH = "health"
    EDIT = "edit"


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One line of the journal.

    ``key`` names what the entry is about (``call:17``): an entry with the key of an older one
    takes its place under the older one's id, so that a call stays one line from its first RING to
    its outcome. Entries without a key are never touched again.
    """

    at: datetime
    kind: JournalKind
    service: str | None = None
    number: str | None = None
    person: str | None = None
    outcome: str | None = None
    detail: dict[str, object] = field(default_factory=dict)
    key: str | None = None
