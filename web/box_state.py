"""The state of the box as the page may claim it: each light rests on a measurement.

A pulse older than `PULSE_STALE_S`, or a daemon that holds no lock, is no measurement: then the
box does not answer, whatever was measured last.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from firmware.pulse import PULSE_STALE_S, ForwardingState, ModemState, Pulse, StoreState
from web.language import N_

# How far the page's clock may be behind the daemon's: both run on one machine
AHEAD_MAX = timedelta(seconds=5)


class Light(StrEnum):
    """How bad it is; the page shows each with its own icon and word, never by colour alone."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


class Signal(StrEnum):
    GOOD = "good"
    FAIR = "fair"
    WEAK = "weak"
    UNKNOWN = "unknown"


# RSSI as 27.007 8.5 gives it; the words are common practice for 2G to 4G modems
SIGNAL_GOOD_DBM = -85
SIGNAL_FAIR_DBM = -100


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that is not as it should be: ``what`` and ``advice`` are messages."""

    light: Light
    what: str
    advice: str


@dataclass(frozen=True, slots=True)
class BoxState:
    """``pulse`` is the last one, also when it is too old: ``answers`` says whether it counts."""

    answers: bool
    pulse: Pulse | None
    light: Light
    remarks: tuple[Remark, ...]

    @property
    def modem_words(self) -> str:
        return MODEM_WORDS[self.pulse.modem] if self.pulse is not None else ""

    @property
    def signal_words(self) -> str:
        return SIGNAL_WORDS[self.signal]

    @property
    def forwarding_verified(self) -> bool:
        return self.pulse is not None and self.pulse.forwarding is ForwardingState.VERIFIED

    @property
    def signal(self) -> Signal:
        dbm = self.pulse.signal_dbm if self.pulse is not None else None
        if dbm is None:
            return Signal.UNKNOWN
        if dbm >= SIGNAL_GOOD_DBM:
            return Signal.GOOD
        return Signal.FAIR if dbm >= SIGNAL_FAIR_DBM else Signal.WEAK


MODEM_WORDS = {
    ModemState.ABSENT: N_("not found"),
    ModemState.STARTING: N_("starting"),
    ModemState.SIM_FAULT: N_("ready, but the SIM does not work"),
    ModemState.SEARCHING: N_("ready, looking for the network"),
    ModemState.READY: N_("ready"),
    ModemState.MUTE: N_("does not answer"),
}
SIGNAL_WORDS = {
    Signal.GOOD: N_("good"),
    Signal.FAIR: N_("fair"),
    Signal.WEAK: N_("weak"),
    Signal.UNKNOWN: N_("not measured"),
}
MODEM_REMARKS = {
    ModemState.ABSENT: Remark(
        Light.BAD,
        N_("The modem is unplugged or not found."),
        N_("Check its USB cable and its power supply. No call or SMS arrives until it is back."),
    ),
    ModemState.STARTING: Remark(
        Light.WARNING,
        N_("The modem is starting."),
        N_("Wait a minute. If this stays, unplug the modem and plug it in again."),
    ),
    ModemState.SIM_FAULT: Remark(
        Light.BAD,
        N_("The SIM does not work."),
        N_("The alarms on this page tell the reason. Check that it is inserted and its PIN."),
    ),
    ModemState.SEARCHING: Remark(
        Light.BAD,
        N_("The modem finds no network."),
        N_("Move the antenna. If it lasts, ask the operator whether the SIM is active."),
    ),
    ModemState.MUTE: Remark(
        Light.BAD,
        N_("The modem does not answer."),
        N_("The box restarts it by itself. If this stays, unplug the modem and plug it in again."),
    ),
}
FORWARDING_REMARKS = {
    ForwardingState.UNKNOWN: Remark(
        Light.WARNING,
        N_("Call forwarding is not verified yet."),
        N_("Until it is, calls are alerted by SMS. Nothing to do unless this stays."),
    ),
    ForwardingState.CHANGING: Remark(
        Light.WARNING,
        N_("Call forwarding is being changed."),
        N_("Until it is verified, calls are alerted by SMS. Nothing to do unless this stays."),
    ),
    ForwardingState.DIFFERENT: Remark(
        Light.BAD,
        N_("The network's call forwarding is not what the rota wants."),
        N_("Calls are alerted by SMS. The box tries again; the alarms on this page tell more."),
    ),
    ForwardingState.REFUSED: Remark(
        Light.BAD,
        N_("The network refuses call forwarding."),
        N_("Calls are alerted by SMS. Ask the operator to allow conditional forwarding."),
    ),
}
_FROM_MEMORY = N_(
    "The box goes on from memory. Do not switch it off; replace its memory card soon."
)
STORE_REMARKS = {
    StoreState.BUSY: Remark(
        Light.BAD,
        N_("Another program keeps the data locked: nothing is on disk at the moment."),
        N_("End that program. Calls and alerts go on from memory; do not switch the box off."),
    ),
    StoreState.FULL: Remark(
        Light.BAD,
        N_("The disk is full: nothing is on disk at the moment."),
        N_("Free some space. Calls and alerts go on from memory; do not switch the box off."),
    ),
    StoreState.READ_ONLY: Remark(
        Light.BAD, N_("The disk has become read-only: nothing is on disk."), _FROM_MEMORY
    ),
    StoreState.DAMAGED: Remark(
        Light.BAD,
        N_("The data on disk are damaged."),
        N_("The box goes on from memory and repairs them from its backup. Do not switch it off."),
    ),
    StoreState.FAILING: Remark(
        Light.BAD, N_("The disk takes no data: nothing is on disk."), _FROM_MEMORY
    ),
}
CLOCK_REMARK = Remark(
    Light.WARNING,
    N_("The box is not sure what time it is."),
    N_("It alerts everybody rather than guess one person. Nothing to do unless this stays."),
)
OWN_NUMBER_REMARK = Remark(
    Light.WARNING,
    N_("The box does not know its own number: the SIM does not tell it."),
    N_("Enter it under Settings, Modem and SIM: one SMS of the box to itself proves it."),
)
WEAK_SIGNAL_REMARK = Remark(
    Light.WARNING,
    N_("The radio signal is weak."),
    N_("Move the antenna towards a window, away from the box and from metal."),
)


def box_state(pulse: Pulse | None, daemon_runs: bool, now: datetime) -> BoxState:
    """What may be said of the box at ``now`` (UTC)."""
    if pulse is None or not daemon_runs or not _fresh(pulse, now):
        return BoxState(False, pulse, Light.BAD, ())
    remarks = _remarks(pulse)
    order = (Light.GOOD, Light.WARNING, Light.BAD)
    light = max((remark.light for remark in remarks), key=order.index, default=Light.GOOD)
    return BoxState(True, pulse, light, remarks)


def _fresh(pulse: Pulse, now: datetime) -> bool:
    return -AHEAD_MAX <= now - pulse.at <= timedelta(seconds=PULSE_STALE_S)


def _remarks(pulse: Pulse) -> tuple[Remark, ...]:
    found: list[Remark] = []
    if pulse.modem is not ModemState.READY:
        found.append(MODEM_REMARKS[pulse.modem])
    elif pulse.forwarding is not ForwardingState.VERIFIED:
        found.append(FORWARDING_REMARKS[pulse.forwarding])
    if pulse.modem is ModemState.READY and pulse.own_number is None:
        found.append(OWN_NUMBER_REMARK)
    if pulse.store is not StoreState.GOOD:
        found.append(STORE_REMARKS[pulse.store])
    if not pulse.clock_trusted:
        found.append(CLOCK_REMARK)
    if pulse.signal_dbm is not None and pulse.signal_dbm < SIGNAL_FAIR_DBM:
        found.append(WEAK_SIGNAL_REMARK)
    return tuple(found)
