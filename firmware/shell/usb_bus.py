"""The kernel's USB bus: let go of a device and take it again, as after a re-plug; and the power of
the port that it hangs on."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from firmware.line.usb_port import hub_port
from firmware.recovery.hooks import SYSFS

DRIVER = "bus/usb/drivers/usb"
APART_S = 2.0
BIND_TRIES = 3
OFF_S = 8.0           # a modem's capacitors hold out for some seconds


def rebind(
    device: str, root: Path = SYSFS, wait: Callable[[float], None] = time.sleep,
    mark: Path | None = None,
) -> None:  # fmt: skip
    """Unbind and bind; raises ``OSError``. What was let go is offered to the driver again several
    times: a device that nobody drives is worse than one that hangs. ``mark``: see `give_back`."""
    hub_port(device)   # else it is none
    _note(mark, device)
    try:
        (root / DRIVER / "unbind").write_text(device)
    except OSError as fault:
        if fault.errno != errno.ENODEV:   # else nobody drives it: the last time it was not taken
            raise
    _bind(device, root, wait)
    _note(mark, None)


def cut_port(
    device: str, root: Path = SYSFS, wait: Callable[[float], None] = time.sleep,
    mark: Path | None = None,
) -> None:  # fmt: skip
    """Take the power from a device's port and give it back; raises ``OSError``.

    By the port's `disable` (Documentation/ABI/testing/sysfs-bus-usb, Linux 6.0), as uhubctl does. A
    USB 3 socket has two ports, one of each bus, and has power while either is on.
    """
    switches = _switches(device, root)
    _note(mark, device)
    try:
        for switch in switches:
            switch.write_text("1")
        wait(OFF_S)
    finally:
        faults = [fault for switch in switches if (fault := _switched_on(switch)) is not None]
    if faults:
        raise faults[0]
    _note(mark, None)


def give_back(mark: Path, root: Path = SYSFS, wait: Callable[[float], None] = time.sleep) -> None:
    """A program that was ended in the middle of that has left a port without power, or a device
    without driver, for which nobody looks any more. What was in order stays so; what cannot be
    given back now is the next program's to try."""
    with suppress(OSError):
        device = mark.read_text()
        for switch in _switches(device, root):
            _switched_on(switch)
        if not (root / "bus/usb/devices" / device / "driver").exists():
            _bind(device, root, wait)
        _note(mark, None)


def _bind(device: str, root: Path, wait: Callable[[float], None]) -> None:
    for left in reversed(range(BIND_TRIES)):
        wait(APART_S)
        try:
            (root / DRIVER / "bind").write_text(device)
            return
        except OSError:
            if not left:
                raise


def _note(mark: Path | None, device: str | None) -> None:
    """That ``device`` may be without power or driver; None: none is. Best effort."""
    with suppress(OSError):
        if mark is not None and device is not None:
            mark.write_text(device)
        elif mark is not None:
            mark.unlink(missing_ok=True)


def _switches(device: str, root: Path) -> list[Path]:
    port = root / "bus/usb/devices" / hub_port(device)
    peer = port / "peer/disable"
    return [port / "disable", *([peer] if peer.exists() else [])]


def _switched_on(switch: Path) -> OSError | None:
    """Each port by itself: that one fails must not leave the other without power."""
    try:
        switch.write_text("0")
    except OSError as fault:
        return fault
    return None
