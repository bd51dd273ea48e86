"""Builders of every command that the project sends: device, SIM, network and calls.

Messages and supplementary services are in ``service_commands`` and are exported from here too.
Every argument is checked before it gets into a line; ``command.render`` checks the line again.
The table of hw/profiles/README.md lists each builder; a test fails when one is missing there.
"""

from __future__ import annotations

import re
from typing import Final

from firmware.at.command import Command, Rendered, UnsafeCommand, render
from firmware.at.number import UnsafeNumber, international_number, mmi_code
from firmware.at.profile import ModemProfile, VoiceWay
from firmware.at.service_commands import (
    acknowledge_message,
    call_waiting_off,
    call_waiting_on,
    call_waiting_query,
    deflect,
    delete_message,
    forwarding_disable,
    forwarding_enable,
    forwarding_erase,
    forwarding_query,
    forwarding_register,
    list_messages,
    message_indications,
    message_indications_forms,
    message_service,
    pdu_mode,
    read_message,
    send_message,
    service_centre_query,
    service_notices,
    storage_forms,
    storage_query,
    storage_read,
    storage_select,
    ussd,
    ussd_cancel,
)

__all__ = [
    "Command",
    "Rendered",
    "UnsafeCommand",
    "UnsafeNumber",
    "acknowledge_message",
    "activity",
    "answer",
    "attention",
    "call_hold",
    "call_hold_forms",
    "call_list",
    "call_waiting_off",
    "call_waiting_on",
    "call_waiting_query",
    "calling_line",
    "calling_line_query",
    "clock_query",
    "deflect",
    "delete_message",
    "dial",
    "dial_code",
    "dtmf_detection",
    "echo_off",
    "error_texts",
    "errors_numeric",
    "errors_query",
    "extended_error",
    "forwarding_disable",
    "forwarding_enable",
    "forwarding_erase",
    "forwarding_query",
    "forwarding_register",
    "hang_up",
    "hang_up_all",
    "iccid",
    "imei",
    "imsi",
    "list_messages",
    "manufacturer",
    "message_indications",
    "message_indications_forms",
    "message_service",
    "model",
    "network_time_reports",
    "network_time_update",
    "no_automatic_answer",
    "operator_format",
    "operator_query",
    "own_number",
    "pdu_mode",
    "pin_enter",
    "pin_query",
    "pin_tries",
    "profile_init",
    "profile_reset",
    "profile_voice",
    "profile_voice_before",
    "read_message",
    "registration_query",
    "registration_reports",
    "render",
    "reset",
    "revision",
    "ring_kind",
    "send_key",
    "send_message",
    "service_centre_query",
    "service_notices",
    "signal_query",
    "storage_forms",
    "storage_query",
    "storage_read",
    "storage_select",
    "temperature",
    "ussd",
    "ussd_cancel",
    "verbose_results",
    "voltage",
]

_DIAL_S: Final = 120.0  # some firmware ends ATD at answer only
_CALL_S: Final = 30.0
_HOLD_S: Final = 8.0    # a caller may be on hold; what it has done all the same, +CLCC tells
_LIST_S: Final = 3.0    # nothing is asked of the network (Quectel: 300 ms); it is asked for again
_NETWORK_S: Final = 60.0
_SIM_S: Final = 20.0
_CHLD: Final = re.compile(r"0|1[1-7]?|2[1-7]?|3|4")  # 27.007 7.13; 22.030 6.5.5: ids 1 to 7
_KEY: Final = re.compile(r"[0-9*#A-D]")  # 27.007 C.2.11
_PIN: Final = re.compile(r"[0-9]{4,8}")  # 31.101 9.5.1


def attention() -> Command:
    """AT alone: is anybody there (V.250 5.2.2)."""
    return Command("AT", timeout_s=2.0)


def echo_off() -> Command:
    """ATE0 (V.250 6.2.4)."""
    return Command("ATE0", timeout_s=5.0)


def verbose_results() -> Command:
    """ATV1 (V.250 6.2.6), with result codes on (V.250 6.2.5)."""
    return Command("ATQ0V1", timeout_s=5.0)


def errors_numeric() -> Command:
    """AT+CMEE=1 (27.007 9.1): numbers do not depend on the firmware's language."""
    return Command("AT+CMEE=1")


def error_texts() -> Command:
    """AT+CMEE=2 (27.007 9.1), for firmware that refuses 1."""
    return Command("AT+CMEE=2")


def errors_query() -> Command:
    """AT+CMEE? (27.007 9.1)."""
    return Command("AT+CMEE?", ("+CMEE:",))


