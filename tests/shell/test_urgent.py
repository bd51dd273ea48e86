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


def asked(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*command, sys.executable, "-c", ASK], cwd=ROOT, capture_output=True, text=True, check=True
    )


@pytest.mark.skipif(not MAY, reason="this user may not schedule in real time")
def test_the_thread_alone_neither_others_nor_what_it_starts() -> None:
    done = asked()
    assert done.stdout.strip() == "[(True, True), True, '0'] 0"
    assert done.stderr == ""


@pytest.mark.skipif(MAY and shutil.which("setpriv") is None, reason="setpriv is not here")
def test_where_it_is_refused_it_goes_on_and_says_so_once() -> None:
    done = asked(*(["setpriv", "--bounding-set=-sys_nice"] if MAY else []))
    assert done.stdout.strip() == "[(False, False), False, '0'] 0"
    assert done.stderr.count("sound is not scheduled in real time") == 1
