"""One exclusive port and its reader, on pseudo-terminals."""

from __future__ import annotations

import fcntl
import os
import queue
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.command.ports import attached_ports
from firmware.line.usb_port import PortUnavailable
from firmware.shell import serial_port
from firmware.shell.serial_port import SerialPort
from tests.patience import WITHIN_S


class Cable:
    """A pseudo-terminal, its far end, and what the port's reader has told."""

    def __init__(self) -> None:
        self.far, near = os.openpty()
        tty.setraw(near)
        self.path = os.ttyname(near)
        os.close(near)
        self.heard: queue.Queue[bytes] = queue.Queue()
        self.lost: queue.Queue[str] = queue.Queue()

    def open(self) -> SerialPort:
        return SerialPort(self.path, self.heard.put, self.lost.put)

    def pull(self) -> None:
        if self.far >= 0:
            os.close(self.far)
            self.far = -1

    def hears(self, size: int) -> bytes:
        got = b""
        while len(got) < size:
            got += self.heard.get(timeout=WITHIN_S)
        return got


@pytest.fixture
def cable() -> Iterator[Cable]:
    cable = Cable()
    yield cable
    cable.pull()


def readers() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name.startswith("read ")]


def test_every_byte_both_ways(cable: Cable) -> None:
    every = bytes(range(256)) * 20
    port = cable.open()
    os.write(cable.far, every[:4000])
    assert cable.hears(4000) == every[:4000]
    port.write(every[:2000])
    got = b""
    while len(got) < 2000:
        got += os.read(cable.far, 4096)
    assert got == every[:2000]
    port.close()
    assert cable.lost.empty()
    assert readers() == []


def test_a_pulled_cable_is_told_once(cable: Cable) -> None:
    port = cable.open()
    cable.pull()
    assert cable.lost.get(timeout=WITHIN_S)
    port.close()
    assert cable.lost.empty()
    assert readers() == []


def test_closing_is_no_loss_and_the_port_can_be_opened_anew(cable: Cable) -> None:
    for _ in range(3):
        port = cable.open()
        os.write(cable.far, b"x")
        assert cable.hears(1) == b"x"
        port.close()
        assert readers() == []
    assert cable.lost.empty()


def test_writing_to_a_pulled_cable_is_an_error(cable: Cable) -> None:
    port = cable.open()
    cable.pull()
    cable.lost.get(timeout=WITHIN_S)
    with pytest.raises(OSError, match=r".+"):
        port.write(b"AT\r")
    port.close()


def test_a_modem_that_takes_nothing_does_not_stop_the_loop(
    cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serial_port, "WRITE_TIMEOUT_S", 0.2)
    port = cable.open()
    with pytest.raises(OSError, match=r"[Tt]imeout"):
        port.write(b"x" * 400_000)
    port.close()


def test_it_is_exclusive_both_ways(cable: Cable) -> None:
    port = cable.open()
    with pytest.raises(PortUnavailable, match="another program has it"):
        cable.open()
    taken = os.open(cable.path, os.O_RDWR | os.O_NOCTTY) if os.geteuid() == 0 else -1
    if taken >= 0:  # TIOCEXCL does not stop root; the lock does
        with pytest.raises(BlockingIOError):
            fcntl.flock(taken, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(taken)
    port.close()
    other = os.open(cable.path, os.O_RDWR | os.O_NOCTTY)
    fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with pytest.raises(PortUnavailable, match="another program has it"):
        cable.open()
    os.close(other)
    cable.open().close()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("missing", "no such port; is the modem plugged in"),
        (".", r"not a serial port that can be opened \(Is a directory\)"),
        ("file", "not a serial port that can be opened"),
    ],
)
def test_what_is_no_port(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "file").write_text("")
    path = str(tmp_path / name)
    with pytest.raises(PortUnavailable, match=why) as caught:
        SerialPort(path, lambda data: None, lambda reason: None)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    assert readers() == []


def test_attached_ports_can_be_asked_anywhere() -> None:
    for port in attached_ports():
        assert port.device.startswith("/dev/")
