"""Answers about calls and forwarding: +CLCC, +CCFC, +CCWA, +CLIP, +CHLD, +CEER."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from firmware.at.fields import (
    AnswerFault,
    after_prefix,
    field_or_empty,
    number,
    number_or_none,
    party,
    split_fields,
)


class CallStat(IntEnum):
    """<stat> of +CLCC (27.007 7.18)."""

    ACTIVE = 0
    HELD = 1
    DIALLING = 2
    ALERTING = 3
    INCOMING = 4
    WAITING = 5


@dataclass(frozen=True, slots=True)
class CallListEntry:
    """One line of +CLCC (27.007 7.18). ``number`` is empty when withheld or unknown."""

    id: int
    incoming: bool
    stat: CallStat
    voice: bool
    multiparty: bool
    number: str = ""
    number_type: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class ForwardingStatus:
    """One line of +CCFC (27.007 7.11). ``call_class`` is a sum: 1 voice, 2 data, 4 fax ...;
    ``time_s`` of the no-reply forward."""

    active: bool
    call_class: int
    number: str = ""
    number_type: int | None = None
    time_s: int | None = None


# 27.007 7.18 <mode>: 3, 4 and 5 are in voice mode now; 9 is unknown and must not be lost.
# EC25 lists its data bearer as a call of mode 1.
_VOICE_MODES: Final = (0, 3, 4, 5, 9)
_STAT_ENDED: Final = 6  # SIMCom: the call that just ended is listed once more
_CHLD_FORM: Final = re.compile(r"[0-9][x1-9]?\*?")
_FORMS_MAX: Final = 16


def call_list(lines: Sequence[str]) -> tuple[CallListEntry, ...]:
    """The calls of +CLCC, by id; no line means no call. Raises ``AnswerFault``.

    A line that a modem sent by itself in between repeats an id: the last one counts.
    """
    calls: dict[int, CallListEntry] = {}
    for line in lines:
        fields = split_fields(after_prefix(line, "+CLCC:"))
        if len(fields) < 5:
            raise AnswerFault(f"too few fields: {line!r}")
        call_id = number(fields[0], line)
        if number(fields[2], line) == _STAT_ENDED:
            calls.pop(call_id, None)
            continue
        calls[call_id] = _call(call_id, fields, line)
    return tuple(calls[call_id] for call_id in sorted(calls))


def _call(call_id: int, fields: tuple[str, ...], line: str) -> CallListEntry:
    # <id>,<dir>,<stat>,<mode>,<mpty>[,<number>,<type>[,<alpha>[,<priority>[,<CLI validity>]]]]
    try:
        stat = CallStat(number(fields[2], line))
    except ValueError as fault:
        raise AnswerFault(f"not a state of a call: {line!r}") from fault
    direction, multiparty = number(fields[1], line), number(fields[4], line)
    if direction not in (0, 1) or multiparty not in (0, 1) or call_id < 0:
        raise AnswerFault(f"not a line of +CLCC: {line!r}")
    return CallListEntry(
        call_id,
        direction == 1,
        stat,
        number(fields[3], line) in _VOICE_MODES,
        multiparty == 1,
        party(fields[5], line) if len(fields) > 5 else "",
        number_or_none(fields[6]) if len(fields) > 6 else None,
        field_or_empty(fields, 7),
    )


def forwarding(lines: Sequence[str]) -> tuple[ForwardingStatus, ...]:
    """The lines of +CCFC, one a class; none means not active. Raises ``AnswerFault``."""
    return tuple(_forwarding_line(line) for line in lines)


def _forwarding_line(line: str) -> ForwardingStatus:
    # <status>,<class>[,<number>,<type>[,<subaddr>,<satype>[,<time>]]]
    fields = split_fields(after_prefix(line, "+CCFC:"))
    status = number(fields[0], line)
    if status not in (0, 1) or len(fields) < 2:
        raise AnswerFault(f"not a line of +CCFC: {line!r}")
    return ForwardingStatus(
        status == 1,
        number(fields[1], line),
        field_or_empty(fields, 2),
        number_or_none(fields[3]) if len(fields) > 3 else None,
        number_or_none(fields[6]) if len(fields) > 6 else None,
    )


def call_waiting_active(lines: Sequence[str]) -> bool:
    """Whether +CCWA tells call waiting active for voice (27.007 7.12). Raises ``AnswerFault``."""
    active = False
    for line in lines:
        fields = split_fields(after_prefix(line, "+CCWA:"))
        status = number(fields[0], line)
        call_class = number(fields[1], line) if len(fields) > 1 else 1
        active = active or (status == 1 and call_class & 1 == 1)
    return active


def calling_line_provisioned(lines: Sequence[str]) -> bool | None:
    """Whether the network gives callers' numbers: ``None`` unknown (27.007 7.6 <m>)."""
    if len(lines) != 1:
        raise AnswerFault(f"one line of +CLIP was expected, found {tuple(lines)!r}")
    fields = split_fields(after_prefix(lines[0], "+CLIP:"))
    if len(fields) < 2:
        raise AnswerFault(f"too few fields: {lines[0]!r}")
    return {0: False, 1: True}.get(number(fields[1], lines[0]))


def call_hold_forms(lines: Sequence[str]) -> frozenset[str]:
    """The forms that +CHLD=? offers, such as ``0``, ``1x``, ``4``. Raises ``AnswerFault``."""
    if len(lines) != 1:
        raise AnswerFault(f"one line of +CHLD was expected, found {tuple(lines)!r}")
    rest = after_prefix(lines[0], "+CHLD:")
    if rest.startswith("(") and rest.endswith(")"):
        rest = rest[1:-1]
    forms = [form.strip().strip('"') for form in rest.split(",")]
    if len(forms) == 1 and re.fullmatch("[0-9]-[0-9]", forms[0], re.ASCII):
        low, high = int(forms[0][0]), int(forms[0][2])
        forms = [str(form) for form in range(low, high + 1)]
    if len(forms) > _FORMS_MAX or not all(_CHLD_FORM.fullmatch(form) for form in forms):
        raise AnswerFault(f"not the forms of +CHLD: {lines[0]!r}")
    return frozenset(form.removesuffix("*") for form in forms)


def extended_error(lines: Sequence[str]) -> str:
    """The words of +CEER (27.007 6.10), as the modem writes them. Raises ``AnswerFault``."""
    if not lines:
        raise AnswerFault("one line of +CEER was expected, found none")
    return " ".join(after_prefix(line, "+CEER:") for line in lines)
