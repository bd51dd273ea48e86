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

from tests.daemon.program import until
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
    command = unit("veilleur-clock.service")["Service"]["ExecStart"].replace(" 0.0 10 ", " 0.0 1 ")
    mark = tmp_path / "synchronised"
    waiting = subprocess.Popen(
        ["unshare", "-n", "sh", "-c", SCRIPT.format(folder=tmp_path, command=command)],
        env=os.environ | {"RUNTIME_DIRECTORY": str(tmp_path)},
    )
    try:
        place = tmp_path / "clock.sock"
        until(place.exists, "chronyd's socket")
        with pytest.raises(subprocess.TimeoutExpired):
            waiting.wait(3.0)   # it asks each second, and there is no time yet
        assert not mark.exists()

        def told() -> bool:
            feed(place)
            return waiting.poll() is not None

        until(told, "the end of the wait", WITHIN_S)
        assert waiting.returncode == 0
        assert mark.exists()
    finally:
        waiting.kill()
        os.kill(int((tmp_path / "pid").read_text()), 15)
