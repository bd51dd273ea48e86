"""What is read of the machine, on made-up /proc and /sys trees and on this machine's own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.command import doctor_machine as machine
from firmware.doctor.facts import PinsFacts, Process
from firmware.shell.gpio import Pins

HOLD = "import os,sys; os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY); print('held', flush=True);"
HOLD += "sys.stdin.read()"


@contextmanager
def holding(path: str) -> Iterator[int]:
    """Another program that has the port open; its process number."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"held\n"
        try:
            yield program.pid
        finally:
            program.communicate()


@pytest.fixture
def terminal() -> Iterator[str]:
    master, slave = os.openpty()
    yield os.ttyname(slave)
    os.close(master)
    os.close(slave)


def test_who_holds_a_port_is_named(terminal: str, tmp_path: Path) -> None:
    link = tmp_path / "modem"
    link.symlink_to(terminal)
    assert machine.holders(str(link)) == ()   # our own descriptor does not count
    with holding(terminal) as pid:
        (holder,) = machine.holders(str(link))
        assert holder.pid == pid
        assert holder.name.startswith("python")
        assert holder.data_dir is None
    assert machine.holders(str(link)) == ()


def made_up(root: Path, pid: int, comm: str, *arguments: str) -> None:
    folder = root / str(pid)
    (folder / "fd").mkdir(parents=True)
    (folder / "comm").write_text(f"{comm}\n")
    (folder / "cmdline").write_bytes(b"".join(part.encode() + b"\0" for part in arguments))
    (folder / "cwd").symlink_to("/srv")


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "self").mkdir()
    monkeypatch.setattr(machine, "PROC", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("comm", "arguments", "process"),
    [
        ("veilleur", ("/usr/bin/python3", "/usr/bin/veilleur", "run", "--data", "/var/lib/v"),
         Process(9, "veilleur", "/var/lib/v")),
        ("python3", ("python3", "-m", "firmware", "run", "--data=box"),
         Process(9, "veilleur", "/srv/box")),
        ("python3", ("python3", "-m", "firmware", "run", "--data"), Process(9, "veilleur")),
        ("python3", ("python3", "-m", "firmware", "doctor", "--data", "box"),
         Process(9, "python3")),
        ("minicom", ("minicom", "-D", "/dev/ttyUSB2"), Process(9, "minicom")),
        ("kworker", (), Process(9, "kworker")),
    ],
)  # fmt: skip
def test_a_veilleur_is_known_by_its_command_line(
    proc: Path, comm: str, arguments: tuple[str, ...], process: Process
) -> None:
    made_up(proc, 9, comm, *arguments)
    assert machine.process(9) == process


def test_a_program_that_has_just_ended(proc: Path) -> None:
    assert machine.process(4711) == Process(4711, "?")


def test_rivals_are_seen_by_name(proc: Path) -> None:
    made_up(proc, 411, "ModemManager", "/usr/sbin/ModemManager")
    made_up(proc, 412, "brltty", "/bin/brltty")
    made_up(proc, 413, "bash", "bash", "ModemManager")
    assert {each.name for each in machine.rivals()} == {"ModemManager", "brltty"}


def test_holders_on_a_made_up_tree(proc: Path, terminal: str) -> None:
    made_up(proc, 411, "ModemManager", "/usr/sbin/ModemManager")
    made_up(proc, 500, "bash")
    (proc / "411" / "fd" / "7").symlink_to(terminal)
    (proc / "500" / "fd" / "0").symlink_to("/dev/null")
    made_up(proc, os.getpid(), "python3")
    (proc / str(os.getpid()) / "fd" / "3").symlink_to(terminal)
    assert [each.pid for each in machine.holders(terminal)] == [411]
    assert machine.holders("/dev/null") == ()
    assert machine.holders("/dev/none") == ()


@pytest.mark.parametrize(
    ("text", "bits"), [("50005\n", 0x50005), ("0\n", 0), ("", None), ("word", None)]
)
def test_the_pis_own_file_tells_of_its_power(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, bits: int | None
) -> None:
    file = tmp_path / "get_throttled"
    file.write_text(text)
    monkeypatch.setattr(machine, "THROTTLED", file)
    monkeypatch.setenv("PATH", str(tmp_path))   # no vcgencmd here
    assert machine.throttled() == bits


@pytest.mark.parametrize(
    ("script", "bits"),
    [
        ("echo throttled=0x50000", 0x50000),
        ("echo throttled=0x0", 0),
        ("echo error", None),
        ("exit 255", None),
    ],
)
def test_else_vcgencmd_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, bits: int | None
) -> None:
    program = tmp_path / "vcgencmd"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setattr(machine, "THROTTLED", tmp_path / "none")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.throttled() == bits


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("1773320700\n", datetime(2026, 3, 12, 13, 5, tzinfo=UTC)),
        ("x", None),
        ("9" * 30, None),
        (None, None),
    ],
)
def test_the_battery_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, instant: datetime | None
) -> None:
    if text is not None:
        (tmp_path / "since_epoch").write_text(text)
    monkeypatch.setattr(machine, "RTC", tmp_path / "since_epoch")
    assert machine.clock_facts(None).rtc == instant


@pytest.mark.parametrize(
    ("zone", "known"),
    [("Europe/Paris", True), (None, True), ("Europe/Lutece", False), ("../etc/passwd", False)],
)
def test_the_time_zone(zone: str | None, known: bool) -> None:
    assert machine.clock_facts(zone).zone_known is known


def test_the_kernels_word_on_the_clock_is_yes_no_or_not_known() -> None:
    assert machine.clock_facts(None).synchronised in (True, False, None)


def test_the_disk_of_this_machine(tmp_path: Path) -> None:
    found = machine.disk_facts(tmp_path)
    assert found is not None
    assert 0 < found.free_bytes <= found.total_bytes
    assert not found.read_only
    assert machine.disk_facts(tmp_path / "none") is None


def test_a_file_as_this_user_may_use_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert machine.file_facts(path, os.R_OK) is None
    path.touch(mode=0o640)
    path.chmod(0o640)
    found = machine.file_facts(path, os.R_OK | os.W_OK)
    assert found is not None
    assert (found.mode, found.usable) == (0o640, True)
    assert found.owner == machine.user_name(os.geteuid())
    assert machine.user_name(4_000_000_000) == "4000000000"
    (tmp_path / "loop").symlink_to("loop")
    odd = machine.file_facts(tmp_path / "loop", os.R_OK)
    assert odd is not None
    assert not odd.usable


def test_the_pins_count_once_the_settings_name_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "CHIPS", tmp_path)
    assert machine.pins_facts(Pins()) is None
    monkeypatch.setattr(machine, "PIN_LIBRARIES", ("gpiozero", "a_driver_of_pins"))
    assert machine.pins_facts(Pins(green=17)) == PinsFacts(library=False, chip=False)
    (tmp_path / "a_driver_of_pins.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert machine.pins_facts(Pins(green=17)) == PinsFacts(library=True, chip=False)
    (tmp_path / "gpiochip0").touch()
    assert machine.pins_facts(Pins(green=17)) == PinsFacts(library=True, chip=True)
