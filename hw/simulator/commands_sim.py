"""The card and the modem's own state: 27.007 7.4, 7.5, 8.1 to 8.5, 8.14, 8.15, 8.40, 9.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hw.simulator.at_arguments import Arguments
from hw.simulator.at_commands import Command, CommandTable, Gate, Outcome, setting
from hw.simulator.at_errors import CmeError, sim_error
from hw.simulator.modem_formats import RINGING, number_type
from hw.simulator.modem_text import parse_clock
from hw.simulator.sim_card import PinState, SimError
from hw.simulator.terminal import CallState

if TYPE_CHECKING:
    from hw.simulator.modem import Modem

FUNCTIONALITIES = (0, 1, 4)  # 27.007 8.2
PIN_LENGTHS = range(4, 9)  # 11.11 9.3


def _code(arguments: Arguments, index: int) -> str:
    code = arguments.string(index)
    if not (code.isascii() and code.isdigit() and len(code) in PIN_LENGTHS):
        raise CmeError(16)
    return code


def _pin_state(modem: Modem, arguments: Arguments) -> Outcome:
    try:
        modem.sim.require(unlocked=False)
    except SimError as error:
        raise sim_error(error, modem.sim) from error
    return [f"+CPIN: {modem.model.pin_code(modem.sim.pin_state)}"]


def _enter_pin(modem: Modem, arguments: Arguments) -> Outcome:
    """27.007 8.3: +CPIN=<pin>[,<newpin>]; with a new PIN the first is the PUK."""
    arguments.at_most(2)
    sim = modem.sim
    try:
        sim.require(unlocked=False)
        if sim.pin_state is PinState.READY:
            raise CmeError(3)
        if sim.pin_state is PinState.SIM_PIN:
            if arguments.given(1):
                raise CmeError(3)
            right = sim.verify_pin(_code(arguments, 0))
        else:
            if not arguments.given(1):
                raise CmeError(12)
            right = sim.unblock(_code(arguments, 0), _code(arguments, 1))
    except SimError as error:
        raise sim_error(error, sim) from error
    if not right:
        raise CmeError(12 if sim.pin_state is not PinState.SIM_PIN else 16)
    modem.timeline.after(0, modem.sim_unlocked)
    return []


def _lock(modem: Modem, arguments: Arguments) -> Outcome:
    """27.007 7.4 +CLCK=<fac>,<mode>[,<passwd>]: "SC" is the card's PIN request."""
    if arguments.string(0).upper() != "SC":
        raise CmeError(4)
    mode = arguments.integer(1, range(3))
    if mode == 2:
        return [f"+CLCK: {int(modem.sim.pin_enabled)}"]
    try:
        if not modem.sim.enable_pin(mode == 1, _code(arguments, 2)):
            raise CmeError(12 if modem.sim.pin_state is PinState.SIM_PUK else 16)
    except SimError as error:
        raise sim_error(error, modem.sim) from error
    return []


def _change_password(modem: Modem, arguments: Arguments) -> Outcome:
    """27.007 7.5 +CPWD=<fac>,<oldpwd>,<newpwd>."""
    if arguments.string(0).upper() != "SC":
        raise CmeError(4)
    try:
        if not modem.sim.change_pin(_code(arguments, 1), _code(arguments, 2)):
            raise CmeError(12 if modem.sim.pin_state is PinState.SIM_PUK else 16)
    except SimError as error:
        raise sim_error(error, modem.sim) from error
    return []


def _tries_left(modem: Modem, arguments: Arguments) -> Outcome:
    """27.007 8.66 +CPINR."""
    return [
        f"+CPINR: SIM PIN,{modem.sim.pin_tries},3",
        f"+CPINR: SIM PUK,{modem.sim.puk_tries},10",
    ]


def _set_functionality(modem: Modem, arguments: Arguments) -> Outcome:
    """27.007 8.2 +CFUN=<fun>[,<rst>]: <rst> 1 restarts the modem first."""
    level = arguments.at_most(2).integer(0, FUNCTIONALITIES)
    if arguments.integer(1, range(2), 0) == 1:
        modem.timeline.after(modem.model.restart_after_ms, modem.restart)
        return []
    if level != modem.functionality:
        modem.set_functionality(level)
    return []


def _show_functionality(modem: Modem, arguments: Arguments) -> Outcome:
    return [f"+CFUN: {modem.functionality}"]


