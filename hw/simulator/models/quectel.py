"""Quectel EC25, EC21, EG25-G.

Sources: the makers' "AT Commands Manual" of EC25 and EC21 (the +CFUN example with +CPIN: READY,
+QUSIM: 1, +QIND: PB DONE, +QIND: SMS DONE; ^DSCI and its states; +QINDCFG; +QTONEDET; +QHUP; the
codes of +CSSU: 0, 2, 3, 5 and 10).
Captured lines: `+QIND: "ccinfo",2,1,-1,0,0,"+372132123",145`, `^DSCI: 1,1,4,0,13022100000,129,0`,
`+CLCC: 2,1,0,1,0,"",128` (drivers' tests and logs). Not from a source: how long a start takes, the
size of ME, that +CHUP refuses as user busy, and what the status commands (+QTEMP, +CBC) say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from hw.simulator.at_arguments import Arguments
from hw.simulator.at_commands import Command, CommandTable, Outcome, kept, told
from hw.simulator.at_errors import CmeError
from hw.simulator.causes import Cause
from hw.simulator.commands_sim import card_number
from hw.simulator.models.generic import standard_commands
from hw.simulator.models.model import BootNoise, Model
from hw.simulator.modem_formats import call_line, number_type
from hw.simulator.terminal import CallState, CallView

if TYPE_CHECKING:
    from hw.simulator.modem import Modem

# ^DSCI <stat> after the manual; +QIND "ccinfo" uses +CLCC's numbers and -1 for the end
DSCI_STATES = {
    CallState.HELD: 1,
    CallState.DIALING: 2,
    CallState.ACTIVE: 3,
    CallState.INCOMING: 4,
    CallState.WAITING: 5,
    CallState.RELEASED: 6,
    CallState.ALERTING: 7,
}


class Quectel(Model):
    """The EC2x family: data differs by model, behaviour does not."""

    manufacturer = "Quectel"
    usb = True
    cssu_codes = frozenset({0, 2, 3, 5, 10})
    clock_modes = (0, 1, 3)  # 1 keeps GMT in the clock, 3 local time
    clock_keeps_gmt = True
    boot_ms = 9000
    boot_noise = (
        BootNoise(0, "RDY"),
        BootNoise(200, "+CFUN: 1"),
        BootNoise(900, "+CPIN: {pin}"),
        BootNoise(950, "+QUSIM: 1"),
        BootNoise(3200, "+QIND: SMS DONE", unlocked=True),
        BootNoise(4100, "+QIND: PB DONE", unlocked=True),
    )
    unlocked_lines = ("+CPIN: READY", "+QUSIM: 1", "+QIND: PB DONE", "+QIND: SMS DONE")
    defaults: ClassVar[Mapping[str, object]] = {
        "cmee": 1,
        "cnmi": (2, 1, 0, 0, 0),
        "cscs": "GSM",
        "memory_read": "ME",
        "memory_write": "ME",
        "memory_receive": "ME",
    }
    own_slots = 255
    memories = ("SM", "ME")
    character_sets = ("GSM", "IRA", "UCS2")
    cms_in_words = True
    hang_up_ends_all = True
    reject_cause = Cause.USER_BUSY

    def __init__(self, name: str, usb_id: str, product: str, revision: str) -> None:
        """One model of the family."""
        super().__init__(standard_commands() | COMMANDS)
        self.name = name
        self.usb_id = usb_id
        self.product = product
        self.revision = revision

    def call_line(self, call: CallView) -> str:
        """+CLCC with an empty number where it is withheld, as captured."""
        return call_line(call) if call.number else call_line(call) + ',"",128'

    def call_changed(self, modem: Modem, call: CallView) -> list[str]:
        """^DSCI and +QIND: "ccinfo", each where it has been switched on."""
        lines = []
        number, kind = call.number or "", number_type(call.number)
        if modem.settings.extra.get("^DSCI", "0") == "1":
            state = DSCI_STATES[call.state]
            lines.append(f"^DSCI: {call.index},{int(call.direction)},{state},0,{number},{kind},0")
        if modem.settings.extra.get('"ccinfo"', "0") == "1":
            stat = -1 if call.state is CallState.RELEASED else int(call.state)
            lines.append(
                f'+QIND: "ccinfo",{call.index},{int(call.direction)},{stat},0'
                f',{int(call.multiparty)},"{number}",{kind}'
            )
        return lines

    def dtmf(self, modem: Modem, key: str) -> tuple[str, str | None] | None:
        """+QTONEDET: the key's code as a decimal number, after AT+QTONEDET=1."""
        if modem.settings.extra.get("+QTONEDET", "0") != "1":
            return None
        return f"+QTONEDET: {ord(key)}", None

    def sound_flow(self, *, go: bool) -> str | None:
        """+QPCMV, as an unsolicited code."""
        return "+QPCMV: 1,0" if go else "+QPCMV: 0,0"

    def store_full(self, modem: Modem, memory: str) -> list[str]:
        """+QIND: "smsfull", after AT+QINDCFG="smsfull",1."""
        if modem.settings.extra.get('"smsfull"', "0") != "1":
            return []
        return [f'+QIND: "smsfull","{memory}"']


