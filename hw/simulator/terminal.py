"""The Um interface of the simulation: what a mobile and its network may ask of one another.

The simulated modem and the virtual phones implement `Terminal`; the network hands each of them a
`Line` when it attaches. All `Terminal` methods are called from the timeline, never from inside a
`Line` method, so neither side is ever re-entered. `done` callbacks come the same way, exactly once;
where the network never answers, they come with a time-out when the mobile's own timer would expire.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, IntEnum
from typing import Protocol

from hw.simulator.causes import Cause, RpCause, SsError
from hw.simulator.sim_card import SimCard


class CallState(IntEnum):
    """27.007 7.18 <stat>, and RELEASED for a call that is no longer listed."""

    ACTIVE = 0
    HELD = 1
    DIALING = 2
    ALERTING = 3
    INCOMING = 4
    WAITING = 5
    RELEASED = 6


class Direction(IntEnum):
    """27.007 7.18 <dir>."""

    MOBILE_ORIGINATED = 0
    MOBILE_TERMINATED = 1


class CliValidity(IntEnum):
    """27.007 7.6 +CLIP <CLI validity>."""

    VALID = 0
    WITHHELD = 1
    NOT_AVAILABLE = 2


class Registration(IntEnum):
    """27.007 7.2 +CREG <stat>."""

    NOT_SEARCHING = 0
    HOME = 1
    SEARCHING = 2
    DENIED = 3
    UNKNOWN = 4
    ROAMING = 5
    SMS_ONLY = 6  # of E-UTRAN: no circuit-switched calls, and here no others


class Notification(Enum):
    """27.007 7.17 +CSSN: supplementary service notifications, as ("+CSSI" or "+CSSU", code)."""

    CFU_ACTIVE = ("+CSSI", 0)
    CONDITIONAL_FORWARDING_ACTIVE = ("+CSSI", 1)
    CALL_FORWARDED = ("+CSSI", 2)
    CALL_IS_WAITING = ("+CSSI", 3)
    OUTGOING_DEFLECTED = ("+CSSI", 9)
    FORWARDED_CALL = ("+CSSU", 0)
    PUT_ON_HOLD = ("+CSSU", 2)
    RETRIEVED = ("+CSSU", 3)
    MULTIPARTY_ENTERED = ("+CSSU", 4)
    TRANSFER_ALERTING = ("+CSSU", 7)
    TRANSFERRED = ("+CSSU", 8)
    DEFLECTED_CALL = ("+CSSU", 9)
    INCOMING_FORWARDED = ("+CSSU", 10)


class ForwardingReason(IntEnum):
    """27.007 7.11 <reason>; DEFLECTION is no +CCFC reason, it only explains a leg."""

    UNCONDITIONAL = 0
    BUSY = 1
    NO_REPLY = 2
    NOT_REACHABLE = 3
    ALL = 4
    ALL_CONDITIONAL = 5
    DEFLECTION = 9


class ForwardingMode(IntEnum):
    """27.007 7.11 <mode>."""

    DISABLE = 0
    ENABLE = 1
    QUERY = 2
    REGISTRATION = 3
    ERASURE = 4


class InCall(Enum):
    """The procedures of 22.030 6.5.5.1, which 27.007 7.13 +CHLD offers under the same digits."""

    RELEASE_HELD_OR_UDUB = "0"
    RELEASE_ACTIVE_ACCEPT_OTHER = "1"
    RELEASE_CALL = "1x"
    HOLD_ACTIVE_ACCEPT_OTHER = "2"
    HOLD_ALL_BUT = "2x"
    ADD_HELD = "3"
    EXPLICIT_TRANSFER = "4"


class Clir(IntEnum):
    """27.007 7.7 +CLIR <n>: how the own number is shown on the calls that this mobile makes."""

    AS_SUBSCRIBED = 0
    INVOKE = 1
    SUPPRESS = 2


@dataclass(frozen=True, slots=True)
class CallView:
    """One call as the mobile sees it: all of +CLCC and +CLIP.

    `index` is the number of 22.030 6.5.5.1 (lowest free from 1, at most 7); `key` is unique in the
    whole run and equals the call's id in the ledger. `number` is the other party's, international
    with "+" where it is one, None when withheld or unknown; `redirected_by` is the number that
    forwarded the call here; `cause` is set once released.
    """

    index: int
    key: int
    direction: Direction
    state: CallState
    multiparty: bool = False
    number: str | None = None
    validity: CliValidity = CliValidity.VALID
    redirected_by: str | None = None
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """Where the mobile is registered: +COPS, +CREG, +CSQ."""

    operator_long: str = "Réseau Sim F"
    operator_short: str = "SimF"
    operator_numeric: str = "20899"
    location_area: int = 0x1A2B
    cell_id: int = 0x01C3D4E
    access_technology: int = 7  # 27.007 7.3 <AcT>: 7 is E-UTRAN
    signal_dbm: int = -71


@dataclass(frozen=True, slots=True)
class NetworkTime:
    """24.008 9.4.19 MM INFORMATION: `utc` aware, `offset_quarters` of local time, `dst_hours`."""

    utc: datetime
    offset_quarters: int
    dst_hours: int


@dataclass(frozen=True, slots=True)
class ForwardingStatus:
    """What interrogation answers for one class: 22.082 and 27.007 7.11.

    `service_class` is one bit of <classx>; `no_reply_s` is given for NO_REPLY only.
    """

    reason: ForwardingReason
    service_class: int
    active: bool
    number: str | None = None
    no_reply_s: int | None = None


@dataclass(frozen=True, slots=True)
class SsResult:
    """The answer to a supplementary service or USSD operation; `error` None means success.

    `forwarding` has one entry a class interrogated, also inactive ones (number None when nothing is
    registered); `active_classes` is a sum of <classx> bits (call waiting); `text` is what a USSD or
    an MMI string gives to read, and `reply_expected` that the USSD dialogue goes on; `clir` is
    (n, m) of 27.007 7.7.
    """

    error: SsError | None = None
    forwarding: tuple[ForwardingStatus, ...] = ()
    active_classes: int = 0
    text: str = ""
    reply_expected: bool = False
    clir: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class SubmitResult:
    """The service centre's answer to a submission.

    `cause` None means accepted; `failure_cause` is TP-FCS (23.040 9.2.3.22) where the service
    centre itself refused; `timed_out` means that no answer came (the message may have been taken).
    `report` is the SMS-SUBMIT-REPORT TPDU as 27.005 4.3 may show it in <ackpdu>, empty without.
    """

    cause: RpCause | None = None
    failure_cause: int | None = None
    timed_out: bool = False
    report: bytes = b""

    @property
    def accepted(self) -> bool:
        """True when the service centre took the message and said so."""
        return self.cause is None and not self.timed_out


class DeliverAnswer(Enum):
    """What a mobile answers to an offered short message (24.011 7.3.1)."""

    ACCEPTED = "RP-ACK"
    MEMORY_FULL = "RP-ERROR 22"
    PROTOCOL_ERROR = "RP-ERROR 111"  # tried a few times more, without Alert-SC


@dataclass(frozen=True, slots=True)
class Delivery:
    """A TPDU offered to a mobile: SMS-DELIVER or SMS-STATUS-REPORT (23.040 9.2.2.1, 9.2.2.3).

    `answer` must be called once, at once or later; without it the network gives up after
    `Timings.deliver_answer_ms` and the service centre tries again later. A second or late answer
    is ignored.
    """

    tpdu: bytes
    service_centre: str
    answer: Callable[[DeliverAnswer], None]


SsDone = Callable[[SsResult], None]
SubmitDone = Callable[[SubmitResult], None]


class Terminal(Protocol):
    """What the network calls on a mobile equipment."""

    def incoming_call(self, call: CallView) -> None:
        """A call is offered: state INCOMING, or WAITING (only with call waiting active)."""

    def call_changed(self, call: CallView) -> None:
        """A call reached ALERTING, ACTIVE, HELD (by own request), or changed `multiparty`."""

    def call_released(self, call: CallView) -> None:
        """A call is over, whoever ended it; `call.cause` says why."""

    def notified(self, notification: Notification, call: CallView) -> None:
        """A supplementary service notification about a call (+CSSI, +CSSU)."""

    def dtmf_heard(self, call: CallView, key: str) -> None:
        """The other party pressed a key: one of 0-9 * # A-D."""

    def short_message(self, delivery: Delivery) -> None:
        """A short message or status report is offered; see `Delivery.answer`."""

    def ussd_received(self, text: str, reply_expected: bool) -> None:
        """The network asks or tells something of its own accord (+CUSD)."""

    def registration_changed(self, registration: Registration) -> None:
        """+CREG changed; `Line.cell` says where."""

    def network_time(self, time: NetworkTime) -> None:
        """The network tells the time (NITZ, 22.042)."""


