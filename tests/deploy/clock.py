"""`make test-deb`: the unit that tells the daemon of the clock, against a real chronyd.

chronyd changes no clock here (`-x`), has a network name space of its own, and gets its time from
this test by a reference clock's socket.
"""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import time
from pathlib import Path

import pytest

from tests.deploy.test_units import unit

WITHIN_S = 60.0
MAGIC = 0x534F434B   # chrony.conf(5), refclock SOCK
SETTINGS = """\
refclock SOCK {folder}/clock.sock poll -2 refid TEST
pidfile {folder}/pid
bindcmdaddress /
driftfile {folder}/drift
"""
SCRIPT = (
    "ip link set lo up; chronyd -x -d -u root -f {folder}/chrony.conf >{folder}/log 2>&1 &"
    " exec {command}"
)


def feed(path: Path) -> None:
    """One reading of a clock that is 0.1 ms ahead."""
    now_us = time.time_ns() // 1000
    sample = struct.pack("@qqdiiii", *divmod(now_us, 10**6), 1e-4, 0, 0, 0, MAGIC)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as clock:
        clock.sendto(sample, str(path))


def test_the_mark_comes_with_the_time_and_not_before(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("a network name space needs root")
    (tmp_path / "chrony.conf").write_text(SETTINGS.format(folder=tmp_path))
    # As systemd reads it: quotes keep words together, and no shell is in between
    command = unit("veilleur-clock.service")["Service"]["ExecStart"].replace(" 0.0 10 ", " 0.0 1 ")
    mark = tmp_path / "synchronised"
    waiting = subprocess.Popen(
        ["unshare", "-n", "sh", "-c", SCRIPT.format(folder=tmp_path, command=command)],
        env=os.environ | {"RUNTIME_DIRECTORY": str(tmp_path)},
    )
    try:
        end_s, place = time.monotonic() + WITHIN_S, tmp_path / "clock.sock"
        while not place.exists():
            assert time.monotonic() < end_s
            time.sleep(0.1)
        time.sleep(3.0)
        assert not mark.exists()
        while waiting.poll() is None:
            assert time.monotonic() < end_s, (tmp_path / "log").read_text()
            feed(place)
            time.sleep(0.1)
        assert waiting.returncode == 0
        assert mark.exists()
    finally:
        waiting.kill()
        os.kill(int((tmp_path / "pid").read_text()), 15)
