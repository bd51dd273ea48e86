"""Bytes from the tty cut into lines and the ``> `` prompt; it knows no command.

V.250 5.7.1 puts information and verbose result codes between CR LF pairs. Real channels also carry
echo (CR alone), CR CR LF, NUL from a port that was just powered, and bytes of any value. One byte
goes in at a time, so that any split of the same stream gives the same events.

A control character is noise and is dropped, but between quotes: there it is a letter of a modem
whose character set is GSM (27.007 5.5: ``0x05`` is the é of an operator's name). No other set has
any there, so the set need not be asked for, let alone switched while a caller's number may come in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from firmware.alphabet.national_tables import DEFAULT_ALPHABET

LINE_LIMIT_BYTES: Final = 4096
_ENDS: Final = re.compile(rb"[\r\n]")  # V.250 S3, S4
_REPEATED_MAX: Final = 128  # bytes; what is longer is a message, and comes once
_CONTROLS: Final = bytes(byte for byte in range(0x20) if byte != 0x09) + b"\x7f"
_QUOTE: Final = b'"'
# Those of 23.038 6.2.1 that Latin-1 has; NUL and the flow control of a serial line stay noise
_LETTERS: Final = {
    code: DEFAULT_ALPHABET[code].encode("latin-1")
    for code in _CONTROLS
    if code not in (0x00, 0x11, 0x13, 0x1B) and DEFAULT_ALPHABET[code] <= "\xff"
}
_IN_QUOTES: Final = bytes(_LETTERS.get(code, bytes((code,)))[0] for code in range(256))
_NOISE_IN_QUOTES: Final = bytes(code for code in _CONTROLS if code not in _LETTERS)
_PROMPT: Final = b"> "  # 27.005 3.5.1: <CR><LF><greater_than><space>


@dataclass(frozen=True, slots=True)
class Line:
    """One non-empty line, without terminators, control characters or outer blanks; a GSM letter
    between quotes is read as the letter.

    Bytes above 0x7E are read as Latin-1, one character a byte, so nothing is lost. ``overlong``
    says that the rest of the line was dropped because it passed the framer's limit.
    """

    text: str
    overlong: bool = False


@dataclass(frozen=True, slots=True)
class Prompt:
    """``> `` at the start of a line: the modem waits for the body of a command (27.005 3.5.1)."""


class Framer:
    """Byte-fed line machine with a bounded buffer.

    ``pending`` is the unfinished line. A prompt that comes after left-over bytes of an unfinished
    line looks like text that ends with ``> ``; only quiet after it tells the two apart, so the
    dialogue, which knows the time, decides, and calls ``take_pending``.
    """

    __slots__ = ("_buffer", "_limit_bytes", "_overlong")

    def __init__(self, limit_bytes: int = LINE_LIMIT_BYTES) -> None:
        if limit_bytes < len(_PROMPT):
            raise ValueError(f"limit_bytes must be at least {len(_PROMPT)}, not {limit_bytes}")
        self._limit_bytes = limit_bytes
        self._buffer = bytearray()
        self._overlong = False

    @property
    def pending(self) -> str:
        """The unfinished line, with its trailing blank if it has one."""
        return self._buffer.decode("latin-1")

    @property
    def hides_prompt(self) -> bool:
        """The unfinished line ends as a prompt does."""
        return b">" in self._buffer and self.pending.rstrip().endswith(">")

    def take_pending(self) -> str:
        """Hand over the unfinished line and start a new one."""
        text = self.pending
        self._buffer.clear()
        self._overlong = False
        return text

    def feed(self, data: bytes) -> list[Line | Prompt]:
        """The lines and prompts completed by ``data``, in order; never raises on any byte."""
        if self._buffer or self._overlong or len(data) > min(_REPEATED_MAX, self._limit_bytes):
            return self._cut(data)
        pieces, rest = _cut_afresh(data)
        self._buffer += rest
        return list(pieces)

    def _cut(self, data: bytes) -> list[Line | Prompt]:
        found: list[Line | Prompt] = []
        first, *others = _ENDS.split(data)
        self._add(first, found)
        for piece in others:
            self._end_line(found)
            self._add(piece, found)
        return found

    def _add(self, piece: bytes, found: list[Line | Prompt]) -> None:
        """More of the unfinished line; a prompt is one only as its very beginning."""
        piece = self._readable(piece)
        while len(self._buffer) < len(_PROMPT) and (self._buffer + piece).startswith(_PROMPT):
            piece = piece[len(_PROMPT) - len(self._buffer) :]
            self._buffer.clear()
            found.append(Prompt())
        room = self._limit_bytes - len(self._buffer)
        if len(piece) > room:
            self._overlong = True
        self._buffer += piece[:room]

    def _readable(self, piece: bytes) -> bytes:
        """Without noise, and with the letters between quotes."""
        quoted = self._buffer.count(_QUOTE) % 2 == 1
        if not quoted and _QUOTE not in piece:
            return piece.translate(None, _CONTROLS)
        parts = piece.split(_QUOTE)
        for number, part in enumerate(parts):
            if quoted is (number % 2 == 0):
                parts[number] = part.translate(_IN_QUOTES, _NOISE_IN_QUOTES)
            else:
                parts[number] = part.translate(None, _CONTROLS)
        return _QUOTE.join(parts)

    def _end_line(self, found: list[Line | Prompt]) -> None:
        overlong = self._overlong
        text = self.take_pending().strip()
        if text:
            found.append(Line(text, overlong))


@lru_cache(maxsize=128)
def _cut_afresh(data: bytes) -> tuple[tuple[Line | Prompt, ...], bytes]:
    """What a framer with nothing left over makes of ``data``, and what is left over then: a modem
    that is well says the same again and again."""
    framer = Framer()
    return tuple(framer._cut(data)), bytes(framer._buffer)
