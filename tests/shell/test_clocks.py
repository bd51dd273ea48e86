"""The alarm clock, the system's clocks and systemd's notify socket."""

from __future__ import annotations

import os
import queue
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.command.disk import look_at_disk
from firmware.command.time_sources import (
    DEVICE_TREE,
    battery_backed,
    kernel_synchronised,
    synchronised,
)
from firmware.moment import BUILT
from firmware.shell import system_clock
from firmware.shell.alarm_clock import AlarmClock
from firmware.shell.system_clock import SystemClock, plausible
from firmware.shell.watchdog import Watchdog
from tests.patience import WITHIN_S

ROOT = Path(__file__).parents[2]


@pytest.fixture
def woken() -> queue.Queue[float]:
    return queue.Queue()


def clock(woken: queue.Queue[float]) -> AlarmClock:
    return AlarmClock(lambda: woken.put(time.monotonic()))


def test_it_wakes_at_the_instant(woken: queue.Queue[float]) -> None:
    alarm = clock(woken)
    wanted = time.monotonic() + 0.2
    alarm.wake_at(wanted)
    assert woken.get(timeout=WITHIN_S) >= wanted - 0.01
    assert woken.empty()
    alarm.stop()


def test_there_is_one_wake_up(woken: queue.Queue[float]) -> None:
    alarm = clock(woken)
    far, near = time.monotonic() + 3600, time.monotonic() + 0.3
    alarm.wake_at(far)
    alarm.wake_at(near)
    assert woken.get(timeout=WITHIN_S) >= near - 0.01
    alarm.wake_at(time.monotonic() - 5)  # long past: at once
    woken.get(timeout=WITHIN_S)
    assert woken.empty()
    alarm.stop()


def test_its_only_thread_is_daemonic_and_ends(woken: queue.Queue[float]) -> None:
    before = set(threading.enumerate())
    alarm = clock(woken)
    (own,) = set(threading.enumerate()) - before
    assert own.daemon
    alarm.stop()
    own.join(WITHIN_S)
    assert not own.is_alive()


def test_both_clocks_in_one_moment() -> None:
    before = time.monotonic()
    moment = SystemClock().moment()
    assert before <= moment.monotonic_s <= time.monotonic()
    assert abs(datetime.now(UTC) - moment.utc) < timedelta(seconds=WITHIN_S)
    assert moment.utc.tzinfo is UTC


def test_a_clock_before_this_program_was_written_is_wrong() -> None:
    assert not plausible(datetime(1970, 1, 1, tzinfo=UTC))
    assert not plausible(BUILT - timedelta(microseconds=1))
    assert plausible(BUILT)


def test_nobody_keeps_the_clock() -> None:
    assert not SystemClock(None, lambda: False).moment().utc_trusted


def test_ntp_keeps_the_clock_whatever_the_store_says() -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert SystemClock(tomorrow, lambda: True).moment().utc_trusted


def test_a_battery_is_believed_unless_the_store_knows_better() -> None:
    yesterday, tomorrow = (datetime.now(UTC) + timedelta(days=days) for days in (-1, 1))
    assert SystemClock(yesterday, lambda: False, lambda: True).moment().utc_trusted
    assert not SystemClock(tomorrow, lambda: False, lambda: True).moment().utc_trusted


def test_the_network_s_time_runs_on_the_monotonic_clock() -> None:
    clock = SystemClock(None, lambda: False)
    before = clock.moment()
    told = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)
    clock.adopt(told, before.monotonic_s - 100.0)
    after = clock.moment()
    assert after.utc_trusted
    passed = timedelta(seconds=after.monotonic_s - before.monotonic_s + 100.0)
    assert abs(after.utc - told - passed) < timedelta(milliseconds=1)


def test_ntp_is_better_than_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [True]
    monkeypatch.setattr(system_clock, "LOOK_S", 0.0)
    clock = SystemClock(None, lambda: kept[0])
    clock.moment()
    clock.adopt(datetime(2031, 5, 6, tzinfo=UTC), 0.0)
    assert abs(clock.moment().utc - datetime.now(UTC)) < timedelta(seconds=WITHIN_S)
    kept[0] = False     # what NTP said once is kept on the monotonic clock
    later = clock.moment()
    assert later.utc_trusted
    assert abs(later.utc - datetime.now(UTC)) < timedelta(seconds=WITHIN_S)


