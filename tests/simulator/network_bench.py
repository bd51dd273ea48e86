"""A network on a timeline with fixed delays, and short ways to make it do things."""

from __future__ import annotations

from dataclasses import dataclass, field

from hw.simulator.causes import Cause
from hw.simulator.ledger import CallRecord
from hw.simulator.line import MobileLine
from hw.simulator.network import Network, Timings
from hw.simulator.phone import PhoneCall, VirtualPhone
from hw.simulator.store_and_forward import ServiceCentreBehaviour
from hw.simulator.subscriber import Profile
from hw.simulator.terminal import (
    CallView,
    Delivery,
    ForwardingMode,
    ForwardingReason,
    InCall,
    NetworkTime,
    Notification,
    Registration,
    SsResult,
)
from hw.simulator.timeline import Timeline

BOX = "+33612000001"
DUTY = "+33601020304"
SPARE = "+33601020305"
CALLER = "+33699000001"
OTHER = "+33699000002"

FIXED = Timings(
    registration_ms=(2000, 2000),
    setup_ms=(1000, 1000),
    paging_ms=(500, 500),
    page_timeout_ms=(7000, 7000),
    forward_ms=(300, 300),
    in_call_ms=(100, 100),
    ss_ms=(1000, 1000),
    sms_ms=(1000, 1000),
)
RINGS_MS = 1500  # from dialling to the first ring, with the delays above


@dataclass
class Recorder:
    """A terminal that only writes down what it is told."""

    told: list[tuple[str, object]] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)

    def incoming_call(self, call: CallView) -> None:
        self.told.append(("incoming", call))

    def call_changed(self, call: CallView) -> None:
        self.told.append(("changed", call))

    def call_released(self, call: CallView) -> None:
        self.told.append(("released", call))

    def notified(self, notification: Notification, call: CallView) -> None:
        self.told.append(("notified", notification))

    def dtmf_heard(self, call: CallView, key: str) -> None:
        self.told.append(("key", key))

    def short_message(self, delivery: Delivery) -> None:
        self.deliveries.append(delivery)

    def ussd_received(self, text: str, reply_expected: bool) -> None:
        self.told.append(("ussd", text))

    def registration_changed(self, registration: Registration) -> None:
        self.told.append(("registration", registration))

    def network_time(self, time: NetworkTime) -> None:
        self.told.append(("time", time))

    def released(self) -> list[Cause | None]:
        """The causes of all calls that ended."""
        return [
            each.cause
            for what, each in self.told
            if what == "released" and isinstance(each, CallView)
        ]

    def notices(self) -> list[Notification]:
        """What was told of supplementary services."""
        return [each for _, each in self.told if isinstance(each, Notification)]


class Bench:
    """The network, the box's line (a Recorder) and phones made on demand."""

    def __init__(
        self,
        profile: Profile | str = "full",
        *,
        seed: int = 1,
        centre: ServiceCentreBehaviour | None = None,
    ) -> None:
        self.timeline = Timeline(seed)
        self.network = Network(
            self.timeline,
            timings=FIXED,
            service_centre=centre or ServiceCentreBehaviour(delay_ms=(2000, 2000)),
        )
        self.sim = self.network.subscribe(BOX, profile)
        self.box = Recorder()
        self.line: MobileLine = self.network.attach(self.sim, self.box, at_once=True)
        self.run(0)

    def run(self, duration_ms: int) -> None:
        """Let this much time pass."""
        self.timeline.run_until(self.timeline.now_ms + duration_ms)

    def phone(self, number: str) -> VirtualPhone:
        return self.network.phone(number)

    def ring(self, caller: str = CALLER) -> int:
        """A caller dials the box; returns once it rings there (or would)."""
        key = self.phone(caller).call(BOX)
        self.run(RINGS_MS)
        return key

    def record(self, key: int) -> CallRecord:
        return self.network.ledger.calls[key]

    def lived(self, number: str, key: int) -> PhoneCall:
        """A call as one of the phones lived it."""
        return next(call for call in self.phone(number).calls if call.key == key)

    def register(self, reason: ForwardingReason, number: str, no_reply_s: int = 20) -> None:
        self.network.change_forwarding(BOX, reason, number, no_reply_s)

    def ccfc(
        self,
        reason: ForwardingReason,
        mode: ForwardingMode,
        number: str | None = None,
        service_class: int = 1,
        no_reply_s: int | None = None,
    ) -> SsResult:
        """One forwarding operation by the box, and its answer."""
        answers: list[SsResult] = []
        self.line.forwarding(reason, mode, answers.append, number, service_class, no_reply_s)
        self.run(1000)
        (answer,) = answers
        return answer

    def chld(self, operation: InCall, index: int | None = None) -> SsResult:
        """One call related procedure by the box, and its answer."""
        answers: list[SsResult] = []
        self.line.in_call(operation, answers.append, index)
        self.run(100)
        (answer,) = answers
        return answer

    def states(self) -> list[str]:
        """The box's +CLCC in words."""
        return [
            f"{call.index} {call.state.name.lower()}" + (" multiparty" if call.multiparty else "")
            for call in self.line.calls()
        ]


def talking_to_two(bench: Bench) -> tuple[int, int]:
    """The box has CALLER on hold (call 1) and talks to DUTY (call 2)."""
    first = bench.ring()
    bench.line.answer()
    bench.phone(DUTY).talk_ms = None
    bench.phone(CALLER).talk_ms = None
    second = bench.line.dial(DUTY).key
    bench.run(10_000)
    assert bench.states() == ["1 held", "2 active"]
    return first, second