class Line(Protocol):
    """What a mobile equipment calls on the network, for the SIM it is attached with.

    `index` is `CallView.index`. Operations on calls raise `LookupError` for an index that is not in
    use and otherwise report through `Terminal`; services answer through `done`.
    """

    @property
    def sim(self) -> SimCard:
        """The card that this line was attached with."""

    @property
    def registration(self) -> Registration:
        """The present registration state."""

    @property
    def cell(self) -> Cell:
        """The serving cell; only meaningful while HOME, ROAMING or DENIED."""

    def calls(self) -> tuple[CallView, ...]:
        """All calls of this mobile, by index: the truth behind +CLCC."""

    def detach(self) -> None:
        """Switch off in good order (IMSI detach): calls are released, the network knows."""

    def lose_power(self) -> None:
        """Vanish without a word: the network still pages until its own supervision notices."""

    def dial(self, number: str, clir: Clir = Clir.AS_SUBSCRIBED) -> CallView:
        """Set up a voice call; an active call is put on hold first (22.030 6.5.5.1).

        Returns the call in state DIALING; the rest comes through `Terminal`. Raises `LineError`
        (with `.cause`) when not registered or when there is no room for another call. MMI strings
        do not belong here: see `mmi`.
        """

    def answer(self, index: int | None = None) -> None:
        """Take the incoming call (or the waiting one, holding the active one).

        Raises LookupError also where the active call cannot be held.
        """

    def release(self, index: int, cause: Cause = Cause.NORMAL_CLEARING) -> None:
        """Clear one call. On an incoming call USER_BUSY is UDUB and invokes CFB; CALL_REJECTED and
        NORMAL_CLEARING are refusals that invoke nothing, unless the subscriber's profile says so.
        """

    def in_call(self, operation: InCall, done: SsDone, index: int | None = None) -> None:
        """Carry out one procedure of 22.030 6.5.5.1 (+CHLD)."""

    def deflect(self, number: str, done: SsDone) -> None:
        """Call deflection of the incoming or waiting call (22.072, +CTFR)."""

    def send_dtmf(self, key: str, index: int | None = None) -> None:
        """Send one key on the active call(s)."""

    def forwarding(
        self,
        reason: ForwardingReason,
        mode: ForwardingMode,
        done: SsDone,
        number: str | None = None,
        service_class: int = 7,
        no_reply_s: int | None = None,
    ) -> None:
        """+CCFC: register, erase, activate, deactivate or interrogate (22.082, 27.007 7.11)."""

    def call_waiting(self, mode: int, done: SsDone, service_class: int = 7) -> None:
        """+CCWA <mode>: 0 disable, 1 enable, 2 query (22.083, 27.007 7.12)."""

    def clir_query(self, done: SsDone) -> None:
        """+CLIR?: `SsResult.clir` = (n, m); m 0 not provisioned, 1 permanent, 3, 4 temporary."""

    def clip_provisioned(self) -> bool:
        """+CLIP? <m>: whether the network presents callers' numbers."""

    def submit(self, tpdu: bytes, service_centre: str | None, done: SubmitDone) -> None:
        """Send an SMS-SUBMIT TPDU (or SMS-COMMAND, refused) to the service centre."""

    def memory_available(self) -> None:
        """RP-SMMA (24.011 7.3.2): room again after MEMORY_FULL; alerts the service centre."""

    def mmi(self, text: str, done: SsDone, clir: Clir = Clir.AS_SUBSCRIBED) -> None:
        """Carry out an MMI string of 22.030 (`**67*n*11#`, `*#21#`, `*43#`) or send it as USSD."""

    def ussd(self, text: str, done: SsDone) -> None:
        """Send an unstructured request or a reply to one; `done` brings the network's text."""

    def ussd_cancel(self) -> None:
        """End the USSD dialogue."""


class LineError(Exception):
    """The network (or the lack of one) refuses an operation at once; `cause` says why."""

    def __init__(self, cause: Cause) -> None:
        super().__init__(f"{cause.name.lower().replace('_', ' ')} (cause {int(cause)})")
        self.cause = cause


def is_mmi(text: str) -> bool:
    """True for a dial string that is a 22.030 procedure or USSD rather than a number.

    22.030 6.5.3.2: it ends in "#", or has one or two digits while no call is up (not decided here).
    `*31#` and `#31#` before a number only steer CLIR and leave a number: not an MMI string.
    """
    return text.endswith("#") and len(text) >= 2 and set(text) <= set("0123456789*#+")
