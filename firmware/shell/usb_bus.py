"""The kernel's USB bus: let go of a device and take it again, as after a re-plug."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

SYSFS = Path("/sys")
APART_S = 2.0
BIND_TRIES = 3
_DEVICE = re.compile(r"[0-9]+-[0-9]+(\.[0-9]+)*")   # 1-1.3, as sysfs names a device


def rebind_fault(device: str | None, root: Path = SYSFS) -> str | None:
    """Why the device cannot be taken anew; None when it can be tried."""
    if device is None or _DEVICE.fullmatch(device) is None:
        return "the place of the modem on the USB bus is not known"
    if not (root / "bus/usb/devices" / device).exists():
        return f"USB device {device} is not on the bus"
    return None


def rebind(
    device: str, root: Path = SYSFS, wait: Callable[[float], None] = time.sleep
) -> None:
    """Unbind and bind; raises ``OSError``. What was let go is offered to the driver again several
    times: a device that nobody drives is worse than one that hangs."""
    driver = root / "bus/usb/drivers/usb"
    (driver / "unbind").write_text(device)
    for left in reversed(range(BIND_TRIES)):
        wait(APART_S)
        try:
            (driver / "bind").write_text(device)
            return
        except OSError:
            if not left:
                raise
