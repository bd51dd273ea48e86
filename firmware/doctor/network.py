"""The mobile network as the modem sees it: registration, operator, reception."""

from __future__ import annotations

from firmware.at import answers
from firmware.at.answers import Operator, Registration
from firmware.doctor.finding import Finding, Level, Phrase, attention, say, unknown, wrong
from firmware.doctor.questions import Question, Replies
from firmware.doctor.replies import UnknownValue, optional, read
from firmware.wording import doctor_messages as words

# 27.007 7.2 <stat>
SEARCHING, DENIED = 2, 3
GUEST = frozenset({5, 7, 10})
SMS_ONLY = frozenset({6, 7})

# dBm at least, words; received power of +CSQ (27.007 8.5), as telephones' bars have it
QUALITY = (
    (-75, words.SIGNAL_VERY_GOOD),
    (-85, words.SIGNAL_GOOD),
    (-95, words.SIGNAL_FAIR),
    (-105, words.SIGNAL_WEAK),
)
WEAK_DBM = -95


def check_network(replies: Replies) -> tuple[Finding, ...]:
    return _registration(replies), check_signal(_signal(replies))


def _registration(replies: Replies) -> Finding:
    check = words.L_NETWORK
    plain = optional(replies, Question.REGISTRATION, answers.registration)
    evolved = optional(replies, Question.REGISTRATION_4G, answers.registration)
    if plain is None and evolved is None:
        return _not_known(replies)
    operator = optional(replies, Question.OPERATOR, answers.operator)
    if plain is not None and plain.registered:
        return _calls_pass(plain, operator)
    if evolved is not None and evolved.registered:
        sentence = say(words.NETWORK_DATA_ONLY, **network_names(operator))
        return attention(check, sentence, say(words.NETWORK_DATA_ONLY_TO_DO))
    states = {report.status for report in (plain, evolved) if report is not None}
    if DENIED in states:
        return wrong(check, say(words.NETWORK_DENIED), say(words.NETWORK_DENIED_TO_DO))
    if SEARCHING in states:
        return not_registered()
    return wrong(check, say(words.NETWORK_OFF), say(words.NETWORK_OFF_TO_DO))


def not_registered() -> Finding:
    searching = say(words.NETWORK_SEARCHING)
    return wrong(words.L_NETWORK, searching, say(words.NETWORK_SEARCHING_TO_DO))


def _not_known(replies: Replies) -> Finding:
    try:
        read(replies, Question.REGISTRATION, answers.registration)
    except UnknownValue as fault:
        sentence = say(words.NOT_KNOWN, why=fault.why)
        return unknown(words.L_NETWORK, sentence, say(words.RUN_AGAIN))
    raise AssertionError("a registration that can be read is known")


def _calls_pass(report: Registration, operator: Operator | None) -> Finding:
    check = words.L_NETWORK
    names = network_names(operator)
    if report.status in SMS_ONLY:
        sentence = say(words.NETWORK_SMS_ONLY, operator=names["operator"])
        return wrong(check, sentence, say(words.NETWORK_DATA_ONLY_TO_DO))
    if report.status in GUEST:
        sentence = say(words.NETWORK_ROAMING, **names)
        return attention(check, sentence, say(words.NETWORK_ROAMING_TO_DO))
    return Finding(check, Level.OK, say(words.NETWORK_HOME, **names))


def network_names(operator: Operator | None) -> dict[str, str | Phrase]:
    name = operator.name if operator is not None else ""
    technology = technology_name(operator.technology if operator is not None else None)
    return {
        "operator": name or say(words.OPERATOR_UNKNOWN),
        "technology": technology or say(words.TECHNOLOGY_UNKNOWN),
    }


def technology_name(act: int | None) -> str | None:
    """27.007 7.3 <AcT> as people say it."""
    if act is None:
        return None
    if act in (0, 1, 3, 8):
        return "2G"
    return "3G" if act in (2, 4, 5, 6) else "4G" if act in (7, 9) else "5G"


def _signal(replies: Replies) -> int | None:
    return optional(replies, Question.SIGNAL, answers.signal_dbm)


def check_signal(dbm: int | None) -> Finding:
    check = words.L_SIGNAL
    if dbm is None:
        return unknown(check, say(words.SIGNAL_UNKNOWN))
    quality = next((name for least, name in QUALITY if dbm >= least), words.SIGNAL_VERY_WEAK)
    sentence = say(words.SIGNAL_IS, quality=say(quality), dbm=dbm)
    if dbm >= WEAK_DBM:
        return Finding(check, Level.OK, sentence)
    return attention(check, sentence, say(words.SIGNAL_TO_DO))
