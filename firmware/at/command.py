"""A command as a value, and the single function that turns it into bytes.

Everything the project writes to a modem passes through ``render``: one line of printable ASCII
ended by CR (V.250 5.2.1), and for a message a body of hexadecimal digits ended by Ctrl-Z (27.005
3.5.1). Nothing else can leave, whatever a caller, a staff member or the page typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

DEFAULT_TIMEOUT_S: Final = 10.0
LINE_MAX: Final = 256
ESCAPE: Final = b"\x1b"  # 27.005 3.5.1: leaves the prompt without sending
_CTRL_Z: Final = b"\x1a"  # 27.005 3.5.1: sends
_LINE: Final = re.compile(r"AT[\x20-\x7E]*")
# 23.040: 12 octets of service centre and 164 of TPDU, as two digits each
_BODY: Final = re.compile(r"(?:[0-9A-Fa-f]{2}){1,176}")


class UnsafeCommand(ValueError):  # noqa: N818 - named by who is at fault
    """A command outside the grammar; nothing was written."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command line and what its answer looks like.

    ``prefixes`` start the information responses that belong to it; ``bare`` says that it answers
    with a line of no prefix (+CGSN, +CIMI); ``two_line`` that each response line is followed by a
    line of hexadecimal digits (+CMGL, +CMGR in PDU mode). ``body`` is sent after the prompt.
    ``dials`` makes BUSY, NO CARRIER and their like its final results. ``timeout_s`` counts from
    the write, and again from the write of the body. ``goes_on_s``: how much longer a long answer
    may take that has begun and goes on.
    """

    text: str
    prefixes: tuple[str, ...] = ()
    timeout_s: float = DEFAULT_TIMEOUT_S
    body: str | None = None
    dials: bool = False
    bare: bool = False
    two_line: bool = False
    goes_on_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Rendered:
    """The bytes of a command: the line, and the body to write once the prompt came."""

    line: bytes
    body: bytes | None


@lru_cache(maxsize=32)   # a modem that is well is asked the same again and again
def render(command: Command) -> Rendered:
    """The bytes of ``command``; raises ``UnsafeCommand`` on anything outside the grammar."""
    if len(command.text) > LINE_MAX or _LINE.fullmatch(command.text) is None:
        raise UnsafeCommand(f"not one line of printable ASCII: {command.text!r}")
    if not 0.0 < command.timeout_s <= 600.0:
        raise UnsafeCommand(f"timeout_s must be above 0 and at most 600: {command.timeout_s}")
    body = None
    if command.body is not None:
        if _BODY.fullmatch(command.body) is None:
            raise UnsafeCommand(f"not a PDU in hexadecimal digits: {command.body!r}")
        body = command.body.encode("ascii") + _CTRL_Z
    return Rendered(command.text.encode("ascii") + b"\r", body)
