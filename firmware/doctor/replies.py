"""Reading a modem's replies: a value, or the words for why there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from firmware.at.answers import AnswerFault
from firmware.doctor.finding import Phrase, say
from firmware.doctor.questions import Question, Replies
from firmware.line.modem_line import Reply
from firmware.wording import doctor_messages as words

T = TypeVar("T")
SHOWN_MAX = 60   # of a modem's own words, which may be anything


class UnknownValue(Exception):  # noqa: N818 - it is no failure, it is not known
    """There is no value; ``why`` says so to people. ``refused``: the modem or network said no."""

    def __init__(self, why: Phrase, *, refused: bool = False) -> None:
        super().__init__(why.msgid)
        self.why = why
        self.refused = refused


def read(replies: Replies, question: Question, parse: Callable[[Sequence[str]], T]) -> T:
    """The value in a reply. Raises `UnknownValue`."""
    reply = replies.get(question)
    if reply is None:
        raise UnknownValue(say(words.WHY_NOT_ASKED))
    if reply.result is None:
        raise UnknownValue(say(words.WHY_SILENT))
    if not reply.ok:
        raise UnknownValue(say(words.WHY_REFUSED, answer=shown(reply)), refused=True)
    try:
        return parse(reply.lines)
    except AnswerFault as fault:
        answer = shown(reply)
        raise UnknownValue(say(words.WHY_UNREADABLE, answer=answer)) from fault


def optional(replies: Replies, question: Question, parse: Callable[[Sequence[str]], T]) -> T | None:
    try:
        return read(replies, question, parse)
    except UnknownValue:
        return None


def shown(reply: Reply) -> str:
    """What the modem said, fit for a line of text: no control character, not too long."""
    said = " / ".join(reply.lines) if reply.ok and reply.lines else reply.why
    plain = "".join(letter if letter.isprintable() else "?" for letter in said)
    return plain if len(plain) <= SHOWN_MAX else plain[: SHOWN_MAX - 3] + "..."
