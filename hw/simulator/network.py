"""The whole network: who subscribes, who is attached, how long everything takes, what goes wrong.

timeline = Timeline(seed)
network = Network(timeline)
sim = network.subscribe("+33612000001")          # the box's card
line = network.attach(sim, modem)                # modem implements terminal.Terminal
caller = network.phone("+33699000001")           # a virtual phone, already on
caller.call("+33612000001")
timeline.run_until(60_000)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from hw.simulator.exchange import Exchange
from hw.simulator.ledger import Ledger
from hw.simulator.line import IN_SERVICE, MobileLine
from hw.simulator.numbers import normalise
from hw.simulator.phone import VirtualPhone
from hw.simulator.relay import Relay
from hw.simulator.service_centre import ServiceCentre
from hw.simulator.services import UssdPage
from hw.simulator.sim_card import SimCard
from hw.simulator.sound import SoundField
from hw.simulator.store_and_forward import ServiceCentreBehaviour
from hw.simulator.subscriber import (
    PROFILES,
    REGISTRATION_BY_COVERAGE,
    Coverage,
    Profile,
    Subscriber,
)
from hw.simulator.terminal import (
    Cell,
    ForwardingReason,
    NetworkTime,
    Terminal,
)
from hw.simulator.timeline import Timeline

HOME_NETWORK = "20899"  # 23.003 2.2: MCC 208, and an MNC that France has not assigned
FORWARDS_MAX = 5  # 22.082 leaves the limit to the operator
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Timings:
    """How long the network takes, in ms: a pair is drawn evenly between its ends."""

    registration_ms: Span = (1500, 6000)
    setup_ms: Span = (600, 1800)
    paging_ms: Span = (300, 900)
    page_timeout_ms: Span = (6000, 9000)
    forward_ms: Span = (200, 600)
    in_call_ms: Span = (80, 250)
    ss_ms: Span = (700, 2500)
    sms_ms: Span = (500, 1500)
    ring_limit_ms: int = 90_000
    ss_timeout_ms: int = 30_000
    submit_timeout_ms: int = 40_000  # 24.011 10: TR1M, 35 to 45 s
    deliver_answer_ms: int = 15_000  # 24.011 10: TR2N, 12 to 20 s
    radio_link_timeout_ms: int = 8_000
    implicit_detach_ms: int = 4_200_000  # 23.012: the periodic update is overdue


@dataclass(slots=True)
class Rates:
    """Chances, 0.0 to 1.0, that an operation of any subscriber goes wrong."""

    call_congestion: float = 0.0
    sms_error: float = 0.0
    submit_answer_lost: float = 0.0
    ss_error: float = 0.0


class Network:
    """One operator's network, and the rest of the world's telephones with it."""

    def __init__(
        self,
        timeline: Timeline,
        *,
        timings: Timings | None = None,
        service_centre: ServiceCentreBehaviour | None = None,
        zone: str = "Europe/Paris",
    ) -> None:
        self.timeline = timeline
        self.timings = timings or Timings()
        self.rates = Rates()
        self.zone = ZoneInfo(zone)
        self.forwards_max = FORWARDS_MAX
        self.ledger = Ledger()
        self.subscribers: dict[str, Subscriber] = {}
        self.phones: dict[str, VirtualPhone] = {}
        self.ussd_pages: dict[str, UssdPage] = {"#123#": UssdPage("Votre crédit est de 12,34 EUR.")}
        self.cells: dict[str, Cell] = {}
        self.exchange = Exchange(self)
        self.relay = Relay(self)
        self.service_centre = ServiceCentre(self, service_centre or ServiceCentreBehaviour())
        self.sound: SoundField | None = None  # see `carry_sound`
        self._by_imsi: dict[str, Subscriber] = {}

    # Subscriptions

    def subscribe(
        self,
        number: str,
        profile: Profile | str = "full",
        *,
        pin: str | None = None,
        slots: int = 20,
    ) -> SimCard:
        """A new subscription and its card. Raises ValueError when the number is taken or is none,
        KeyError for a profile without a name in `PROFILES`."""
        number = normalise(number)
        if number in self.subscribers:
            raise ValueError(f"{number} is subscribed already")
        imsi = f"{HOME_NETWORK}{len(self.subscribers) + 1:010d}"
        chosen = PROFILES[profile] if isinstance(profile, str) else profile
        subscriber = Subscriber(number, imsi, chosen)
        self.subscribers[number] = subscriber
        self._by_imsi[imsi] = subscriber
        centre = self.service_centre.number
        return SimCard(imsi, number, pin=pin, slots=slots, service_centre=centre)

    def subscriber(self, number: str) -> Subscriber:
        """The entry of a number in any form; raises KeyError for an unknown one."""
        return self.subscribers[normalise(number)]

    def phone(self, number: str, profile: Profile | str = "full") -> VirtualPhone:
        """The virtual phone with this number: the one that is there, else a new one, on at once."""
        number = normalise(number)
        if number not in self.phones:
            phone = self.phones[number] = VirtualPhone(self, self.subscribe(number, profile))
            if self.sound is not None:
                self.sound.join(number, phone.voice)
        return self.phones[number]

    def voicemail(self, number: str = "888", answer_after_ms: int = 1500) -> VirtualPhone:
        """A voicemail platform: takes any number of calls, and counts as nobody."""
        phone = self.phone(number, "switchboard")
        phone.subscriber.machine = True
        phone.answer_after_ms = answer_after_ms
        return phone

    def carry_sound(self) -> SoundField:
        """Let calls carry voice from now on, also that of telephones not yet there."""
        if self.sound is None:
            self.sound = SoundField(self)
            for phone in self.phones.values():
                self.sound.join(phone.number, phone.voice)
        return self.sound

    # Attachment

    def attach(self, sim: SimCard, terminal: Terminal, *, at_once: bool = False) -> MobileLine:
        """Switch a mobile on with this card; registration follows (`at_once`: is already done).

        Raises `SimError` for a card that cannot be used. A card unknown to the network is denied.
        """
        sim.require()
        subscriber = self._by_imsi.get(sim.imsi)
        if subscriber is None:
            subscriber = Subscriber("", sim.imsi, Profile())
            subscriber.coverage = Coverage.DENIED
        if subscriber.line is not None:
            self._cut(subscriber.line)
        line = MobileLine(self, sim, subscriber, terminal)
        subscriber.line = line
        if at_once:
            self._register(line)
        else:
            delay_ms = self.draw_ms(self.timings.registration_ms)
            self.timeline.after(delay_ms, partial(self._register, line))
        return line

    def _register(self, line: MobileLine) -> None:
        subscriber = line.subscriber
        if not line.alive:
            return
        was = line.registration
        line.register(REGISTRATION_BY_COVERAGE[subscriber.coverage])
        if line.in_service and line.registration is not was:
            self.note(subscriber.number, f"registered {line.registration.name.lower()}")
            self.send_time(line)
            self.relay.alert(subscriber)

    def send_time(self, line: MobileLine) -> None:
        """NITZ: tell a mobile the time (24.008 9.4.19)."""
        utc = self.timeline.utc()
        local = utc.astimezone(self.zone)
        quarters = int((local.utcoffset() or timedelta()).total_seconds()) // 900
        dst_hours = int((local.dst() or timedelta()).total_seconds()) // 3600
        line.tell_time(NetworkTime(utc, quarters, dst_hours))

    def detach(self, line: MobileLine) -> None:
        """IMSI detach: the network knows at once."""
        self._cut(line)
        self._forget(line)
        self.note(line.subscriber.number, "detached")

    def lost(self, line: MobileLine) -> None:
        """The mobile vanished: its calls break when the radio link times out, pages go nowhere."""
        line.alive = False
        self.note(line.subscriber.number, "lost power")
        self.timeline.after(self.timings.radio_link_timeout_ms, partial(self._drop_calls, line))
        self.timeline.after(self.timings.implicit_detach_ms, partial(self._forget, line))

    def _forget(self, line: MobileLine) -> None:
        if line.subscriber.line is line:
            line.subscriber.line = None

    def _cut(self, line: MobileLine) -> None:
        line.alive = False
        self._drop_calls(line)

    def _drop_calls(self, line: MobileLine) -> None:
        for leg in list(line.legs.values()):
            self.exchange.radio_lost(leg)

    # What tests, faults and the console change

    def set_coverage(self, number: str, coverage: Coverage) -> None:
        """Move a subscriber's mobile to a place with this coverage."""
        subscriber = self.subscriber(number)
        subscriber.coverage = coverage
        line = subscriber.line
        if line is None or not line.alive:
            return
        if REGISTRATION_BY_COVERAGE[coverage] in IN_SERVICE:
            delay_ms = self.draw_ms(self.timings.registration_ms)
            self.timeline.after(delay_ms, partial(self._register, line))
            return
        line.register(REGISTRATION_BY_COVERAGE[coverage])
        self.note(subscriber.number, f"registration {line.registration.name.lower()}")
        self.timeline.after(self.timings.radio_link_timeout_ms, partial(self._drop_if_out, line))

    def _drop_if_out(self, line: MobileLine) -> None:
        if not line.in_service:
            self._drop_calls(line)

    def set_deaf(self, number: str, deaf: bool) -> None:
        """Registered but deaf: pages for calls and short messages no longer arrive."""
        self.subscriber(number).conditions.deaf = deaf
        self.note(normalise(number), "deaf" if deaf else "hears again")

    def change_forwarding(
        self, number: str, reason: ForwardingReason, to: str | None, no_reply_s: int = 20
    ) -> None:
        """Change a subscriber's forwarding behind its back (None erases)."""
        subscriber = self.subscriber(number)
        subscriber.forwarding.set(reason, to, no_reply_s)
        self.note(subscriber.number, f"network set forwarding {subscriber.forwarding.as_json()}")

    def set_cell(self, number: str, cell: Cell) -> None:
        """Where a subscriber's mobile is camped: operator, identities, signal."""
        self.cells[normalise(number)] = cell

    def push_ussd(self, number: str, text: str, *, reply_expected: bool = False) -> bool:
        """The network speaks first; False when the mobile cannot be reached."""
        subscriber = self.subscriber(number)
        line = subscriber.line
        if line is None or not line.in_service or subscriber.conditions.deaf:
            return False
        line.tell_ussd(text, reply_expected)
        return True

    # For the network's own parts

    def cell_of(self, subscriber: Subscriber) -> Cell:
        """The cell that serves a subscriber."""
        return self.cells.get(subscriber.number, _DEFAULT_CELL)

    def congested(self, subscriber: Subscriber) -> bool:
        """Whether a call to this subscriber finds no circuit now."""
        return subscriber.conditions.congested or self.chance(self.rates.call_congestion)

    def chance(self, probability: float) -> bool:
        """Draw; nothing is drawn for 0, so that a fault that is off leaves the run as it was."""
        return probability > 0 and self.timeline.random.random() < probability

    def draw_ms(self, span: Span) -> int:
        """A duration between the ends of a span."""
        low, high = span
        return low + int(self.timeline.random.random() * (high - low + 1))

    def note(self, number: str, what: str) -> None:
        """An event for the ledger."""
        self.ledger.note(self.timeline.now_ms, number, what)

    def as_json(self) -> dict[str, Any]:
        """The state now, for the console."""
        return {
            "now_ms": self.timeline.now_ms,
            "utc": self.timeline.utc().isoformat(timespec="seconds"),
            "subscribers": [each.as_json() for each in self.subscribers.values()],
            "phones": [each.as_json() for each in self.phones.values()],
            "messages_waiting": self.service_centre.waiting(),
            "open_calls": [call.id for call in self.ledger.open_calls()],
        }


_DEFAULT_CELL = Cell()
