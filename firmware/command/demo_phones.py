"""The simulated network's telephones, fitted to what the demo page shows of a phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar

from firmware.command.demo_sound import Ear
from firmware.command.instants import as_json
from firmware.rota import Rota
from firmware.speech.engine import Engine, SpeechFault
from hw.simulator.phone import VirtualPhone
from hw.simulator.simulation_host import SimulationHost
from hw.simulator.terminal import CallState
from hw.simulator.virtual_site import SiteError, VirtualSite
from web.virtual_phones import Phone, PhoneFault, PhoneMessage, PhonesState, PhoneStatus

CALLERS = {
    "+33388112233": "Mme Weber",
    "+33699887766": "M. Faure",
    "+33677889900": "Mme Nguyen",
}
STAFF_SAYS = {"fr": "Bonjour, {name} à l’appareil.", "en": "Hello, {name} speaking."}
CALLER_SAYS = {
    "fr": "Bonjour, c’est {name}. J’aurais besoin d’une ambulance pour demain matin.",
    "en": "Hello, this is {name}. I need an ambulance for tomorrow morning.",
}
SHOWN_MESSAGES = 30
T = TypeVar("T")

_STATUS: dict[CallState, PhoneStatus] = {
    CallState.ACTIVE: "talking",
    CallState.HELD: "talking",
    CallState.DIALING: "dialling",
    CallState.ALERTING: "dialling",
    CallState.INCOMING: "ringing",
    CallState.WAITING: "ringing",
}


class DemoPhones:
    """`web.virtual_phones.VirtualPhones` on a `SimulationHost`; safe from any thread."""

    def __init__(self, host: SimulationHost, rota: Rota) -> None:
        self._host = host
        self._names = {person.mobile: person.name for person in rota.people} | CALLERS
        self._sent: dict[str, list[PhoneMessage]] = {}
        self._ears = {number: Ear() for number in self._names}
        for number, ear in self._ears.items():
            self._ask(partial(_put_on, number=number, ear=ear))

    def learn_to_speak(self, engine: Engine, language: str) -> None:
        """Give each telephone something to say when a call is taken, so that there is something
        to hear. Takes seconds: from a thread of its own."""
        for number in self._names:
            words = CALLER_SAYS if number in CALLERS else STAFF_SAYS
            text = words[language].format(name=self._names[number])
            try:
                pcm = engine.speak(text, language)
            except SpeechFault:
                return
            self._ask(partial(_teach, number=number, pcm=pcm))

    def call(self, from_number: str) -> None:
        self._ask(lambda site: site.call(from_number))

    def hangup(self, number: str | None = None) -> None:
        self._ask(lambda site: site.hangup(number))

    def sms(self, from_number: str, text: str) -> None:
        def send(site: VirtualSite) -> None:
            site.sms(from_number, text)
            at = as_json(site.timeline.utc()) or ""
            sent: PhoneMessage = {"from": from_number, "text": text, "at": at, "sent": True}
            self._sent.setdefault(from_number, []).append(sent)

        self._ask(send)

    def answer(self, number: str) -> None:
        def take(site: VirtualSite) -> None:
            if not site.phone(number).answer():
                raise SiteError(f"{number}: no call rings here")

        self._ask(take)

    def busy(self, number: str) -> None:
        self._ask(lambda site: site.busy(number))

    def unreachable(self, number: str) -> None:
        self._ask(lambda site: site.unreachable(number))

    def available(self, number: str) -> None:
        self._ask(lambda site: site.ring(number))

    def press(self, number: str, keys: str) -> None:
        self._ask(lambda site: site.digit(number, keys))

    def heard(self, number: str, after: int) -> tuple[int, bytes]:
        return self._ears[number].since(after)

    def state(self) -> PhonesState:
        def look(site: VirtualSite) -> PhonesState:
            return {
                "phones": [self._screen(site, number) for number in self._names],
                "box": {"number": site.number},
            }

        return self._ask(look)

    def _screen(self, site: VirtualSite, number: str) -> Phone:
        phone = site.phone(number)
        status, shown = _call_of(phone)
        return {
            "number": number,
            "name": self._names[number],
            "status": status,
            "shown_call": shown,
            "messages": self._messages(site, phone),
        }

    def _messages(self, site: VirtualSite, phone: VirtualPhone) -> list[PhoneMessage]:
        start = site.timeline.start_utc
        received: list[PhoneMessage] = [
            {
                "from": text.sender,
                "text": text.text,
                "at": as_json(start + timedelta(milliseconds=text.received_ms)) or "",
            }
            for text in phone.texts
        ]
        both = [*received, *self._sent.get(phone.number, [])]
        return sorted(both, key=lambda message: message["at"])[-SHOWN_MESSAGES:]

    def _ask(self, action: Callable[[VirtualSite], T]) -> T:
        try:
            return self._host.ask(action)
        except SiteError as fault:
            raise PhoneFault(str(fault)) from fault


def _teach(site: VirtualSite, number: str, pcm: bytes) -> None:
    site.phone(number).voice.says = pcm


def _put_on(site: VirtualSite, number: str, ear: Ear) -> None:
    site.phone(number).voice.listeners.append(ear.hear)


def _call_of(phone: VirtualPhone) -> tuple[PhoneStatus, str | None]:
    if not phone.on:
        return "unreachable", None
    calls = phone.line.calls()
    for state in (CallState.ACTIVE, CallState.INCOMING, *_STATUS):
        for call in calls:
            if call.state is state:
                return _STATUS[state], call.number
    return ("busy" if phone.busy else "idle"), None