def manufacturer() -> Command:
    """AT+CGMI (27.007 5.1)."""
    return Command("AT+CGMI", ("+CGMI:",), bare=True)


def model() -> Command:
    """AT+CGMM (27.007 5.2)."""
    return Command("AT+CGMM", ("+CGMM:",), bare=True)


def revision() -> Command:
    """AT+CGMR (27.007 5.3)."""
    return Command("AT+CGMR", ("+CGMR:",), bare=True)


def imei() -> Command:
    """AT+CGSN (27.007 5.4)."""
    return Command("AT+CGSN", ("+CGSN:",), bare=True)


def imsi() -> Command:
    """AT+CIMI (27.007 5.6)."""
    return Command("AT+CIMI", ("+CIMI:",), timeout_s=_SIM_S, bare=True)


def iccid(profile: ModemProfile) -> Command:
    """The card's number; no standard names the command, so the profile does."""
    prefixes = ("+CCID:", "+QCCID:", "+ICCID:", "+CICCID:", "^ICCID:", "#CCID:")
    return Command(profile.iccid, prefixes, timeout_s=_SIM_S, bare=True)


def temperature(profile: ModemProfile) -> Command | None:
    """The modem's temperature, where the profile names the command: no standard does."""
    if profile.temperature is None:
        return None
    return Command(profile.temperature, ("+QTEMP:", "+CPMUTEMP:", "#TEMPMEAS:"))


def voltage(profile: ModemProfile) -> Command | None:
    """The supply's voltage: 27.007 8.4 +CBC tells a charge only, families add the voltage."""
    if profile.voltage is None:
        return None
    return Command(profile.voltage, ("+CBC:", "#CBC:"))


def own_number() -> Command:
    """AT+CNUM (27.007 7.1)."""
    return Command("AT+CNUM", ("+CNUM:",), timeout_s=_SIM_S)


def pin_query() -> Command:
    """AT+CPIN? (27.007 8.3)."""
    return Command("AT+CPIN?", ("+CPIN:",), timeout_s=_SIM_S)


def pin_enter(pin: str) -> Command:
    """AT+CPIN="<pin>" (27.007 8.3); raises ``UnsafeCommand`` unless 4 to 8 digits."""
    if not isinstance(pin, str) or _PIN.fullmatch(pin) is None:
        raise UnsafeCommand("a SIM PIN has 4 to 8 digits")
    return Command(f'AT+CPIN="{pin}"', timeout_s=_SIM_S)


def pin_tries() -> Command:
    """AT+CPINR: the tries left of each code (27.007 8.65); many modems do not have it."""
    return Command("AT+CPINR", ("+CPINR:",), timeout_s=_SIM_S)


def registration_reports(domain: str) -> Command:
    """AT+CREG=2 or AT+CEREG=2 for ``CS`` or ``EPS`` (27.007 7.2, 10.1.22)."""
    return Command(f"AT+{_registration_name(domain)}=2")


def registration_query(domain: str) -> Command:
    """AT+CREG? or AT+CEREG? for ``CS`` or ``EPS`` (27.007 7.2, 10.1.22). The modem knows the
    answer without asking anybody: it is also the sign of life that is asked for most often."""
    name = _registration_name(domain)
    return Command(f"AT+{name}?", (f"+{name}:",), timeout_s=3.0)


def _registration_name(domain: str) -> str:
    if domain not in ("CS", "EPS"):
        raise UnsafeCommand(f"no such registration domain: {domain!r}")
    return "CREG" if domain == "CS" else "CEREG"


def operator_format() -> Command:
    """AT+COPS=3,0: long name in the answers (27.007 7.3)."""
    return Command("AT+COPS=3,0", timeout_s=_CALL_S)


def operator_query() -> Command:
    """AT+COPS? (27.007 7.3)."""
    return Command("AT+COPS?", ("+COPS:",), timeout_s=_NETWORK_S)


def signal_query() -> Command:
    """AT+CSQ (27.007 8.5)."""
    return Command("AT+CSQ", ("+CSQ:",))


def activity() -> Command:
    """AT+CPAS (27.007 8.1)."""
    return Command("AT+CPAS", ("+CPAS:",))


def clock_query() -> Command:
    """AT+CCLK? (27.007 8.15)."""
    return Command("AT+CCLK?", ("+CCLK:",))


def network_time_update(profile: ModemProfile) -> Command:
    """AT+CTZU=1, or the profile's: the modem's clock follows the network's (27.007 8.40), and
    +CCLK is local time with its zone (8.15)."""
    return Command(profile.follow_time)


