"""What a SIM is to hold of conditional forwarding, when two numbers are one (27.007 7.11), and what
of the network's answers is a no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from firmware.at.answers import ForwardingStatus
from firmware.at.result_codes import ResultKind
from firmware.line.modem_line import Reply

NO_REPLY_S = 15       # 22.082: 5 to 30 s in steps of 5; the box answers long before
NO_REPLY_TIMES_S = range(1, 31)   # 27.007 7.11 <time>; what else a network tells is none
VOICE = 1             # 27.007 7.11 <class>
# 27.007 9.2: SIM busy, no network service, network time-out, emergency calls only, please wait.
# They say "not now", which is no refusal.
CME_NOT_NOW = frozenset({14, 30, 31, 32, 515})
COMPARED_DIGITS = 9   # networks read numbers back in national or international form


class Condition(IntEnum):
    """27.007 7.11 <reason>."""

    UNCONDITIONAL = 0
    BUSY = 1
    NO_REPLY = 2
    NOT_REACHABLE = 3


Wanted = Mapping[Condition, str | None]   # None: no forwarding
Found = Mapping[Condition, str | None]


def wanted_settings(mode: str, number: str) -> Wanted:
    """What the SIM is to hold. In mode ``alert`` a call is let ring, but the network takes over
    when the box is off, and for a second caller: call waiting is offered during an active or a
    held call only (22.083 1.1), so that whoever calls while another rings is busy."""
    if mode == "alert":
        return {
            Condition.UNCONDITIONAL: None,
            Condition.BUSY: number,
            Condition.NO_REPLY: None,
            Condition.NOT_REACHABLE: number,
        }
    return {
        Condition.UNCONDITIONAL: None,
        Condition.BUSY: number,
        Condition.NO_REPLY: number,
        Condition.NOT_REACHABLE: number,
    }


def same_number(ours: str | None, found: str | None) -> bool:
    """Equal in the last nine digits, or both absent; in all digits where both are international:
    a digit that was lost on the way to the network may have been the country's."""
    if ours is None or found is None:
        return ours is found
    if ours.startswith("+") and found.startswith("+"):
        return _digits(ours) == _digits(found)
    return _digits(ours)[-COMPARED_DIGITS:] == _digits(found)[-COMPARED_DIGITS:]


@dataclass(frozen=True, slots=True)
class Held:
    """What the network holds for voice calls under a condition: the number, None where they are
    not forwarded, and after how long a ring, where it says so."""

    number: str | None
    time_s: int | None = None

    def __str__(self) -> str:
        time = "" if self.time_s is None else f", {self.time_s} s"
        return f"{self.number or '-'}{time}"


def held_for_voice(condition: Condition, statuses: Sequence[ForwardingStatus]) -> Held:
    """Some networks tell a time under each condition: only one of them has it."""
    for status in statuses:
        if status.active and status.call_class & VOICE:
            has_time = condition is Condition.NO_REPLY and status.time_s in NO_REPLY_TIMES_S
            return Held(status.number or "", status.time_s if has_time else None)
    return Held(None)


def codes_to_dial(mode: str, number: str) -> str:
    """The same settings as codes for a telephone's keypad (22.030 annex B)."""
    codes = {
        Condition.BUSY: f"**67*{number}*11#",
        Condition.NO_REPLY: f"**61*{number}*11*{NO_REPLY_S}#",
        Condition.NOT_REACHABLE: f"**62*{number}*11#",
    }
    wanted = wanted_settings(mode, number)
    return " ".join(code for condition, code in codes.items() if wanted[condition] is not None)


def said_no(reply: Reply) -> bool:
    result = reply.result
    if result is None or result.ok:
        return False
    return result.kind is not ResultKind.CME_ERROR or result.code not in CME_NOT_NOW


def _digits(number: str) -> str:
    return "".join(character for character in number if character.isdigit())
