"""Which table holds which row of `firmware.record`."""

from __future__ import annotations

from firmware.record import (
    Alarm,
    Alert,
    Call,
    Fact,
    IncomingMessage,
    IncomingPart,
    Intervention,
    JournalEntry,
    OutgoingMessage,
    Request,
    Voicemail,
)
from firmware.store.table import Table

CALL = Table("call", Call, "id")
ALERT = Table("alert", Alert, "id")
OUTGOING = Table("outgoing_message", OutgoingMessage, "id")
INCOMING_PART = Table("incoming_part", IncomingPart, "fingerprint")
INCOMING = Table("incoming_message", IncomingMessage, "id")
VOICEMAIL = Table("voicemail", Voicemail, "id")
INTERVENTION = Table("intervention", Intervention, "id")
ALARM = Table("alarm", Alarm, "key")
FACT = Table("fact", Fact, "key")
REQUEST = Table("request", Request, "id")
JOURNAL = Table("journal", JournalEntry)

# The rows that the daemon numbers itself
NUMBERED = (CALL, ALERT, OUTGOING, INCOMING, VOICEMAIL, INTERVENTION)
