"""Huawei E1550, a 3G stick of 2009.

Sources: "HUAWEI UMTS M2M Module AT Command Interface Specification" (2009) for COMMAND NOT SUPPORT;
Asterisk's dongle drivers and logs, which carry captured lines: `^ORIG:1,0`, `^CONF:1`, `^CONN:1,0`,
`^CEND: 1,9,67,16` followed by NO CARRIER, the freeze of CHLD=1x before ^CONF; gammu's table of
phones, fed by users' reports, for slots that count from 0. Not from a source: USSD as packed
septets, the exact numbers in ^BOOT, the rhythm of ^RSSI, the revision, and the codes of +CSSU,
which are the standard's here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from hw.simulator import alphabet
from hw.simulator.at_arguments import Arguments
from hw.simulator.at_commands import Command, CommandTable, Gate, Outcome, accepted, kept, told
from hw.simulator.commands_calls import COMMANDS as CALL_COMMANDS
from hw.simulator.commands_sim import card_number
from hw.simulator.models.generic import standard_commands
from hw.simulator.models.model import BootNoise, CallEvent, Model
from hw.simulator.terminal import CallState, CallView

if TYPE_CHECKING:
    from hw.simulator.modem import Modem

UTRAN = 2  # 27.007 7.3 <AcT>
NETWORK_RELEASE = 67  # ^CEND <end_status>, as captured
CARRIAGE_RETURN = 0x0D  # 23.038 6.1.2.3.1: fills the last septet of a USSD string


class Huawei(Model):
    """E1550: chatty, and with ^ codes for every step of a call."""

    name = "huawei-e1550"
    usb_id = "12d1:1001"
    manufacturer = "huawei"
    product = "E1550"
    revision = "11.608.12.10.209"
    usb = True
    boot_ms = 6000
    boot_noise = (
        BootNoise(0, "^BOOT:27710117,0,0,0,20"),
        BootNoise(1500, "^SIMST:1", unlocked=True),
        BootNoise(2500, "^SRVST:2", unlocked=True),
        BootNoise(2600, "^MODE:5,4", unlocked=True),
        BootNoise(2700, "^RSSI:17", unlocked=True),
    )
    signal_period_ms = 20_000
    defaults: ClassVar[Mapping[str, object]] = {"cnmi": (1, 1, 0, 0, 0)}
    own_slots = 100
    first_slot = 0
    unknown_command = "COMMAND NOT SUPPORT"
    access_technology = UTRAN

    def __init__(self) -> None:
        """No LTE, no +CTZU; the rest is standard."""
        commands = standard_commands() | COMMANDS
        for name in ("+CEREG", "+CTZU", "+CPINR"):
            del commands[name]
        super().__init__(commands)

    def identification(self, modem: Modem) -> list[str]:
        """ATI: labelled lines."""
        return [
            f"Manufacturer: {self.manufacturer}",
            f"Model: {self.product}",
            f"Revision: {self.revision}",
            f"IMEI: {modem.imei}",
            "+GCAP: +CGSM,+DS,+ES",
        ]

    def signal_lines(self, modem: Modem) -> list[str]:
        """^RSSI and ^BOOT for ever, until AT^CURC=0."""
        if modem.settings.extra.get("^CURC", "1") == "0":
            return []
        return [f"^RSSI:{modem.registration.signal()}", "^BOOT:27710117,0,0,0,20"]

    def call_event(self, modem: Modem, event: CallEvent, call: CallView) -> list[str]:
        """^ORIG, ^CONF, ^CONN, ^CEND."""
        if event is CallEvent.DIALING:
            return [f"^ORIG:{call.index},0"]
        if event is CallEvent.ALERTING:
            return [f"^CONF:{call.index}"]
        if event is CallEvent.CONNECTED:
            return [f"^CONN:{call.index},0"]
        if event is CallEvent.RELEASED:
            duration_s = modem.calls.connected_s(call) or 0
            cause = f",{int(call.cause)}" if call.cause is not None else ""
            return [f"^CEND:{call.index},{duration_s},{NETWORK_RELEASE}{cause}"]
        return []

    def dtmf(self, modem: Modem, key: str) -> tuple[str, str | None] | None:
        """^DDTMF, always on."""
        return f"^DDTMF:{key}", None

    def ussd_text(self, text: str) -> str | None:
        """Packed septets in hexadecimal; None where the alphabet has no such character."""
        characters = alphabet.septets_of(text)
        if characters is None:
            return text.encode("utf-16-be").hex().upper()
        septets = [septet for each in characters for septet in each]
        if len(septets) % 8 == 7:
            septets.append(CARRIAGE_RETURN)
        return alphabet.pack(septets).hex().upper()

    def ussd_request(self, written: str) -> str | None:
        """Packed septets in hexadecimal; anything else is taken as it is written."""
        try:
            octets = bytes.fromhex(written)
        except ValueError:
            return written
        text = alphabet.text_of(alphabet.unpack(octets, len(octets) * 8 // 7))
        return text.rstrip("\r@")


def _hold(modem: Modem, arguments: Arguments) -> Outcome:
    """+CHLD=1x on a call before its ^CONF hangs the firmware."""
    written = arguments.string(0, "")
    calls = modem.line.calls() if modem.line is not None else ()
    dialing = {str(call.index) for call in calls if call.state is CallState.DIALING}
    if len(written) == 2 and written[0] == "1" and written[1] in dialing:
        modem.frozen = True
    standard = CALL_COMMANDS["+CHLD"].set
    return standard(modem, arguments) if standard is not None else []


def _voice_mode(modem: Modem, arguments: Arguments) -> Outcome:
    """AT^CVOICE=0: the voice interface is a serial port; nothing flows yet."""
    modem.settings.extra["^CVOICE"] = str(arguments.at_most(4).integer(0, range(2), 0))
    return []


def _voice_port(modem: Modem, arguments: Arguments) -> Outcome:
    """AT^DDSETEX=2: sound flows now, in a call that is up and with ^CVOICE=0."""
    if arguments.at_most(1).integer(0, range(3)) != 2:
        modem.audio.close()
        return []
    if modem.settings.extra.get("^CVOICE") == "0":
        modem.audio.open_in_call("serial", 0)
    return []


def _voice(modem: Modem, arguments: Arguments) -> Outcome:
    return ["^CVOICE:0,8000,16,20"]


def _keys(modem: Modem, arguments: Arguments) -> Outcome:
    """AT^DTMF=<index>,<key>."""
    line = modem.line
    if line is not None:
        line.send_dtmf(arguments.string(1).upper(), arguments.integer(0, range(1, 8)))
    return []


COMMANDS: CommandTable = {
    "+CHLD": Command(set=_hold, test=CALL_COMMANDS["+CHLD"].test, gate=Gate.SIM),
    "^CURC": kept("^CURC", "1", "(0-2)"),
    "^CVOICE": Command(set=_voice_mode, read=_voice, test="(0)"),
    "^DDSETEX": Command(set=_voice_port, test="(0-2)"),
    "^ICCID": card_number("^ICCID: "),
    "^SYSINFO": told("^SYSINFO:2,3,0,5,1,,4"),
    "^CARDLOCK": told("^CARDLOCK: 2,0,0"),
    "^U2DIAG": kept("^U2DIAG", "0"),
    "^SYSCFG": kept("^SYSCFG", "2,0,3FFFFFFF,1,2"),
    "^STSF": accepted(),
    "^PORTSEL": accepted("(0,1)"),
    "^CMSR": accepted(),
    "^RFSWITCH": told("^RFSWITCH:1,1"),
    "^HWVER": told('^HWVER:"CD25TCPU"'),
    "^DTMF": Command(set=_keys, test=""),
}


def e1550() -> Model:
    """E1550."""
    return Huawei()
