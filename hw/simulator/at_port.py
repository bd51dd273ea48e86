"""Bytes to command lines, results to bytes: the DTE-DCE interface of V.250 clause 5.

The port knows when a line ends, what is echoed, how result codes are framed, and when the bytes
are the body of a message (27.005 3.5.1) rather than a command. It does not know any command.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

CTRL_Z = 0x1A  # 27.005 3.5.1: ends the body
ESC = 0x1B  # 27.005 3.5.1: gives it up
_PLAIN = re.compile(rb"[\x20-\x7E]+")   # no end, no correction, no ESC, no Ctrl-Z
BODY_MAX = 8192  # far beyond any PDU; what comes after is dropped, so that memory stays bounded

# V.250 table 1: result codes with a number under V0
NUMERIC_CODES = {
    "OK": "0",
    "CONNECT": "1",
    "RING": "2",
    "NO CARRIER": "3",
    "ERROR": "4",
    "NO DIALTONE": "6",
    "BUSY": "7",
    "NO ANSWER": "8",
}


@dataclass(slots=True)
class PortSettings:
    """What V.250 6.1 and 6.2 let the computer choose; the defaults are those of &F."""

    echo: bool = True  # E, V.250 6.2.4
    quiet: bool = False  # Q, V.250 6.2.5
    verbose: bool = True  # V, V.250 6.2.6
    s3: int = 13  # V.250 6.2.1
    s4: int = 10  # V.250 6.2.2
    s5: int = 8  # V.250 6.2.3


class LineHandler(Protocol):
    """Who carries out what the port has read."""

    @property
    def executing(self) -> bool:
        """True from the end of a command line to its final result code."""

    def command_line(self, body: str) -> None:
        """A complete command line, without AT and without its end."""

    def line_too_long(self) -> None:
        """A line beyond `line_max` has ended."""

    def interrupted(self, byte: int) -> None:
        """A byte came while executing: V.250 5.6.1."""


class AtPort:
    """One serial interface. `feed` takes any split of the computer's bytes."""

    def __init__(
        self, handler: LineHandler, write: Callable[[bytes], None], *, line_max: int = 1024
    ) -> None:
        """`line_max` is the longest command line in characters (V.250 5.2.2 asks for 40)."""
        self.settings = PortSettings()
        self.line_max = line_max
        self._handler = handler
        self._write = write
        self._prefix = ""
        self._line = bytearray()
        self._in_line = False
        self._too_long = False
        self._last_line = ""
        self._body: bytearray | None = None
        self._body_done: Callable[[bytes | None], None] | None = None
        self._held: list[tuple[str, str | None]] = []

    # -- from the computer ---------------------------------------------------------------

    def feed(self, data: bytes) -> None:
        """Take bytes that the computer has sent."""
        done = 0
        while done < len(data):
            if self._is_plain and (plain := self._plain(data, done)):
                done += plain
                continue
            byte = data[done]
            done += 1
            if self._body is not None:
                self._body_byte(byte)
            elif self._handler.executing:
                self._handler.interrupted(byte)
            else:
                self._command_byte(byte)

    @property
    def _is_plain(self) -> bool:
        """No printable byte means more than itself."""
        settings = self.settings
        return settings.s3 < 0x20 and settings.s5 < 0x20

    def _plain(self, data: bytes, done: int) -> int:
        """Take bytes that are only kept and echoed, many at once; how many it were."""
        if self._body is None and self._handler.executing:
            return 0
        if self._body is None and not self._in_line:
            if self._prefix or not data.startswith((b"AT", b"at"), done):
                return 0
            self._in_line = True
            self._echo(data[done : done + 2])
            return 2
        found = _PLAIN.match(data, done)
        if found is None:
            return 0
        if self._body is not None:
            self._body += found[0][: max(0, BODY_MAX - len(self._body))]
        elif len(self._line) + len(found[0]) > self.line_max:
            return 0
        else:
            self._line += found[0]
        self._echo(found[0])
        return len(found[0])

    def reset(self) -> None:
        """Forget a line or a body under way and the settings: the modem has restarted."""
        self.settings = PortSettings()
        self._prefix = ""
        self._line.clear()
        self._in_line = False
        self._too_long = False
        self._last_line = ""
        self._body = None
        self._body_done = None
        self._held.clear()

    def _echo(self, data: bytes) -> None:
        if self.settings.echo:
            self._write(data)

    def _command_byte(self, byte: int) -> None:
        if not self._in_line:
            self._prefix_byte(byte)
            return
        if byte == self.settings.s3:
            self._echo(bytes([byte]))
            self._end_line()
        elif byte == self.settings.s5:
            if self._line:
                self._line.pop()
                self._echo(bytes([byte, 0x20, byte]))  # V.250 6.2.3
        elif byte >= 0x20:  # V.250 5.2.2: other control characters are disregarded
            self._echo(bytes([byte]))
            if len(self._line) < self.line_max:
                self._line.append(byte)
            else:
                self._too_long = True

    def _prefix_byte(self, byte: int) -> None:
        """V.250 5.2.1: "AT" or "at" starts a line, "A/" repeats the last one; all else is noise."""
        if byte == 0x00:
            return
        if byte != 0x0A:  # the LF that many programs add to CR is not worth an echo
            self._echo(bytes([byte]))
        character = chr(byte).upper()
        if self._prefix == "A" and character == "T":
            self._in_line = True
            self._prefix = ""
        elif self._prefix == "A" and character == "/":
            self._prefix = ""
            self._handler.command_line(self._last_line)
        else:
            self._prefix = "A" if character == "A" else ""

    def _end_line(self) -> None:
        body = self._line.decode("latin-1")
        too_long = self._too_long
        self._line.clear()
        self._in_line = False
        self._too_long = False
        if too_long:
            self._handler.line_too_long()
            return
        self._last_line = body
        self._handler.command_line(body)

    def _body_byte(self, byte: int) -> None:
        body, done = self._body, self._body_done
        if body is None or done is None:
            return
        if byte == 0x0A and not body:
            return  # the LF after the CR that ended the command line
        if byte in (CTRL_Z, ESC):
            self._echo(bytes([byte]))  # 27.005 3.5.1: E rules all "entered characters"
            self._body = self._body_done = None
            self._release_held()
            done(bytes(body) if byte == CTRL_Z else None)
            return
        if byte == self.settings.s5:
            if body:
                body.pop()
            return
        self._echo(bytes([byte]))
        if byte == 0x0D:
            self._echo(b"\n> ")
        if len(body) < BODY_MAX:
            body.append(byte)

    # -- to the computer -----------------------------------------------------------------

    @property
    def in_body(self) -> bool:
        """True between the prompt and the end of the body."""
        return self._body is not None

    def ask_body(self, done: Callable[[bytes | None], None]) -> None:
        """Send the prompt of 27.005 3.5.1; `done` gets the body, or None after ESC."""
        self._body = bytearray()
        self._body_done = done
        self._write(b"\r\n> ")  # 27.005 3.5.1: these four characters, whatever S3 and S4 say

    def information(self, lines: list[str]) -> None:
        """Information text (V.250 5.7.1): not suppressed by Q."""
        if lines:
            end = bytes([self.settings.s3, self.settings.s4])
            head = end if self.settings.verbose else b""
            self._write(head + end.join(line.encode("latin-1") for line in lines) + end)

    def result(self, code: str, ending: str | None = None) -> None:
        """A result code, final or not, framed as V.250 6.2.6 says; Q1 suppresses it.

        `ending` replaces the trailer for the codes that a family ends in its own way.
        """
        if self.settings.quiet:
            return
        end = bytes([self.settings.s3, self.settings.s4])
        if not self.settings.verbose:
            text = NUMERIC_CODES.get(code, code)
            tail = end[:1] if code in NUMERIC_CODES else end
            self._write(text.encode("latin-1") + tail)
            return
        tail = end if ending is None else ending.encode("latin-1")
        self._write(end + code.replace("\n", "\r\n").encode("latin-1") + tail)

    def unsolicited(self, code: str, ending: str | None = None) -> None:
        """An unsolicited result code; kept back while the computer is typing a message's body."""
        if self.in_body:
            self._held.append((code, ending))
            return
        self.result(code, ending)

    def _release_held(self) -> None:
        held, self._held = self._held, []
        for code, ending in held:
            self.result(code, ending)
