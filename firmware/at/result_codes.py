"""Final result codes: the line that ends a command (V.250 5.7.1 and 6.3, 27.007 9.2, 27.005 3.2.5).

BUSY, NO ANSWER, NO CARRIER, NO DIALTONE and CONNECT end only a command that dials or answers;
at any other time they are unsolicited. A line is a result code only as a whole line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from firmware.at.error_tables import CME_ERRORS, CMS_ERRORS, cme_code, cms_code


class ResultKind(Enum):
    """What ended the command; the value is the verbose form of V.250 table 1 where it has one."""

    OK = "OK"
    CONNECT = "CONNECT"
    ERROR = "ERROR"
    CME_ERROR = "+CME ERROR"
    CMS_ERROR = "+CMS ERROR"
    BUSY = "BUSY"
    NO_ANSWER = "NO ANSWER"
    NO_CARRIER = "NO CARRIER"
    NO_DIALTONE = "NO DIALTONE"
    NOT_SUPPORTED = "COMMAND NOT SUPPORT"
    ABORTED = "ABORTED"


@dataclass(frozen=True, slots=True)
class FinalResult:
    """How a command ended. ``code`` is the +CME / +CMS number where one is known."""

    kind: ResultKind
    code: int | None = None
    text: str = ""

    @property
    def ok(self) -> bool:
        """OK, or CONNECT after a dial."""
        return self.kind in (ResultKind.OK, ResultKind.CONNECT)

    def __str__(self) -> str:
        """The words for the journal, such as ``+CME ERROR: 10 (SIM not inserted)``."""
        if self.kind in (ResultKind.CME_ERROR, ResultKind.CMS_ERROR):
            shown = self.text if self.code is None else f"{self.code} ({self.text})"
            return f"{self.kind.value}: {shown}"
        return self.text or self.kind.value


_ALWAYS: Final = {
    "OK": ResultKind.OK,
    "ERROR": ResultKind.ERROR,
    "ABORTED": ResultKind.ABORTED,  # SIMCom: an abortable command was broken off
    "COMMAND NOT SUPPORT": ResultKind.NOT_SUPPORTED,  # Huawei E1550, E171
    "COMMAND NOT SUPPORTED": ResultKind.NOT_SUPPORTED,
    "NOT SUPPORT": ResultKind.NOT_SUPPORTED,
    "TOO MANY PARAMETERS": ResultKind.ERROR,  # Huawei
}
_OF_A_CALL: Final = {
    "BUSY": ResultKind.BUSY,
    "NO ANSWER": ResultKind.NO_ANSWER,
    "NO CARRIER": ResultKind.NO_CARRIER,
    "NO DIALTONE": ResultKind.NO_DIALTONE,  # 27.007, V.250: one word
    "NO DIAL TONE": ResultKind.NO_DIALTONE,
}
# V.250 table 1, with ATV0; 2 (RING) is unsolicited
_NUMERIC: Final = {
    "0": ResultKind.OK,
    "1": ResultKind.CONNECT,
    "3": ResultKind.NO_CARRIER,
    "4": ResultKind.ERROR,
    "6": ResultKind.NO_DIALTONE,
    "7": ResultKind.BUSY,
    "8": ResultKind.NO_ANSWER,
}
# 27.007 9.1 and 27.005 3.2.5; some E1550 firmware drops the plus, some the blank
_CME_LINE: Final = re.compile(r"\+?CME ERROR *: *(.*)", re.ASCII)
_CMS_LINE: Final = re.compile(r"\+?CMS ERROR *: *(.*)", re.ASCII)
_MODEM_LINE: Final = re.compile(r"(?:MODEM|\+?EXT) ERROR *: *(.*)", re.ASCII)  # Motorola; Telit
_NUMBER: Final = re.compile(r"[0-9]{1,5}", re.ASCII)


def final_result(line: str, dials: bool = False) -> FinalResult | None:
    """The result when the whole ``line`` is a final result code, else ``None``.

    ``dials`` says that the command in flight dials or answers (ATD, ATA).
    """
    kind = _ALWAYS.get(line)
    if kind is not None:
        return FinalResult(kind, None, line)
    if dials:
        called = call_result(line)
        if called is not None:
            return called
    return _error_result(line)


def call_result(line: str) -> FinalResult | None:
    """The result when ``line`` is one of the codes that end a dial or an answer."""
    kind = _OF_A_CALL.get(line)
    if kind is None and (line == "CONNECT" or line.startswith("CONNECT ")):
        kind = ResultKind.CONNECT  # V.250 6.3.2: CONNECT <text>
    return None if kind is None else FinalResult(kind, None, line)


def numeric_result(line: str) -> FinalResult | None:
    """The result of a numeric code (ATV0), looked for only while the channel is put right."""
    kind = _NUMERIC.get(line)
    return None if kind is None else FinalResult(kind, None, line)


def _error_result(line: str) -> FinalResult | None:
    match = _CME_LINE.fullmatch(line)
    if match is not None:
        return _reported(ResultKind.CME_ERROR, match.group(1))
    match = _CMS_LINE.fullmatch(line)
    if match is not None:
        return _reported(ResultKind.CMS_ERROR, match.group(1))
    if _MODEM_LINE.fullmatch(line) is not None:
        return FinalResult(ResultKind.ERROR, None, line)
    return None


def _reported(kind: ResultKind, detail: str) -> FinalResult:
    """``detail`` is a number (+CMEE=1) or words (+CMEE=2)."""
    is_cme = kind is ResultKind.CME_ERROR
    table = CME_ERRORS if is_cme else CMS_ERRORS
    words = detail.strip()
    if _NUMBER.fullmatch(words) is not None:
        code = int(words)
        return FinalResult(kind, code, table.get(code, "unlisted error"))
    return FinalResult(kind, cme_code(words) if is_cme else cms_code(words), words)
