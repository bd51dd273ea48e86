"""Builders of commands about supplementary services of the network (27.007 7, 22.030)."""

from __future__ import annotations

from typing import Final

from firmware.at.command import Command, UnsafeCommand
from firmware.at.number import international_number, mmi_code

VOICE: Final = 1  # 27.007 7.11 <classx>: with the default 7 French operators answer ERROR
INTERNATIONAL: Final = 145  # 24.008 10.5.4.7, type of address with +
_NETWORK_S: Final = 60.0
_CANCEL_S: Final = 30.0
_NO_REPLY: Final = 2  # 27.007 7.11 <reason>


def _reason(reason: int, highest: int) -> int:
    if isinstance(reason, bool) or not isinstance(reason, int) or not 0 <= reason <= highest:
        raise UnsafeCommand(f"no such forwarding reason: {reason!r}")
    return reason


def forwarding_query(reason: int) -> Command:
    """AT+CCFC=<reason>,2 for reason 0 to 3; 4 and 5 cannot be queried (27.007 7.11)."""
    return Command(f"AT+CCFC={_reason(reason, 3)},2", ("+CCFC:",), _NETWORK_S)


def forwarding_register(reason: int, number: str, no_reply_s: int | None = None) -> Command:
    """AT+CCFC=<reason>,3,... for voice (27.007 7.11).

    ``no_reply_s`` is 5 to 30 in steps of 5, for reason 2 (no reply) only. Raises
    ``UnsafeNumber`` or ``UnsafeCommand``.
    """
    text = (
        f'AT+CCFC={_reason(reason, 3)},3,"{international_number(number)}",{INTERNATIONAL},{VOICE}'
    )
    if no_reply_s is not None:
        if reason != _NO_REPLY:
            raise UnsafeCommand("only the no-reply forward takes a time")
        if no_reply_s not in (5, 10, 15, 20, 25, 30):  # 22.082 2.2.1
            raise UnsafeCommand(f"no-reply time must be 5 to 30 in steps of 5: {no_reply_s!r}")
        # <subaddr> and <satype> stay empty, but their commas count
        text += f",,,{no_reply_s}"
    return Command(text, ("+CCFC:",), _NETWORK_S)


def forwarding_enable(reason: int) -> Command:
    """AT+CCFC=<reason>,1: switch a registered forward on (27.007 7.11)."""
    return Command(f"AT+CCFC={_reason(reason, 5)},1,,,{VOICE}", ("+CCFC:",), _NETWORK_S)


def forwarding_disable(reason: int) -> Command:
    """AT+CCFC=<reason>,0: switch it off, keep the number (27.007 7.11)."""
    return Command(f"AT+CCFC={_reason(reason, 5)},0,,,{VOICE}", ("+CCFC:",), _NETWORK_S)


def forwarding_erase(reason: int) -> Command:
    """AT+CCFC=<reason>,4,,,1: forget one, 4 all, 5 all conditional (27.007 7.11)."""
    return Command(f"AT+CCFC={_reason(reason, 5)},4,,,{VOICE}", ("+CCFC:",), _NETWORK_S)


def call_waiting_off() -> Command:
    """AT+CCWA=0,0,1: a second caller is busy, and so forwarded (27.007 7.12)."""
    return Command(f"AT+CCWA=0,0,{VOICE}", ("+CCWA:",), _NETWORK_S)


def call_waiting_on() -> Command:
    """AT+CCWA=1,1,1: a second caller is told of by +CCWA (27.007 7.12)."""
    return Command(f"AT+CCWA=1,1,{VOICE}", ("+CCWA:",), _NETWORK_S)


def call_waiting_query() -> Command:
    """AT+CCWA=0,2,1 (27.007 7.12)."""
    return Command(f"AT+CCWA=0,2,{VOICE}", ("+CCWA:",), _NETWORK_S)


def service_notices() -> Command:
    """AT+CSSN=0,1: +CSSU tells of what the network does with calls meanwhile (27.007 7.17)."""
    return Command("AT+CSSN=0,1")


def deflect(number: str, bare: bool = False) -> Command:
    """AT+CTFR: send the call that rings to ``number`` (27.007 7.14); raises ``UnsafeNumber``.

    ``bare`` leaves out quotes and type, as some firmware wants.
    """
    checked = international_number(number)
    if bare:
        return Command(f"AT+CTFR={checked}", timeout_s=_NETWORK_S)
    return Command(f'AT+CTFR="{checked}",{INTERNATIONAL}', timeout_s=_NETWORK_S)


def dial_code(code: str) -> Command:
    """ATD<code>; a supplementary-service code such as ``##002#`` (22.030 6.5.2)."""
    return Command(f"ATD{mmi_code(code)};", ("+CCFC:",), _NETWORK_S, dials=True)


def ussd(code: str) -> Command:
    """AT+CUSD=1,"<code>",15 (27.007 7.15); the text comes as an unsolicited +CUSD."""
    return Command(f'AT+CUSD=1,"{mmi_code(code)}",15', timeout_s=_NETWORK_S)


def ussd_cancel() -> Command:
    """AT+CUSD=2 (27.007 7.15)."""
    return Command("AT+CUSD=2", timeout_s=_CANCEL_S)
