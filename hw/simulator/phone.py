"""A virtual phone: a subscriber whose behaviour is set from outside, and who remembers all.

It answers, rings on, is busy, is off, presses keys, loses patience, sends and receives texts. All
durations are ms; None means never. `on_text` and `on_call` let a simulated person react.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from hw.simulator.causes import Cause
from hw.simulator.phone_texts import PhoneText, SentText, TextInbox, TextOutbox
from hw.simulator.sound import PhoneVoice
from hw.simulator.subscriber import Coverage
from hw.simulator.terminal import (
    CallState,
    CallView,
    Clir,
    CliValidity,
    DeliverAnswer,
    Delivery,
    InCall,
    NetworkTime,
    Notification,
    Registration,
    SsResult,
)

if TYPE_CHECKING:
    from hw.simulator.line import MobileLine
    from hw.simulator.network import Network
    from hw.simulator.sim_card import SimCard
    from hw.simulator.subscriber import Subscriber


@dataclass(slots=True)
class PhoneCall:
    """A call as this phone lived it. `number` is None when it was withheld."""

    key: int
    placed: bool
    number: str | None
    validity: CliValidity
    redirected_by: str | None
    started_ms: int
    ringing_ms: int | None = None
    answered_ms: int | None = None
    ended_ms: int | None = None
    cause: int | None = None
    keys_heard: str = ""
    machine: bool = False
    notifications: list[str] = field(default_factory=list)


class VirtualPhone:
    """A phone that is on from the start; every public attribute may be changed at any time.

    `answer_after_ms`: takes a call after this (None: rings on); `refuse_after_ms`: presses the red
    key (UDUB); `talk_ms`: hangs up so long after the answer; `patience_ms`: gives up a call that it
    placed and nobody answered; `keys_on_answer` are pressed, `key_delay_ms` apart, once it has
    answered (the first after `keys_after_ms`); `keys_as_caller` are (ms after the answer, keys) of
    calls that it placed; `machine_after_ms`: its voicemail takes a call that nobody has taken by
    then, and counts as nobody; `memory_full` refuses short messages.
    """

    def __init__(self, network: Network, sim: SimCard) -> None:
        self._network = network
        self._timeline = network.timeline
        self.sim = sim
        self.number = sim.number or ""
        self.answer_after_ms: int | None = 5_000
        self.refuse_after_ms: int | None = None
        self.talk_ms: int | None = 60_000
        self.patience_ms: int | None = 60_000
        self.keys_on_answer = ""
        self.key_delay_ms = 500
        self.keys_after_ms: int | None = None  # None: `key_delay_ms`
        self.keys_as_caller: tuple[tuple[int, str], ...] = ()
        self.machine_after_ms: int | None = None
        self.memory_full = False
        self.calls: list[PhoneCall] = []
        self.on_call: Callable[[VirtualPhone, PhoneCall], None] | None = None
        self.on_text: Callable[[VirtualPhone, PhoneText], None] | None = None
        self._open: dict[int, PhoneCall] = {}
        self.voice = PhoneVoice()  # heard where the network carries sound
        self._inbox = TextInbox()
        self._outbox = TextOutbox(self)
        self.line: MobileLine = network.attach(sim, self, at_once=True)

    # State

    @property
    def subscriber(self) -> Subscriber:
        """The network's entry of this phone."""
        return self._network.subscribers[self.number]

    @property
    def texts(self) -> list[PhoneText]:
        """The texts received, in the order in which they were complete."""
        return self._inbox.texts

    @property
    def sent(self) -> list[SentText]:
        """The texts sent."""
        return self._outbox.sent

    @property
    def on(self) -> bool:
        """True while the phone is switched on."""
        return self.line.alive

    @property
    def busy(self) -> bool:
        """Talking to somebody who is not simulated: every caller finds it busy."""
        return self.subscriber.engaged

    @busy.setter
    def busy(self, busy: bool) -> None:
        self.subscriber.engaged = busy

    def switch_off(self) -> None:
        """Off in good order; the network knows. Calls end for the phone at once."""
        for lived in self._open.values():
            lived.ended_ms = self._timeline.now_ms
        self._open.clear()
        self.voice.end()
        self.line.detach()

    def switch_on(self) -> None:
        """On again, registered at once."""
        if not self.line.alive:
            self.line = self._network.attach(self.sim, self, at_once=True)

    def lose_coverage(self) -> None:
        """Into the cellar: on, but out of reach."""
        self._network.set_coverage(self.number, Coverage.NONE)

    def regain_coverage(self) -> None:
        """Out of the cellar."""
        self._network.set_coverage(self.number, Coverage.HOME)

    def free_memory(self) -> None:
        """Room for short messages again; the service centre is told."""
        self.memory_full = False
        self.line.memory_available()

    # What its owner does

    def call(self, number: str, *, withheld: bool = False) -> int:
        """Place a call; returns its id in the ledger. Raises LineError when that is impossible."""
        view = self.line.dial(number, Clir.INVOKE if withheld else Clir.AS_SUBSCRIBED)
        self._begin(view, placed=True)
        if self.patience_ms is not None:
            self._timeline.after(self.patience_ms, partial(self._lose_patience, view.key))
        return view.key

    def answer(self) -> bool:
        """Take the call that rings; False when none does."""
        ringing = self._in_state(CallState.INCOMING, CallState.WAITING)
        if ringing is not None:
            self.line.answer(ringing.index)
        return ringing is not None

    def hang_up(self) -> int:
        """End every call; one that rings is refused. Returns how many there were."""
        calls = self.line.calls()
        for call in calls:
            ringing = call.state in (CallState.INCOMING, CallState.WAITING)
            self.line.release(call.index, Cause.USER_BUSY if ringing else Cause.NORMAL_CLEARING)
        return len(calls)

    def press(self, keys: str) -> None:
        """Press keys one after another; each is only heard while a call is active."""
        for position, key in enumerate(keys):
            self._timeline.after(position * self.key_delay_ms, partial(self._press, key))

    def in_call(self, operation: InCall, index: int | None = None) -> None:
        """Hold, swap, join, transfer; the outcome shows in the calls."""
        self.line.in_call(operation, _ignore, index)

    def send_text(self, to: str, text: str, *, report: bool = False, flash: bool = False) -> None:
        """Send a text by way of the air and the service centre; see `sent`."""
        self._outbox.send(to, text, report=report, flash=flash)

    def _press(self, key: str) -> None:
        if self._in_state(CallState.ACTIVE) is not None:
            self.line.send_dtmf(key)
            if self._network.sound is not None:
                self.voice.press(key)

    def _lose_patience(self, key: int) -> None:
        call = self._open.get(key)
        if call is not None and call.answered_ms is None:
            self._release(key)

    def _release(self, key: int) -> None:
        for view in self.line.calls():
            if view.key == key:
                self.line.release(view.index)
                return

    def _in_state(self, *states: CallState) -> CallView | None:
        for view in self.line.calls():
            if view.state in states:
                return view
        return None

    # What the network tells it

    def incoming_call(self, call: CallView) -> None:
        """It rings."""
        lived = self._begin(call, placed=False)
        lived.ringing_ms = self._timeline.now_ms
        if self.refuse_after_ms is not None:
            self._timeline.after(self.refuse_after_ms, partial(self._refuse, call.key))
        elif self.answer_after_ms is not None:
            self._timeline.after(self.answer_after_ms, partial(self._take, call.key))
        if self.machine_after_ms is not None:
            self._timeline.after(self.machine_after_ms, partial(self._divert, call.key))
        if self.on_call is not None:
            self.on_call(self, lived)

    def _refuse(self, key: int) -> None:
        view = self._ringing(key)
        if view is not None:
            self.line.release(view.index, Cause.USER_BUSY)

    def _take(self, key: int) -> None:
        view = self._ringing(key)
        if view is not None:
            self.line.answer(view.index)

    def _divert(self, key: int) -> None:
        """Nobody has taken it: the voicemail does, and presses no key."""
        view, lived = self._ringing(key), self._open.get(key)
        if view is not None and lived is not None:
            lived.machine = True
            before, self.subscriber.machine = self.subscriber.machine, True
            self.line.answer(view.index)
            self.subscriber.machine = before

    def _ringing(self, key: int) -> CallView | None:
        for view in self.line.calls():
            if view.key == key and view.state in (CallState.INCOMING, CallState.WAITING):
                return view
        return None

    def call_changed(self, call: CallView) -> None:
        """A call rings at the other end, or is answered."""
        lived = self._open.get(call.key)
        if lived is None:
            return
        if call.state is CallState.ALERTING:
            lived.ringing_ms = self._timeline.now_ms
        elif call.state is CallState.ACTIVE and lived.answered_ms is None:
            lived.answered_ms = self._timeline.now_ms
            if self.talk_ms is not None:
                self._timeline.after(self.talk_ms, partial(self._release, call.key))
            self._press_by_habit(lived)
            self._speak_by_habit(lived)

    def _press_by_habit(self, lived: PhoneCall) -> None:
        if lived.placed:
            for after_ms, keys in self.keys_as_caller:
                self._timeline.after(after_ms, partial(self._press_in, lived, keys))
        elif self.keys_on_answer and not lived.machine:
            wait_ms = self.key_delay_ms if self.keys_after_ms is None else self.keys_after_ms
            self._timeline.after(wait_ms, partial(self._press_in, lived, self.keys_on_answer))

    def _speak_by_habit(self, lived: PhoneCall) -> None:
        if self._network.sound is None:
            return
        if len(self._open) == 1:
            self.voice.begin()
        words = self.voice.machine_says if lived.machine else self.voice.says
        self._timeline.after(self.voice.says_after_ms, partial(self._say_in, lived, words))

    def _say_in(self, lived: PhoneCall, words: bytes) -> None:
        if lived.ended_ms is None:
            self.voice.say(words)

    def _press_in(self, lived: PhoneCall, keys: str) -> None:
        if lived.ended_ms is None:
            self.press(keys)

    def call_released(self, call: CallView) -> None:
        """A call is over."""
        lived = self._open.pop(call.key, None)
        if lived is not None:
            lived.ended_ms = self._timeline.now_ms
            lived.cause = int(call.cause) if call.cause is not None else None
            if not self._open and self._network.sound is not None:
                self.voice.end()

    def notified(self, notification: Notification, call: CallView) -> None:
        """Kept with the call."""
        lived = self._open.get(call.key)
        if lived is not None:
            lived.notifications.append(notification.name)

    def dtmf_heard(self, call: CallView, key: str) -> None:
        """Kept with the call."""
        lived = self._open.get(call.key)
        if lived is not None:
            lived.keys_heard += key

    def short_message(self, delivery: Delivery) -> None:
        """Taken unless the memory is full; a report is put to the text that it is about."""
        if self.memory_full:
            delivery.answer(DeliverAnswer.MEMORY_FULL)
            return
        received = self._inbox.receive(delivery.tpdu, self._timeline.now_ms)
        if received.unreadable:
            delivery.answer(DeliverAnswer.PROTOCOL_ERROR)
            return
        delivery.answer(DeliverAnswer.ACCEPTED)
        if received.report is not None:
            self._outbox.reported(received.report)
        if received.text is not None and self.on_text is not None:
            self.on_text(self, received.text)

    def ussd_received(self, text: str, reply_expected: bool) -> None:
        """Shown on a screen that nobody reads."""

    def registration_changed(self, registration: Registration) -> None:
        """The owner does not look."""

    def network_time(self, time: NetworkTime) -> None:
        """The phone's clock is not simulated."""

    def _begin(self, view: CallView, *, placed: bool) -> PhoneCall:
        lived = PhoneCall(
            view.key,
            placed,
            view.number,
            view.validity,
            view.redirected_by,
            self._timeline.now_ms,
        )
        self.calls.append(lived)
        self._open[view.key] = lived
        return lived

    def as_json(self) -> dict[str, Any]:
        """The phone for the console's `state`."""
        return {
            "number": self.number,
            "on": self.on,
            "busy": self.busy,
            "answers_after_ms": self.answer_after_ms,
            "calls": len(self.calls),
            "texts": [{"from": each.sender, "text": each.text} for each in self.texts[-10:]],
        }


def _ignore(_result: SsResult) -> None:
    """The outcome shows in the phone's calls."""
