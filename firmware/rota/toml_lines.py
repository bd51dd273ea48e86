"""On which line each key of a TOML document stands, which ``tomllib`` does not tell.

A scanner for documents that ``tomllib`` has already accepted: it follows keys, tables and arrays
and skips over values without interpreting them.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from dataclasses import dataclass, field

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BARE_VALUE = re.compile(r"[^,\]}#\n]+")
_STRING = re.compile(
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)


@dataclass(slots=True)
class Place:
    """Where a value stands: its line (from 1), and the places of its keys or items."""

    line: int
    keys: dict[str, Place] = field(default_factory=dict)
    items: list[Place] = field(default_factory=list)

    def of(self, key: str) -> Place:
        """The place of ``key``, or of the whole where the key is absent."""
        return self.keys.get(key, self)

    def item(self, index: int) -> Place:
        """The place of an item, or of the whole where there is none."""
        return self.items[index] if index < len(self.items) else self


def locate(text: str) -> Place:
    """The places of a document that ``tomllib.loads`` accepts.

    For any other text the answer is unspecified, but there is one.
    """
    return _Scanner(text.replace("\r\n", "\n")).document()


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._ends = [match.start() for match in re.finditer("\n", text)]

    def document(self) -> Place:
        root = table = Place(1)
        self._skip_blank()
        while self._at < len(self._text):
            before = self._at
            if self._text.startswith("[", self._at):
                table = self._header(root)
            else:
                self._pair(table)
            self._skip_blank()
            if self._at == before:  # not TOML: step over what cannot be read
                self._at += 1
        return root

    def _line(self) -> int:
        return bisect_right(self._ends, self._at - 1) + 1

    def _skip_blank(self) -> None:
        self._at = self._end_of(_BLANK)

    def _end_of(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self._text, self._at)
        return match.end() if match else self._at

    def _take(self, mark: str) -> bool:
        self._skip_blank()
        if self._text.startswith(mark, self._at):
            self._at += len(mark)
            return True
        return False

    def _header(self, root: Place) -> Place:
        line = self._line()
        array = self._text.startswith("[[", self._at)
        self._at += 2 if array else 1
        *above, last = self._key()
        self._take("]]" if array else "]")
        table = root
        for name in above:
            table = _down(table, name, line)
        if not array:
            below = _down(table, last, line)
            below.line = line
            return below
        below = Place(line)
        table.keys.setdefault(last, Place(line)).items.append(below)
        return below

    def _pair(self, table: Place) -> None:
        line = self._line()
        *above, last = self._key()
        for name in above:
            table = _down(table, name, line)
        self._take("=")
        self._skip_blank()
        place = self._value()
        place.line = line
        table.keys[last] = place

    def _key(self) -> list[str]:
        parts = [self._key_part()]
        while self._take("."):
            parts.append(self._key_part())
        return parts

    def _key_part(self) -> str:
        self._skip_blank()
        start = self._at
        self._at = self._end_of(_BARE_KEY)
        if self._at > start:
            return self._text[start : self._at]
        self._at = self._end_of(_STRING)
        quoted = self._text[start : self._at]
        try:
            return str(tomllib.loads(f"key = {quoted}")["key"])
        except tomllib.TOMLDecodeError:
            return quoted

    def _value(self) -> Place:
        place = Place(self._line())
        if self._take("["):
            while not self._take("]") and self._at < len(self._text):
                before = self._at
                place.items.append(self._value())
                self._take(",")
                if self._at == before:
                    break
        elif self._take("{"):
            while not self._take("}") and self._at < len(self._text):
                before = self._at
                self._pair(place)
                self._take(",")
                if self._at == before:
                    break
        else:
            string_end = self._end_of(_STRING)
            self._at = string_end if string_end > self._at else self._end_of(_BARE_VALUE)
        return place


def _down(table: Place, name: str, line: int) -> Place:
    """The table ``name`` below ``table``; in an array of tables its last one."""
    below = table.keys.setdefault(name, Place(line))
    return below.items[-1] if below.items else below
