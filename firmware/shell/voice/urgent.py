"""Sound goes before all else on the machine, where the system lets it.

Real-time by POSIX (sched(7), SCHED_RR): it runs as soon as sound has come, whatever else computes.
Where that is refused (a program started by hand, a kernel whose control groups keep no share for
it) it is a thread like any other, with the lead alone against a busy machine.
"""

from __future__ import annotations

import os

from firmware.shell.watchdog import complain

PRIORITY = 10   # above those of programs that ask for the least, below the kernel's own (50)
_refused: list[str] = []


def hurry(process: int = 0) -> bool:
    """A process of ours, or the calling thread; what they start does not inherit it. A refusal is
    told once, not with each call."""
    try:
        policy = os.SCHED_RR | os.SCHED_RESET_ON_FORK
        os.sched_setscheduler(process, policy, os.sched_param(PRIORITY))
    except OSError as fault:
        if not _refused:
            _refused.append(str(fault))
            complain(f"sound is not scheduled in real time: {fault.strerror}")
        return False
    return True
