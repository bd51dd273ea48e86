"""What the network does with calls that the box does not take, against what the rota wants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from firmware.at import answers
from firmware.at.answers import ForwardingStatus
from firmware.call.forwarding_settings import (
    VOICE,
    Condition,
    codes_to_dial,
    same_number,
    wanted_settings,
)
from firmware.doctor.facts import Facts
from firmware.doctor.finding import Finding, Phrase, attention, good, say, unknown, wrong
from firmware.doctor.questions import (
    FORWARDING,
    Question,
    Replies,
    call_is_up,
    registered,
)
from firmware.doctor.replies import UnknownValue, read
from firmware.duty.roster import Roster
from firmware.ledger import Ledger
from firmware.policy import Target, target_of
from firmware.pulse import ForwardingState, Pulse
from firmware.record import Memory
from firmware.wording import doctor_messages as words

CHECKS: Mapping[Condition, str] = {
    Condition.UNCONDITIONAL: words.L_FORWARD_ALL,
    Condition.BUSY: words.L_FORWARD_BUSY,
    Condition.NO_REPLY: words.L_FORWARD_NO_REPLY,
    Condition.NOT_REACHABLE: words.L_FORWARD_NOT_REACHABLE,
}
# 22.030 annex B: the codes by which a telephone registers (**) and erases (##) each of them
SERVICE_CODES: Mapping[Condition, str] = {
    Condition.UNCONDITIONAL: "21",
    Condition.BUSY: "67",
    Condition.NO_REPLY: "61",
    Condition.NOT_REACHABLE: "62",
}


def roster_of(facts: Facts) -> Roster:
    """The rota at the present moment, as the daemon sees it."""
    return Roster(Ledger(Memory(), facts.moment), facts.rota)


def target_now(facts: Facts) -> tuple[Target | None, str]:
    """Where calls are to be forwarded now, and the mode of the service that decides it."""
    roster = roster_of(facts)
    service = roster.default_service
    if service is None:
        return None, "divert"
    return target_of(roster.candidates(service.name), roster.office(service.name)), service.mode


def whom(target: Target) -> str | Phrase:
    return target.person if target.person is not None else say(words.FORWARD_OFFICE)


def asked_of_network(replies: Replies) -> bool:
    return any(question in replies for question in FORWARDING.values())


def check_forwarding(facts: Facts, replies: Replies) -> tuple[Finding, ...]:
    """Each condition as the network told it, then call waiting and the callers' numbers."""
    if not asked_of_network(replies):
        return (_not_asked(replies),)
    target, mode = target_now(facts)
    first: tuple[Finding, ...] = ()
    if facts.rota is not None and target is None:
        first = (_no_target(),)
    judged = target if facts.moment.utc_trusted else None
    conditions = tuple(_condition(replies, each, judged, mode) for each in Condition)
    waiting = _call_waiting(replies, mode if facts.rota is not None else None)
    return (*first, *conditions, waiting, _callers(replies))


def _not_asked(replies: Replies) -> Finding:
    check = words.L_FORWARDING
    if call_is_up(replies.get(Question.CALLS)):
        return unknown(check, say(words.NOT_KNOWN, why=say(words.WHY_CALL)), say(words.RUN_AGAIN))
    plain, evolved = (
        replies.get(question) for question in (Question.REGISTRATION, Question.REGISTRATION_4G)
    )
    if registered(plain) or registered(evolved):
        why, advice = say(words.WHY_NOT_ASKED), say(words.RUN_AGAIN)
        return unknown(check, say(words.NOT_KNOWN, why=why), advice)
    return unknown(check, say(words.NOT_KNOWN, why=say(words.WHY_NO_NETWORK)))


def _condition(
    replies: Replies, condition: Condition, target: Target | None, mode: str
) -> Finding:
    check = CHECKS[condition]
    try:
        found = voice_number(read(replies, FORWARDING[condition], answers.forwarding))
    except UnknownValue as fault:
        if fault.refused:
            refused = say(words.FORWARD_REFUSED, answer=fault.why.values["answer"])
            return wrong(check, refused, say(words.FORWARD_REFUSED_TO_DO))
        return unknown(check, say(words.NOT_KNOWN, why=fault.why), say(words.RUN_AGAIN))
    if target is None:
        return _unjudged(condition, found)
    wanted = wanted_settings(mode, target.number)[condition]
    if same_number(wanted, found):
        return _right(check, wanted, target)
    return _difference(condition, wanted, found, target, mode)


def voice_number(statuses: Sequence[ForwardingStatus]) -> str | None:
    """Where voice calls go (27.007 7.11 <class> 1), None when they stay."""
    for status in statuses:
        if status.active and status.call_class & VOICE:
            return status.number or ""
    return None


