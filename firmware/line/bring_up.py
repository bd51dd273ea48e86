"""The bring-up of a modem: what is said to it, in one conversation, before it can serve.

What the modem says of itself on the way is kept in the facts; what it will not do, or the SIM, ends
the conversation in a `SetbackError`.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import suppress
from typing import NoReturn

from firmware.at import answers, call_commands, device_commands, message_commands, service_commands
from firmware.at.answers import AnswerFault
from firmware.at.command import Command
from firmware.at.profile import ModemProfile
from firmware.line.errand import Conversation
from firmware.line.modem_facts import ModemFacts, iccid_of, text_of
from firmware.line.modem_line import Reply
from firmware.line.sim_pin import PinAdvice, PinKeeper, tries_left
from firmware.wording import messages

RETRY_S = 5.0
SIM_RETRY_S = 10.0
SIM_SETTLES_S = 2.0
CME_SIM_BUSY = 14         # 27.007 9.2; a modem that starts answers AT long before its SIM
SIM_BUSY_MAX = 15
COUNT_ASKS_MAX = 3        # for the tries left of the PIN, while the answer is lost
CARD_LOOKS_MAX = 5        # at a SIM that tells another number each time

Asking = Generator[Command, Reply, Reply]


class SetbackError(Exception):
    """Bring-up cannot go on now: the alarm's cause (None: no alarm, the modem only needs a
    moment), its values, and when to try again."""

    def __init__(
        self, cause: str | None, wait_s: float, *, sim: bool = False, **values: str
    ) -> None:
        super().__init__(cause)
        self.cause = cause
        self.wait_s = wait_s
        self.sim = sim
        self.values = values


class BringUp:
    """Counts, from one try to the next, how often the SIM needed a moment without an alarm."""

    def __init__(self, pin: PinKeeper) -> None:
        self._pin = pin
        self._sim_busy = self._entered = self._card_looks = 0
        self._anew = False

    def modem_starts(self) -> None:
        """A reset was taken: it has the PIN's count from the card, next time."""
        self._anew = True

    def converse(self, profile: ModemProfile, facts: ModemFacts) -> Conversation:
        """All of it, once; ``facts`` are filled on the way."""
        yield from _open_channel()
        yield from _identify(facts)
        yield from self._unlock(profile, facts)
        yield from _set_up(profile, facts)

    def _unlock(
        self, profile: ModemProfile, facts: ModemFacts
    ) -> Generator[Command, Reply, None]:
        state = yield from self._pin_state()
        facts.iccid = yield from self._card(profile)
        tries = yield from _tries()
        anew, self._anew = self._anew, False
        advice = self._pin.advise(state, facts.iccid, tries, anew=anew)
        if advice is PinAdvice.ENTER:
            entered = yield device_commands.pin_enter(self._pin.use(facts.iccid))
            after = (yield from _tries()) if entered.refused else None
            advice = self._pin.entered(entered, facts.iccid, after)
            if advice in (PinAdvice.UNLOCKED, PinAdvice.AGAIN):
                self._settle(state)
        if advice is not PinAdvice.READY:
            cause, values = self._pin.trouble(advice, state, tries)
            raise SetbackError(cause, SIM_RETRY_S, sim=True, **values)
        self._entered = self._card_looks = 0

    def _settle(self, state: Reply) -> NoReturn:
        """It took the PIN; whether it asks for it again is seen in a moment."""
        self._entered += 1
        if self._entered <= SIM_BUSY_MAX:
            raise SetbackError(None, SIM_SETTLES_S, sim=True)
        why = state.lines[-1] if state.lines else state.why
        raise SetbackError(messages.SIM_FAULT, SIM_RETRY_S, sim=True, why=why)

    def _card(self, profile: ModemProfile) -> Generator[Command, Reply, str | None]:
        """Its number. Whatever is known of a SIM goes by it, the PIN's one try first of all:
        another card than before tells its number twice, or a digit was lost on the wire. One that
        does so never is taken for one whose number cannot be read."""
        first = iccid_of((yield device_commands.iccid(profile)))
        if first is not None and first == self._pin.card:
            return first
        second = iccid_of((yield device_commands.iccid(profile)))
        if second not in (first, self._pin.card):
            self._card_looks += 1
            if self._card_looks <= CARD_LOOKS_MAX:
                raise SetbackError(None, SIM_SETTLES_S, sim=True)
            return None
        if second is not None:
            self._pin.know_card(second)
        return second

    def look_for_card(self, profile: ModemProfile, facts: ModemFacts) -> Conversation:
        """One that was not told at the bring-up: many modems say for seconds after a start that
        their SIM is busy. Another than before tells its number twice in this look, too."""
        first = iccid_of((yield device_commands.iccid(profile)))
        if first is None:
            return
        if first != self._pin.card:
            second = iccid_of((yield device_commands.iccid(profile)))
            if second != first:
                return
            self._pin.know_card(first)
        facts.iccid = first

    def _pin_state(self) -> Asking:
        """`AT+CPIN?`; a SIM that is still busy is asked again later without an alarm."""
        reply = yield device_commands.pin_query()
        if reply.result is None:
            raise SetbackError(messages.MODEM_MUTE, RETRY_S)
        if reply.result.code == CME_SIM_BUSY and self._sim_busy < SIM_BUSY_MAX:
            self._sim_busy += 1
            raise SetbackError(None, SIM_SETTLES_S, sim=True)
        self._sim_busy = 0
        return reply


