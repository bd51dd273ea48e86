"""Builders of commands to the modem itself, its SIM and its registration, and the family's own.

Every argument is checked before it gets into a line; ``command.render`` checks the line again.
"""

from __future__ import annotations

import re
from typing import Final

from firmware.at.command import Command, UnsafeCommand
from firmware.at.profile import ModemProfile

_SLOW_S: Final = 30.0
_NETWORK_S: Final = 60.0
_SIM_S: Final = 20.0
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


def voice_over_ims_query() -> Command:
    """AT+CIREG? (27.007 8.71): is the modem registered for calls over LTE; many have it not."""
    return Command("AT+CIREG?", ("+CIREG:",), timeout_s=3.0)


def _registration_name(domain: str) -> str:
    if domain not in ("CS", "EPS"):
        raise UnsafeCommand(f"no such registration domain: {domain!r}")
    return "CREG" if domain == "CS" else "CEREG"


def operator_format() -> Command:
    """AT+COPS=3,0: long name in the answers; mode 3 asks nothing of the network (27.007 7.3)."""
    return Command("AT+COPS=3,0")


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


def reset() -> Command:
    """AT+CFUN=1,1: full restart (27.007 8.2)."""
    return Command("AT+CFUN=1,1", timeout_s=_SLOW_S)


def profile_reset(profile: ModemProfile) -> Command:
    """The family's own full restart."""
    return Command(profile.reset, timeout_s=_SLOW_S)


def profile_init(profile: ModemProfile) -> tuple[Command, ...]:
    """The family's own settings, after ours; a refusal of one is no failure."""
    return tuple(Command(text) for text in profile.init)