def network_time_reports() -> Command:
    """AT+CTZR=1: +CTZV by itself (27.007 8.41)."""
    return Command("AT+CTZR=1")


def calling_line() -> Command:
    """AT+CLIP=1 (27.007 7.6)."""
    return Command("AT+CLIP=1", timeout_s=_NETWORK_S)


def calling_line_query() -> Command:
    """AT+CLIP? (27.007 7.6): does the network give callers' numbers."""
    return Command("AT+CLIP?", ("+CLIP:",), timeout_s=_NETWORK_S)


def no_automatic_answer() -> Command:
    """ATS0=0 (V.250 6.3.8): a stored setting must not take callers into silence."""
    return Command("ATS0=0")


def ring_kind() -> Command:
    """AT+CRC=1: +CRING instead of RING (27.007 6.11)."""
    return Command("AT+CRC=1")


def call_list() -> Command:
    """AT+CLCC (27.007 7.18)."""
    return Command("AT+CLCC", ("+CLCC:",), timeout_s=_LIST_S)


def answer() -> Command:
    """ATA (V.250 6.3.5)."""
    return Command("ATA", timeout_s=_CALL_S, dials=True)


def dial(number: str) -> Command:
    """ATD<number>; a voice call (27.007 6.2); raises ``UnsafeNumber``."""
    return Command(f"ATD{international_number(number)};", timeout_s=_DIAL_S, dials=True)


def dial_code(code: str) -> Command:
    """ATD<code>; a supplementary-service code such as ``##002#`` (22.030 6.5.2)."""
    return Command(f"ATD{mmi_code(code)};", ("+CCFC:",), _NETWORK_S, dials=True)


def hang_up() -> Command:
    """AT+CHUP (27.007 6.5): every active call, or the one that rings."""
    return Command("AT+CHUP", timeout_s=_CALL_S)


def hang_up_all() -> Command:
    """ATH (V.250 6.3.6), for firmware without +CHUP."""
    return Command("ATH", timeout_s=_CALL_S)


def call_hold(operation: str) -> Command:
    """AT+CHLD=<n> (27.007 7.13, 22.030 6.5.5): ``0``, ``1``, ``1x``, ``2``, ``2x``, ``3``, ``4``.

    0 rejects as user busy or releases held calls, 1x releases call x, 2 swaps, 2x holds all but
    x, 3 joins, 4 joins and leaves. Raises ``UnsafeCommand`` on another form.
    """
    if not isinstance(operation, str) or _CHLD.fullmatch(operation) is None:
        raise UnsafeCommand(f"no such form of AT+CHLD: {operation!r}")
    return Command(f"AT+CHLD={operation}", timeout_s=_HOLD_S)


def call_hold_forms() -> Command:
    """AT+CHLD=? (27.007 7.13)."""
    return Command("AT+CHLD=?", ("+CHLD:",))


def extended_error() -> Command:
    """AT+CEER (27.007 6.10): why the last call failed."""
    return Command("AT+CEER", ("+CEER:",))


def send_key(key: str) -> Command:
    """AT+VTS=<key> (27.007 C.2.11); raises ``UnsafeCommand`` unless one of 0-9, *, #, A-D."""
    if not isinstance(key, str) or _KEY.fullmatch(key) is None:
        raise UnsafeCommand(f"not a key: {key!r}")
    return Command(f"AT+VTS={key}", timeout_s=_CALL_S)


def reset() -> Command:
    """AT+CFUN=1,1: full restart (27.007 8.2)."""
    return Command("AT+CFUN=1,1", timeout_s=_CALL_S)


def profile_reset(profile: ModemProfile) -> Command:
    """The family's own full restart."""
    return Command(profile.reset, timeout_s=_CALL_S)


def profile_init(profile: ModemProfile) -> tuple[Command, ...]:
    """The family's own settings, after ours; a refusal of one is no failure."""
    return tuple(Command(text) for text in profile.init)


def profile_voice_before(voice: VoiceWay) -> tuple[Command, ...]:
    """What makes room for the voice, such as positions off its port; may be refused."""
    return tuple(Command(text) for text in voice.before)


def profile_voice(voice: VoiceWay, on: bool) -> tuple[Command, ...]:
    """The commands that open or close the family's voice channel."""
    return tuple(Command(text) for text in (voice.on if on else voice.off))


def dtmf_detection(profile: ModemProfile) -> Command | None:
    """The command that makes the modem report keys, ``None`` where there is none."""
    return None if profile.dtmf_enable is None else Command(profile.dtmf_enable)
