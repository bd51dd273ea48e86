"""`veilleur lamps-out`: after the daemon has ended, however it has, no lamp claims anything."""

from __future__ import annotations

from pathlib import Path

from firmware.command.settings_kept import settings_to_serve_with
from firmware.shell.gpio import Gpio, NoPins
from firmware.shell.watchdog import complain


def lamps_out(data_dir: Path) -> int:
    """Take the pins, make them dark, let them go; 1 where that cannot be."""
    pins = settings_to_serve_with(data_dir, "generic").settings.pins
    if not pins.any:
        return 0
    try:
        Gpio(pins, lambda event: None).close()
    except NoPins as fault:
        complain(f"the lamps cannot be switched off: {fault}")
        return 1
    return 0
