"""SIMCom SIM7600 (and SIM7500), A7602E-H.

Sources: "SIM7500_SIM7600 Series AT Command Manual" for the names (+CLCC as a setting, +CICCID,
+SPIC, +CRESET, +CPCMREG, +DDET); captured lines of drivers and logs: `VOICE CALL: BEGIN`,
`VOICE CALL: END: 000008` before the OK of AT+CHUP, `MISSED_CALL: 02:18AM +381641733314`,
`*ATREADY: 1`, `+CPIN: READY`, `+CGEV: EPS PDN ACT 1`, `SMS DONE`, `PB DONE`, `+RXDTMF: 8` ending in
CR CR LF. Not from a source: how long a start takes; that an empty slot answers OK; DTMF and +CLCC
codes of the A7602; what the status commands (+CPSI, +CBC) say; the codes of +CSSU, which are those
of the maker's SIM800 (its manual has 0 to 8).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from hw.simulator.at_arguments import Arguments
from hw.simulator.at_commands import Command, CommandTable, Outcome, accepted, kept, told
from hw.simulator.causes import Cause
from hw.simulator.commands_calls import list_calls
from hw.simulator.commands_sim import card_number
from hw.simulator.models.generic import standard_commands
from hw.simulator.models.model import BootNoise, CallEvent, Model
from hw.simulator.terminal import CallView, Direction

if TYPE_CHECKING:
    from hw.simulator.modem import Modem

VOICE_AFTER_MS = 100  # users' reports: AT+CPCMREG=1 sooner after VOICE CALL: BEGIN gives ERROR


class SimCom(Model):
    """The SIM7600 family."""

    name = "simcom-sim7600"
    usb_id = "1e0e:9001"
    manufacturer = "SIMCOM INCORPORATED"
    product = "SIMCOM_SIM7600E-H"
    revision = "LE20B04SIM7600M22"
    usb = True
    boot_ms = 12_000
    boot_noise: tuple[BootNoise, ...] = (
        BootNoise(0, "RDY"),
        BootNoise(1200, "+CPIN: {pin}"),
        BootNoise(4000, "SMS DONE", unlocked=True),
        BootNoise(5500, "PB DONE", unlocked=True),
    )
    unlocked_lines = ("+CPIN: READY", "SMS DONE", "PB DONE")
    defaults: ClassVar[Mapping[str, object]] = {"cmee": 2, "cnmi": (2, 1, 0, 0, 0)}
    own_slots = 23
    memories = ("ME", "SM")
    cms_in_words = True
    empty_slot_is_error = False
    hang_up_ends_all = True
    cssu_codes = frozenset(range(9))
    reject_cause = Cause.USER_BUSY

    def __init__(self) -> None:
        """The family's own commands on top of the standard ones."""
        super().__init__(standard_commands() | COMMANDS)

    def identification(self, modem: Modem) -> list[str]:
        """ATI: labelled lines."""
        return [
            f"Manufacturer: {self.manufacturer}",
            f"Model: {self.product}",
            f"Revision: {self.revision}",
            "SVN: 01",
            f"IMEI: {modem.imei}",
            "+GCAP: +CGSM",
        ]

    def revision_line(self) -> str:
        """+CGMR with its own prefix."""
        return f"+CGMR: {self.revision}"

    def no_card_lines(self) -> list[str]:
        """As the manual's +CPIN section has it."""
        return ["+CPIN: SIM REMOVED"]

    def call_changed(self, modem: Modem, call: CallView) -> list[str]:
        """+CLCC of its own accord after AT+CLCC=1; <stat> 6 is the end."""
        return [self.call_line(call)] if modem.settings.clcc_urc else []

    def call_event(self, modem: Modem, event: CallEvent, call: CallView) -> list[str]:
        """VOICE CALL: BEGIN and END, MISSED_CALL."""
        if event is CallEvent.CONNECTED:
            return ["VOICE CALL: BEGIN"]
        if event is not CallEvent.RELEASED:
            return []
        duration_s = modem.calls.connected_s(call)
        if duration_s is not None:
            return [f"VOICE CALL: END: {duration_s:06d}"]
        if call.direction is Direction.MOBILE_TERMINATED:
            local = modem.registration.local_time()
            return [f"MISSED_CALL: {local:%I:%M%p} {call.number or ''}".rstrip()]
        return ["VOICE CALL: END"]

    def dtmf(self, modem: Modem, key: str) -> tuple[str, str | None] | None:
        """+RXDTMF after AT+DDET=1; the line ends in CR CR LF."""
        if not modem.settings.extra.get("+DDET", "0").startswith("1"):
            return None
        return f"+RXDTMF: {key}", "\r\r\n"


