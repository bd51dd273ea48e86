"""Registration and operators: 27.007 7.2, 7.3, 10.1.20, 10.1.22; USSD 7.15; +CEER 6.10."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hw.simulator.at_arguments import Arguments
from hw.simulator.at_commands import PENDING, Command, CommandTable, Gate, Outcome, accepted
from hw.simulator.at_errors import AtError, CmeError
from hw.simulator.causes import SsError
from hw.simulator.modem_registration import ON_AIR
from hw.simulator.modem_text import from_computer
from hw.simulator.terminal import Registration, SsResult

if TYPE_CHECKING:
    from hw.simulator.modem import Modem

SCAN_MS = 8000  # a search for operators keeps the radio busy for long
E_UTRAN_ONLY = "+CEREG"


def _registration(name: str, field: str) -> Command:
    """+CREG, +CGREG, +CEREG: <n> 0..2 and what is true now."""

    def status(modem: Modem) -> Registration:
        if name == "+CREG":
            return modem.registration.status()
        return modem.registration.packet_status(evolved=name == E_UTRAN_ONLY)

    def put(modem: Modem, arguments: Arguments) -> Outcome:
        setattr(modem.settings, field, arguments.at_most(1).integer(0, range(3), 0))
        return []

    def show(modem: Modem, arguments: Arguments) -> Outcome:
        mode, now = getattr(modem.settings, field), status(modem)
        place = modem.registration.place() if mode == 2 and now in ON_AIR else ""
        return [f"{name}: {mode},{int(now)}{place}"]

    return Command(set=put, read=show, test="(0-2)")


def _set_operator(modem: Modem, arguments: Arguments) -> Outcome:
    """27.007 7.3 +COPS=<mode>[,<format>[,<oper>[,<AcT>]]]."""
    mode = arguments.at_most(4).integer(0, range(5), 0)
    if arguments.given(1):
        modem.settings.cops_format = arguments.integer(1, range(3))
    if mode == 3:
        return []
    if mode in (1, 4):
        _choose(modem, arguments)
    modem.settings.cops_mode = mode
    if mode == 2:
        modem.detach(orderly=True)
    else:
        modem.attach_when_possible()
    return []


def _choose(modem: Modem, arguments: Arguments) -> None:
    wanted = arguments.string(2)
    cell = modem.registration.cell()
    if cell is None:
        raise CmeError(30)
    if wanted not in (cell.operator_long, cell.operator_short, cell.operator_numeric):
        raise CmeError(32)


def _show_operator(modem: Modem, arguments: Arguments) -> Outcome:
    cell = modem.registration.cell()
    mode, form = modem.settings.cops_mode, modem.settings.cops_format
    if cell is None:
        return [f"+COPS: {mode}"]
    name = (cell.operator_long, cell.operator_short, cell.operator_numeric)[form]
    shown = name if form == 2 else modem.messages.in_character_set(name)
    return [f'+COPS: {mode},{form},"{shown}",{cell.access_technology}']


def _scan(modem: Modem, arguments: Arguments) -> Outcome:
    """+COPS=? : (<stat>,long,short,numeric,<AcT>)s,,(modes),(formats); takes its time."""
    execution = modem.execution
    if execution is None:
        raise AtError
    if modem.functionality != 1:
        raise CmeError(30)

    def found() -> None:
        cell = modem.registration.cell()
        entries = ['(3,"Autre F","Autre","20898",7)']
        if cell is not None:
            long_name = modem.messages.in_character_set(cell.operator_long)
            short_name = modem.messages.in_character_set(cell.operator_short)
            entries.insert(
                0,
                f'(2,"{long_name}","{short_name}","{cell.operator_numeric}"'
                f",{cell.access_technology})",
            )
        execution.finish([f"+COPS: {','.join(entries)},,(0-4),(0-2)"])

    scheduled = modem.timeline.after(SCAN_MS, found)

    def abort() -> None:
        scheduled.cancel()
        execution.finish()

    execution.on_abort = abort  # 27.007 7.3 lets any character end the search
    return PENDING


def _ussd(modem: Modem, arguments: Arguments) -> Outcome:
    """27.007 7.15 +CUSD=<n>[,<str>[,<dcs>]]: OK at once, the network's word comes as +CUSD:."""
    n = arguments.at_most(3).integer(0, range(3), 0)
    line = modem.line
    if n == 2:
        if line is not None:
            line.ussd_cancel()
        return []
    modem.settings.cusd = n
    if not arguments.given(1):
        return []
    if line is None:
        raise CmeError(30)
    text = modem.model.ussd_request(arguments.string(1))
    if text is None:
        try:
            text = from_computer(arguments.string(1), modem.settings.cscs)
        except ValueError as error:
            raise arguments.bad from error

    def done(result: SsResult) -> None:
        if result.error is None:
            modem.registration.ussd(result.text, reply_expected=False)
        else:
            timed_out = result.error is SsError.NO_ANSWER_FROM_NETWORK
            modem.registration.ussd_failed(5 if timed_out else 4)

    line.ussd(text, done)
    return []


def _show_ussd(modem: Modem, arguments: Arguments) -> Outcome:
    return [f"+CUSD: {modem.settings.cusd}"]


def _error_report(modem: Modem, arguments: Arguments) -> Outcome:
    """27.007 6.10 +CEER: free text, here the words of the last call's cause."""
    cause = modem.calls.last_cause
    return [f"+CEER: {modem.model.cause_text(cause)}"]


def _attached(modem: Modem, arguments: Arguments) -> Outcome:
    return [f"+CGATT: {int(modem.registration.cell() is not None)}"]


COMMANDS: CommandTable = {
    "+CREG": _registration("+CREG", "creg"),
    "+CGREG": _registration("+CGREG", "cgreg"),
    "+CEREG": _registration("+CEREG", "cereg"),
    "+COPS": Command(set=_set_operator, read=_show_operator, test=_scan, gate=Gate.SIM),
    "+CUSD": Command(set=_ussd, read=_show_ussd, test="(0-2)"),
    "+CEER": Command(execute=_error_report, test=""),
    "+CGATT": Command(set=accepted().set, read=_attached, test="(0,1)"),
}
