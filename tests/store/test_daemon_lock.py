"""One daemon for one data directory, and lookers who never stand in its way."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.store.daemon_lock import LOCK_NAME, DaemonLock, daemon_is_running
from firmware.store.errors import DataInUse, UnreadableDatabase
from firmware.store.pending_restore import PENDING, restore_pending

ROOT = Path(__file__).parents[2]
HOLDER = """
import sys
from pathlib import Path
from firmware.store.daemon_lock import DaemonLock
with DaemonLock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_held_by_another_process_until_it_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert daemon_is_running(tmp_path)
        with pytest.raises(DataInUse, match=rf"in use .*process {holder.pid}\)") as caught:
            DaemonLock(tmp_path)
        assert str(tmp_path) in str(caught.value)
        assert "\n" not in str(caught.value)
        holder.kill()
    assert not daemon_is_running(tmp_path)
    with DaemonLock(tmp_path):
        assert daemon_is_running(tmp_path)
        assert (tmp_path / LOCK_NAME).read_text() == f"{os.getpid()}\n"
    assert not daemon_is_running(tmp_path)


FULL_DISK = """
import resource, sys
from pathlib import Path
from firmware.store.daemon_lock import DaemonLock, daemon_is_running
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
with DaemonLock(Path(sys.argv[1])):
    assert daemon_is_running(Path(sys.argv[1]))
"""


def test_a_full_disk_does_not_keep_the_daemon_from_starting(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", FULL_DISK, str(tmp_path)], cwd=ROOT, check=True)
    assert (tmp_path / LOCK_NAME).read_text() == ""


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    """A data directory with its lock file, on a disk that takes nothing any more."""
    mounted = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", tmp_path], check=False)
    if mounted.returncode != 0:
        pytest.skip("only root may mount a disk")
    (tmp_path / LOCK_NAME).touch()
    subprocess.run(["mount", "-o", "remount,ro", tmp_path], check=True)
    yield tmp_path
    subprocess.run(["umount", "--lazy", tmp_path], check=True)


def test_on_a_read_only_disk_there_is_one_daemon_too(read_only: Path) -> None:
    with DaemonLock(read_only):
        assert daemon_is_running(read_only)
        with pytest.raises(DataInUse):
            DaemonLock(read_only)
        subprocess.run(["mount", "-o", "remount,rw", read_only], check=True)
        with pytest.raises(DataInUse):
            DaemonLock(read_only)
    with DaemonLock(read_only):
        (read_only / LOCK_NAME).unlink()
    assert not daemon_is_running(read_only)


def test_a_read_only_disk_without_a_lock_file_keeps_no_daemon_from_starting(
    read_only: Path,
) -> None:
    subprocess.run(["mount", "-o", "remount,rw", read_only], check=True)
    (read_only / LOCK_NAME).unlink()
    subprocess.run(["mount", "-o", "remount,ro", read_only], check=True)
    DaemonLock(read_only).close()


def test_a_second_one_in_the_same_process_is_refused_too(tmp_path: Path) -> None:
    with DaemonLock(tmp_path), pytest.raises(DataInUse):
        DaemonLock(tmp_path)
    DaemonLock(tmp_path).close()


def test_closing_twice_closes_nobody_else_s_file(tmp_path: Path) -> None:
    lock = DaemonLock(tmp_path)
    lock.close()
    with (tmp_path / "other").open("w") as other:
        lock.close()
        other.write("still open")


def test_a_new_box_has_no_daemon(tmp_path: Path) -> None:
    assert not daemon_is_running(tmp_path)
    assert not daemon_is_running(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


def test_a_long_number_of_before_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).write_text("99999999999999\n")
    with DaemonLock(tmp_path):
        assert (tmp_path / LOCK_NAME).read_text() == f"{os.getpid()}\n"


def test_the_page_s_user_may_look(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        with DaemonLock(tmp_path):
            assert stat.S_IMODE((tmp_path / LOCK_NAME).stat().st_mode) == 0o660
    finally:
        os.umask(before)


def test_no_folder_and_no_link(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDatabase, match="No such file"):
        DaemonLock(tmp_path / "nowhere")
    (tmp_path / LOCK_NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UnreadableDatabase, match="cannot be opened"):
        DaemonLock(tmp_path)


def test_looking_does_not_stop_a_daemon_from_starting(tmp_path: Path) -> None:
    DaemonLock(tmp_path).close()
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            daemon_is_running(tmp_path)

    lookers = [threading.Thread(target=look) for _ in range(2)]
    for looker in lookers:
        looker.start()
    try:
        for _ in range(300):
            DaemonLock(tmp_path).close()
    finally:
        stop.set()
        for looker in lookers:
            looker.join()


def test_a_backup_that_waits_on_a_read_only_disk_keeps_no_daemon_from_starting(
    read_only: Path,
) -> None:
    """Whoever restores has a card that fails: it can neither be put in place nor taken away."""
    subprocess.run(["mount", "-o", "remount,rw", read_only], check=True)
    (read_only / PENDING).write_bytes(b"PK")
    subprocess.run(["mount", "-o", "remount,ro", read_only], check=True)
    outcome = restore_pending(read_only, datetime.now(UTC))
    assert outcome is not None
    assert outcome.restored is None
    assert (read_only / PENDING).exists()
