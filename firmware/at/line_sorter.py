"""Whose line is it: echo, second line of a two-line code, result, response, unsolicited, unknown.

The order matters and is the same in every state; only here are the two-line codes kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from firmware.at.command import Command
from firmware.at.dialogue_table import Input
from firmware.at.events import Unknown, UnsolicitedEvent
from firmware.at.fields import number_or_none, split_fields
from firmware.at.result_codes import FinalResult, final_result, numeric_result
from firmware.at.unsolicited import (
    PduHeader,
    UnsolicitedTable,
    is_hexadecimal,
    is_unsolicited_form,
    pdu_fits,
)

HEADER_S: Final = 5.0
_HEADERS_MAX: Final = 8
_DIGITS: Final = re.compile(r"[0-9A-Fa-f]*")
_OWN: Final = ""
_SHORTEST_PDU: Final = 10  # digits; anything shorter is no TPDU


@dataclass(frozen=True, slots=True)
class Sorted:
    """What a line is: an input of the table, or events, or neither (echo)."""

    input: Input | None = None
    result: FinalResult | None = None
    events: tuple[UnsolicitedEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class _Awaited:
    header: PduHeader
    expires_s: float


_NOTHING: Final = Sorted()


class LineSorter:
    """Sorts lines for the command in flight, or for none."""

    __slots__ = ("_awaited", "_command", "_table")

    def __init__(self, profile_codes: Mapping[str, str]) -> None:
        self._table = UnsolicitedTable(profile_codes)
        self.forget()

    def forget(self) -> None:
        """Nothing in flight, no first line waits for its second."""
        self._command: Command | None = None
        self._awaited: list[_Awaited] = []

    def expect(self, command: Command | None) -> None:
        """The command that is in flight from now on."""
        self._command = command
        self._drop_own()

    @property
    def expires_s(self) -> float | None:
        """When the oldest first line is given up."""
        if not self._awaited:
            return None
        return min((a.expires_s for a in self._awaited if a.header.code != _OWN), default=None)

    def expire(self, now_s: float) -> list[UnsolicitedEvent]:
        """Give up first lines whose second never came; each is reported."""
        if not self._awaited:
            return []
        gone = [a for a in self._awaited if a.header.code != _OWN and a.expires_s <= now_s]
        self._awaited = [a for a in self._awaited if a not in gone]
        return [Unknown(awaited.header.line) for awaited in gone]

    def sort(self, now_s: float, line: str, probe: str | None) -> Sorted:
        """Sort one line; ``probe`` is the text last sent on a dirty channel, else ``None``."""
        command = self._command
        if self._is_echo(line, probe):
            return _NOTHING
        body = self._second_line(line)
        if body is not None:
            return body
        result = final_result(line, command is not None and command.dials)
        if result is None and probe is not None:
            result = numeric_result(line)
        if result is not None:
            return Sorted(Input.RESULT, result)
        if command is not None and command.prefixes and line.startswith(command.prefixes):
            head, colon, rest = line.partition(":")
            if not is_unsolicited_form(head + colon, rest.strip()):
                self._own_header(now_s, line, rest)
                return Sorted(Input.OWN)
        return self._by_table(now_s, line)

    def _is_echo(self, line: str, probe: str | None) -> bool:
        if probe is not None and line == probe:
            return True
        command = self._command
        return command is not None and line in (command.text.strip(), command.body)

    def _by_table(self, now_s: float, line: str) -> Sorted:
        decoded = self._table.decode(line)
        if isinstance(decoded, PduHeader):
            return self._await(now_s, decoded)
        if decoded is not None:
            return Sorted(events=(decoded,))
        command = self._command
        if command is not None and command.bare and (line[0].isalnum() or line[0] == '"'):
            return Sorted(Input.OWN)
        return Sorted(Input.OTHER)

    def _await(self, now_s: float, header: PduHeader) -> Sorted:
        self._awaited.append(_Awaited(header, now_s + HEADER_S))
        if len(self._awaited) <= _HEADERS_MAX:
            return _NOTHING
        return Sorted(events=(Unknown(self._awaited.pop(0).header.line),))

    def _own_header(self, now_s: float, line: str, rest: str) -> None:
        command = self._command
        if command is None or not command.two_line:
            return
        self._drop_own()
        length = number_or_none(split_fields(rest)[-1]) or 0
        self._awaited.append(_Awaited(PduHeader(_OWN, length, line), now_s))

    def _drop_own(self) -> None:
        self._awaited = [a for a in self._awaited if a.header.code != _OWN]

    def _second_line(self, line: str) -> Sorted | None:
        """The second line of the newest first line that it fits, else of the newest of all."""
        if not self._awaited or _DIGITS.fullmatch(line) is None:
            return None
        for awaited in reversed(self._awaited):
            if is_hexadecimal(line) and pdu_fits(line, awaited.header.length):
                return self._complete(awaited, line)
        bare = self._command is not None and self._command.bare
        if bare or len(line) < _SHORTEST_PDU:
            return None
        # A byte was lost on the way: better an unreadable message than none.
        return self._complete(self._awaited[-1], line)

    def _complete(self, awaited: _Awaited, line: str) -> Sorted:
        self._awaited.remove(awaited)
        if awaited.header.code == _OWN:
            return Sorted(Input.OWN)
        return Sorted(events=(awaited.header.delivered(line),))
