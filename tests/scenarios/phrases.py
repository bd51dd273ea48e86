"""Sentences of the scenario language: a pattern, what fits it, and what is then done.

A pattern is plain words; `<name:kind>` stands for a value, `[words]` may be left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

_UNIT_S = {"ms": 0.001, "s": 1, "min": 60, "h": 3600, "day": 86_400, "days": 86_400}
_DURATION = re.compile(r"(\d+(?:\.\d+)?) ?(ms|s|min|h|days?)")
_KINDS = {
    "who": r'"[^"]+"|\+?[\w*#]+',
    "text": r'"[^"]*"',
    "texts": r'"[^"]*"(?: and "[^"]*")*',
    "number": r"\d+",
    "duration": r"\d+(?:\.\d+)? ?(?:ms|s|min|h|days?)",
    "word": r"[\w/:.-]+",
    "way": r"transfer|conference|hold",
    "reason": r"busy|no reply|not reachable|all calls",
}
_PLACE = re.compile(r"<(\w+):(\w+)>")

T = TypeVar("T")


class SentenceError(Exception):
    """A line that nobody can carry out, or whose expectation does not hold."""


def seconds(text: str) -> float:
    """`5 s`, `90 min`, `200 ms`, `1 day` in seconds; raises SentenceError."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise SentenceError(f"not a duration: {text!r} (5 s, 200 ms, 10 min, 2 h, 1 day)")
    return float(match[1]) * _UNIT_S[match[2]]


def duration(text: str) -> timedelta:
    """The same as a timedelta."""
    return timedelta(seconds=seconds(text))


@dataclass(frozen=True, slots=True)
class Sentence(Generic[T]):
    """One pattern and its meaning."""

    pattern: str
    kinds: dict[str, str]
    expression: re.Pattern[str]
    meaning: Callable[..., T]


class Book(Generic[T]):
    """All sentences of one sort."""

    def __init__(self) -> None:
        self.sentences: list[Sentence[T]] = []

    def says(self, pattern: str) -> Callable[[Callable[..., T]], Callable[..., T]]:
        """Enter a sentence; the function gets the stage and the values by name."""

        def enter(meaning: Callable[..., T]) -> Callable[..., T]:
            kinds = dict(_PLACE.findall(pattern))
            self.sentences.append(Sentence(pattern, kinds, _compiled(pattern), meaning))
            return meaning

        return enter

    def read(self, text: str) -> tuple[Sentence[T], dict[str, Any]]:
        """The sentence that fits, of several the one with more words of its own, and its values;
        raises SentenceError."""
        fits = [
            (len(_PLACE.sub("", sentence.pattern)), sentence, match)
            for sentence in self.sentences
            if (match := sentence.expression.fullmatch(text)) is not None
        ]
        if not fits:
            raise SentenceError(f"nobody knows this sentence: {text}")
        _, sentence, match = max(fits, key=lambda fit: fit[0])
        return sentence, {
            name: _value(sentence.kinds[name], value) for name, value in match.groupdict().items()
        }


def _compiled(pattern: str) -> re.Pattern[str]:
    out = ""
    for piece in re.split(r"(<\w+:\w+>|[\[\]])", pattern):
        place = _PLACE.fullmatch(piece)
        if place is not None:
            out += f"(?P<{place[1]}>{_KINDS[place[2]]})"
        elif piece == "[":
            out += "(?:"
        elif piece == "]":
            out += ")?"
        else:
            out += re.escape(piece)
    return re.compile(out.replace(r"\ (?:", r"(?: ").replace(r" \ ", r"\ "))


def _value(kind: str, text: str | None) -> object:
    if text is None:
        return None
    if kind == "number":
        return int(text)
    if kind == "duration":
        return seconds(text)
    if kind == "texts":
        return re.findall(r'"([^"]*)"', text)
    return text.strip('"') if kind in ("text", "who") else text