def _configure_indications(modem: Modem, arguments: Arguments) -> Outcome:
    """AT+QINDCFG=<urctype>[,<enable>[,<save>]]."""
    kind = f'"{arguments.at_most(3).string(0).lower()}"'
    if kind not in ('"all"', '"csq"', '"smsfull"', '"ring"', '"smsincoming"', '"act"', '"ccinfo"'):
        raise arguments.bad
    if not arguments.given(1):
        return [f"+QINDCFG: {kind},{modem.settings.extra.get(kind, '0')}"]
    modem.settings.extra[kind] = str(arguments.integer(1, range(2)))
    return []


def _hang_up(modem: Modem, arguments: Arguments) -> Outcome:
    """AT+QHUP=<cause>[,<idx>]: hang up with a cause of 24.008."""
    try:
        cause = Cause(arguments.at_most(2).integer(0, range(1, 128)))
    except ValueError as error:
        raise arguments.bad from error
    index = arguments.integer(1, range(8), 0)
    calls = modem.line.calls() if modem.line is not None else ()
    for call in calls:
        if index in (0, call.index):
            modem.calls.release(call.index, cause)
    return []


def _configuration(modem: Modem, arguments: Arguments) -> Outcome:
    """AT+QCFG=<name>[,<values>]: kept, and shown when asked without values."""
    name = f'+QCFG "{arguments.string(0).lower()}"'
    head, _, values = arguments.text.partition(",")
    if values:
        modem.settings.extra[name] = values
        return []
    known = {'"ims"': "1,1", '"usbcfg"': "0x2C7C,0x125,1,1,1,1,1,0,0"}
    shown = modem.settings.extra.get(name, known.get(head.lower(), "0"))
    return [f"+QCFG: {head.lower()},{shown}"]


def _tries(modem: Modem, arguments: Arguments) -> Outcome:
    if arguments.given(0) and arguments.string(0).upper() != "SC":
        return [f'+QPINC: "{arguments.string(0).upper()}",3,10']
    return [f'+QPINC: "SC",{modem.sim.pin_tries},{modem.sim.puk_tries}']


def _power_down(modem: Modem, arguments: Arguments) -> Outcome:
    modem.timeline.after(modem.model.restart_after_ms, lambda: modem.urc("POWERED DOWN"))
    modem.timeline.after(modem.model.restart_after_ms + 200, lambda: modem.power_off(orderly=True))
    return []


def _card_state(modem: Modem, arguments: Arguments) -> Outcome:
    return [f"+QSIMSTAT: 0,{int(modem.sim.present)}"]


def _initialised(modem: Modem, arguments: Arguments) -> Outcome:
    return [f"+QINISTAT: {7 if modem.sim.usable else 0}"]


