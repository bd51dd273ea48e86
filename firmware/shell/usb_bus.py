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


def rebind(device: str, root: Path = SYSFS, wait: Callable[[float], None] = time.sleep) -> None:
    """Unbind and bind; raises ``OSError``. What was let go is offered to the driver again several
    times: a device that nobody drives is worse than one that hangs."""
    if _DEVICE.fullmatch(device) is None:
        raise OSError(f"not a device of the USB bus: {device!r}")
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