def _unjudged(condition: Condition, found: str | None) -> Finding:
    """Without a rota only this is sure: that calls must not all go elsewhere."""
    check = CHECKS[condition]
    if condition is Condition.UNCONDITIONAL:
        if found is None:
            return good(check, words.FORWARD_NONE)
        return wrong(check, say(words.FORWARD_TOO_MUCH, found=found or "?"), _erase(condition))
    if found is None:
        return unknown(check, say(words.FORWARD_NONE_UNJUDGED))
    return unknown(check, say(words.FORWARD_UNJUDGED, found=found or "?"))


def _right(check: str, wanted: str | None, target: Target) -> Finding:
    if wanted is None:
        return good(check, words.FORWARD_NONE)
    return good(check, words.FORWARD_RIGHT, number=wanted, whom=whom(target))


def _difference(
    condition: Condition, wanted: str | None, found: str | None, target: Target, mode: str
) -> Finding:
    check = CHECKS[condition]
    if wanted is None:
        return wrong(check, say(words.FORWARD_TOO_MUCH, found=found or "?"), _erase(condition))
    advice = say(words.FORWARD_TO_DO, codes=_code(condition, mode, wanted))
    if found is None:
        missing = say(words.FORWARD_MISSING, number=wanted, whom=whom(target))
        return wrong(check, missing, advice)
    other = say(words.FORWARD_WRONG, found=found or "?", number=wanted, whom=whom(target))
    return wrong(check, other, advice)


def _erase(condition: Condition) -> Phrase:
    return say(words.FORWARD_TO_DO, codes=f"##{SERVICE_CODES[condition]}#")


def _code(condition: Condition, mode: str, number: str) -> str:
    """The one code of `codes_to_dial` that sets this condition."""
    head = f"**{SERVICE_CODES[condition]}*"
    return next(code for code in codes_to_dial(mode, number).split() if code.startswith(head))


def _call_waiting(replies: Replies, mode: str | None) -> Finding:
    check = words.L_WAITING
    try:
        active = read(replies, Question.CALL_WAITING, answers.call_waiting_active)
    except UnknownValue as fault:
        return unknown(check, say(words.NOT_KNOWN, why=fault.why))
    if mode is None:
        return unknown(check, say(words.WAITING_STATE_ON if active else words.WAITING_STATE_OFF))
    if active is (mode == "alert"):
        return good(check, words.WAITING_ON if active else words.WAITING_OFF)
    sentence = say(words.WAITING_WRONG_ON if active else words.WAITING_WRONG_OFF)
    return attention(check, sentence, say(words.WAITING_TO_DO))


def _callers(replies: Replies) -> Finding:
    check = words.L_CALLER
    try:
        provisioned = read(replies, Question.CALLER, answers.calling_line_provisioned)
    except UnknownValue as fault:
        return unknown(check, say(words.NOT_KNOWN, why=fault.why))
    if provisioned is None:
        return unknown(check, say(words.NOT_KNOWN, why=say(words.NOT_TOLD)))
    if provisioned:
        return good(check, words.CALLER_SHOWN)
    return attention(check, say(words.CALLER_HIDDEN), say(words.CALLER_TO_DO))


# While the daemon runs


def check_published_forwarding(facts: Facts, pulse: Pulse) -> Finding:
    """What the daemon has verified, against the rota of this moment."""
    check = words.L_FORWARDING
    target, mode = target_now(facts)
    if not facts.moment.utc_trusted:
        return unknown(check, say(words.FORWARDING_UNKNOWN))
    if target is None:
        return _no_target()
    dial = say(words.DIAL_CODES, codes=codes_to_dial(mode, target.number))
    match pulse.forwarding:
        case ForwardingState.VERIFIED:
            return _verified(facts, pulse, target, dial)
        case ForwardingState.CHANGING:
            changing = say(words.FORWARDING_CHANGING, number=pulse.forwarding_target or "?")
            return attention(check, changing, say(words.RUN_AGAIN))
        case ForwardingState.DIFFERENT:
            return wrong(check, say(words.FORWARDING_DIFFERENT, number=target.number), dial)
        case ForwardingState.REFUSED:
            return wrong(check, say(words.FORWARDING_REFUSED), dial)
        case ForwardingState.UNKNOWN:
            return unknown(check, say(words.FORWARDING_UNKNOWN), say(words.RUN_AGAIN))


def _no_target() -> Finding:
    nobody = say(words.FORWARDING_NO_TARGET)
    return wrong(words.L_FORWARDING, nobody, say(words.FORWARDING_NO_TARGET_TO_DO))


def _verified(facts: Facts, pulse: Pulse, target: Target, dial: Phrase) -> Finding:
    check = words.L_FORWARDING
    if not same_number(target.number, pulse.forwarding_target):
        found = pulse.forwarding_target or "?"
        other = say(
            words.FORWARDING_OTHER, found=found, number=target.number, whom=whom(target)
        )
        return wrong(check, other, dial)
    checked_at = pulse.forwarding_checked_at or pulse.at
    minutes = max(0, int((facts.moment.utc - checked_at).total_seconds() // 60))
    return good(
        check,
        words.FORWARDING_VERIFIED,
        number=target.number,
        whom=whom(target),
        minutes=minutes,
    )