def _network(modem: Modem, arguments: Arguments) -> Outcome:
    cell = modem.registration.cell()
    if cell is None:
        return ["+QNWINFO: No Service"]
    return [f'+QNWINFO: "FDD LTE","{cell.operator_numeric}","LTE BAND 20",6300']


def _provider(modem: Modem, arguments: Arguments) -> Outcome:
    cell = modem.registration.cell()
    if cell is None:
        raise CmeError(30)
    name = modem.messages.in_character_set(cell.operator_long)
    short = modem.messages.in_character_set(cell.operator_short)
    return [f'+QSPN: "{name}","{short}","",0,"{cell.operator_numeric}"']


def _voice(modem: Modem, arguments: Arguments) -> Outcome:
    """AT+QPCMV=<on>[,<port>]: 0 the NMEA serial port, which must be free of GPS, 2 a sound card."""
    on = arguments.at_most(2).integer(0, range(2))
    port = arguments.integer(1, range(3), 0)
    if on and port == 0 and modem.settings.extra.get("+QGPS", "0") != "0":
        raise CmeError(3)
    if on:
        modem.audio.open("card" if port == 2 else "serial")
    else:
        modem.audio.close()
    return []


def _show_voice(modem: Modem, arguments: Arguments) -> Outcome:
    ports = {"": "0", "serial": "1,0", "card": "1,2"}
    return [f"+QPCMV: {ports[modem.audio.way]}"]


def _position_on(modem: Modem, arguments: Arguments) -> Outcome:
    """AT+QGPS=1: positions come on the NMEA port."""
    modem.settings.extra["+QGPS"] = str(arguments.integer(0, range(1, 5)))
    return []


def _position_off(modem: Modem, arguments: Arguments) -> Outcome:
    """AT+QGPSEND: an error where it is off already."""
    if modem.settings.extra.pop("+QGPS", "0") == "0":
        raise CmeError(505)
    return []


COMMANDS: CommandTable = {
    "+QCCID": card_number("+QCCID: "),
    "+ICCID": card_number("+ICCID: "),
    "^DSCI": kept("^DSCI", "0", "(0,1)"),
    "+QINDCFG": Command(set=_configure_indications, test=""),
    "+QTONEDET": kept("+QTONEDET", "0", "(0,1)"),
    "+QPCMV": Command(set=_voice, read=_show_voice, test="(0,1),(0-2)"),
    "+QURCCFG": kept("+QURCCFG", '"urcport","usbat"'),
    "+QCFG": Command(set=_configuration, test=""),
    "+QHUP": Command(set=_hang_up, test=""),
    "+QPINC": Command(set=_tries, read=_tries, execute=_tries, test='("SC","P2")'),
    "+QPOWD": Command(execute=_power_down, set=_power_down, test="(0,1)"),
    "+QSIMSTAT": Command(read=_card_state, set=kept("+QSIMSTAT", "0").set, test="(0,1)"),
    "+QSIMDET": kept("+QSIMDET", "0,0", "(0,1),(0,1)"),
    "+QINISTAT": Command(execute=_initialised, test="(0-7)"),
    "+QNWINFO": Command(execute=_network, test=""),
    "+QSPN": Command(execute=_provider, test=""),
    "+QTEMP": told("+QTEMP: 34,31,32"),
    "+QGPS": Command(set=_position_on, read=kept("+QGPS", "0").read, test="(1-4)"),
    "+QGPSEND": Command(execute=_position_off, test=""),
    "+QGPSCFG": kept("+QGPSCFG", '"outport","none"'),
    "+CBC": told("+CBC: 0,78,3876"),
}


def eg25() -> Model:
    """EG25-G, the model that is recommended."""
    return Quectel("quectel-eg25", "2c7c:0125", "EG25", "EG25GGBR07A08M2G")


def ec25() -> Model:
    """EC25-E."""
    return Quectel("quectel-ec25", "2c7c:0125", "EC25", "EC25EFAR06A08M4G")


def ec21() -> Model:
    """EC21-E."""
    return Quectel("quectel-ec21", "2c7c:0121", "EC21", "EC21EFAR06A06M4G")
