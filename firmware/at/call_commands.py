"""Builders of commands about calls: who rings, answering, holding, hanging up, and their sound."""

from __future__ import annotations

import re
from typing import Final

from firmware.at.command import Command, UnsafeCommand
from firmware.at.number import international_number
from firmware.at.profile import ModemProfile, VoiceWay

_DIAL_S: Final = 120.0  # some firmware ends ATD at answer only
_CALL_S: Final = 30.0
_HANG_UP_S: Final = 25.0  # with a lost answer to ATA before it, less than a caller's minute
_HOLD_S: Final = 8.0    # a caller may be on hold; what it has done all the same, +CLCC tells
_LIST_S: Final = 3.0    # nothing is asked of the network (Quectel: 300 ms); it is asked for again
_NETWORK_S: Final = 60.0
_CHLD: Final = re.compile(r"0|1[1-7]?|2[1-7]?|3|4")  # 27.007 7.13; 22.030 6.5.5: ids 1 to 7
_KEY: Final = re.compile(r"[0-9*#A-D]")  # 27.007 C.2.11


def calling_line() -> Command:
    """AT+CLIP=1 (27.007 7.6): what the modem shows; the network is asked by the query only."""
    return Command("AT+CLIP=1")


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


def hang_up() -> Command:
    """AT+CHUP (27.007 6.5): every active call, or the one that rings."""
    return Command("AT+CHUP", timeout_s=_HANG_UP_S)


def hang_up_all() -> Command:
    """ATH (V.250 6.3.6), for firmware without +CHUP."""
    return Command("ATH", timeout_s=_HANG_UP_S)


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


def profile_voice_before(voice: VoiceWay) -> tuple[Command, ...]:
    """What makes room for the voice, such as positions off its port; may be refused."""
    return tuple(Command(text) for text in voice.before)


def profile_voice(voice: VoiceWay, on: bool) -> tuple[Command, ...]:
    """The commands that open or close the family's voice channel."""
    return tuple(Command(text) for text in (voice.on if on else voice.off))


def dtmf_detection(profile: ModemProfile) -> Command | None:
    """The command that makes the modem report keys, ``None`` where there is none."""
    return None if profile.dtmf_enable is None else Command(profile.dtmf_enable)
