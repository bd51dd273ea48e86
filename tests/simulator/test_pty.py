"""The serial port as programs meet it: pyserial on a pseudo-terminal, a socket over TCP."""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import serial

from hw.simulator.pty_port import PortError, PtyPort
from hw.simulator.simulation_host import SimulationHost
from hw.simulator.tcp_port import TcpPort
from hw.simulator.virtual_site import SiteError, VirtualSite
from tests.patience import WITHIN_S
from tests.simulator.modem_bench import CALLER, DUTY, QUICK


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "modem"


@pytest.fixture
def host(path: Path) -> Iterator[SimulationHost]:
    with SimulationHost(VirtualSite(timings=QUICK), PtyPort(path), speed=4.0) as running:
        yield running


def read_until(port: serial.Serial, end: bytes) -> bytes:
    """Bytes up to `end`; fails after WITHIN_S."""
    deadline = time.monotonic() + WITHIN_S
    got = b""
    while end not in got:
        left = deadline - time.monotonic()
        assert left > 0, got
        if select.select([port.fileno()], [], [], left)[0]:
            got += port.read(port.in_waiting or 1)
    return got


def until(true: Callable[[], bool]) -> None:
    """Wait on nothing but the truth of something that another thread brings about."""
    deadline = time.monotonic() + WITHIN_S
    while not true():
        assert time.monotonic() < deadline
        select.select([], [], [], 0.01)


def test_round_trip_and_a_call(host: SimulationHost, path: Path) -> None:
    with serial.Serial(str(path), 115200, timeout=0, exclusive=True) as port:
        port.write(b"ATE0+CLIP=1\r")
        read_until(port, b"OK\r\n")
        host.call(CALLER)
        assert b'+CLIP: "+33699000001",145' in read_until(port, b",0\r\n")
        port.write(b"AT+CHLD=0\r")
        assert read_until(port, b"OK\r\n").endswith(b"\r\nOK\r\n")
    assert host.state()["ledger"]["calls"] == 1


def test_the_terminal_neither_echoes_nor_translates(host: SimulationHost, path: Path) -> None:
    fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
    try:
        os.write(fd, b"ATE0\r")
        got = b""
        while not got.endswith(b"OK\r\n"):
            assert select.select([fd], [], [], WITHIN_S)[0]
            got += os.read(fd, 100)
        assert got == b"ATE0\r\r\nOK\r\n"
    finally:
        os.close(fd)


def test_unplug_is_an_error_at_once_and_plug_brings_it_back(
    host: SimulationHost, path: Path, tmp_path: Path
) -> None:
    port = serial.Serial(str(path), 115200, timeout=WITHIN_S)
    port.write(b"ATE0\r")
    read_until(port, b"OK\r\n")
    host.unplug()
    with pytest.raises(serial.SerialException):
        port.read(1)
    port.close()
    assert not path.is_symlink()
    with pytest.raises(SiteError, match="already"):
        host.unplug()
    elsewhere = tmp_path / "other"
    host.plug(PtyPort(elsewhere))
    until(elsewhere.is_symlink)
    with serial.Serial(str(elsewhere), 115200, timeout=0) as again:
        again.write(b"AT\r")
        assert b"AT\r" in read_until(again, b"OK\r\n")  # echo is on again: it has restarted


def test_a_modem_on_usb_leaves_the_bus_when_it_restarts(path: Path) -> None:
    site = VirtualSite("quectel-eg25", timings=QUICK)
    with SimulationHost(site, PtyPort(path), speed=20.0):
        port = serial.Serial(str(path), 115200, timeout=WITHIN_S)
        port.write(b"ATE0;+CFUN=1,1\r")
        # The hang-up may overtake the OK: a terminal throws away what was not read (tty_hangup).
        with pytest.raises((serial.SerialException, OSError)):
            read_until(port, b"never said")
        port.close()
        until(path.is_symlink)
        with serial.Serial(str(path), 115200, timeout=0) as again:
            assert b"PB DONE" in read_until(again, b"PB DONE\r\n")


def test_what_is_said_to_nobody_is_lost(host: SimulationHost, path: Path) -> None:
    host.ask(lambda site: site.modem.urc("NOBODY HEARS THIS"))
    with serial.Serial(str(path), 115200, timeout=0) as port:
        port.write(b"AT\r")
        assert b"NOBODY" not in read_until(port, b"OK\r\n")


def test_path_that_cannot_be_made(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")
    with pytest.raises(PortError, match="cannot make"):
        PtyPort(taken).open()
    assert taken.read_text() == "a file"
    with pytest.raises(PortError, match="cannot make"):
        PtyPort(tmp_path / "no" / "folder").open()


def test_a_dead_link_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "modem"
    path.symlink_to("/dev/pts/99999")
    port = PtyPort(path)
    port.open()
    assert path.exists()
    port.close()
    assert not path.is_symlink()


def test_close_leaves_a_link_that_is_not_its_own(tmp_path: Path) -> None:
    path = tmp_path / "modem"
    port = PtyPort(path)
    port.open()
    path.unlink()
    path.symlink_to("/dev/null")
    port.close()
    assert path.is_symlink()


def test_two_threads_may_ask(host: SimulationHost) -> None:
    host.sms(CALLER, "bonjour")
    assert host.answer(DUTY) == f"{DUTY} will answer the next call"
    assert host.busy(DUTY) == f"{DUTY} is busy"
    assert host.unreachable(DUTY) == f"{DUTY} is switched off"
    state = host.state()
    assert [phone["on"] for phone in state["phones"] if phone["number"] == DUTY] == [False]
    with pytest.raises(SiteError, match="own SIM"):
        host.call("+33700000001")


def test_tcp() -> None:
    port = TcpPort.parse("127.0.0.1:0")
    with SimulationHost(VirtualSite(timings=QUICK), port):
        host_name, number = str(port.path).split(":")
        with socket.create_connection((host_name, int(number)), WITHIN_S) as client:
            client.sendall(b"ATE0\r")
            got = b""
            while not got.endswith(b"OK\r\n"):
                got += client.recv(100)
        until(lambda: not port.connected)
        with socket.create_connection((host_name, int(number)), WITHIN_S) as second:
            second.sendall(b"AT\r")
            assert second.recv(100) == b"\r\nOK\r\n"


@pytest.mark.parametrize("text", ["", "localhost", "localhost:x", "localhost:99999"])
def test_not_an_address(text: str) -> None:
    with pytest.raises(PortError, match="is not HOST:PORT"):
        TcpPort.parse(text)


def test_address_taken() -> None:
    first = TcpPort("127.0.0.1", 0)
    first.open()
    with pytest.raises(PortError, match="cannot listen"):
        TcpPort.parse(str(first.path)).open()
    first.close()
