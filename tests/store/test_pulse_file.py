"""The pulse file: whole or nothing, and no garbage ever stops a page."""

from __future__ import annotations

import json
import os
import stat
import tempfile
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.pulse import ForwardingState, ModemState, Pulse
from firmware.store.errors import UnsafeDirectory
from firmware.store.plain import to_plain
from firmware.store.pulse_file import PULSE_NAME, SIZE_MAX, read_pulse, runtime_dir, write_pulse
from tests.store.samples import NOW, rows_of

PULSE = Pulse(
    NOW,
    ModemState.READY,
    port="/dev/ttyUSB2",
    signal_dbm=-71,
    forwarding=ForwardingState.VERIFIED,
    forwarding_checked_at=NOW,
)


@settings(max_examples=50, deadline=None)
@given(rows_of(Pulse))
def test_any_pulse_comes_back_equal(pulse: Pulse) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "box"
        write_pulse(folder, PULSE)
        write_pulse(folder, pulse)
        assert read_pulse(folder) == pulse
        assert [file.name for file in folder.iterdir()] == [PULSE_NAME]


def test_none_there(tmp_path: Path) -> None:
    assert read_pulse(tmp_path) is None
    assert read_pulse(tmp_path / "nowhere") is None


def damaged(**changes: Any) -> bytes:
    plain = to_plain(PULSE)
    plain.update(changes)
    return json.dumps({key: value for key, value in plain.items() if value != "gone"}).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        b"[" * 30_000,
        b"{" + b" " * SIZE_MAX + b"}",
        json.dumps(to_plain(PULSE)).encode()[:-1],
        damaged(at="gone"),
        damaged(at="yesterday"),
        damaged(at="2026-03-29T01:00:00"),
        damaged(at=5),
        damaged(modem="asleep"),
        damaged(modem=["ready"]),
        damaged(modem=None),
        damaged(signal_dbm="-71"),
        damaged(signal_dbm=True),
        damaged(clock_trusted=1),
        damaged(port=5),
    ],
)
def test_garbage_is_no_pulse(tmp_path: Path, content: bytes) -> None:
    (tmp_path / PULSE_NAME).write_bytes(content)
    assert read_pulse(tmp_path) is None


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@settings(max_examples=50, deadline=None)
def test_any_bytes_are_a_pulse_or_none(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / PULSE_NAME).write_bytes(content)
        assert read_pulse(Path(name)) is None


def test_what_is_no_file_is_no_pulse(tmp_path: Path) -> None:
    for make in (Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/etc/passwd")):
        path = tmp_path / PULSE_NAME
        make(path)
        assert read_pulse(tmp_path) is None
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


def test_fields_that_a_newer_program_added_or_an_older_one_lacks(tmp_path: Path) -> None:
    (tmp_path / PULSE_NAME).write_bytes(damaged(battery=3, outgoing_waiting="gone"))
    assert read_pulse(tmp_path) == PULSE


def test_readers_see_the_old_or_the_new_one_never_half(tmp_path: Path) -> None:
    write_pulse(tmp_path, PULSE)
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            write_pulse(tmp_path, Pulse(NOW + timedelta(seconds=number), ModemState.MUTE))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        seen = [read_pulse(tmp_path) for _ in range(500)]
    finally:
        stop.set()
        writer.join()
    assert None not in seen


def test_the_page_s_group_may_read_and_nobody_else(tmp_path: Path) -> None:
    folder = tmp_path / "box"
    before = os.umask(0o022)
    try:
        write_pulse(folder, PULSE)
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o750
    assert stat.S_IMODE((folder / PULSE_NAME).stat().st_mode) == 0o640


def test_where_it_lies(tmp_path: Path) -> None:
    environ = {
        "VEILLEUR_RUNTIME": "/run/a",
        "RUNTIME_DIRECTORY": "/run/b:/run/c",
        "XDG_RUNTIME_DIR": "/run/user/7",
    }
    data = tmp_path / "data"
    names = set()
    for parent in ("/run/a", "/run/b", "/run/user/7"):
        found = runtime_dir(data, environ)
        assert str(found.parent) == parent
        names.add(found.name)
        del environ[next(iter(environ))]
    assert len(names) == 1
    assert runtime_dir(tmp_path / "other", {"XDG_RUNTIME_DIR": "/run"}).name not in names
    assert runtime_dir(data / ".." / "data", {"XDG_RUNTIME_DIR": "/run"}).name in names


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_last_resort_is_a_private_folder(temporary: Path) -> None:
    folder = runtime_dir(temporary / "data", {"XDG_RUNTIME_DIR": "relative"})
    assert folder.parent == temporary / f"veilleur-{os.geteuid()}"
    assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    assert runtime_dir(temporary / "data", {}) == folder
    write_pulse(folder, PULSE)
    assert read_pulse(folder) == PULSE


@pytest.mark.parametrize("trap", ["link", "open", "file", "foreign"])
def test_a_folder_that_somebody_else_prepared_is_refused(temporary: Path, trap: str) -> None:
    path = temporary / f"veilleur-{os.geteuid()}"
    if trap == "link":
        (temporary / "theirs").mkdir(mode=0o700)
        path.symlink_to(temporary / "theirs")
    elif trap == "open":
        path.mkdir()
        path.chmod(0o777)
    elif trap == "file":
        path.touch()
    else:
        path.mkdir(mode=0o700)
        if os.geteuid() != 0:
            pytest.skip("only root can give a folder away")
        os.chown(path, 65534, 65534)
    with pytest.raises(UnsafeDirectory) as caught:
        runtime_dir(temporary / "data", {})
    assert str(path) in str(caught.value)
