"""Sound goes before all else on the machine, where the system lets it.

Real-time by POSIX (sched(7), SCHED_RR): it runs as soon as sound has come, whatever else computes.
Where that is refused (a program started by hand, a kernel whose control groups keep no share for
it) it is a thread like any other, with the lead alone against a busy machine.
"""

from __future__ import annotations

import os
from contextlib import suppress

from firmware.shell.watchdog import complain

PRIORITY = 10   # above those of programs that ask for the least, below the kernel's own (50)
OTHERS = 1      # the other threads of this program
# What they start does not inherit it; sched(7): once asked for, that cannot be taken back
_REAL, _PLAIN = os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.SCHED_OTHER | os.SCHED_RESET_ON_FORK
_refused: list[str] = []


def hurry(process: int = 0) -> bool:
    """A process of ours, or the calling thread. A refusal is told once, not with each call."""
    try:
        os.sched_setscheduler(process, _REAL, os.sched_param(PRIORITY))
    except ProcessLookupError:   # it has ended at once: whoever reads from it will hear
        return False
    except OSError as fault:
        if not _refused:
            _refused.append(str(fault))
            complain(f"sound is not scheduled in real time: {fault.strerror}")
        return False
    return True


def lift_all() -> None:
    """The threads that are there, behind the sound's, for the length of a call: whichever of them
    holds Python's lock must get to the point where it lets it go."""
    _schedule_all(_REAL, OTHERS)


def settle_all() -> None:
    """As they were before."""
    _schedule_all(_PLAIN, 0)


def _schedule_all(policy: int, priority: int) -> None:
    with suppress(OSError):
        for thread in os.listdir("/proc/self/task"):
            with suppress(ProcessLookupError):   # it has just ended
                os.sched_setscheduler(int(thread), policy, os.sched_param(priority))
