"""`python -m tests.daemon.hurried ARGUMENTS`: `veilleur` whose clock goes ten times too fast.

For what deadlines alone decide: the program, its loop and its port are the real ones, and a mute
port is given up after three seconds instead of thirty.
"""

from __future__ import annotations

import sys
from dataclasses import replace

from firmware.cli import main
from firmware.command import run
from firmware.moment import Moment
from firmware.shell import main_loop
from firmware.shell.alarm_clock import AlarmClock
from firmware.shell.system_clock import SystemClock

COMMAND = (sys.executable, "-m", "tests.daemon.hurried")
HURRY = 10.0


class HurriedClock(SystemClock):
    def moment(self) -> Moment:
        now = super().moment()
        return replace(now, monotonic_s=now.monotonic_s * HURRY)


class HurriedAlarm(AlarmClock):
    """The loop's own wait is never shorter than this clock's: it is the one that counts."""

    def wake_at(self, monotonic_s: float) -> None:
        super().wake_at(monotonic_s / HURRY)


if __name__ == "__main__":
    setattr(main_loop, "AlarmClock", HurriedAlarm)  # noqa: B010 - not exported, for mypy
    setattr(run, "SystemClock", HurriedClock)  # noqa: B010
    sys.exit(main())
