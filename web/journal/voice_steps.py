"""What happened in a call that was answered by voice: each step with its seconds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from firmware.record import JournalEntry
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
WORDS = {
    "answered": ("phone", "quiet", N_("The box answers")),
    "answered by": ("phone", "quiet", N_("%(what)s answers")),
    "greeted": ("bell", "quiet", N_("The caller has heard the greeting")),
    "cut short": ("bell", "quiet", N_("The caller cuts the greeting short (key %(what)s)")),
    "menu": ("check", "quiet", N_("The caller is for: %(what)s")),
    "asked": ("call-out", "warning", N_("%(what)s is rung")),
    "accepted by": ("check", "good", N_("%(what)s accepts with key 1")),
    "passed on by": ("onward", "warning", N_("%(what)s passes on with key 2")),
    "not reached": ("call-missed", "warning", N_("%(what)s does not take the call")),
    "hung up": ("call-missed", "warning", N_("%(what)s hangs up")),
    "joined": ("call-forward", "good", N_("The two are connected (%(what)s)")),
    "not joined": ("bad", "bad", N_("The call could not be put through to %(what)s")),
    "not held": ("bad", "warning", N_("The caller could not be put on hold")),
    "no sound": ("bad", "bad", N_("There is no sound (%(what)s)")),
    "budget": ("warning", "warning", N_("The limit of calls is reached: nobody more is rung")),
    "invited to speak": ("bell", "quiet", N_("The caller hears that a message is recorded")),
    "message": ("phone", "good", N_("Message recorded (%(what)s)")),
}
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
        if word == "answered" and value:
            word = "answered by"
        icon, tone, sentence = WORDS.get(str(word), ("pulse", "quiet", ANY))
        what = str(value or "") if word in WORDS else f"{word} {value or ''}".strip()
        yield SpokenStep(begun + timedelta(seconds=seconds), icon, tone, sentence, what)
