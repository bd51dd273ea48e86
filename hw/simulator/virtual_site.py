"""A modem, its SIM, the network and the telephones of people, as one thing to play with.

No thread and no clock: `SimulationHost` runs it in real time, tests run it in one leap. Phones
appear as soon as a number is named here, forwarded to, dialled or texted by the modem.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hw.simulator.faults import FaultyModem
from hw.simulator.models import model_named
from hw.simulator.modem import Modem, Power
from hw.simulator.network import Network, Timings
from hw.simulator.numbers import normalise
from hw.simulator.phone import PhoneCall, VirtualPhone
from hw.simulator.phone_texts import PhoneText
from hw.simulator.sim_card import SimCard
from hw.simulator.site_events import EventTeller
from hw.simulator.sound import SoundError, from_wav
from hw.simulator.terminal import CallState, Line, LineError, Terminal
from hw.simulator.timeline import START_UTC, Timeline
from hw.simulator.user_data import TpduError

WITHHELD = "withheld"
WITHHELD_CALLER = "+33199000199"  # the phone that hides its number
DEFAULT_NUMBER = "+33700000001"
RINGING = (CallState.INCOMING, CallState.WAITING)


class SiteError(Exception):
    """What was asked cannot be done; the message says why, in one line."""


class VirtualSite:
    """The simulated world of one box."""

    def __init__(
        self,
        profile: str = "generic",
        *,
        number: str = DEFAULT_NUMBER,
        pin: str | None = None,
        seed: int = 1,
        subscription: str = "full",
        timings: Timings | None = None,
        slots: int = 20,
        timeline: Timeline | None = None,
        audio: bool = False,
    ) -> None:
        """`profile` names a model (`models.NAMES`), `subscription` one of `subscriber.PROFILES`;
        with `audio` calls carry voice, also to and from `modem.audio`.

        Raises SiteError for an unknown name or a number that is none.
        """
        self.timeline = timeline or Timeline(seed, START_UTC)
        self.network = Network(self.timeline, timings=timings)
        try:
            self.number = normalise(number)
            self.sim = self.network.subscribe(self.number, subscription, pin=pin, slots=slots)
            model = model_named(profile)
        except KeyError as error:
            raise SiteError(f"there is no profile {error}") from error
        except ValueError as error:
            raise SiteError(str(error)) from error
        self._registered_already = False
        self.modem = Modem(self.timeline, model, self.sim, self._attach)
        self.wire = FaultyModem(self.modem)
        if audio:
            self.network.carry_sound().join(self.number, self.modem.audio)
        self.plugged = False
        self._events = EventTeller(self.network, self.number)
        self._heard: list[str] = []

    # -- the modem ---------------------------------------------------------------------------

    def start(self, *, booted: bool = True) -> None:
        """Plug the modem in; `booted` as one that has been running for long."""
        self.plugged = True
        self._registered_already = booted
        self.modem.power_on(booted=booted)
        self._registered_already = False

    def _attach(self, sim: SimCard, terminal: Terminal) -> Line:
        return self.network.attach(sim, terminal, at_once=self._registered_already)

    def unplug(self) -> None:
        """Pull the plug: no power, no port. Raises SiteError when it is out already."""
        if not self.plugged:
            raise SiteError("the modem is unplugged already")
        self.plugged = False
        self.modem.power_off()

    def plug(self) -> None:
        """Put the plug in: the modem starts afresh. Raises SiteError when it is in already."""
        if self.plugged:
            raise SiteError("the modem is plugged in already")
        self.plugged = True
        self.modem.power_on()

    # -- people ------------------------------------------------------------------------------

    def phone(self, number: str) -> VirtualPhone:
        """The phone with this number, new and idle if need be. Raises SiteError for no number."""
        try:
            known = normalise(number)
        except ValueError as error:
            raise SiteError(str(error)) from error
        if known == self.number:
            raise SiteError(f"{known} is the number of the modem's own SIM")
        if known in self.network.phones:
            return self.network.phones[known]
        phone = self.network.phone(known)
        phone.answer_after_ms = None
        phone.talk_ms = None
        phone.patience_ms = None
        phone.on_call = self._rings
        phone.on_text = self._text_came
        return phone

    def _rings(self, phone: VirtualPhone, call: PhoneCall) -> None:
        shown = call.number if call.number is not None else "a withheld number"
        by = f" (forwarded by {call.redirected_by})" if call.redirected_by else ""
        self._heard.append(f"{phone.number} rings: {shown}{by}")

    def _text_came(self, phone: VirtualPhone, text: PhoneText) -> None:
        self._heard.append(f"{phone.number} got a text from {text.sender}: {text.text}")

    def call(self, caller: str, to: str | None = None) -> int:
        """Ring the modem's number (or `to`); `caller` may be `withheld`. Returns the call's id."""
        withheld = caller.lower() == WITHHELD
        phone = self.phone(WITHHELD_CALLER if withheld else caller)
        try:
            return phone.call(self.number if to is None else to, withheld=withheld)
        except (LineError, ValueError) as error:
            raise SiteError(f"{phone.number} cannot call: {error}") from error

    def hangup(self, number: str | None = None) -> int:
        """Hang up at one phone, or at every phone that has placed a call; how many calls end."""
        if number is not None:
            return self.phone(number).hang_up()
        open_calls = {call.caller for call in self.network.ledger.open_calls()}
        phones = [self.network.phones[each] for each in open_calls if each in self.network.phones]
        return sum(phone.hang_up() for phone in phones)

    def sms(self, sender: str, text: str) -> None:
        """A text to the modem's number, from a phone or from a name such as `AMELI`."""
        try:
            if sender.lstrip("+").isdigit():
                self.phone(sender).send_text(self.number, text)
            else:
                self.network.service_centre.send_text(sender, self.number, text)
        except TpduError as error:
            raise SiteError(str(error)) from error

    def answer(self, number: str) -> str:
        """Take the call that rings there, or the next one; says which."""
        phone = self.phone(number)
        phone.busy = False
        phone.refuse_after_ms = None
        if not phone.on:
            phone.switch_on()
        if phone.answer():
            return f"{phone.number} answers"
        phone.answer_after_ms = 1000
        return f"{phone.number} will answer the next call"

    def busy(self, number: str) -> str:
        """Refuse the call that rings there, or be engaged for the next ones."""
        phone = self.phone(number)
        if any(call.state in RINGING for call in phone.line.calls()):
            phone.hang_up()
            return f"{phone.number} refuses the call"
        phone.busy = True
        return f"{phone.number} is busy"

    def unreachable(self, number: str) -> str:
        """Switched off."""
        phone = self.phone(number)
        phone.switch_off()
        return f"{phone.number} is switched off"

    def ring(self, number: str) -> str:
        """On, idle, and letting it ring: how every phone begins."""
        phone = self.phone(number)
        phone.busy = False
        phone.refuse_after_ms = phone.answer_after_ms = phone.machine_after_ms = None
        phone.keys_on_answer = ""
        phone.switch_on()
        return f"{phone.number} lets it ring"

    def accept(self, number: str, keys: str = "1", *, after_ms: int = 4000) -> str:
        """Take each call after `after_ms` and press `keys` three seconds later."""
        phone = self.phone(number)
        self.ring(number)
        phone.answer_after_ms, phone.keys_after_ms = after_ms, 3000
        phone.keys_on_answer = _keys(keys)
        return f"{phone.number} answers and presses {phone.keys_on_answer}"

    def mailbox(self, number: str, says: str | None = None, *, after_ms: int = 20_000) -> str:
        """Nobody takes the calls there; a voicemail does, after four rings, and says what is in
        the WAV file `says`."""
        phone = self.phone(number)
        if says is not None:
            phone.voice.machine_says = self._sound(says)
        self.ring(number)
        phone.machine_after_ms = after_ms
        return f"{phone.number} has a voicemail"

    def say(self, number: str, path: str) -> str:
        """Say what is in a WAV file: now in a call, else at the next answer."""
        phone = self.phone(number)
        words = self._sound(path)
        if any(call.state is CallState.ACTIVE for call in phone.line.calls()):
            phone.voice.say(words)
            return f"{phone.number} says {path}"
        phone.voice.says = words
        return f"{phone.number} will say {path}"

    def record(self, number: str, path: str) -> str:
        """Write what is heard there to a WAV file at the end of each call."""
        phone = self.phone(number)
        if self.network.sound is None:
            raise SiteError("calls carry no sound here; see --audio")
        phone.voice.record_to = Path(path)
        return f"{phone.number} is recorded to {path}"

    def _sound(self, path: str) -> bytes:
        if self.network.sound is None:
            raise SiteError("calls carry no sound here; see --audio")
        try:
            return from_wav(path)
        except SoundError as error:
            raise SiteError(str(error)) from error

    def digit(self, number: str, keys: str) -> str:
        """Press keys during a call. Raises SiteError for what is no key."""
        pressed = _keys(keys)
        phone = self.phone(number)
        if not any(call.state is CallState.ACTIVE for call in phone.line.calls()):
            raise SiteError(f"{phone.number} is not in a call")
        phone.press(pressed)
        return f"{phone.number} presses {pressed}"

    # -- what is so ----------------------------------------------------------------------------

    def events(self) -> list[str]:
        """What has happened since the last time, a line each."""
        for number in self._events.strangers():
            try:
                self.phone(number)
            except SiteError:
                continue
        heard, self._heard = self._heard, []
        return [*heard, *self._events.news()]

    def state(self) -> dict[str, Any]:
        """Everything now, for `json.dumps`."""
        modem, subscriber = self.modem, self.network.subscriber(self.number)
        ledger = self.network.ledger
        calls = modem.line.calls() if modem.line is not None else ()
        return {
            "at": self.timeline.utc().isoformat(timespec="seconds").replace("+00:00", "Z"),
            "modem": {
                "profile": modem.model.name,
                "plugged": self.plugged,
                "power": modem.power.value,
                "answering": modem.power is Power.ON,
                "functionality": modem.functionality,
                "number": self.number,
                "imei": modem.imei,
                "pin": self.sim.pin_state.value if self.sim.present else "no SIM",
                "messages_stored": self.sim.messages.used,
                "signal": modem.registration.signal(),
                "audio": modem.audio.as_json(),
            },
            "registration": modem.registration.status().name.lower(),
            "forwarding": subscriber.forwarding.as_json(),
            "calls": [
                {
                    "index": call.index,
                    "direction": "in" if call.direction else "out",
                    "state": call.state.name.lower(),
                    "number": call.number,
                }
                for call in calls
            ],
            "phones": [self._phone_state(phone) for phone in self.network.phones.values()],
            "ledger": {
                "calls": len(ledger.calls),
                "calls_open": sum(1 for _ in ledger.open_calls()),
                "messages": len(ledger.messages),
                "messages_delivered": sum(
                    each.state == "delivered" for each in ledger.messages.values()
                ),
            },
            "faults": {fault.value: rate for fault, rate in self.wire.rates.items() if rate},
        }

    def _phone_state(self, phone: VirtualPhone) -> dict[str, Any]:
        calls = phone.line.calls() if phone.on else ()
        return {
            "number": phone.number,
            "on": phone.on,
            "busy": phone.busy,
            "answers": phone.answer_after_ms is not None,
            "calls": [{"state": each.state.name.lower(), "number": each.number} for each in calls],
            "texts": [{"from": each.sender, "text": each.text} for each in phone.texts],
        }


def _keys(text: str) -> str:
    """Keys of a telephone; raises SiteError for what is none."""
    keys = text.upper()
    if not keys or not set(keys) <= set("0123456789*#ABCD"):
        raise SiteError(f"{text!r} are not keys of a telephone")
    return keys
