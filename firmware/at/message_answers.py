"""Answers about stored messages: +CPMS, +CMGL, +CMGR, +CMGS, +CNMI (27.005)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from firmware.at.fields import (
    MESSAGE_INDEX_MAX,
    AnswerFault,
    after_prefix,
    message_index,
    number,
    number_or_none,
    number_ranges,
    split_fields,
    unquote,
)
from firmware.at.unsolicited import is_hexadecimal

_STORES: Final = 3  # 27.005 3.2.2: read and delete, write and send, receive
_STAT_WORDS: Final = {  # 27.005 3.1, text mode words, which some firmware writes in PDU mode
    "REC UNREAD": 0,
    "REC READ": 1,
    "STO UNSENT": 2,
    "STO SENT": 3,
}
PDU_FIELDS_MAX = 4   # of a head in PDU mode
_TEXT_HEAD: Final = re.compile(r'\+CMGR: *"(REC|STO) ')


@dataclass(frozen=True, slots=True)
class StorageLevel:
    """One message store: its name (empty in the answer to the set form), used and total."""

    storage: str
    used: int
    total: int


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message of +CMGL or +CMGR. ``stat`` 0 unread, 1 read, 2 unsent, 3 sent; ``length`` is
    the octets of TPDU that the modem announced, without the service centre address."""

    index: int
    stat: int
    length: int
    pdu_hex: str


def storage(lines: Sequence[str]) -> tuple[StorageLevel, ...]:
    """The stores of +CPMS? in the standard's order. Raises ``AnswerFault``."""
    line = _one(lines, "+CPMS:")
    fields = split_fields(after_prefix(line, "+CPMS:"))
    if len(fields) % 3 or not fields[0]:
        raise AnswerFault(f"not an answer to +CPMS?: {line!r}")
    return tuple(
        StorageLevel(
            unquote(fields[at]), number(fields[at + 1], line), number(fields[at + 2], line)
        )
        for at in range(0, min(len(fields), _STORES * 3), 3)
    )


def storage_selected(lines: Sequence[str]) -> tuple[StorageLevel, ...]:
    """Used and total of each store, as +CPMS=... answers. Raises ``AnswerFault``."""
    line = _one(lines, "+CPMS:")
    fields = split_fields(after_prefix(line, "+CPMS:"))
    if number_or_none(fields[0]) is None:
        return storage(lines)  # some firmware answers the set form like the query
    if len(fields) % 2:
        raise AnswerFault(f"not an answer to +CPMS=: {line!r}")
    return tuple(
        StorageLevel("", number(fields[at], line), number(fields[at + 1], line))
        for at in range(0, min(len(fields), _STORES * 2), 2)
    )


def storage_forms(lines: Sequence[str]) -> tuple[frozenset[str], ...]:
    """The names that each store can have, as +CPMS=? lists them. Raises ``AnswerFault``."""
    line = _one(lines, "+CPMS:")
    fields = split_fields(after_prefix(line, "+CPMS:"))
    forms: list[frozenset[str]] = []
    for field in fields[:_STORES]:
        bare = field.removeprefix("(").removesuffix(")")
        names = frozenset(unquote(name) for name in split_fields(bare) if name)
        if not all(2 <= len(name) <= 4 and name.isascii() and name.isalpha() for name in names):
            raise AnswerFault(f"not an answer to +CPMS=?: {line!r}")
        forms.append(names)
    return tuple(forms)


def stored_messages(lines: Sequence[str]) -> tuple[StoredMessage, ...]:
    """The messages of +CMGL in PDU mode. Raises ``AnswerFault``.

    One unreadable entry must not hide the others: read such a list entry by entry with
    ``stored_indexes`` and +CMGR.
    """
    if len(lines) % 2:
        raise AnswerFault(f"a line without its PDU in +CMGL: {tuple(lines)!r}")
    return tuple(
        _stored(lines[at], lines[at + 1], "+CMGL:", None) for at in range(0, len(lines), 2)
    )


def stored_indexes(lines: Sequence[str]) -> tuple[int, ...]:
    """The indexes in +CMGL, leaving out what cannot be read. Never raises."""
    heads = (line for line in lines if line.startswith("+CMGL:"))
    numbers = (number_or_none(split_fields(head[len("+CMGL:") :])[0]) for head in heads)
    return tuple(i for i in numbers if i is not None and 0 <= i <= MESSAGE_INDEX_MAX)


