"""Parsers of answers, result codes and unsolicited lines: a value or ``AnswerFault``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

from firmware.at import answers
from firmware.at.answers import AnswerFault
from firmware.at.result_codes import final_result, numeric_result
from firmware.at.unsolicited import UnsolicitedTable
from tests.at.support import PROFILE_NAMES, load_profile
from tests.fuzz.seeds import transcript_answers
from tests.fuzz.target import Features, Target, promise

Parser = Callable[[Sequence[str]], Any]


def _read_message(lines: Sequence[str]) -> object:
    return answers.read_message(lines, 7)


_TAKES_MORE: Final[dict[str, Parser]] = {"read_message": _read_message}
PARSERS: Final[dict[str, Parser]] = {
    name: _TAKES_MORE.get(name) or getattr(answers, name)
    for name in answers.__all__
    if name[0].islower()
}


@cache
def _tables() -> tuple[UnsolicitedTable, ...]:
    return tuple(UnsolicitedTable(load_profile(name).codes) for name in PROFILE_NAMES)


def run(data: bytes) -> Features:
    """The lines of ``data``, read as Latin-1 like the framer does, given to every parser."""
    texts = (line.strip() for line in data.decode("latin-1").split("\n"))
    lines = tuple(text for text in texts if text)
    features: set[object] = set()
    for name, parser in PARSERS.items():
        try:
            found = parser(lines)
        except AnswerFault as fault:
            promise(name != "stored_indexes", "promised never to raise")
            features.add((name, str(fault)[:12]))
        else:
            size = len(found) if hasattr(found, "__len__") else 1
            promise(size <= 200_000, "an answer that fills the memory")
            features.add((name, type(found), min(size, 4)))
    for line in lines:
        for dials in (False, True):
            features.add(str(final_result(line, dials))[:14])
        numeric_result(line)
        for number, table in enumerate(_tables()):
            features.add((number, type(table.decode(line))))
    return frozenset(features)


def seeds() -> list[bytes]:
    """Every captured answer and code."""
    return list(transcript_answers())


TOKENS: Final = (
    b",", b'"', b'""', b"(", b")", b"-", b"0-100000", b"(0-9)", b"\n", b":", b": ", b" ",
    b"\xb2", b"\xa0", b"\x85", b"145", b"-1", b"99999999999999999999", b'"+33699887766"',
    b'"24/03/29,01:00:00+08"', b'"99/99/99,99:99:99-99"', b"0791", b"REC UNREAD",
    *(f"{prefix}: ".encode() for prefix in (
        "+CLCC", "+CCFC", "+CCWA", "+CLIP", "+CHLD", "+CEER", "+CNUM", "+CPIN", "+CPINR", "+CREG",
        "+CEREG", "+COPS", "+CSQ", "+CMEE", "+CCLK", "+CPMS", "+CMGL", "+CMGR", "+CMGS", "+CNMI",
        "+CMT", "+CDS", "+CMTI", "+CUSD", "+CTZV", "+CTZE", "^DSCI", "^CONF", "^MODE", "+QIND",
        "+DTMF", "VOICE CALL", "MISSED_CALL", "+CME ERROR", "+CMS ERROR", "^CEND", "^NWTIME",
    )),
)  # fmt: skip
TARGET: Final = Target("answers", run, seeds, TOKENS, 1_000, 15_000)
