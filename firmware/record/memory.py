"""All rows together: what one step may write, and what a restart must know again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from firmware.record.alerts import Alarm, Alert
from firmware.record.calls import Call
from firmware.record.duty import Intervention, RotaOverride
from firmware.record.journal import JournalEntry
from firmware.record.messages import IncomingMessage, IncomingPart, OutgoingMessage
from firmware.record.repair import UNTOLD_REPAIR
from firmware.record.requests import Request, RequestDone
from firmware.record.voice import RecordedGreeting, Voicemail

# Facts of the box itself, not of its data: when it was alive, for how long, which alarms have left,
# a repair that nobody was told of
OF_THIS_BOX = ("life", "running", "bell-left", UNTOLD_REPAIR)


@dataclass(frozen=True, slots=True)
class Fact:
    """One small thing to remember under a name, as JSON: what was announced, what a SIM can do."""

    key: str
    value: object


Row = (
    JournalEntry
    | Call
    | Alert
    | OutgoingMessage
    | IncomingPart
    | IncomingMessage
    | Voicemail
    | Intervention
    | Alarm
    | Fact
    | RotaOverride
    | RecordedGreeting
    | RequestDone
)


@dataclass(frozen=True, slots=True)
class Memory:
    """All that the attendant must know again after a restart.

    Calls, alerts and outgoing messages that are not finished, those of the last days that a late
    answer, status report or duplicate may still concern, and the last number of each kind of row.
    """

    calls: tuple[Call, ...] = ()
    alerts: tuple[Alert, ...] = ()
    outgoing: tuple[OutgoingMessage, ...] = ()
    parts: tuple[IncomingPart, ...] = ()
    voicemails: tuple[Voicemail, ...] = ()   # those whose recording is still there
    interventions: tuple[Intervention, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    facts: dict[str, object] = field(default_factory=dict)
    requests: tuple[Request, ...] = ()
    last_ids: dict[str, int] = field(default_factory=dict)
    newest_at: datetime | None = None   # of the row that was written last
