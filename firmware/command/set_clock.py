"""`veilleur set-clock`: root sets the computer's clock to the time that the modem's network tells.

The shut-in daemon has asked the network twice and believes it (`firmware/line/clock_keeper.py`); it
leaves the time in its folder of /run. What is read there is one line of one shape; a clock that NTP
keeps is left alone, and so is every time that cannot be.
"""

from __future__ import annotations

import fcntl
import os
import re
import struct
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from firmware.command.time_sources import synchronised
from firmware.moment import BUILT
from firmware.shell.watchdog import complain

# What the daemon writes: seconds since 1970, and the monotonic clock's seconds at that instant
LINE = re.compile(r"([0-9]{10}\.[0-9]{3}) ([0-9]{1,10}\.[0-9]{3})\n")
LINE_MAX = 64
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
OLD_S = 600.0
BATTERY_S_CLOCK = Path("/dev/rtc0")
RTC_SET_TIME = 0x4024700A   # linux/rtc.h, on ARM and x86; hwclock(8) is not on every box
EXIT_DONE, EXIT_REFUSED = 0, 1


def set_clock(
    file: Path,
    kept: Callable[[], bool] = synchronised,
    put: Callable[[float], None] = lambda utc_s: time.clock_settime(time.CLOCK_REALTIME, utc_s),
    keep: Callable[[], None] = lambda: _write_battery_s_clock(),
) -> int:
    """``kept``: somebody else keeps the clock; ``put`` sets it; ``keep`` writes the one with a
    battery. Exit code 1 when the file is none to be believed."""
    told = _read(file)
    if told is None:
        complain(f"{file} tells no time")
        return EXIT_REFUSED
    if kept():
        return EXIT_DONE
    off_s = told - time.time()
    put(told)
    keep()
    complain(f"the computer's clock was {-off_s:+.0f} s off: set to the mobile network's time")
    return EXIT_DONE


def _read(file: Path) -> float | None:
    """So late it is now, in seconds since 1970; None where nothing believable is told."""
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as found:
            line = LINE.fullmatch(found.read(LINE_MAX).decode("ascii", "replace"))
    except OSError:
        return None
    if line is None:
        return None
    passed_s = time.monotonic() - float(line[2])
    now_s = float(line[1]) + passed_s
    if not 0.0 <= passed_s <= OLD_S or not BUILT.timestamp() <= now_s <= LATEST.timestamp():
        return None
    return now_s


def _write_battery_s_clock() -> None:
    """So that the next start does not begin with the wrong one again, and does not believe it."""
    if not BATTERY_S_CLOCK.exists():
        return
    try:
        with BATTERY_S_CLOCK.open("rb", buffering=0) as clock:
            now = time.gmtime()
            day = now.tm_mday, now.tm_mon - 1, now.tm_year - 1900
            fields = now.tm_sec, now.tm_min, now.tm_hour, *day, 0, 0, 0
            fcntl.ioctl(clock, RTC_SET_TIME, struct.pack("9i", *fields))
    except OSError as fault:
        complain(f"the battery's clock could not be set: {fault.strerror}")
