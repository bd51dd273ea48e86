"""Sound is real-time where the system grants it, and an ordinary thread where it does not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def may() -> bool:
    """Whether whoever runs the tests may."""
    before = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(10))
    except OSError:
        return False
    os.sched_setscheduler(0, *before)
    return True


MAY = may()
ASK = """
import os, subprocess, sys, threading
from firmware.shell.voice.urgent import hurry
found = []
def sound():
    found.append((hurry(), hurry()))
    found.append(os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK == os.SCHED_RR)
    started = [sys.executable, "-c", "import os; print(os.sched_getscheduler(0))"]
    found.append(subprocess.run(started, capture_output=True, text=True).stdout.strip())
thread = threading.Thread(target=sound)
thread.start()
thread.join()
print(found, os.sched_getscheduler(0))
"""


LIFT = """
import os, threading
from firmware.shell.voice.urgent import lift_all, settle_all
over = threading.Event()
other = threading.Thread(target=over.wait)
other.start()
def seen():
    return [(os.sched_getscheduler(each) & 7, os.sched_getparam(each).sched_priority)
            for each in (0, other.native_id)]
lift_all()
lifted = seen()
if os.geteuid() == 0:
    os.setuid(65534)   # as the box's user, who may not take back what it has once asked for
settle_all()
print(lifted, seen())
over.set()
"""


def asked(*command: str, script: str = ASK) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*command, sys.executable, "-c", script],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip


@pytest.mark.skipif(not MAY, reason="this user may not schedule in real time")
def test_the_thread_alone_neither_others_nor_what_it_starts() -> None:
    done = asked()
    assert done.stdout.strip() == "[(True, True), True, '0'] 0"
    assert done.stderr == ""


@pytest.mark.skipif(not MAY, reason="this user may not schedule in real time")
def test_all_threads_for_the_length_of_a_call() -> None:
    assert asked(script=LIFT).stdout.strip() == "[(2, 1), (2, 1)] [(0, 0), (0, 0)]"


@pytest.mark.skipif(MAY and shutil.which("setpriv") is None, reason="setpriv is not here")
def test_where_it_is_refused_it_goes_on_and_says_so_once() -> None:
    done = asked(*(["setpriv", "--bounding-set=-sys_nice"] if MAY else []))
    assert done.stdout.strip() == "[(False, False), False, '0'] 0"
    assert done.stderr.count("sound is not scheduled in real time") == 1
    settled = asked(*(["setpriv", "--bounding-set=-sys_nice"] if MAY else []), script=LIFT)
    assert settled.stdout.strip() == "[(0, 0), (0, 0)] [(0, 0), (0, 0)]"
