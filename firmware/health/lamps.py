"""Which of the box's lamps are lit: a pure table from what was measured.

Green is a claim, and rests on five measurements: the modem answered lately and is on the network,
the forwarding was read back and is the rota's, the store takes rows, the clock is believed, and no
alarm is up. What is not known is amber, never green. Blue is lit beside the colour of the state: a
call must not hide an alarm.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from firmware.pulse import ForwardingState, Lamp, ModemState, StoreState

ANSWERED_WITHIN_S = 150.0   # a modem that is well is asked each minute, and has time to answer

ORDER = (Lamp.GREEN, Lamp.AMBER, Lamp.RED)

MODEM = {
    ModemState.READY: Lamp.GREEN,
    ModemState.STARTING: Lamp.AMBER,
    ModemState.ABSENT: Lamp.RED,
    ModemState.SIM_FAULT: Lamp.RED,
    ModemState.SEARCHING: Lamp.RED,
    ModemState.MUTE: Lamp.RED,
}
FORWARDING = {
    ForwardingState.VERIFIED: Lamp.GREEN,
    ForwardingState.UNKNOWN: Lamp.AMBER,
    ForwardingState.CHANGING: Lamp.AMBER,
    ForwardingState.DIFFERENT: Lamp.RED,
    ForwardingState.REFUSED: Lamp.RED,
}
STORE = {state: Lamp.GREEN if state is StoreState.GOOD else Lamp.RED for state in StoreState}

# Beginnings of the keys of alarms while which a call, or its caller, may be lost; the others ask
# for somebody's attention
URGENT = (
    "alert:", "nobody:", "silence:", "port", "modem", "sim", "network", "recovery", "forwarding",
    "sms-loop", "sms-out", "sms-centre", "site", "disk", "battery",
)  # fmt: skip
NOT_URGENT = ("modem-hot", "modem-voltage", "disk-space")


class Seen(NamedTuple):
    """``answered_ago_s`` None: the modem has never answered. ``alarms``: the keys of those up."""

    modem: ModemState
    forwarding: ForwardingState
    store: StoreState
    clock_trusted: bool
    answered_ago_s: float | None
    alarms: tuple[str, ...]
    in_call: bool


def lamps(seen: Seen) -> tuple[Lamp, ...]:
    """The one lamp of the state, and the blue one while there is a call."""
    answered = seen.answered_ago_s is not None and seen.answered_ago_s <= ANSWERED_WITHIN_S
    sure = seen.clock_trusted and answered
    state = _state(seen.modem, seen.forwarding, seen.store, sure, seen.alarms)
    return (state, Lamp.BLUE) if seen.in_call else (state,)


@lru_cache(maxsize=8)   # asked after each step, and hundreds of callers may have an alarm each
def _state(
    modem: ModemState, forwarding: ForwardingState, store: StoreState, sure: bool,
    alarms: tuple[str, ...],
) -> Lamp:  # fmt: skip
    measured = (MODEM[modem], FORWARDING[forwarding], STORE[store])
    believed = Lamp.GREEN if sure else Lamp.AMBER
    return max((*measured, believed, *map(of_alarm, alarms)), key=ORDER.index)


def of_alarm(key: str) -> Lamp:
    return Lamp.RED if key.startswith(URGENT) and key not in NOT_URGENT else Lamp.AMBER
