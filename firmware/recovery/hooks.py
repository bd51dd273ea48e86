"""With what the rungs of recovery that touch the machine are carried out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SYSFS = Path("/sys")


@dataclass(frozen=True, slots=True)
class RescueHooks:
    """``power`` and ``reboot``: a program and its arguments, or a function; None for none.

    ``relay`` cuts the power and gives it back: where there is one it comes before the command, and
    the command before ``port_power``, the power of the modem's own USB port. ``mark``: a file that
    names the device while it may be without driver or power; ``place``: one that names where on
    the bus the modem was last.
    """

    power: tuple[str, ...] | None = None
    reboot: tuple[str, ...] | Callable[[], None] | None = None
    usb: bool = True
    sysfs: Path = SYSFS
    port_power: bool = False
    relay: Callable[[], None] | None = None
    mark: Path | None = None
    place: Path | None = None

    @property
    def cuts_power(self) -> bool:
        return self.relay is not None or self.power is not None or self.port_power
