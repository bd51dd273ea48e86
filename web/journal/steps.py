"""A call or an SMS as a line of time, drawn from what the store has kept of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from firmware.record import (
    WITHDRAWN,
    Alert,
    CallOutcome,
    JournalEntry,
    JournalKind,
    OutgoingMessage,
    OutgoingState,
)
from firmware.store.story import Story
from web.journal.voice_steps import JOINED, spoken_steps
from web.journal_words import LED_ON_MEANWHILE, REASONS, SENTENCES, instant
from web.language import N_
from web.reader import languages

# The question is recorded as asked and as an SMS in the same step of the daemon
SAME_STEP = timedelta(seconds=2)

RINGS = N_("The telephone rings: %(caller)s")
MEANWHILE = N_("Somebody else calls while the box is engaged")   # the number is hardly ever told
TEXTED = N_("SMS from %(caller)s")
DECISIONS = {
    "network_divert": N_("The box decides: pass it on to %(to)s"),
    "sms_alert": N_("The box decides: alert by SMS"),
    "attended_transfer": N_("The box decides: answer, and look for somebody to take the call"),
}
ENDS = {
    CallOutcome.DIVERTED: N_("The network passes the call on to %(to)s"),
    CallOutcome.TRANSFERRED: N_("The call is over"),
    CallOutcome.ALERTED: N_("The call is over"),
    CallOutcome.VOICEMAIL: N_("The voice message is recorded"),
    CallOutcome.ABANDONED: N_("The caller gives up"),
    CallOutcome.REFUSED: N_("The call is held back, one of too many: nobody is told"),
}
ASKED = N_("SMS to %(person)s, level %(level)s: please answer for %(reference)s")
ASKED_AGAIN = N_("SMS to %(person)s once more: please answer for %(reference)s")
SMS_TO = N_("SMS to %(person)s")
SENT = N_("The network has taken the SMS to %(person)s")
NOT_SENT = N_("The SMS to %(person)s could not be delivered")
WITHDRAWN_SMS = N_("The SMS to %(person)s was not sent: no longer needed")


@dataclass(frozen=True, slots=True)
class Step:
    """One step; ``sentence`` is a message with its ``values``, ``since`` counts from the first."""

    at: datetime
    icon: str
    tone: str
    sentence: str
    values: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    since: timedelta = timedelta(0)


def steps(entry: JournalEntry, story: Story, name_of: Callable[[str | None], str]) -> list[Step]:
    """The steps in their order. ``name_of`` words a number, None for a withheld one."""
    found = [*_arrival(entry, story, name_of)]
    for alert in story.alerts:
        found += _questions(alert)
    found += [step for message in story.sent for step in _sent(message, story, name_of)]
    found += [_answer(line, name_of) for line in story.lines if _is_shown(line)]
    began = found[0].at
    # Stable: of one instant, what was done first stays first
    ordered = sorted(found, key=lambda step: step.at)
    return [
        Step(
            step.at, step.icon, step.tone, step.sentence, step.values, step.note,
            max(step.at - began, timedelta(0)),
        )
        for step in ordered
    ]  # fmt: skip


def _arrival(
    entry: JournalEntry, story: Story, name_of: Callable[[str | None], str]
) -> list[Step]:
    call = story.call
    if call is None:
        message = story.message
        at = message.received_at if message is not None else entry.at
        return [Step(at, "sms-in", "warning", TEXTED, {"caller": name_of(entry.number)})]
    values = {"caller": name_of(call.number), "to": name_of(call.target) if call.target else ""}
    unseen = entry.detail.get("reason") == LED_ON_MEANWHILE
    arrival = MEANWHILE if unseen and call.number is None else RINGS
    found = [Step(call.started_at, "call-in", "warning", arrival, values)]
    decided = instant(entry.detail.get("decided_at"))
    if decided is not None and call.decision in DECISIONS:
        why = entry.detail.get("reason") or entry.detail.get("voice")
        reason = REASONS.get(str(why), "")
        # Kept in milliseconds, the beginning in more: nothing is decided before the first ring
        at = max(decided, call.started_at)
        found.append(Step(at, "onward", "quiet", DECISIONS[call.decision], values, reason))
    for each in spoken_steps(entry):
        joined = JOINED.get(each.value)
        what = languages().gettext(joined) if joined else _named(each.value, name_of)
        found.append(Step(each.at, each.icon, each.tone, each.sentence, {"what": what}))
    if call.ended_at is not None and call.outcome in ENDS:
        good = call.outcome in (CallOutcome.DIVERTED, CallOutcome.TRANSFERRED)
        icon, tone = ("call-forward", "good") if good else ("call-missed", "quiet")
        found.append(Step(call.ended_at, icon, tone, ENDS[call.outcome], values))
    return found


def _questions(alert: Alert) -> list[Step]:
    return [
        Step(
            asked.at,
            "bell",
            "warning",
            ASKED if asked.round == 0 else ASKED_AGAIN,
            {
                "person": asked.person,
                "level": str(asked.level),
                "reference": alert.reference,
            },
        )
        for asked in alert.asked
    ]


def _sent(
    message: OutgoingMessage, story: Story, name_of: Callable[[str | None], str]
) -> list[Step]:
    """An SMS that asks is shown by its question; here what became of it, and the other SMS."""
    values = {"person": message.person or name_of(message.recipient)}
    asks = any(
        asked.mobile == message.recipient and abs(asked.at - message.created_at) < SAME_STEP
        for alert in story.alerts
        for asked in alert.asked
    )
    found = [] if asks else [Step(message.created_at, "sms-out", "quiet", SMS_TO, values)]
    if message.ended_at is not None:
        if message.state is OutgoingState.SENT:
            found.append(Step(message.ended_at, "sms-out", "quiet", SENT, values))
        elif message.state is OutgoingState.FAILED:
            needless = message.error == WITHDRAWN
            sentence, tone = (WITHDRAWN_SMS, "quiet") if needless else (NOT_SENT, "bad")
            found.append(Step(message.ended_at, "sms-out", tone, sentence, values))
    return found


def _is_shown(line: JournalEntry) -> bool:
    """Who was asked stands in the alert itself, with the first question."""
    return (line.outcome or "") in SENTENCES[line.kind] and line.outcome != "asked"


def _answer(line: JournalEntry, name_of: Callable[[str | None], str]) -> Step:
    words = SENTENCES[line.kind][line.outcome or ""]
    to = line.person or name_of(line.number)
    values = {
        "person": to if line.kind is JournalKind.DELIVERY else (line.person or ""),
        "to": to,
        "reference": str(line.detail.get("reference", "")),
    }
    return Step(line.at, words.icon, words.tone, words.sentence, values)


def _named(value: str, name_of: Callable[[str | None], str]) -> str:
    return name_of(value) if value.startswith("+") else value
