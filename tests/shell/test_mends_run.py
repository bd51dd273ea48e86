"""The exit code of `veilleur run`: 1 for what a restart may mend, never 2 (wrong usage)."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from firmware.command.run import run
from firmware.line.usb_port import NotAModem, PortUnavailable
from firmware.shell.main_loop import MainLoop
from firmware.store.errors import BusyDatabase, UnwritableDatabase


def ending_with(fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def ends(loop: MainLoop) -> None:
        loop._alarm_clock.stop()
        raise fault

    monkeypatch.setattr(MainLoop, "run", ends)
    monkeypatch.setattr(signal, "signal", lambda number, handler: None)


@pytest.mark.parametrize(
    "fault",
    [
        UnwritableDatabase("no space left"), BusyDatabase("kept locked"), KeyError("ours"),
        OSError(5, "of ours"), NotAModem("mute"),
    ],
)  # fmt: skip
def test_what_a_restart_may_mend_is_1(
    tmp_path: Path,
    fault: Exception,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ending_with(fault, monkeypatch)
    assert run(tmp_path / "data", "/dev/null", None) == 1
    assert str(fault) in capsys.readouterr().err


def test_a_named_port_that_cannot_be_opened_is_for_the_command_line_to_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending_with(PortUnavailable("no such port"), monkeypatch)
    with pytest.raises(PortUnavailable):
        run(tmp_path / "data", "/dev/null", None)