class A7602(SimCom):
    """A7602E-H: another chip, the same house style."""

    name = "simcom-a7602"
    usb_id = "1e0e:9011"
    manufacturer = "INCORPORATED"
    product = "A7602E-H"
    revision = "A7602M6_V1.11.1"
    boot_ms = 8000
    boot_noise = (
        BootNoise(0, "*ATREADY: 1"),
        BootNoise(800, "+CPIN: {pin}"),
        BootNoise(2200, "+CGEV: EPS PDN ACT 1", unlocked=True),
        BootNoise(3000, "SMS DONE", unlocked=True),
        BootNoise(4200, "PB DONE", unlocked=True),
    )

    def __init__(self) -> None:
        """Its voice is analog: nothing to register on USB."""
        super().__init__()
        for name in ("+CPCMREG", "+CPCMFRM"):
            del self.commands[name]


def _call_list(modem: Modem, arguments: Arguments) -> Outcome:
    """AT+CLCC=<n>: 1 tells changes of its own accord."""
    modem.settings.clcc_urc = arguments.at_most(1).integer(0, range(2))
    return []


def _show_call_list(modem: Modem, arguments: Arguments) -> Outcome:
    return [f"+CLCC: {modem.settings.clcc_urc}"]


def _restart(modem: Modem, arguments: Arguments) -> Outcome:
    modem.timeline.after(modem.model.restart_after_ms, modem.restart)
    return []


def _power_off(modem: Modem, arguments: Arguments) -> Outcome:
    modem.timeline.after(modem.model.restart_after_ms, lambda: modem.power_off(orderly=True))
    return []


def _audio(modem: Modem, arguments: Arguments) -> Outcome:
    """AT+CPCMREG=1: only during a call, and not at once; =0 closes."""
    if arguments.at_most(1).integer(0, range(2)):
        modem.audio.open_in_call("serial", VOICE_AFTER_MS)
    else:
        modem.audio.close()
    return []


def _show_audio(modem: Modem, arguments: Arguments) -> Outcome:
    return [f"+CPCMREG: {int(modem.audio.on)}"]


def _tries(modem: Modem, arguments: Arguments) -> Outcome:
    return [f"+SPIC: {modem.sim.pin_tries},{modem.sim.puk_tries},3,10"]


def _system(modem: Modem, arguments: Arguments) -> Outcome:
    cell = modem.registration.cell()
    if cell is None:
        return ["+CPSI: NO SERVICE,Online"]
    code = f"{cell.operator_numeric[:3]}-{cell.operator_numeric[3:]}"
    return [
        f"+CPSI: LTE,Online,{code},0x{cell.location_area:04X},{cell.cell_id}"
        ",257,EUTRAN-BAND20,6300,3,3,-94,-1050,-741,15"
    ]


COMMANDS: CommandTable = {
    "+CLCC": Command(execute=list_calls, set=_call_list, read=_show_call_list, test="(0,1)"),
    "+CICCID": card_number("+ICCID: "),
    "+CRESET": Command(execute=_restart, test=""),
    "+CPOF": Command(execute=_power_off, test=""),
    "+CPCMREG": Command(set=_audio, read=_show_audio, test="(0,1)"),
    "+CPCMFRM": accepted("(0,1)"),
    "+DDET": kept("+DDET", "0", "(0,1)"),
    "+SPIC": Command(execute=_tries, test=""),
    "+CPSI": Command(read=_system, set=accepted().set, test="(0-255)"),
    "+CNSMOD": kept("+CNSMOD", "0,8"),
    "+CNMP": kept("+CNMP", "2"),
    "+CPMUTEMP": told("+CPMUTEMP: 31"),
    "+CBC": told("+CBC: 3.876V"),
    "+CSDVC": kept("+CSDVC", "1"),
    "+COUTGAIN": accepted("(0-8)"),
    "+CGPS": kept("+CGPS", "0,1"),
}


def sim7600() -> Model:
    """SIM7600E-H."""
    return SimCom()


def a7602() -> Model:
    """A7602E-H."""
    return A7602()
