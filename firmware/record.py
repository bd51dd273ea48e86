"""What the box must not forget: the durable rows, as values.

The attendant makes these rows and the store keeps them; neither knows the other. Every row is
written whole under its own key, so writing one twice changes nothing: that is what lets the box
say "record first, then act" and repeat the record after a power cut.

Instants are aware datetimes in UTC. Rows with an ``id`` are numbered by the daemon, their only
writer; journal rows are numbered by the store, because the page writes some of them too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from firmware.rota.values import GreetingTime


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


class CallOutcome(StrEnum):
    """How a call ended; RINGING is the only one that is not final."""

    RINGING = "ringing"
    DIVERTED = "diverted"
    TRANSFERRED = "transferred"
    ALERTED = "alerted"
    VOICEMAIL = "voicemail"
    ABANDONED = "abandoned"
    REFUSED = "refused"


class VoiceStep(StrEnum):
    """The steps of a call that was answered by voice, as its line of the journal keeps them, each
    with the seconds since the answer and a value: a person, a service, a key."""

    ANSWERED = "answered"
    ANSWERED_BY = "answered by"
    GREETED = "greeted"
    CUT_SHORT = "cut short"
    MENU = "menu"
    ASKED = "asked"
    ACCEPTED_BY = "accepted by"
    PASSED_ON_BY = "passed on by"
    NOT_REACHED = "not reached"
    MISDIALLED = "another number was dialled"
    NO_ANSWER = "no answer"
    NO_KEY = "no key"
    HUNG_UP = "hung up"
    JOINED = "joined"
    NOT_JOINED = "not joined"
    NOT_HELD = "not held"
    NO_SOUND = "no sound"
    BUDGET = "budget"
    INVITED = "invited to speak"
    MESSAGE = "message"
    MESSAGES = "messages"
    GREETING_KEPT = "greeting kept"


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


class AlertCause(StrEnum):
    """What somebody has to answer for."""

    CALL = "call"            # a call that was not passed on
    DIVERTED = "diverted"    # a call that the network passed on, not yet confirmed
    SMS = "sms"              # a stranger's message
    REMINDER = "reminder"    # "your duty starts at ..., answer OK"
    RELAY = "relay"          # "Alice hands the duty over to you, answer OK"
    SWAP = "swap"            # "Alice asks you to take her shift of ..., answer OK"


CUT_OFF = "cut off"   # the text of an alert: the conversation with the caller was broken off
MEANWHILE = "meanwhile"   # and: the network led the caller on while the box spoke with another
TOO_OLD = "too old"   # why an SMS was not sent: it had waited for more than a day


class AlertState(StrEnum):
    """OPEN asks people in turn; EXHAUSTED has asked everybody thrice and stays on the page."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    EXHAUSTED = "exhausted"
    CLOSED = "closed"        # nobody has to answer (taken care of on the page, or pointless now)


@dataclass(frozen=True, slots=True)
class Asked:
    """One person asked to answer for an alert, in which turn round the list (from 0).

    ``declined``: the person has said NON to this question.
    """

    person: str
    mobile: str
    level: int
    at: datetime
    round: int = 0
    declined: bool = False


@dataclass(frozen=True, slots=True)
class Alert:
    """One demand for an acknowledgement, from its cause to its end.

    ``cause_id`` is the id of the call or message. ``text`` is the stranger's message or the words
    that go with the cause. ``round`` counts turns round the list from 0; ``due_at`` is when the
    next person is asked. ``asked`` lists who was asked so far, in order.
    """

    id: int
    reference: str
    cause: AlertCause
    cause_id: int | None
    service: str
    opened_at: datetime
    number: str | None = None
    text: str = ""
    state: AlertState = AlertState.OPEN
    round: int = 0
    due_at: datetime | None = None
    asked: tuple[Asked, ...] = ()
    ended_at: datetime | None = None
    ended_by: str | None = None


class OutgoingState(StrEnum):
    """QUEUED waits its turn; SENDING was being handed over when last heard of."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


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


@dataclass(frozen=True, slots=True)
class Voicemail:
    """A message that a caller left. ``name`` is its recording below ``voice/``.

    ``seconds`` is 0 while it is being recorded. ``heard_by`` and ``deleted_at`` are None until
    somebody of the staff has heard it, by telephone or on the page, and until its recording is
    gone. ``number`` is None where the caller's was withheld.
    """

    id: int
    call_id: int
    service: str
    number: str | None
    at: datetime
    seconds: float
    name: str
    heard_at: datetime | None = None
    heard_by: str | None = None
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Intervention:
    """Working time marked by SMS: from DEBUT to FIN; ``ended_at`` None while it lasts."""

    id: int
    person: str
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something administrators must know. ``until`` None while it lasts.

    ``key`` is stable (``forwarding``, ``modem``, ``sim-pin``, ``alert:17``); ``cause`` is a
    message of the catalogue with its ``values``, so that the page can word it in its own language.
    """

    key: str
    since: datetime
    cause: str
    values: dict[str, str] = field(default_factory=dict)
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One small thing to remember under a name, as JSON: what was announced, what a SIM can do."""

    key: str
    value: object


@dataclass(frozen=True, slots=True)
class RotaOverride:
    """An override that came by SMS (RELAIS); times are wall clock in the site's zone."""

    service: str
    level: int
    start: datetime
    end: datetime
    out: str | None
    in_: str | None
    entered_at: datetime
    entered_by: str


@dataclass(frozen=True, slots=True)
class RecordedGreeting:
    """A greeting recorded by telephone: ``recording`` in place of whatever was played before.
    ``number`` is the telephone's."""

    service: str
    when: GreetingTime
    recording: str
    entered_at: datetime
    entered_by: str
    number: str


class RequestKind(StrEnum):
    """What the page may ask of the daemon."""

    TAKE_CARE = "take_care"        # values: alert (id), by
    SEND_TEST = "send_test"        # values: mobile, by
    CHECK_FORWARDING = "check_forwarding"
    SEND_CODE = "send_code"        # values: mobile, code, by
    ASK_SWAP = "ask_swap"          # values: `firmware.duty.swap.parts_of`
    ANSWER_SWAP = "answer_swap"    # values: alert (id), by (person), answer: ok, non or withdraw
    PROVE_NUMBER = "prove_number"  # values: number (E.164), by
    PLAY_GREETING = "play_greeting"          # values: service, when, number (E.164), by
    VOICEMAIL_HEARD = "voicemail_heard"      # values: voicemail (id), by
    DELETE_VOICEMAIL = "delete_voicemail"    # values: voicemail (id), by
    TRY_VOICE = "try_voice"                  # values: by; the voice was given up, try it again
    EXAMINE = "examine"                      # values: by; the doctor's report is for the page


@dataclass(frozen=True, slots=True)
class Request:
    """A wish of the page, left in the store; the daemon does it once and marks it done."""

    id: int
    at: datetime
    kind: RequestKind
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RequestDone:
    """The row that marks a page's wish as done."""

    id: int
    at: datetime


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
