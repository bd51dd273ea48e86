"""The modem and its SIM, from their own answers or, while the daemon has them, from its pulse."""

from __future__ import annotations

from firmware.at import answers
from firmware.at.answers import StorageLevel
from firmware.doctor.facts import Facts, ModemFacts
from firmware.doctor.finding import Finding, Phrase, attention, good, say, unknown, wrong
from firmware.doctor.questions import Question, Replies
from firmware.doctor.replies import UnknownValue, optional, read, shown
from firmware.ledger import Ledger
from firmware.line.sim_pin import PinAdvice, PinKeeper, tries_left
from firmware.record import Memory
from firmware.wording import doctor_messages as words

NEARLY_FULL = 0.8


def check_modem(facts: Facts, modem: ModemFacts) -> tuple[Finding, ...]:
    """What was asked of the modem itself."""
    path = modem.port.path
    if not modem.clean and modem.bytes_heard:
        odd = say(words.MODEM_NONE, path=path, count=modem.bytes_heard)
        return (wrong(words.L_MODEM, odd, say(words.MODEM_NONE_TO_DO)),)
    if not modem.clean:
        mute = say(words.MODEM_MUTE, path=path)
        return (wrong(words.L_MODEM, mute, say(words.MODEM_MUTE_TO_DO)),)
    return (_identity(modem.replies), *_proof(modem), _sim(facts, modem.replies))


def check_sim_contents(facts: Facts, replies: Replies) -> tuple[Finding, ...]:
    """What an open SIM holds."""
    return _store(replies), _centre(replies), _own_number(facts, replies)


def _identity(replies: Replies) -> Finding:
    maker = optional(replies, Question.MAKER, answers.identity)
    model = optional(replies, Question.MODEL, answers.identity)
    name = " ".join(part for part in (maker, model) if part)
    not_told = say(words.NOT_TOLD)
    return good(
        words.L_MODEM,
        words.MODEM_IS,
        name=name or say(words.MODEM_UNNAMED),
        revision=optional(replies, Question.REVISION, answers.identity) or not_told,
        imei=optional(replies, Question.IMEI, answers.imei) or not_told,
    )


def _proof(modem: ModemFacts) -> tuple[Finding, ...]:
    if modem.proven:
        return ()
    return (unknown(words.L_PROFILE, say(words.PROFILE_UNPROVEN, profile=modem.profile)),)


# The SIM


def _sim(facts: Facts, replies: Replies) -> Finding:
    check = words.L_SIM
    reply = replies.get(Question.PIN)
    if reply is None or reply.result is None:
        why = say(words.WHY_NOT_ASKED if reply is None else words.WHY_SILENT)
        return unknown(check, say(words.NOT_KNOWN, why=why), say(words.RUN_AGAIN))
    iccid = optional(replies, Question.ICCID, answers.iccid)
    tries = replies.get(Question.PIN_TRIES)
    advice = _pin_keeper(facts).advise(reply, iccid, tries)
    match advice:
        case PinAdvice.READY:
            return good(check, words.SIM_GOOD, iccid=iccid or say(words.NOT_TOLD))
        case PinAdvice.ENTER:
            return attention(check, say(words.SIM_WILL_OPEN), say(words.SIM_WILL_OPEN_TO_DO))
        case PinAdvice.LAST_TRY:
            last = say(words.SIM_LAST_TRY, tries=tries_left(tries) or 0)
            return wrong(check, last, say(words.SIM_LAST_TRY_TO_DO))
        case PinAdvice.MISSING:
            asks = words.SIM_ASKS_PIN if facts.data is not None else words.SIM_ASKS_PIN_NO_DATA
            return wrong(check, say(asks), say(words.SIM_ASKS_PIN_TO_DO))
        case PinAdvice.REFUSED | PinAdvice.GIVEN_UP:
            return wrong(check, say(words.SIM_PIN_REFUSED), say(words.SIM_PIN_REFUSED_TO_DO))
        case PinAdvice.PUK:
            return wrong(check, say(words.SIM_PUK), say(words.SIM_PUK_TO_DO))
        case PinAdvice.NO_SIM:
            return wrong(check, say(words.SIM_ABSENT), say(words.SIM_ABSENT_TO_DO))
        case _:
            fault = say(words.SIM_FAULT, answer=shown(reply))
            return wrong(check, fault, say(words.SIM_FAULT_TO_DO))


def _pin_keeper(facts: Facts) -> PinKeeper:
    """What the daemon would do about the lock; it is asked for advice only and enters nothing,
    so that the PIN itself need not be known here."""
    if facts.data is None:
        return PinKeeper(Ledger(Memory(), facts.moment), None, "")
    settings = facts.data.settings
    ledger = Ledger(Memory(facts=facts.data.memory), facts.moment)
    return PinKeeper(ledger, "" if settings.holds_pin else None, settings.pin_written)


# What the SIM holds


def _store(replies: Replies) -> Finding:
    check = words.L_STORE
    try:
        stores = read(replies, Question.STORE, answers.storage)
    except UnknownValue as fault:
        return unknown(check, say(words.NOT_KNOWN, why=fault.why))
    fullest = max(_share(store) for store in stores)
    levels = _levels(stores)
    if fullest >= 1.0:
        return wrong(check, say(words.STORE_FULL, storages=levels), say(words.STORE_TO_DO))
    if fullest >= NEARLY_FULL:
        nearly = say(words.STORE_NEARLY_FULL, storages=levels)
        return attention(check, nearly, say(words.STORE_TO_DO))
    return good(check, words.STORE_GOOD, storages=levels)


def _share(store: StorageLevel) -> float:
    return store.used / store.total if store.total else 0.0


def _levels(stores: tuple[StorageLevel, ...]) -> Phrase:
    """Each storage once: +CPMS? tells one for reading, one for writing, one for receiving."""
    unique = {store.storage: store for store in stores}
    parts = [
        say(words.STORE_LEVEL, storage=store.storage, used=store.used, total=store.total)
        for store in unique.values()
    ]
    return listed(parts)


def listed(parts: list[Phrase]) -> Phrase:
    """Phrases after one another, as people list things."""
    first = parts[0]
    for part in parts[1:]:
        first = say(words.LIST, first=first, second=part)
    return first


def _centre(replies: Replies) -> Finding:
    check = words.L_CENTRE
    try:
        number = read(replies, Question.CENTRE, answers.service_centre)
    except UnknownValue as fault:
        return unknown(check, say(words.NOT_KNOWN, why=fault.why))
    if not number:
        return wrong(check, say(words.CENTRE_NONE), say(words.CENTRE_TO_DO))
    return good(check, words.CENTRE_GOOD, number=number)


def _own_number(facts: Facts, replies: Replies) -> Finding:
    check = words.L_NUMBER
    numbers = optional(replies, Question.OWN_NUMBER, answers.own_numbers)
    if not numbers:
        return unknown(check, say(words.NUMBER_NOT_ON_SIM))
    for number in numbers:
        person = facts.rota.person_with(number) if facts.rota is not None else None
        if person is not None:
            same = say(words.NUMBER_OF_PERSON, number=number, person=person.name)
            return wrong(check, same, say(words.NUMBER_OF_PERSON_TO_DO))
    return good(check, words.NUMBER_IS, number=", ".join(numbers))
