"""What keeps this machine's clock right: NTP, or a clock with a battery."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

# Whoever writes them has set the clock since the machine started. The daemon believes what it once
# knew for as long as it runs; a fresh one believes a crystal that was right some hours ago.
MARKS = (
    Path("/run/systemd/timesync/synchronized"),   # systemd-timesyncd(8)
    Path("/run/veilleur-clock/synchronised"),     # deploy/systemd/veilleur-clock.service
)
RTCS = Path("/sys/class/rtc")
# Not /proc/device-tree: the service sees no more of /proc than the processes, and a board would
# pass for a PC there, whose clock is believed
DEVICE_TREE = Path("/sys/firmware/devicetree/base")
TIME_ERROR = 5        # adjtimex(2): the clock is not synchronised
TIMEX_BYTES = 512     # struct timex is 208 bytes; all zero it asks and changes nothing
BATTERY_NEAR_S = 60.0


def synchronised(marks: Iterable[Path] = MARKS) -> bool:
    """Whether chrony, ntpd or systemd-timesyncd keeps the clock. All tell the kernel (chrony only
    with `rtcsync`), but the service may not ask it: `ProtectClock=` shuts adjtimex(2). Hence the
    marks."""
    # os.path's: a mark that may not be looked at is one that is not there, and no reason to end
    return any(os.path.exists(mark) for mark in marks) or kernel_synchronised() is True


def kernel_synchronised() -> bool | None:
    """None where the kernel cannot be asked."""
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(TIMEX_BYTES))
    except (OSError, AttributeError):  # another libc
        return None
    return None if state < 0 else bool(state != TIME_ERROR)


def battery_backed(rtcs: Path = RTCS, board: Path = DEVICE_TREE) -> bool:
    """Whether a clock with a battery says the same as the system clock: without its battery it
    stands in 1970. It is enough that they agree: on a Pi the driver of a DS3231 may come too late
    for the kernel's own setting (`hctosys`).

    Where no such clock is to be seen, a board computer (it has a device tree) has none; a PC has
    one by design, and a virtual machine or container has its host's.
    """
    clocks = sorted(rtcs.glob("rtc*"))
    for folder in clocks:
        with suppress(OSError, ValueError):
            says = int((folder / "since_epoch").read_text())
            return abs(says - time.time()) <= BATTERY_NEAR_S
    return not clocks and not board.exists()
