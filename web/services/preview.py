"""An SMS as it will leave, how many it costs, and why."""

from __future__ import annotations

from dataclasses import dataclass

from firmware.alphabet.gsm import fold, fold_own, segments, septets, units
from firmware.rota import Rota, Service
from firmware.wording import Wording, messages
from firmware.wording.alert_texts import ALERT_TEXTS
from firmware.wording.own_words import fill

SAMPLE_CONTACT = ("Mme Leroy", "EHPAD")
SAMPLE_NUMBER = "+33612345678"


@dataclass(frozen=True, slots=True)
class Preview:
    """``text`` as it is sent, ``count`` SMS; ``costly`` are the letters outside the cheap
    alphabet: one makes every SMS of the text hold 70 letters instead of 160."""

    text: str
    count: int
    used: int
    costly: str


def of_text(text: str) -> Preview:
    cheap = septets(text)
    costly = "".join(dict.fromkeys(c for c in text if septets(c) is None))
    used = cheap if cheap is not None else sum(units(c) for c in text)
    return Preview(text, segments(text), used, costly)


def of_alert(known: Rota, service: Service, kind: str, own: str) -> Preview:
    """The alert of ``kind`` in the administrator's words (empty: in ours), with sample values."""
    wording = Wording(known.site.language)
    values = _samples(known, service, wording)
    if own:
        return of_text(fill(own, values))
    shown = {name: value if name == "text" else fold(value) for name, value in values.items()}
    return of_text(wording.say(ALERT_TEXTS[kind], **shown))


def of_sheet(known: Rota, service: Service, information: str) -> Preview:
    """The SMS to whoever comes on duty, with the sheet."""
    wording = Wording(known.site.language)
    day = wording.say("Mon")
    text = wording.say(
        messages.DUTY_STARTS, service=fold(service.name), level=1, until=f"{day} 05/01 08:00"
    )
    return of_text(f"{text}\n{fold_own(information)}" if information else text)


def our_words(known: Rota, kind: str) -> str:
    """Our own text with its names left open, for somebody who wants to begin from it."""
    return Wording(known.site.language).template(ALERT_TEXTS[kind])


def _samples(known: Rota, service: Service, wording: Wording) -> dict[str, str]:
    contact = known.contacts[0] if known.contacts else None
    number = contact.number if contact is not None else SAMPLE_NUMBER
    name = contact.shown if contact is not None else ", ".join(SAMPLE_CONTACT)
    caller = wording.say(messages.CONTACT, number=number, contact=fold(name))
    return {
        "service": service.name,
        "caller": caller,
        "clock": "23:58",
        "reference": "8F2",
        "previous": known.people[0].name if known.people else "Alice Martin",
        "text": "Bonjour, pouvez-vous me rappeler ?"
        if known.site.language == "fr"
        else "Hello, could you ring me back?",
    }
