"""What the attendant wants done, in the order in which the shell must do it.

`Record` is always first: what the box is about to do is on disk before it is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from firmware.pulse import Pulse
from firmware.record import Row
from firmware.recovery.rungs import Rung


@dataclass(frozen=True, slots=True)
class Record:
    """Commit these rows in one transaction and return only once they are durable."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Write:
    """Send these bytes to the modem."""

    data: bytes


@dataclass(frozen=True, slots=True)
class ReopenPort:
    """Close the port and look for the modem again."""

    reason: str


@dataclass(frozen=True, slots=True)
class Rescue:
    """Close the port and carry out a rung that is the shell's: the second port, USB, the power,
    the computer. `RescueDone` tells what came of it."""

    rung: Rung
    reason: str


@dataclass(frozen=True, slots=True)
class WakeAt:
    """Send `Woken` at this monotonic instant at the latest; replaces the wake-up before."""

    monotonic_s: float


@dataclass(frozen=True, slots=True)
class SetClock:
    """Believe that it was ``utc`` at ``monotonic_s``, unless something better says otherwise."""

    utc: datetime
    monotonic_s: float


@dataclass(frozen=True, slots=True)
class Publish:
    """Put the pulse where the page looks."""

    pulse: Pulse


@dataclass(frozen=True, slots=True)
class Announce:
    """A line for whoever watches the daemon. ``about`` is ``ready``, or an alarm's key."""

    text: str
    about: str


@dataclass(frozen=True, slots=True)
class KeepHouse:
    """Forget what is too old and make a backup, beside everything else; `NightDone` tells."""


Effect = (
    Record | Write | ReopenPort | Rescue | SetClock | WakeAt | Publish | Announce | KeepHouse
)
