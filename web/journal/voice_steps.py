"""What happened in a call that was answered by voice: each step with its seconds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from firmware.record import JournalEntry, VoiceStep
from web.journal_words import instant
from web.language import N_


@dataclass(frozen=True, slots=True)
class SpokenStep:
    """One step: ``sentence`` is a message with ``%(what)s`` for its ``value``."""

    at: datetime
    icon: str
    tone: str
    sentence: str
    value: str


# The words of `firmware.voice`: icon, tone, sentence
WORDS: dict[str, tuple[str, str, str]] = {
    VoiceStep.ANSWERED: ("phone", "quiet", N_("The box answers")),
    VoiceStep.ANSWERED_BY: ("phone", "quiet", N_("%(what)s answers")),
    VoiceStep.GREETED: ("bell", "quiet", N_("The caller has heard the greeting")),
    VoiceStep.CUT_SHORT: ("bell", "quiet", N_("The caller cuts the greeting short (key %(what)s)")),
    VoiceStep.MENU: ("check", "quiet", N_("The caller is for: %(what)s")),
    VoiceStep.ASKED: ("call-out", "warning", N_("%(what)s is rung")),
    VoiceStep.ACCEPTED_BY: ("check", "good", N_("%(what)s accepts with key 1")),
    VoiceStep.PASSED_ON_BY: ("onward", "warning", N_("%(what)s passes on with key 2")),
    VoiceStep.MISDIALLED: (
        "warning", "warning", N_("The modem dialled %(what)s instead: it is hung up at once")
    ),
    VoiceStep.NOT_REACHED: ("call-missed", "warning", N_("%(what)s does not take the call")),
    VoiceStep.NO_ANSWER: ("call-missed", "warning", N_("%(what)s does not answer")),
    VoiceStep.NO_KEY: (
        "call-missed", "warning", N_("%(what)s: nobody pressed 1, perhaps a voicemail")
    ),
    VoiceStep.HUNG_UP: ("call-missed", "warning", N_("%(what)s hangs up")),
    VoiceStep.JOINED: ("call-forward", "good", N_("The two are connected (%(what)s)")),
    VoiceStep.NOT_JOINED: ("bad", "bad", N_("The call could not be put through to %(what)s")),
    VoiceStep.NOT_HELD: ("bad", "warning", N_("The caller could not be put on hold")),
    VoiceStep.NO_SOUND: ("bad", "bad", N_("There is no sound")),
    VoiceStep.BUDGET: (
        "warning", "warning", N_("The limit of calls is reached: nobody more is rung")
    ),
    VoiceStep.INVITED: ("bell", "quiet", N_("The caller hears that a message is recorded")),
    VoiceStep.MESSAGES: ("phone", "quiet", N_("Somebody of the staff listens to the messages")),
    VoiceStep.GREETING_KEPT: ("phone", "good", N_("Greeting of %(what)s recorded by telephone")),
    VoiceStep.MESSAGE: ("phone", "good", N_("Message recorded (%(what)s)")),
}  # fmt: skip
JOINED = {"transfer": N_("transfer"), "conference": N_("conference")}
ANY = N_("%(what)s")


def spoken_steps(entry: JournalEntry) -> Iterable[SpokenStep]:
    """The steps of a conversation; what cannot be read is left out."""
    told = entry.detail.get("steps")
    begun = instant(entry.detail.get("answered_at")) or entry.at
    for step in told if isinstance(told, list) else ():
        if not (isinstance(step, list) and len(step) == 3 and isinstance(step[0], int | float)):
            continue
        seconds, word, value = step
        icon, tone, sentence = WORDS.get(str(word), ("pulse", "quiet", ANY))
        what = str(value or "") if word in WORDS else f"{word} {value or ''}".strip()
        yield SpokenStep(begun + timedelta(seconds=seconds), icon, tone, sentence, what)
