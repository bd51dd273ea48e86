"""What the doctor asks a modem: queries only, in an order that spares a call and a weak SIM.

Nothing is set, no PIN is entered. The network is asked only when the SIM is open, registered and
free of calls: interrogating a service is a network dialogue of seconds (27.007 7.11).
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from enum import StrEnum

from firmware.at import answers, call_commands, device_commands, message_commands, service_commands
from firmware.at.answers import AnswerFault
from firmware.at.command import Command
from firmware.at.profile import ModemProfile
from firmware.call.forwarding_settings import Condition
from firmware.line.modem_line import Reply


class Question(StrEnum):
    MAKER = "maker"
    MODEL = "model"
    REVISION = "revision"
    IMEI = "imei"
    PIN = "pin"
    ICCID = "iccid"
    PIN_TRIES = "pin tries"
    REGISTRATION = "registration"
    REGISTRATION_4G = "registration 4G"
    OPERATOR = "operator"
    SIGNAL = "signal"
    CLOCK = "clock"
    STORE = "store"
    CENTRE = "centre"
    OWN_NUMBER = "own number"
    CALLS = "calls"
    FORWARDING_ALL = "forwarding all"
    FORWARDING_BUSY = "forwarding busy"
    FORWARDING_NO_REPLY = "forwarding no reply"
    FORWARDING_NOT_REACHABLE = "forwarding not reachable"
    CALL_WAITING = "call waiting"
    CALLER = "caller"


FORWARDING: Mapping[Condition, Question] = {
    Condition.UNCONDITIONAL: Question.FORWARDING_ALL,
    Condition.BUSY: Question.FORWARDING_BUSY,
    Condition.NO_REPLY: Question.FORWARDING_NO_REPLY,
    Condition.NOT_REACHABLE: Question.FORWARDING_NOT_REACHABLE,
}

Replies = Mapping[Question, Reply]
Interview = Generator[tuple[Question, Command], Reply, None]


def interview(profile: ModemProfile) -> Interview:
    """The questions one after another; each is sent the reply to the one before."""
    yield Question.MAKER, device_commands.manufacturer()
    yield Question.MODEL, device_commands.model()
    yield Question.REVISION, device_commands.revision()
    yield Question.IMEI, device_commands.imei()
    pin = yield Question.PIN, device_commands.pin_query()
    yield Question.ICCID, device_commands.iccid(profile)
    if not sim_is_open(pin):
        yield Question.PIN_TRIES, device_commands.pin_tries()
        return
    plain = yield Question.REGISTRATION, device_commands.registration_query("CS")
    evolved = yield Question.REGISTRATION_4G, device_commands.registration_query("EPS")
    yield Question.OPERATOR, device_commands.operator_query()
    yield Question.SIGNAL, device_commands.signal_query()
    yield Question.CLOCK, device_commands.clock_query()
    yield Question.STORE, message_commands.storage_query()
    yield Question.CENTRE, message_commands.service_centre_query()
    yield Question.OWN_NUMBER, device_commands.own_number()
    calls = yield Question.CALLS, call_commands.call_list()
    if (registered(plain) or registered(evolved)) and not call_is_up(calls):
        for condition, question in FORWARDING.items():
            yield question, service_commands.forwarding_query(condition)
        yield Question.CALL_WAITING, service_commands.call_waiting_query()
        yield Question.CALLER, call_commands.calling_line_query()


def sim_is_open(reply: Reply | None) -> bool:
    """AT+CPIN? was answered READY."""
    if reply is None or not reply.ok:
        return False
    try:
        return answers.pin_state(reply.lines) == "READY"
    except AnswerFault:
        return False


def registered(reply: Reply | None) -> bool:
    if reply is None or not reply.ok:
        return False
    try:
        return answers.registration(reply.lines).registered
    except AnswerFault:
        return False


def call_is_up(reply: Reply | None) -> bool:
    """A voice call is listed; a list that cannot be read counts as one, for caution."""
    if reply is None or not reply.ok:
        return False
    try:
        return any(call.voice for call in answers.call_list(reply.lines))
    except AnswerFault:
        return True
