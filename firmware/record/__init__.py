"""What the box must not forget: the durable rows, as values.

The attendant makes these rows and the store keeps them; neither knows the other. Every row is
written whole under its own key, so writing one twice changes nothing: that is what lets the box
say "record first, then act" and repeat the record after a power cut.

Instants are aware datetimes in UTC. Rows with an ``id`` are numbered by the daemon, their only
writer; journal rows are numbered by the store, because the page writes some of them too.
"""

from firmware.record.alerts import CUT_OFF, MEANWHILE, Alarm, Alert, AlertCause, AlertState, Asked
from firmware.record.calls import Call, CallOutcome
from firmware.record.duty import Intervention, RotaOverride
from firmware.record.journal import JournalEntry, JournalKind
from firmware.record.memory import OF_THIS_BOX, Fact, Memory, Row
from firmware.record.messages import (
    TOO_OLD,
    WITHDRAWN,
    IncomingMessage,
    IncomingPart,
    OutgoingMessage,
    OutgoingState,
)
from firmware.record.repair import UNTOLD_REPAIR, Repair, repair_from
from firmware.record.requests import Request, RequestDone, RequestKind
from firmware.record.voice import RecordedGreeting, Voicemail, VoiceStep

__all__ = [
    "CUT_OFF",
    "MEANWHILE",
    "OF_THIS_BOX",
    "TOO_OLD",
    "UNTOLD_REPAIR",
    "WITHDRAWN",
    "Alarm",
    "Alert",
    "AlertCause",
    "AlertState",
    "Asked",
    "Call",
    "CallOutcome",
    "Fact",
    "IncomingMessage",
    "IncomingPart",
    "Intervention",
    "JournalEntry",
    "JournalKind",
    "Memory",
    "OutgoingMessage",
    "OutgoingState",
    "RecordedGreeting",
    "Repair",
    "Request",
    "RequestDone",
    "RequestKind",
    "RotaOverride",
    "Row",
    "VoiceStep",
    "Voicemail",
    "repair_from",
]
