"""A finding: one thing that was looked at, how it is, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from firmware.wording import doctor_messages as words


class Level(StrEnum):
    OK = "ok"                  # measured, and as it should be
    ATTENTION = "attention"    # works now; somebody should look at it
    WRONG = "wrong"            # the box cannot keep its promise
    UNKNOWN = "unknown"        # not measured: neither good nor bad


@dataclass(frozen=True, slots=True)
class Phrase:
    """A sentence of the catalogue and its values, worded later in the reader's language.

    A value may be a phrase itself, or an instant, which becomes the reader's clock.
    """

    msgid: str
    values: Mapping[str, Value] = field(default_factory=dict)


Value = str | int | datetime | Phrase


@dataclass(frozen=True, slots=True)
class Finding:
    """``check`` is the message that names what was looked at (``doctor_messages.L_...``)."""

    check: str
    level: Level
    sentence: Phrase
    advice: Phrase | None = None


def say(msgid: str, **values: Value) -> Phrase:
    return Phrase(msgid, values)


def good(check: str, msgid: str, **values: Value) -> Finding:
    return Finding(check, Level.OK, Phrase(msgid, values))


def attention(check: str, sentence: Phrase, advice: Phrase) -> Finding:
    return Finding(check, Level.ATTENTION, sentence, advice)


def wrong(check: str, sentence: Phrase, advice: Phrase) -> Finding:
    return Finding(check, Level.WRONG, sentence, advice)


def unknown(check: str, sentence: Phrase, advice: Phrase | None = None) -> Finding:
    return Finding(check, Level.UNKNOWN, sentence, advice)


def verdict(findings: Sequence[Finding]) -> Phrase:
    """The one sentence at the end: never "all is well" where something was not measured."""
    count = {level: sum(each.level is level for each in findings) for level in Level}
    if count[Level.WRONG]:
        many = count[Level.WRONG] > 1
        return say(words.SOME_WRONG if many else words.ONE_WRONG, count=count[Level.WRONG])
    if count[Level.ATTENTION]:
        return say(words.NOTHING_WRONG_BUT, count=count[Level.ATTENTION])
    if count[Level.UNKNOWN]:
        return say(words.NOTHING_WRONG_UNKNOWN, count=count[Level.UNKNOWN])
    return say(words.ALL_WELL)


def anything_wrong(findings: Sequence[Finding]) -> bool:
    return any(each.level is Level.WRONG for each in findings)
