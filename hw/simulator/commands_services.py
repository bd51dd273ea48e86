"""Supplementary services: +CLIP 7.6, +CLIR 7.7, +CCFC 7.11, +CCWA 7.12, +CSSN 7.17 of 27.007."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hw.simulator.at_arguments import Arguments
from hw.simulator.at_commands import PENDING, Command, CommandTable, Gate, Outcome, setting
from hw.simulator.at_errors import AtError, CmeError, ss_error
from hw.simulator.at_execution import Execution
from hw.simulator.modem_formats import number_type
from hw.simulator.terminal import (
    ForwardingMode,
    ForwardingReason,
    Line,
    SsResult,
)

if TYPE_CHECKING:
    from hw.simulator.modem import Modem

NUMBER_CHARACTERS = frozenset("0123456789*#+")
NO_REPLY_TIMES = range(1, 31)  # 27.007 7.11 <time>
CLASSES = range(1, 256)  # 27.007 7.11 <classx>


def forwarding_lines(result: SsResult) -> list[str]:
    """+CCFC: <status>,<class>[,<number>,<type>[,<subaddr>,<satype>[,<time>]]], a line a class.

    27.007 7.11: where nothing is active in any class asked for, one line tells status 0 and class 7
    (or the class asked for); a class without a forward beside others that have one has no line.
    """
    if not result.forwarding:
        return []
    active = [status for status in result.forwarding if status.active]
    if not active:
        classes = sum(status.service_class for status in result.forwarding)
        return [f"+CCFC: 0,{classes}"]
    lines = []
    for status in active:
        line = f"+CCFC: 1,{status.service_class}"
        if status.number:
            line += f',"{status.number}",{number_type(status.number)}'
            if status.no_reply_s is not None:
                line += f",,,{status.no_reply_s}"
        lines.append(line)
    return lines


def on_line(modem: Modem) -> tuple[Execution, Line]:
    """What a command that asks the network needs; raises CmeError 30 without one."""
    if modem.execution is None:
        raise AtError
    if modem.line is None or modem.registration.cell() is None:
        raise CmeError(30)
    return modem.execution, modem.line


def service_number(arguments: Arguments, index: int) -> str | None:
    """A number to forward to, with "+" where its type is 145; raises +CME ERROR 27 or 26."""
    number = arguments.string(index, "")
    if not number:
        return None
    if not set(number) <= NUMBER_CHARACTERS or "+" in number[1:]:
        raise CmeError(27)
    if len(number) > 40:
        raise CmeError(26)
    kind = arguments.integer(index + 1, range(128, 256), 145 if number.startswith("+") else 129)
    return number if number.startswith("+") or kind != 145 else "+" + number


def _forward(modem: Modem, arguments: Arguments) -> Outcome:
    """+CCFC=<reason>,<mode>[,<number>[,<type>[,<class>[,<subaddr>[,<satype>[,<time>]]]]]]."""
    arguments.at_most(8)
    reason = ForwardingReason(arguments.integer(0, range(6)))
    mode = ForwardingMode(arguments.integer(1, range(5)))
    number = service_number(arguments, 2)
    service_class = arguments.integer(4, CLASSES, 7)
    no_reply_s = arguments.integer(7, NO_REPLY_TIMES) if arguments.given(7) else None
    if mode is ForwardingMode.REGISTRATION and number is None:
        raise arguments.bad
    if mode is ForwardingMode.QUERY and reason >= ForwardingReason.ALL:
        raise CmeError(3)  # 22.082: all and all conditional cannot be interrogated
    execution, line = on_line(modem)

    def done(result: SsResult) -> None:
        if result.error is not None:
            execution.fail(ss_error(result.error))
        else:
            execution.finish(forwarding_lines(result) if mode is ForwardingMode.QUERY else [])

    line.forwarding(reason, mode, done, number, service_class, no_reply_s)
    return PENDING


def _wait(modem: Modem, arguments: Arguments) -> Outcome:
    """+CCWA=[<n>[,<mode>[,<class>]]]; a query answers +CCWA: <status>,<class> a class."""
    arguments.at_most(3)
    n = arguments.integer(0, range(2), modem.settings.ccwa)
    if not arguments.given(1):
        modem.settings.ccwa = n
        return []
    mode = arguments.integer(1, range(3))
    service_class = arguments.integer(2, CLASSES, 7)
    execution, line = on_line(modem)

    def done(result: SsResult) -> None:
        if result.error is not None:
            execution.fail(ss_error(result.error))
            return
        modem.settings.ccwa = n
        execution.finish(_waiting_lines(result, service_class) if mode == 2 else [])

    line.call_waiting(mode, done, service_class)
    return PENDING


def _waiting_lines(result: SsResult, asked: int) -> list[str]:
    active = result.active_classes & asked
    if not active:
        return [f"+CCWA: 0,{asked}"]
    return [f"+CCWA: 1,{1 << bit}" for bit in range(8) if active & 1 << bit]


def _show_wait(modem: Modem, arguments: Arguments) -> Outcome:
    return [f"+CCWA: {modem.settings.ccwa}"]


def _show_clip(modem: Modem, arguments: Arguments) -> Outcome:
    """+CLIP: <n>,<m>; <m> 2 is unknown, which it is without a network."""
    line = modem.line
    known = line is not None and modem.registration.cell() is not None
    provisioned = int(line.clip_provisioned()) if line is not None and known else 2
    return [f"+CLIP: {modem.settings.clip},{provisioned}"]


def _show_clir(modem: Modem, arguments: Arguments) -> Outcome:
    execution, line = on_line(modem)

    def done(result: SsResult) -> None:
        if result.error is not None:
            execution.fail(ss_error(result.error))
        else:
            _, m = result.clir or (0, 2)
            execution.finish([f"+CLIR: {modem.settings.clir},{m}"])

    line.clir_query(done)
    return PENDING


def _notify(modem: Modem, arguments: Arguments) -> Outcome:
    arguments.at_most(2)
    modem.settings.cssi = arguments.integer(0, range(2), 0)
    modem.settings.cssu = arguments.integer(1, range(2), 0)
    return []


def _show_notify(modem: Modem, arguments: Arguments) -> Outcome:
    return [f"+CSSN: {modem.settings.cssi},{modem.settings.cssu}"]


_CLIP = setting("+CLIP", "clip", range(2))
_CLIR = setting("+CLIR", "clir", range(3))

COMMANDS: CommandTable = {
    "+CCFC": Command(set=_forward, test="(0-5)", gate=Gate.SIM),
    "+CCWA": Command(set=_wait, read=_show_wait, test="(0,1)", gate=Gate.SIM),
    "+CLIP": Command(set=_CLIP.set, read=_show_clip, test="(0,1)"),
    "+CLIR": Command(set=_CLIR.set, read=_show_clir, test="(0-2)"),
    "+COLP": setting("+COLP", "colp", range(2)),
    "+CSSN": Command(set=_notify, read=_show_notify, test="(0,1),(0,1)"),
}
