"""What can be done about a modem, in the order of what it costs, with its waits and limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Rung(StrEnum):
    """One attempt at mending; the names are those of the journal."""

    ASK = "ask"                  # AT again and again: the dialogue does it by itself
    REOPEN = "reopen"            # close the port and open it anew
    SECOND_PORT = "second_port"  # the modem's other AT port: a hung first one may be reset from it
    RESET = "reset"              # AT+CFUN=1,1 or the profile's own command
    REBIND_USB = "usb"           # the kernel lets go of the device and takes it again
    CUT_POWER = "power"          # a relay, a switched hub: whatever the configuration names
    REBOOT = "reboot"            # the whole computer


class Fault(StrEnum):
    """What is the matter with the modem."""

    MUTE = "mute"          # a port is open and nothing answers
    ABSENT = "absent"      # there is no port
    REFUSING = "refusing"  # it answers and cannot be set up
    DEAF = "deaf"          # it answers and is set up, and yet no call would come in


@dataclass(frozen=True, slots=True)
class Limits:
    """``wait_s``: until a sign of life must have come. ``back_s``: from that sign until the modem
    must be set up. ``per_hour``: how often at most. ``in_call``: it cannot hurt a call."""

    wait_s: float
    back_s: float
    per_hour: int
    in_call: bool = False


# A modem restarts within 10 to 30 s, some take 60. What neither leaves the bus nor says a word
# within 15 s of a reset has not heard it.
RUNGS: Final[Mapping[Rung, Limits]] = MappingProxyType({
    Rung.ASK: Limits(8.0, 45.0, 1_000_000, in_call=True),
    Rung.REOPEN: Limits(8.0, 45.0, 1_000_000),
    Rung.SECOND_PORT: Limits(5.0, 45.0, 60),
    Rung.RESET: Limits(15.0, 60.0, 6),
    Rung.REBIND_USB: Limits(15.0, 60.0, 6),
    Rung.CUT_POWER: Limits(45.0, 60.0, 4),
    Rung.REBOOT: Limits(120.0, 120.0, 1),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Climb:
    """The rungs for one fault. ``patience_s`` replaces the first rung's wait. ``rests_s``: how
    long to leave the modem alone, after all rungs (after each one where ``gently``); the last
    holds for ever. ``per_day`` bounds the rungs of a gentle climb together."""

    rungs: tuple[Rung, ...]
    rests_s: tuple[float, ...]
    patience_s: float | None = None
    gently: bool = False
    per_day: int | None = None


_HARD: Final = (Rung.RESET, Rung.REBIND_USB, Rung.CUT_POWER, Rung.REBOOT)
_RESTS_S: Final = (60.0, 120.0, 300.0, 600.0)

CLIMBS: Final[Mapping[Fault, Climb]] = MappingProxyType({
    Fault.MUTE: Climb((Rung.ASK, Rung.REOPEN, Rung.SECOND_PORT, *_HARD), _RESTS_S),
    # The shell looks for the port all the while; a modem that restarts is away for 5 to 20 s.
    Fault.ABSENT: Climb(
        (Rung.REOPEN, Rung.REBIND_USB, Rung.CUT_POWER, Rung.REBOOT), _RESTS_S, patience_s=30.0
    ),
    Fault.REFUSING: Climb(_HARD, _RESTS_S),
    # The network may be out for hours, and no reset of ours mends a mast.
    Fault.DEAF: Climb(
        (Rung.RESET, Rung.CUT_POWER, Rung.RESET, Rung.RESET),
        (900.0, 3600.0, 6 * 3600.0),
        gently=True,
        per_day=4,
    ),
})  # fmt: skip

REFUSALS = 3             # bring-ups in a row that came to nothing, before the modem is at fault
CALL_BELIEVED_S = 90.0   # a call that a mute modem had rings no longer than that
TALK_BELIEVED_S = 900.0  # two who speak to one another do; the network leads others on meanwhile
PORTS_ASKED = 6          # of a USB device that no profile knows, before more is tried