def in_text_mode(lines: Sequence[str]) -> bool:
    """Whether +CMGR was answered in text mode: a word for <stat>, and no PDU, or a head that does
    not end with its length (27.005 3.4.3). Never raises."""
    if not lines or _TEXT_HEAD.match(lines[0]) is None:
        return False
    fields = split_fields(lines[0])
    if len(fields) > PDU_FIELDS_MAX or (len(lines) > 1 and number_or_none(fields[-1]) is None):
        return True   # the text is in hexadecimal where it is in UCS2: it reads like a PDU
    return not is_hexadecimal(lines[1] if len(lines) > 1 else lines[0].split(" ")[-1])


def read_message(lines: Sequence[str], index: int) -> StoredMessage | None:
    """The message of +CMGR=<index>, ``None`` for an empty place. Raises ``AnswerFault``."""
    if not lines:
        return None
    if len(lines) == 1:
        fields = split_fields(after_prefix(lines[0], "+CMGR:"))
        if number_or_none(fields[-1]) == 0:
            return None  # +CMGR: 0,,0 is what some SIMs give for an empty place
        head, blank, pdu_hex = lines[0].rpartition(" ")
        if blank and is_hexadecimal(pdu_hex) and len(fields[-1]) > len(pdu_hex):
            return _stored(head, pdu_hex, "+CMGR:", index)  # the PDU on the same line
        raise AnswerFault(f"a line without its PDU: {lines[0]!r}")
    return _stored(lines[0], lines[1], "+CMGR:", index)


def _stored(head: str, pdu_hex: str, prefix: str, index: int | None) -> StoredMessage:
    # +CMGL: <index>,<stat>,[<alpha>],<length>; +CMGR: <stat>,[<alpha>],<length>
    fields = split_fields(after_prefix(head, prefix))
    if index is None:
        index, fields = message_index(fields[0], head), fields[1:]
    if not 2 <= len(fields) <= PDU_FIELDS_MAX:
        raise AnswerFault(f"not the head of a message: {head!r}")
    stat = _STAT_WORDS.get(unquote(fields[0]))
    if stat is None:
        stat = number(fields[0], head)
    # <alpha> may be empty, in quotes, or left out with its comma
    length = number(fields[-1], head)
    if not is_hexadecimal(pdu_hex):
        raise AnswerFault(f"not a PDU after {head!r}: {pdu_hex!r}")
    return StoredMessage(index, stat, length, pdu_hex)


def service_centre(lines: Sequence[str]) -> str:
    """The address in +CSCA: "<sca>",<tosca> (27.005 3.3.1), empty where the SIM has none.
    Raises ``AnswerFault``."""
    if not lines:
        raise AnswerFault("one line of +CSCA was expected, found none")
    fields = split_fields(after_prefix(lines[-1], "+CSCA:"))
    number = unquote(fields[0]).strip()
    if number and not number.removeprefix("+").isdecimal():
        raise AnswerFault(f"not the address of a service centre: {lines[-1]!r}")
    international = len(fields) > 1 and fields[1].strip() == "145"  # 24.011 8.2.5.2
    return f"+{number}" if number and international and number[0] != "+" else number


def message_reference(lines: Sequence[str]) -> int:
    """The TP-MR of +CMGS: <mr>[,<ackpdu>] (27.005 4.3). Raises ``AnswerFault``."""
    line = _one(lines, "+CMGS:")
    reference = number(split_fields(after_prefix(line, "+CMGS:"))[0], line)
    if not 0 <= reference <= 255:  # 23.040 9.2.3.6
        raise AnswerFault(f"not a message reference: {line!r}")
    return reference


def message_indication_forms(lines: Sequence[str]) -> tuple[frozenset[int], ...]:
    """The values that +CNMI=? offers for each of its fields. Raises ``AnswerFault``."""
    line = _one(lines, "+CNMI:")
    fields = split_fields(after_prefix(line, "+CNMI:"))
    if len(fields) > 5:
        raise AnswerFault(f"not an answer to +CNMI=?: {line!r}")
    return tuple(number_ranges(field) for field in fields)


def _one(lines: Sequence[str], prefix: str) -> str:
    if len(lines) != 1:
        raise AnswerFault(f"one line of {prefix} was expected, found {tuple(lines)!r}")
    return lines[0]