def _tries() -> Asking:
    """`AT+CPINR`. Whether a PIN is given up for good hangs on it: only a refusal is no answer."""
    reply = yield device_commands.pin_tries()
    for _ in range(COUNT_ASKS_MAX - 1):
        if reply.refused or tries_left(reply) is not None:
            break
        reply = yield device_commands.pin_tries()
    return reply


def _open_channel() -> Generator[Command, Reply, None]:
    yield from _must(device_commands.attention())
    yield from _must(device_commands.echo_off())
    yield from _must(device_commands.verbose_results())
    reply = yield from _wished(device_commands.errors_numeric())
    if not reply.ok:
        yield device_commands.error_texts()


def _identify(facts: ModemFacts) -> Generator[Command, Reply, None]:
    reply = yield device_commands.model()
    facts.model = text_of(reply)
    reply = yield from _must(device_commands.imei())
    try:
        facts.imei = answers.imei(reply.lines)
    except AnswerFault as fault:
        raise SetbackError(
            messages.MODEM_REFUSES, RETRY_S, command="AT+CGSN", why=str(fault)
        ) from fault


def _set_up(profile: ModemProfile, facts: ModemFacts) -> Generator[Command, Reply, None]:
    for command in device_commands.profile_init(profile):
        yield from _wished(command)
    yield from _must(message_commands.pdu_mode())
    yield from _wished(message_commands.message_service())
    yield from _select_storages(profile, facts)
    yield from indications(profile)
    yield from _wished(call_commands.calling_line())   # without it +CLCC tells the number
    yield from _wished(call_commands.no_automatic_answer())
    yield from _wished(call_commands.ring_kind())
    yield from _wished(service_commands.service_notices())
    reply = yield from _wished(device_commands.registration_reports("CS"))
    facts.reports_on = reply.ok
    yield from _wished(device_commands.registration_reports("EPS"))
    yield from _learn_own_number(facts)
    yield from _learn_service_centre(facts)
    yield from _wished(device_commands.operator_format())
    reply = yield from _wished(device_commands.network_time_update(profile))
    facts.follows_time = reply.ok
    yield from _wished(device_commands.network_time_reports())


def _learn_own_number(facts: ModemFacts) -> Generator[Command, Reply, None]:
    """+CNUM, where the SIM holds it: many do not."""
    reply = yield from _wished(device_commands.own_number())
    if not reply.ok:
        return
    try:
        found = answers.own_numbers(reply.lines)
    except AnswerFault:
        return
    facts.own_number = next((number for number in found if number[0] == "+"), None)


def _learn_service_centre(facts: ModemFacts) -> Generator[Command, Reply, None]:
    """+CSCA: without one no SMS leaves, and nobody would know before somebody needs an alert."""
    reply = yield from _wished(message_commands.service_centre_query())
    with suppress(AnswerFault):
        facts.service_centre = answers.service_centre(reply.lines) if reply.ok else None


def _select_storages(profile: ModemProfile, facts: ModemFacts) -> Generator[Command, Reply, None]:
    """Find which storages there are; new messages go to the first (27.005 3.2.2). One whose
    answer was lost may be there and hold messages: only a refusal leaves it out, and `storages`
    asks for it again."""
    found, chosen = [], False
    for storage in reversed(profile.storages):
        reply = yield from _asked(message_commands.storage_select(storage))
        chosen |= reply.ok
        if not reply.refused:
            found.append(storage)
    if not chosen:
        raise SetbackError(messages.MODEM_REFUSES, RETRY_S, command="AT+CPMS", why="SM, ME")
    facts.storages = tuple(reversed(found))
    facts.refused_storages = tuple(
        storage for storage in profile.storages if storage not in found
    )


def indications(profile: ModemProfile) -> Generator[Command, Reply, None]:
    """The first form of +CNMI that the modem takes; without one the sweep must do."""
    for choice in range(len(profile.cnmi)):
        reply = yield from _wished(message_commands.message_indications(profile, choice))
        if reply.ok:
            return


def _wished(command: Command) -> Asking:
    """What a modem may refuse is asked for once more before that is believed: one byte garbled on
    the way is an ERROR, too, and nothing would ask again before the next bring-up."""
    reply = yield command
    if reply.refused:
        reply = yield command
    return reply


def _asked(command: Command) -> Asking:
    """Once more where the answer was lost, which is no reason to begin anew: a caller may be up,
    whom nobody leads meanwhile."""
    reply = yield command
    if reply.result is None:
        reply = yield command
    return reply


def _must(command: Command) -> Asking:
    reply = yield from _asked(command)
    if reply.ok:
        return reply
    if reply.refused:
        raise SetbackError(
            messages.MODEM_REFUSES, RETRY_S, command=command.text, why=reply.why
        )
    raise SetbackError(messages.MODEM_MUTE, RETRY_S)
