"""`veilleur run --port`: what is no modem, or cannot be had, is one line and an exit code."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from tests.daemon.house import House
from tests.daemon.odd_port import OddPort, echo, garbage, mute, plotter
from tests.daemon.program import Program

ENDED_WITHIN_S = 40.0


def refused(daemon: Program, port: str | Path, code: int) -> str:
    """It has ended with that code and one line, which names the port; the line."""
    assert daemon.ended(ENDED_WITHIN_S) == code, daemon.errors
    assert daemon.output == []
    assert len(daemon.errors) == 1, daemon.errors
    assert daemon.errors[0].startswith(f"veilleur: {port}: ")
    return daemon.errors[0]


def test_a_port_that_is_not_there(house: House) -> None:
    house.load()
    missing = house.folder / "ttyUSB7"
    assert "no such port" in refused(house.daemon(port=missing), missing, 2)
    loop = house.folder / "loop"
    loop.symlink_to(loop)
    assert "symbolic links" in refused(house.daemon(port=loop), loop, 2)


@pytest.mark.parametrize("port", [".", "site.toml", "/dev/null"])
def test_a_port_that_is_none(house: House, port: str) -> None:
    house.load()
    path = house.folder / port
    line = refused(house.daemon(port=path), path, 2)
    assert "not a serial port" in line
    assert line.count(str(path)) == 1


def test_a_port_that_another_program_has(house: House) -> None:
    house.load()
    with OddPort(mute) as port:
        taken = os.open(port.path, os.O_RDWR | os.O_NOCTTY)
        try:
            fcntl.flock(taken, fcntl.LOCK_EX | fcntl.LOCK_NB)
            assert "another program" in refused(house.daemon(port=Path(port.path)), port.path, 2)
        finally:
            os.close(taken)
        assert port.heard == b""


def test_what_answers_no_at_is_no_modem(house: House) -> None:
    """At the same time, each with its own data: it takes what the deadlines take."""
    behaviours = {"mute": mute, "echo": echo, "garbage": garbage}
    with OddPort(mute) as one, OddPort(echo) as two, OddPort(garbage) as three:
        ports = dict(zip(behaviours, (one, two, three), strict=True))
        daemons = {}
        for name, port in ports.items():
            house.data = house.folder / name
            house.load()
            daemons[name] = house.daemon(port=Path(port.path))
        for name, daemon in daemons.items():
            assert "not a modem" in refused(daemon, ports[name].path, 1), name
            assert b"AT\r" in ports[name].heard


def test_a_device_that_knows_at_and_is_no_modem(house: House) -> None:
    """Each time, not only until the alarm of the first start is in the store."""
    house.load()
    for _ in range(2):
        with OddPort(plotter) as port:
            assert "not a modem" in refused(house.daemon(port=Path(port.path)), port.path, 1)


def test_the_page_s_folder_may_be_gone(house: House) -> None:
    house.load()
    house.environ["VEILLEUR_RUNTIME"] = str(house.folder / "gone")
    house.modem()
    daemon = house.daemon()
    daemon.line("ready")
    assert "the page cannot be told" in daemon.error("No such file")
    assert daemon.stop() == 0
    assert len(daemon.errors) == 1, daemon.errors
