"""Telit LE910C1.

The names follow Telit's "LE910Cx AT Commands Reference Guide": #CCID, #REBOOT, #DIALMODE (0: OK
as soon as the other telephone rings), #DTMF and #DTMFEV, #ECAM, #SMOV, numeric ATI; the guide was
not at hand when this was written, so every form here is to be proved on a bench. Quiet at start
unless #QSS and #SIMDET are switched on. The codes of +CSSU are those of the "LE910 V2 Series AT
Commands": 0, 2 and 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hw.simulator.at_arguments import Arguments
from hw.simulator.at_commands import Command, CommandTable, Outcome, kept, told
from hw.simulator.causes import Cause
from hw.simulator.commands_sim import card_number
from hw.simulator.models.generic import standard_commands
from hw.simulator.models.model import DialEnds, Model
from hw.simulator.terminal import CallView

if TYPE_CHECKING:
    from hw.simulator.modem import Modem


class Telit(Model):
    """LE910C1-EU."""

    name = "telit-le910c1"
    usb_id = "1bc7:1031"
    manufacturer = "Telit"
    product = "LE910C1-EU"
    revision = "25.20.676"
    usb = True
    boot_ms = 10_000
    own_slots = 99
    dial_ends = DialEnds.ALERTING
    hang_up_ends_all = True
    cssu_codes = frozenset({0, 2, 3})
    reject_cause = Cause.CALL_REJECTED

    def __init__(self) -> None:
        """The family's own commands on top of the standard ones."""
        super().__init__(standard_commands() | COMMANDS)

    def identification(self, modem: Modem) -> list[str]:
        """ATI: a product code."""
        return ["332"]

    def dtmf(self, modem: Modem, key: str) -> tuple[str, str | None] | None:
        """#DTMFEV after AT#DTMF=1."""
        if modem.settings.extra.get("#DTMF", "0") == "0":
            return None
        return f"#DTMFEV: {key}", None

    def call_changed(self, modem: Modem, call: CallView) -> list[str]:
        """#ECAM: <ccid>,<ccstatus>,<calltype>,,,[<number>,<type>] after AT#ECAM=1."""
        if modem.settings.extra.get("#ECAM", "0") != "1":
            return []
        return [f"#ECAM: {call.index - 1},{ECAM_STATES[int(call.state)]},1,,"]

    def store_full(self, modem: Modem, memory: str) -> list[str]:
        """#SMOV after AT#SMOV=1."""
        if modem.settings.extra.get("#SMOV", "0") != "1":
            return []
        store = modem.messages.store(memory)
        return [f'#SMOV: "{memory}",{store.used},{store.capacity},{store.capacity}']


# #ECAM <ccstatus> by +CLCC <stat>: 3 connected, 4 released -> idle 0, 5 on hold, 1 calling (MO),
# 7 alerting (MO), 6 ringing (MT), 9 busy
ECAM_STATES = {0: 3, 1: 5, 2: 1, 3: 7, 4: 6, 5: 6, 6: 0}


def _restart(modem: Modem, arguments: Arguments) -> Outcome:
    modem.timeline.after(modem.model.restart_after_ms, modem.restart)
    return []


def _tries(modem: Modem, arguments: Arguments) -> Outcome:
    """#PCT: tries left of the code that is asked for."""
    waiting_for_puk = modem.sim.pin_tries == 0
    return [f"#PCT: {modem.sim.puk_tries if waiting_for_puk else modem.sim.pin_tries}"]


def _temperature(modem: Modem, arguments: Arguments) -> Outcome:
    """AT#TEMPMON=<mod>: 1 measures once; 0 sets what comes by itself."""
    return ["#TEMPMEAS: 0,31"] if arguments.integer(0, range(2)) == 1 else []


COMMANDS: CommandTable = {
    "#CBC": told("#CBC: 0,388"),
    "#TEMPMON": Command(set=_temperature, test="(0,1)"),
    "#CCID": card_number("#CCID: "),
    "#CGMI": told("#CGMI: Telit"),
    "#CGMM": told("#CGMM: LE910C1-EU"),
    "#CGMR": told("#CGMR: 25.20.676"),
    "#REBOOT": Command(execute=_restart, test=""),
    "#PCT": Command(execute=_tries, test=""),
    "#DIALMODE": kept("#DIALMODE", "0", "(0-2)"),
    "#DTMF": kept("#DTMF", "0", "(0-2)"),
    "#ECAM": kept("#ECAM", "0", "(0,1)"),
    "#QSS": kept("#QSS", "0,1", "(0-3)"),
    "#SMOV": kept("#SMOV", "0", "(0,1)"),
    "#SHDN": told(),
    "#SIMDET": kept("#SIMDET", "2,1", "(0-2)"),
    "#DVI": kept("#DVI", "1,2,1"),
    "#RFSTS": told('#RFSTS: "208 99",6300,-94,-65,-12'),
}


def le910c1() -> Model:
    """LE910C1-EU."""
    return Telit()