def _imsi(modem: Modem, arguments: Arguments) -> Outcome:
    return [modem.sim.imsi]


def card_number(prefix: str) -> Command:
    """+CCID, +ICCID, +QCCID, +CICCID: the card's own number, with the family's prefix."""

    def show(modem: Modem, arguments: Arguments) -> Outcome:
        try:
            modem.sim.require(unlocked=False)
        except SimError as error:
            raise sim_error(error, modem.sim) from error
        return [f"{prefix}{modem.sim.iccid}"]

    return Command(execute=show, read=show, test="")


def _own_number(modem: Modem, arguments: Arguments) -> Outcome:
    """27.007 7.1 +CNUM: nothing but OK where EF MSISDN is empty, as on most French cards."""
    number = modem.sim.number
    return [] if not number else [f'+CNUM: ,"{number}",{number_type(number)}']


def _activity(modem: Modem, arguments: Arguments) -> Outcome:
    """27.007 8.1 +CPAS: 0 ready, 3 ringing, 4 call in progress."""
    states = [call.state for call in modem.line.calls()] if modem.line is not None else []
    if any(state in RINGING for state in states):
        return ["+CPAS: 3"]
    return [f"+CPAS: {4 if states else 0}"]


def _signal(modem: Modem, arguments: Arguments) -> Outcome:
    return [f"+CSQ: {modem.registration.signal()},99"]


def _clock(modem: Modem, arguments: Arguments) -> Outcome:
    return [f'+CCLK: "{modem.registration.clock_text()}"']


def _set_clock(modem: Modem, arguments: Arguments) -> Outcome:
    try:
        local, quarters = parse_clock(arguments.at_most(1).string(0))
    except ValueError as error:
        raise arguments.bad from error
    modem.registration.set_clock(local, quarters)
    return []


def _set_zone_update(modem: Modem, arguments: Arguments) -> Outcome:
    modem.settings.ctzu = arguments.at_most(1).integer(0, modem.model.clock_modes)
    modem.registration.follow_network()
    return []


def _show_zone_update(modem: Modem, arguments: Arguments) -> Outcome:
    return [f"+CTZU: {modem.settings.ctzu}"]


def _active_calls(modem: Modem) -> int:
    calls = modem.line.calls() if modem.line is not None else ()
    return sum(call.state is CallState.ACTIVE for call in calls)


def _indicators(modem: Modem, arguments: Arguments) -> Outcome:
    """27.007 8.9 +CIND: signal 0..5, service, call, roaming, smsfull."""
    csq = modem.registration.signal()
    bars = 0 if csq == 99 else min(5, csq // 6)
    store = modem.messages.store(modem.settings.memory_receive)
    roaming = int(modem.registration.status().name == "ROAMING")
    service = int(modem.registration.cell() is not None)
    full = int(store.used >= store.capacity)
    return [f"+CIND: {bars},{service},{int(_active_calls(modem) > 0)},{roaming},{full}"]


COMMANDS: CommandTable = {
    "+CMEE": setting("+CMEE", "cmee", range(3)),
    "+CPIN": Command(read=_pin_state, set=_enter_pin, test=""),
    "+CPINR": Command(execute=_tries_left, test=""),
    "+CLCK": Command(set=_lock, test='("SC")'),
    "+CPWD": Command(set=_change_password, test='("SC",8)'),
    "+CFUN": Command(set=_set_functionality, read=_show_functionality, test="(0,1,4),(0,1)"),
    "+CIMI": Command(execute=_imsi, test="", gate=Gate.SIM),
    "+CCID": card_number("+CCID: "),
    "+CNUM": Command(execute=_own_number, test="", gate=Gate.SIM),
    "+CPAS": Command(execute=_activity, test="(0,3,4)"),
    "+CSQ": Command(execute=_signal, test="(0-31,99),(0-7,99)"),
    "+CCLK": Command(read=_clock, set=_set_clock, test=""),
    "+CTZU": Command(set=_set_zone_update, read=_show_zone_update, test="(0,1)"),
    "+CTZR": setting("+CTZR", "ctzr", range(3)),
    "+CIND": Command(
        read=_indicators,
        test='("signal",(0-5)),("service",(0,1)),("call",(0,1)),("roam",(0,1)),("smsfull",(0,1))',
    ),
}
