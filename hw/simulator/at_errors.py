"""Why a command fails, in the numbers and words of 27.007 9.2 and 27.005 3.2.5."""

from __future__ import annotations

from hw.simulator.causes import Cause, SsError
from hw.simulator.sim_card import (
    SimAbsentError,
    SimBusyError,
    SimCard,
    SimError,
    SimFailureError,
    SimLockedError,
)

# 27.007 9.2.1 and 9.2.2; 515 is SIMCom's and Quectel's "please wait" (their AT manuals).
CME_TEXTS: dict[int, str] = {
    0: "phone failure",
    1: "no connection to phone",
    3: "operation not allowed",
    4: "operation not supported",
    5: "PH-SIM PIN required",
    10: "SIM not inserted",
    11: "SIM PIN required",
    12: "SIM PUK required",
    13: "SIM failure",
    14: "SIM busy",
    15: "SIM wrong",
    16: "incorrect password",
    17: "SIM PIN2 required",
    18: "SIM PUK2 required",
    20: "memory full",
    21: "invalid index",
    22: "not found",
    23: "memory failure",
    24: "text string too long",
    25: "invalid characters in text string",
    26: "dial string too long",
    27: "invalid characters in dial string",
    30: "no network service",
    31: "network timeout",
    32: "network not allowed - emergency calls only",
    50: "Incorrect parameters",
    100: "unknown",
    515: "please wait, init or command processing in progress",
}

# 27.005 3.2.5; 1..127 are RP causes (24.011 8.2.5.4), 128..255 TP-FCS (23.040 9.2.3.22).
CMS_TEXTS: dict[int, str] = {
    300: "ME failure",
    301: "SMS service of ME reserved",
    302: "operation not allowed",
    303: "operation not supported",
    304: "invalid PDU mode parameter",
    305: "invalid text mode parameter",
    310: "(U)SIM not inserted",
    311: "(U)SIM PIN required",
    312: "PH-(U)SIM PIN required",
    313: "(U)SIM failure",
    314: "(U)SIM busy",
    315: "(U)SIM wrong",
    316: "(U)SIM PUK required",
    320: "memory failure",
    321: "invalid memory index",
    322: "memory full",
    330: "SMSC address unknown",
    331: "no network service",
    332: "network timeout",
    340: "no +CNMA acknowledgement expected",
    500: "unknown error",
}


class AtError(Exception):
    """The command line ends here with a final result code; plain ERROR unless a subclass."""

    def result(self, cmee: int, *, cms_in_words: bool) -> str:
        """The final result code under +CMEE=`cmee`; `cms_in_words` when level 2 also words +CMS."""
        return "ERROR"


class CmeError(AtError):
    """27.007 9.2: shown according to +CMEE."""

    def __init__(self, code: int) -> None:
        super().__init__(f"+CME ERROR: {code}")
        self.code = code

    def result(self, cmee: int, *, cms_in_words: bool) -> str:
        """ERROR, the number or the words."""
        if cmee == 0:
            return "ERROR"
        shown = CME_TEXTS.get(self.code, "unknown") if cmee == 2 else str(self.code)
        return f"+CME ERROR: {shown}"


class CmsError(AtError):
    """27.005 3.2.5: shown whatever +CMEE says; some families word it at level 2."""

    def __init__(self, code: int) -> None:
        super().__init__(f"+CMS ERROR: {code}")
        self.code = code

    def result(self, cmee: int, *, cms_in_words: bool) -> str:
        """The number, or the words where the family does so and +CMEE is 2."""
        if cmee == 2 and cms_in_words:
            return f"+CMS ERROR: {CMS_TEXTS.get(self.code, 'unknown error')}"
        return f"+CMS ERROR: {self.code}"


class FinalResultError(AtError):
    """A final result code that is no error of the command's form: BUSY, NO CARRIER ..."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def result(self, cmee: int, *, cms_in_words: bool) -> str:
        """The code itself."""
        return self.code


def sim_error(error: SimError, sim: SimCard) -> CmeError:
    """The +CME ERROR that tells why a card refused: 10 to 16 of 27.007 9.2.1."""
    if isinstance(error, SimAbsentError):
        return CmeError(10)
    if isinstance(error, SimFailureError):
        return CmeError(13)
    if isinstance(error, SimBusyError):
        return CmeError(14)
    if isinstance(error, SimLockedError):
        return CmeError({"SIM PIN": 11, "SIM PUK": 12}.get(sim.pin_state.value, 13))
    return CmeError(100)


# +CME to +CMS of the same trouble: 27.007 9.2.1 against 27.005 3.2.5.
CMS_FROM_CME = {10: 310, 11: 311, 12: 316, 13: 313, 14: 314, 15: 315, 30: 331, 31: 332}


def as_cms(error: CmeError) -> CmsError:
    """The same trouble as a command of 27.005 tells it."""
    return CmsError(CMS_FROM_CME.get(error.code, 500))


def ss_error(error: SsError) -> CmeError:
    """The +CME ERROR of a refused supplementary service.

    27.007 has no number for most of 24.080's errors: modems say 30 (no network service), 31
    (time-out), 3 (not allowed) or 100 (unknown); so does this one.
    """
    if error is SsError.NO_ANSWER_FROM_NETWORK:
        return CmeError(31)
    if error is SsError.ABSENT_SUBSCRIBER:
        return CmeError(30)
    if error in (SsError.FACILITY_NOT_SUPPORTED, SsError.SS_NOT_AVAILABLE):
        return CmeError(4)
    if error in (
        SsError.ILLEGAL_SS_OPERATION,
        SsError.SS_ERROR_STATUS,
        SsError.SS_SUBSCRIPTION_VIOLATION,
        SsError.SS_INCOMPATIBILITY,
        SsError.CALL_BARRED,
        SsError.BEARER_SERVICE_NOT_PROVISIONED,
        SsError.TELESERVICE_NOT_PROVISIONED,
    ):
        return CmeError(3)
    return CmeError(100)


def dial_result(cause: Cause | None) -> str:
    """The final result code of ATD for a call that ended before it was answered (V.250 5.7.1)."""
    if cause is Cause.USER_BUSY:
        return "BUSY"
    if cause in (Cause.NO_ANSWER, Cause.NO_USER_RESPONDING):
        return "NO ANSWER"
    return "NO CARRIER"