def test_what_keeps_the_clock(tmp_path: Path) -> None:
    assert kernel_synchronised() in (True, False, None)
    marks = tmp_path / "systemd", tmp_path / "chrony"
    for mark in marks:
        assert synchronised(marks) is (kernel_synchronised() is True)
        mark.touch()
        assert synchronised(marks)
        mark.unlink()


def test_a_mark_that_may_not_be_looked_at_is_not_there(tmp_path: Path) -> None:
    """Of another user's folder, or on a disk that fails: no reason to end."""
    unseen = tmp_path / ("x" * 300)   # ENAMETOOLONG, for root too; `Path.exists` raises
    assert synchronised([unseen]) is (kernel_synchronised() is True)


def test_a_board_is_told_from_a_pc_where_the_service_can_see_it() -> None:
    """`ProcSubset=pid` hides /proc/device-tree: a Pi without a clock would be believed."""
    assert DEVICE_TREE.is_relative_to("/sys")


@pytest.mark.parametrize(("off_s", "backed"), [(0, True), (3600, False), (None, False)])
def test_a_clock_with_a_battery(tmp_path: Path, off_s: int | None, backed: bool) -> None:
    (tmp_path / "rtc0").mkdir()
    says = "?" if off_s is None else str(int(time.time()) + off_s)
    (tmp_path / "rtc0" / "since_epoch").write_text(says + "\n")
    for board in (tmp_path, tmp_path / "none"):
        assert battery_backed(tmp_path, board) is backed


def test_without_a_visible_battery_a_board_is_doubted_and_a_pc_is_not(tmp_path: Path) -> None:
    assert not battery_backed(tmp_path / "none", board=tmp_path)
    assert battery_backed(tmp_path / "none", board=tmp_path / "none")


@pytest.mark.parametrize("abstract", [False, True])
def test_systemd_hears_every_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, abstract: bool
) -> None:
    name = f"veilleur-{tmp_path}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind("\0" + name if abstract else name)
        systemd.settimeout(WITHIN_S)
        monkeypatch.setenv("NOTIFY_SOCKET", "@" + name if abstract else name)
        watchdog = Watchdog()
        watchdog.ready()
        watchdog.alive()
        watchdog.stopping()
        heard = [systemd.recv(100) for _ in range(3)]
    assert heard == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]
    watchdog.alive()  # systemd's end is gone: that is no reason to stop answering calls
    assert watchdog._socket is not None
    watchdog._socket.close()


def test_a_systemd_that_reads_nothing_stops_nobody(tmp_path: Path) -> None:
    """The kernel keeps some words for it (`net.unix.max_dgram_qlen`); whoever says more waits."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        watchdog = Watchdog(str(tmp_path / "notify"))
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other:
            other.setblocking(False)
            with suppress(BlockingIOError):
                while True:
                    other.sendto(b"full", str(tmp_path / "notify"))
        tells = threading.Thread(target=watchdog.alive, daemon=True)
        tells.start()
        tells.join(WITHIN_S)
        assert not tells.is_alive()
        assert watchdog._socket is not None
        watchdog._socket.close()


@pytest.mark.parametrize("address", [None, "", "/nowhere/notify"])
def test_without_systemd_it_is_silent(
    address: str | None, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """No socket is opened where nobody is named, and nobody who is not there is complained of."""
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    if address:
        monkeypatch.setenv("NOTIFY_SOCKET", address)
    before = set(os.listdir("/proc/self/fd"))
    watchdog = Watchdog(None)
    for tell in (watchdog.ready, watchdog.alive, watchdog.stopping):
        tell()
    watchdog.status("the modem is ready")
    opened = set(os.listdir("/proc/self/fd")) - before
    assert len(opened) == (1 if address else 0)
    assert capfd.readouterr() == ("", "")
    if watchdog._socket is not None:
        watchdog._socket.close()


def test_the_disk_tells_its_room_and_a_missing_folder_nothing(tmp_path: Path) -> None:
    seen = look_at_disk(tmp_path)
    assert seen is not None
    assert 0 <= seen.free_mb <= seen.total_mb
    assert look_at_disk(tmp_path / "missing") is None


def test_the_daemon_loads_neither_asyncio_nor_tls_and_spoils_none() -> None:
    """Four megabytes of the daemon's memory; whoever wants asyncio later gets the real one."""
    script = (
        "import sys, firmware.command.run\n"
        "assert not {'asyncio', 'ssl'} & set(sys.modules)\n"
        "import asyncio\n"
        "asyncio.run(asyncio.sleep(0))\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)
