"""Where on the USB bus the modem was last.

Known again after a restart of the computer, when a modem that hangs is not on the bus at all and
only the power of its port can help.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from firmware.line.usb_port import hub_port
from firmware.recovery.hooks import SYSFS


class ModemPlace:
    """Beside the data (``path``); None remembers nothing."""

    def __init__(self, path: Path | None, sysfs: Path = SYSFS) -> None:
        self._path, self._sysfs = path, sysfs
        self._known: str | None = None

    def remember(self, device: str | None) -> None:
        """The modem takes calls there. A disk that takes nothing keeps it from nothing."""
        if self._path is None or device is None or device == self._known:
            return
        self._known = device
        with suppress(OSError):
            if self._read() != device:
                self._path.write_text(device + "\n", encoding="ascii")

    def last(self) -> str | None:
        """Where it was, if nothing else is there now."""
        device = self._read()
        taken = device is not None and (self._sysfs / "bus/usb/devices" / device).exists()
        return None if taken else device

    def _read(self) -> str | None:
        try:
            device = self._path.read_text(encoding="ascii").strip() if self._path else ""
            hub_port(device)   # else it is none
        except (OSError, ValueError):
            return None
        return device
