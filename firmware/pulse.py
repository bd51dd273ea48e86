"""The box's pulse: what is measured so often that it must never be written to the SD card.

The daemon publishes it into a RAM file (`firmware/store/pulse_file.py`); the page reads it and
believes nothing that is older than `PULSE_STALE_S`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

PULSE_STALE_S = 45.0


class ModemState(StrEnum):
    ABSENT = "absent"        # no port
    STARTING = "starting"    # initialisation under way
    SIM_FAULT = "sim_fault"  # no SIM, PIN refused, PUK asked for
    SEARCHING = "searching"  # initialised, not registered on a network
    READY = "ready"
    MUTE = "mute"            # does not answer


class ForwardingState(StrEnum):
    UNKNOWN = "unknown"      # not asked yet
    CHANGING = "changing"
    VERIFIED = "verified"    # queried, and equal to the rota
    DIFFERENT = "different"  # queried, and not what was registered
    REFUSED = "refused"      # the network says no


class StoreState(StrEnum):
    """Whether what happens is on the disk at once; in every state but GOOD it is in memory."""

    GOOD = "good"
    BUSY = "busy"            # another program keeps the database locked
    FULL = "full"
    READ_ONLY = "read_only"
    DAMAGED = "damaged"
    FAILING = "failing"      # the disk reports errors, or is gone


class Lamp(StrEnum):
    """The lamps on the case; `firmware/health/lamps.py` says when each is lit."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the daemon measured last; every green light of the page rests on an instant here."""

    at: datetime
    modem: ModemState
    port: str | None = None
    model: str | None = None
    operator: str | None = None
    technology: str | None = None
    signal_dbm: int | None = None
    answered_at: datetime | None = None
    forwarding: ForwardingState = ForwardingState.UNKNOWN
    forwarding_target: str | None = None
    forwarding_checked_at: datetime | None = None
    clock_trusted: bool = True
    outgoing_waiting: int = 0
    last_call_at: datetime | None = None
    last_sms_at: datetime | None = None
    unknown_lines: int = 0
    store: StoreState = StoreState.GOOD
    own_number: str | None = None                  # proved or, until then, believed
    own_number_proved_at: datetime | None = None   # by an SMS to itself that came back
    sms_loop_at: datetime | None = None            # when one last came back: SMS go out and come in
    sms_loop_failing: bool = False
    modem_temperature_c: int | None = None
    modem_voltage_mv: int | None = None
    sms_store: str = ""                            # SM 2/20, ME 0/255
    lamps: tuple[Lamp, ...] = ()                   # that are to be lit; none: dark
