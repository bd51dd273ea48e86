"""Calls: +CLCC 7.18, +CHLD 7.13, +CTFR 7.14, +CHUP 6.5, +CRC 6.11, +VTS C.2.11 of 27.007."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hw.simulator.at_arguments import Arguments
from hw.simulator.at_commands import (
    PENDING,
    Command,
    CommandTable,
    Gate,
    Outcome,
    accepted,
    setting,
)
from hw.simulator.at_errors import CmeError, ss_error
from hw.simulator.commands_services import on_line, service_number
from hw.simulator.modem_formats import RINGING
from hw.simulator.terminal import CallState, InCall, SsResult

if TYPE_CHECKING:
    from hw.simulator.modem import Modem

DTMF_KEYS = frozenset("0123456789*#ABCD")
ENDS = {  # which calls an operation of 22.030 6.5.5.1 ends by our own will
    InCall.RELEASE_HELD_OR_UDUB: (CallState.HELD, *RINGING),
    InCall.RELEASE_ACTIVE_ACCEPT_OTHER: (CallState.ACTIVE,),
    InCall.EXPLICIT_TRANSFER: (CallState.ACTIVE, CallState.HELD, CallState.ALERTING),
}


def list_calls(modem: Modem, arguments: Arguments) -> Outcome:
    """AT+CLCC: one line a call, nothing but OK without one."""
    calls = modem.line.calls() if modem.line is not None else ()
    return [modem.model.call_line(call) for call in calls]


def _operation(arguments: Arguments) -> tuple[InCall, int | None]:
    text = arguments.at_most(1).string(0)
    if text in ("0", "1", "2", "3", "4"):
        return InCall(text), None
    if len(text) == 2 and text[0] in "12" and text[1] in "1234567":
        operation = InCall.RELEASE_CALL if text[0] == "1" else InCall.HOLD_ALL_BUT
        return operation, int(text[1])
    raise arguments.bad


def _hold(modem: Modem, arguments: Arguments) -> Outcome:
    """+CHLD=<n>: the procedures of 22.030 6.5.5.1."""
    operation, index = _operation(arguments)
    if operation.value not in modem.model.chld_forms.split(","):
        raise CmeError(4)
    execution, line = on_line(modem)
    if not line.calls():
        raise CmeError(3)
    if operation is InCall.RELEASE_CALL:
        modem.calls.expect_release((), index)
    else:
        modem.calls.expect_release(ENDS.get(operation, ()))

    def done(result: SsResult) -> None:
        if result.error is not None:
            modem.calls.released_all_expected()
            execution.fail(ss_error(result.error))
        else:
            execution.finish()

    try:
        line.in_call(operation, done, index)
    except LookupError as error:
        raise CmeError(21) from error
    return PENDING


def _hold_forms(modem: Modem, arguments: Arguments) -> Outcome:
    return [f"+CHLD: ({modem.model.chld_forms})"]


def _deflect(modem: Modem, arguments: Arguments) -> Outcome:
    """27.007 7.14 +CTFR=<number>[,<type>[,<subaddr>[,<satype>]]]."""
    number = service_number(arguments.at_most(4), 0)
    if number is None:
        raise arguments.bad
    ringing = modem.calls.ringing()
    if ringing is None:
        raise CmeError(3)
    execution, line = on_line(modem)
    modem.calls.expect_release((), ringing.index)

    def done(result: SsResult) -> None:
        if result.error is not None:
            modem.calls.released_all_expected()
            execution.fail(ss_error(result.error))
        else:
            execution.finish()

    line.deflect(number, done)
    return PENDING


def _hang_up(modem: Modem, arguments: Arguments) -> Outcome:
    modem.calls.hang_up(everything=modem.model.hang_up_ends_all)
    return []


def _send_keys(modem: Modem, arguments: Arguments) -> Outcome:
    """+VTS=<keys>: single keys, a string of them, or {key,duration} lists in quotation marks."""
    keys = arguments.string(0).upper()
    if not keys or not set(keys) <= DTMF_KEYS:
        raise arguments.bad
    calls = modem.line.calls() if modem.line is not None else ()
    if modem.line is None or not any(call.state is CallState.ACTIVE for call in calls):
        raise CmeError(3)
    for key in keys:
        modem.line.send_dtmf(key)
    return []


COMMANDS: CommandTable = {
    "+CLCC": Command(execute=list_calls, test=""),
    "+CHLD": Command(set=_hold, test=_hold_forms, gate=Gate.SIM),
    "+CTFR": Command(set=_deflect, test="", gate=Gate.SIM),
    "+CHUP": Command(execute=_hang_up, test=""),
    "+CRC": setting("+CRC", "crc", range(2)),
    "+VTS": Command(set=_send_keys, test="(0-9,*,#,A,B,C,D)"),
    "+VTD": accepted("(0-255)"),
    "+CBST": accepted("(0,7,71),(0),(0,1)"),
    "+CMOD": accepted("(0)"),
    "+CVHU": accepted("(0,1)"),
    "+CSTA": accepted("(129,145)"),
    "+CLVL": accepted("(0-5)"),
    "+CMUT": accepted("(0,1)"),
}
