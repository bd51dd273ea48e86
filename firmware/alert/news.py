"""What administrators are to hear by SMS, gathered so that several alarms are one text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class What(StrEnum):
    """A state began, lasts still, is over; or something happened that is no state."""

    RAISED = "raised"
    STILL = "still"
    OVER = "over"
    TOLD = "told"
    TOLD_OVER = "told_over"


@dataclass(frozen=True, slots=True)
class News:
    """One line. ``cause`` is a message of the catalogue with its ``values``; ``since`` is when the
    state began, in ISO form."""

    key: str
    what: What
    cause: str
    values: Mapping[str, str] = field(default_factory=dict)
    since: str = ""

    def as_fact(self) -> dict[str, object]:
        return {
            "key": self.key, "what": self.what.value, "cause": self.cause,
            "values": dict(self.values), "since": self.since,
        }  # fmt: skip


def news_from(fact: object) -> News | None:
    """The news that a fact holds; None for what another version wrote."""
    if not isinstance(fact, dict):
        return None
    try:
        return News(
            str(fact["key"]), What(fact["what"]), str(fact["cause"]), dict(fact["values"]),
            str(fact["since"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError):
        return None


def add(waiting: tuple[News, ...], news: News) -> tuple[News, ...]:
    """The news that wait, with one more.

    A state that begins and ends (or ends and begins again for the same cause) before it was told
    is not told; of several causes of one state the last one is.
    """
    if news.what in (What.TOLD, What.TOLD_OVER):
        return (*waiting, news)
    same = [each for each in waiting if each.key == news.key and each.what in _STATES]
    others = tuple(each for each in waiting if each not in same)
    if not same:
        return (*others, news)
    before = same[-1].what
    if (before, news.what) == (What.RAISED, What.OVER):
        return others
    if (before, news.what) == (What.OVER, What.RAISED):
        return others if news.cause == same[-1].cause else (*others, news)
    if before is What.RAISED and news.what is What.STILL:
        return waiting
    return (*others, news)


_STATES = (What.RAISED, What.STILL, What.OVER)
