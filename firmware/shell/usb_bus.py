"""The kernel's USB bus: let go of a device and take it again, as after a re-plug; and the power of
the port that it hangs on."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from firmware.line.usb_port import hub_port

SYSFS = Path("/sys")
APART_S = 2.0
BIND_TRIES = 3
OFF_S = 8.0           # a modem's capacitors hold out for some seconds


def rebind(device: str, root: Path = SYSFS, wait: Callable[[float], None] = time.sleep) -> None:
    """Unbind and bind; raises ``OSError``. What was let go is offered to the driver again several
    times: a device that nobody drives is worse than one that hangs."""
    hub_port(device)   # else it is none
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


def cut_port(
    device: str, root: Path = SYSFS, wait: Callable[[float], None] = time.sleep
) -> None:
    """Take the power from a device's port and give it back; raises ``OSError``.

    By the port's `disable` (Documentation/ABI/testing/sysfs-bus-usb, Linux 6.0), as uhubctl does. A
    USB 3 socket has two ports, one of each bus, and has power while either is on.
    """
    port = root / "bus/usb/devices" / hub_port(device)
    switches = [port / "disable"]
    if (port / "peer/disable").exists():
        switches.append(port / "peer/disable")
    try:
        for switch in switches:
            switch.write_text("1")
        wait(OFF_S)
    finally:
        faults = [fault for switch in switches if (fault := _switched_on(switch)) is not None]
    if faults:
        raise faults[0]


def _switched_on(switch: Path) -> OSError | None:
    """Each port by itself: that one fails must not leave the other without power."""
    try:
        switch.write_text("0")
    except OSError as fault:
        return fault
    return None
