"""The computer's clock from the mobile network: asked by the daemon, set by root, or left alone."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.command.set_clock import set_clock
from firmware.command.system_wish import RUNTIME, TIME, set_computer_clock
from firmware.shell.system_clock import SystemClock

LATER = datetime(2031, 5, 6, 7, 8, tzinfo=UTC)


def set_by(file: Path, *, kept: bool = False) -> tuple[int, list[float], int]:
    """The exit code, what the clock was set to, how often the battery's was."""
    put: list[float] = []
    written: list[None] = []
    code = set_clock(file, lambda: kept, put.append, lambda: written.append(None))
    return code, put, len(written)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the daemon leaves the time."""
    monkeypatch.setenv(RUNTIME, str(tmp_path))
    return tmp_path / TIME


def test_what_the_network_tells_reaches_the_computer(file: Path) -> None:
    clock = SystemClock(None, lambda: False, told=set_computer_clock)
    clock.adopt(LATER, time.monotonic() - 100.0)
    code, put, written = set_by(file)
    assert (code, written) == (0, 1)
    after_s = put[0] - LATER.timestamp() - 100.0
    assert 0.0 <= after_s + 0.01 < 60.0   # written in thousandths
    assert set_by(file, kept=True) == (0, [], 0)   # by NTP


def test_a_clock_that_is_right_or_kept_is_left_alone(file: Path) -> None:
    set_computer_clock(datetime.now(UTC) - timedelta(seconds=1), time.monotonic())
    assert not file.exists()
    clock = SystemClock(None, lambda: True, told=set_computer_clock)
    clock.moment()
    clock.adopt(LATER, time.monotonic())
    assert not file.exists()


def test_what_cannot_be_the_time_sets_nothing(file: Path) -> None:
    now = time.monotonic()
    later = f"{LATER.timestamp():.3f}"
    lines = (
        "", "now\n", f"{later} {now:.3f}", f"{later} {now:.3f}\n\n", f"-{later} {now:.3f}\n",
        f"1000000000.000 {now:.3f}\n",          # 2001
        f"4200000000.000 {now:.3f}\n",          # 2103
        f"{later} {now + 60:.3f}\n",            # told by somebody who knows what is to come
        f"{later} {now:.3f}; reboot\n", "\0\xff" * 20, "9" * 10_000,
    )  # fmt: skip
    for line in lines:
        file.write_text(line, encoding="latin-1")
        assert set_by(file) == (1, [], 0), line
    file.unlink()
    assert set_by(file) == (1, [], 0)
    file.symlink_to("/proc/uptime")
    assert set_by(file) == (1, [], 0)


def test_an_old_word_is_not_believed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_computer_clock(LATER, time.monotonic())
    hour_later_s = time.monotonic() + 3600.0
    monkeypatch.setattr(time, "monotonic", lambda: hour_later_s)
    assert set_by(file) == (1, [], 0)
