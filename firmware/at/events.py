"""What a modem says by itself, as frozen values. No event decides anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import TypeAlias


class CallStage(Enum):
    """How far a call is, as vendor codes hint; +CLCC remains the truth."""

    DIALLING = "dialling"
    ALERTING = "alerting"
    INCOMING = "incoming"
    WAITING = "waiting"
    ACTIVE = "active"
    HELD = "held"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Ring:
    """RING or +CRING (27.007 6.11). ``kind`` is VOICE, or empty for a plain RING."""

    kind: str = ""


@dataclass(frozen=True, slots=True)
class CallingLine:
    """+CLIP (27.007 7.6). ``number`` is empty when withheld; ``validity`` 0 valid, 1 withheld,
    2 not available through interworking, 3 payphone, ``None`` not given."""

    number: str
    number_type: int | None = None
    validity: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class CallWaiting:
    """+CCWA (27.007 7.12): a second caller. ``call_class`` 1 is voice."""

    number: str
    number_type: int | None = None
    call_class: int | None = None
    validity: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class ServiceNotice:
    """+CSSU (27.007 7.17): what the network tells about a service while a call is set up or up.
    ``code`` 0 this is a forwarded call, 2 put on hold, 3 retrieved, 10 an additional incoming call
    was forwarded, ...; ``number`` is empty where it is not told."""

    code: int
    number: str = ""
    number_type: int | None = None


@dataclass(frozen=True, slots=True)
class MessageStored:
    """+CMTI (27.005 3.4.1): a message waits in ``storage`` at ``index``."""

    storage: str
    index: int


@dataclass(frozen=True, slots=True)
class MessageDelivered:
    """+CMT (27.005 3.4.1): a message routed past the store. ``length`` is octets of TPDU."""

    pdu_hex: str
    length: int


@dataclass(frozen=True, slots=True)
class ReportDelivered:
    """+CDS (27.005 3.4.1): a status report routed past the store."""

    pdu_hex: str
    length: int


@dataclass(frozen=True, slots=True)
class ReportStored:
    """+CDSI (27.005 3.4.1): a status report waits in ``storage`` at ``index``."""

    storage: str
    index: int


@dataclass(frozen=True, slots=True)
class Registration:
    """+CREG, +CGREG, +CEREG (27.007 7.2, 10.1.20, 10.1.22). ``domain`` is ``CS``, ``PS`` or
    ``EPS``; ``status`` 1 home, 5 roaming, 0 none, 2 searching, 3 denied, ..."""

    domain: str
    status: int
    lac: int | None = None
    cell: int | None = None
    technology: int | None = None

    @property
    def registered(self) -> bool:
        """Messages can pass: home (1, 6, 9) or roaming (5, 7, 10)."""
        return self.status in (1, 5, 6, 7, 9, 10)

    @property
    def takes_calls(self) -> bool:
        """Calls can come in over the circuit-switched domain: 6 and 7 are for "SMS only". Of the
        packet domains nobody can tell: there it is IMS that takes calls (VoLTE)."""
        return self.domain == "CS" and self.status in (1, 5, 9, 10)


@dataclass(frozen=True, slots=True)
class CallEnded:
    """A call is over: NO CARRIER, VOICE CALL: END, ^CEND ... ``cause`` is 24.008's if given."""

    cause: int | None = None
    call_id: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class CallProgress:
    """A vendor's hint that a call moved on; ask +CLCC."""

    stage: CallStage
    call_id: int | None = None
    number: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Dtmf:
    """A key that the other end pressed: one of ``0123456789*#ABCD``."""

    key: str


@dataclass(frozen=True, slots=True)
class SoundFlow:
    """The modem's buffer of sound is full (``go`` false), or takes more again."""

    go: bool


@dataclass(frozen=True, slots=True)
class Ussd:
    """+CUSD (27.007 7.15). ``status`` 0 done, 1 answer wanted, 2 ended, 3 other client, 4 not
    supported, 5 time-out. ``text`` is as the modem wrote it, in the coding that ``dcs`` names."""

    status: int
    text: str = ""
    dcs: int | None = None


@dataclass(frozen=True, slots=True)
class ModemRestarted:
    """The modem came up anew: everything must be set again."""

    line: str


@dataclass(frozen=True, slots=True)
class SimState:
    """+CPIN by itself: READY, SIM PIN, NOT READY, NOT INSERTED ..."""

    state: str


@dataclass(frozen=True, slots=True)
class SubsystemReady:
    """A part of the modem finished its start: ``sms``, ``phonebook``, ``call``."""

    what: str


@dataclass(frozen=True, slots=True)
class NetworkTime:
    """+CTZV, +CTZE, *PSUTTZ. ``offset_minutes`` is local minus UTC, daylight saving included.
    ``utc`` is aware, or ``None`` where the code gives the zone only."""

    offset_minutes: int | None
    utc: datetime | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class StoreFull:
    """The message store is full: nothing more arrives until messages are deleted."""

    storage: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A code that is known and asks nothing of us (signal bars, cell changes)."""

    line: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A line that no table knows. Counted and shown, never fatal."""

    line: str


CallEvent: TypeAlias = Ring | CallingLine | CallWaiting | CallEnded | CallProgress
UnsolicitedEvent: TypeAlias = (
    Ring
    | CallingLine
    | CallWaiting
    | ServiceNotice
    | MessageStored
    | MessageDelivered
    | ReportDelivered
    | ReportStored
    | Registration
    | CallEnded
    | CallProgress
    | Dtmf
    | SoundFlow
    | Ussd
    | ModemRestarted
    | SimState
    | SubsystemReady
    | NetworkTime
    | StoreFull
    | Notice
    | Unknown
)
