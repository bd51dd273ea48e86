"""The parameters of one extended command: V.250 5.4.2.1 (numbers) and 5.4.2.2 (strings)."""

from __future__ import annotations

from collections.abc import Container

from hw.simulator.at_errors import AtError, CmeError


class Arguments:
    """Comma-separated parameters, each a string constant, a decimal number or left out.

    `bad` is the error of a parameter of the wrong form or beyond its range: +CME ERROR 50 for
    27.007, +CMS ERROR 304 or 305 for 27.005, ERROR where the family says no more.
    """

    def __init__(self, text: str, bad: AtError | None = None) -> None:
        """`text` is what follows "="; an empty text is one parameter left out."""
        self.text = text
        self._values = _split(text)
        self.bad = bad if bad is not None else CmeError(50)

    def __len__(self) -> int:
        return len(self._values)

    def at_most(self, count: int) -> Arguments:
        """Itself; raises `bad` when there are more than `count` parameters."""
        if len(self._values) > count:
            raise self.bad
        return self

    def given(self, index: int) -> bool:
        """True when parameter `index` (from 0) is there and not empty."""
        return index < len(self._values) and self._values[index] != ""

    def integer(self, index: int, allowed: Container[int], default: int | None = None) -> int:
        """Parameter `index` as a number within `allowed`; `default` when left out.

        Raises `bad` when it is left out without a default, is no number, or is not allowed.
        """
        if not self.given(index):
            if default is None:
                raise self.bad
            return default
        text = self._values[index]
        if not (text.isascii() and text.isdigit()) or int(text) not in allowed:
            raise self.bad
        return int(text)

    def string(self, index: int, default: str | None = None) -> str:
        """Parameter `index` without its quotation marks; `default` when left out.

        A bare word counts as a string, as modems have it; `\\hh` is one character (V.250 5.4.2.2).
        """
        if not self.given(index):
            if default is None:
                raise self.bad
            return default
        text = self._values[index]
        if not text.startswith('"'):
            return text
        if len(text) < 2 or not text.endswith('"'):
            raise self.bad
        return _unescape(text[1:-1])


def _split(text: str) -> list[str]:
    if '"' not in text:
        return text.split(",")
    values = [""]
    quoted = False
    for character in text:
        if character == '"':
            quoted = not quoted
        if character == "," and not quoted:
            values.append("")
        else:
            values[-1] += character
    return values


def _unescape(text: str) -> str:
    out = ""
    position = 0
    while position < len(text):
        pair = text[position + 1 : position + 3]
        if text[position] == "\\" and len(pair) == 2 and _is_hex(pair):
            out += chr(int(pair, 16))
            position += 3
        else:
            out += text[position]
            position += 1
    return out


def _is_hex(text: str) -> bool:
    return all(character in "0123456789abcdefABCDEF" for character in text)
