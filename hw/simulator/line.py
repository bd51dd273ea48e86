"""The network's side of one attached mobile: what `terminal.Line` promises."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from hw.simulator import in_call
from hw.simulator.call import RINGING, Leg, audible_to
from hw.simulator.causes import Cause, SsError
from hw.simulator.services import Services
from hw.simulator.terminal import (
    CallState,
    CallView,
    Cell,
    Clir,
    Delivery,
    ForwardingMode,
    ForwardingReason,
    InCall,
    LineError,
    NetworkTime,
    Notification,
    Registration,
    SsDone,
    SsResult,
    SubmitDone,
    Terminal,
)

if TYPE_CHECKING:
    from hw.simulator.network import Network
    from hw.simulator.sim_card import SimCard
    from hw.simulator.subscriber import Subscriber

CALLS_MAX = 7  # 22.030 6.5.5.1: calls are numbered 1 to 7
_BEFORE_TALK = (CallState.DIALING, CallState.ALERTING, CallState.INCOMING)
DTMF_KEYS = frozenset("0123456789*#ABCD")

IN_SERVICE = (Registration.HOME, Registration.ROAMING, Registration.SMS_ONLY)


class MobileLine:
    """One attachment. Once `alive` is False nothing reaches the terminal and nothing is taken."""

    def __init__(
        self, network: Network, sim: SimCard, subscriber: Subscriber, terminal: Terminal
    ) -> None:
        self._network = network
        self._terminal = terminal
        self._services = Services(network, self)
        self._sim = sim
        self.subscriber = subscriber
        self.legs: dict[int, Leg] = {}
        self.alive = True
        self._registration = Registration.SEARCHING

    # State

    @property
    def sim(self) -> SimCard:
        """The card that this line was attached with."""
        return self._sim

    @property
    def registration(self) -> Registration:
        """The present registration state."""
        return self._registration

    @property
    def cell(self) -> Cell:
        """The serving cell."""
        return self._network.cell_of(self.subscriber)

    @property
    def in_service(self) -> bool:
        """True while the mobile is on and registered: it hears a page (unless deaf)."""
        return self.alive and self._registration in IN_SERVICE

    @property
    def takes_calls(self) -> bool:
        """Whether it hears a page for a call."""
        return self.in_service and self._registration is not Registration.SMS_ONLY

    def calls(self) -> tuple[CallView, ...]:
        """All calls of this mobile, by index."""
        return tuple(self.legs[index].view() for index in sorted(self.legs))

    def free_index(self) -> int:
        """The lowest call number that is free (22.030 6.5.5.1)."""
        index = 1
        while index in self.legs:
            index += 1
        return index

    # From the network to the terminal

    def register(self, registration: Registration) -> None:
        """The registration state becomes this; the terminal is told when it changed."""
        if self.alive and registration is not self._registration:
            self._registration = registration
            self.post(self._terminal.registration_changed, registration)

    def tell_incoming(self, leg: Leg) -> None:
        """A call is offered."""
        self.post(self._terminal.incoming_call, leg.view())

    def tell_changed(self, leg: Leg) -> None:
        """A call changed its state."""
        self.post(self._terminal.call_changed, leg.view())

    def tell(self, notification: Notification, leg: Leg) -> None:
        """A supplementary service notification."""
        self.post(self._terminal.notified, notification, leg.view())

    def drop(self, leg: Leg, cause: Cause) -> None:
        """The leg is gone; the terminal is told why."""
        if self.legs.get(leg.index) is leg:
            del self.legs[leg.index]
        leg.state = CallState.RELEASED
        leg.multiparty = False
        self.post(self._terminal.call_released, leg.view(cause))
        party = [each for each in self.legs.values() if each.multiparty]
        if len(party) == 1:  # 22.084: one remaining party is a plain call again
            party[0].multiparty = False
            self.tell_changed(party[0])

    def hear_key(self, leg: Leg, key: str) -> None:
        """A key pressed by another party."""
        self.post(self._terminal.dtmf_heard, leg.view(), key)

    def offer_message(self, delivery: Delivery) -> None:
        """A short message or status report is offered."""
        self.post(self._terminal.short_message, delivery)

    def tell_time(self, time: NetworkTime) -> None:
        """The network's time."""
        self.post(self._terminal.network_time, time)

    def tell_ussd(self, text: str, reply_expected: bool) -> None:
        """The network speaks first."""
        self.post(self._terminal.ussd_received, text, reply_expected)

    def post(self, action: Callable[..., None], *arguments: object) -> None:
        """Call something of the terminal's later in this millisecond, while the line lives."""
        self._network.timeline.after(0, partial(self._if_alive, action, arguments))

    def _if_alive(self, action: Callable[..., None], arguments: tuple[object, ...]) -> None:
        if self.alive:
            action(*arguments)

    # Power

    def detach(self) -> None:
        """Switch off in good order."""
        if self.alive:
            self._network.detach(self)

    def lose_power(self) -> None:
        """Vanish without a word."""
        if self.alive:
            self._network.lost(self)

    # Calls

    def dial(self, number: str, clir: Clir = Clir.AS_SUBSCRIBED) -> CallView:
        """Set up a voice call, holding an active one."""
        if not self.in_service:
            raise LineError(Cause.NETWORK_OUT_OF_ORDER)
        states = [leg.state for leg in self.legs.values()]
        busy = self.subscriber.profile.lines_max == 1 and (
            any(state in _BEFORE_TALK for state in states)
            or (CallState.ACTIVE in states and CallState.HELD in states)
            or len(states) >= CALLS_MAX
        )
        if busy:
            raise LineError(Cause.RESOURCES_UNAVAILABLE)
        if self.subscriber.profile.lines_max == 1 and CallState.ACTIVE in states:
            if not self.subscriber.profile.hold:
                raise LineError(Cause.FACILITY_NOT_SUBSCRIBED)
            in_call.hold_active(self)
        # 27.007 7.7 <m>: 1 permanent mode, 3 temporary mode with presentation restricted
        by_default = self.subscriber.profile.clir_mode in (1, 3)
        withheld = clir is Clir.INVOKE or (by_default and clir is not Clir.SUPPRESS)
        return self._network.exchange.dial(self, number, withheld).view()

    def answer(self, index: int | None = None) -> None:
        """Take the incoming call, or the waiting one while the active one is held."""
        leg = self._leg(index) if index is not None else self._offered()
        if leg.state not in RINGING:
            raise LookupError(f"call {leg.index} is not ringing")
        if leg.state is CallState.WAITING:
            in_call.make_room(self)
        self._network.exchange.answer(leg)

    def release(self, index: int, cause: Cause = Cause.NORMAL_CLEARING) -> None:
        """Clear one call."""
        self._network.exchange.release(self._leg(index), cause)

    def in_call(self, operation: InCall, done: SsDone, index: int | None = None) -> None:
        """Carry out one procedure of 22.030 6.5.5.1 after the network's delay."""
        if operation in (InCall.RELEASE_CALL, InCall.HOLD_ALL_BUT):
            self._leg(index or 0)
        delay_ms = self._network.draw_ms(self._network.timings.in_call_ms)
        self._network.timeline.after(delay_ms, partial(self._in_call, operation, done, index))

    def _in_call(self, operation: InCall, done: SsDone, index: int | None) -> None:
        if not self.alive:
            return
        errors = self.subscriber.conditions.in_call_errors
        error = (
            errors.popleft()
            if errors
            else in_call.carry_out(self._network.exchange, self, operation, index)
        )
        self.post(done, SsResult(error))

    def deflect(self, number: str, done: SsDone) -> None:
        """Call deflection of the incoming or waiting call."""
        self._services.deflect(number, done)

    def send_dtmf(self, key: str, index: int | None = None) -> None:
        """Send one key on the active call(s); raises ValueError for anything but a DTMF key."""
        if key not in DTMF_KEYS:
            raise ValueError(f"not a DTMF key: {key!r}")
        for leg in self._speaking(index):
            record = leg.call.record
            record.keys.append((self._network.timeline.now_ms, self.subscriber.number, key))
            for other in audible_to(leg):
                other.line.hear_key(other, key)

    def _speaking(self, index: int | None) -> list[Leg]:
        if index is not None:
            return [self._leg(index)]
        return [leg for leg in self.legs.values() if leg.state is CallState.ACTIVE]

    def _leg(self, index: int) -> Leg:
        leg = self.legs.get(index)
        if leg is None:
            raise LookupError(f"there is no call {index}")
        return leg

    def _offered(self) -> Leg:
        for leg in self.legs.values():
            if leg.state in RINGING:
                return leg
        raise LookupError("no call is ringing")

    # Services

    def forwarding(
        self,
        reason: ForwardingReason,
        mode: ForwardingMode,
        done: SsDone,
        number: str | None = None,
        service_class: int = 7,
        no_reply_s: int | None = None,
    ) -> None:
        """+CCFC."""
        self._services.forwarding(reason, mode, done, number, service_class, no_reply_s)

    def call_waiting(self, mode: int, done: SsDone, service_class: int = 7) -> None:
        """+CCWA."""
        self._services.call_waiting(mode, done, service_class)

    def clir_query(self, done: SsDone) -> None:
        """+CLIR?."""
        self._services.clir_query(done)

    def clip_provisioned(self) -> bool:
        """+CLIP? <m>."""
        return self.subscriber.profile.clip

    def mmi(self, text: str, done: SsDone, clir: Clir = Clir.AS_SUBSCRIBED) -> None:
        """Carry out an MMI string or send it as USSD."""
        self._services.mmi(text, done)

    def ussd(self, text: str, done: SsDone) -> None:
        """Send an unstructured request, or a reply to one."""
        self._services.ussd(text, done)

    def ussd_cancel(self) -> None:
        """End the USSD dialogue."""
        self._services.ussd_cancel()

    # Short messages

    def submit(self, tpdu: bytes, service_centre: str | None, done: SubmitDone) -> None:
        """Send an SMS-SUBMIT TPDU to the service centre."""
        self._network.relay.submit(self, tpdu, service_centre, done)

    def memory_available(self) -> None:
        """RP-SMMA."""
        if self.in_service:
            self._network.relay.alert(self.subscriber)

    def absent(self, done: SsDone) -> None:
        """Answer an operation that cannot reach the network."""
        self.post(done, SsResult(SsError.ABSENT_SUBSCRIBER))
