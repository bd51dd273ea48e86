"""`veilleur run --port`: what is no modem, or cannot be had, is one line and an exit code."""

from __future__ import annotations

import fcntl
import os
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.record import Alarm
from firmware.store.database import DATABASE_NAME, open_database
from firmware.store.row_store import RowStore
from firmware.wording import messages
from tests.daemon import hurried
from tests.daemon.house import House
from tests.daemon.odd_port import OddPort, echo, garbage, mute, plotter
from tests.daemon.program import Program


def refused(daemon: Program, port: str | Path, code: int) -> str:
    """It has ended with that code and one line, which names the port; the line."""
    assert daemon.ended() == code, daemon.errors
    assert [line for line in daemon.output if "setup code" not in line] == []
    assert len(daemon.errors) == 1, daemon.errors
    assert daemon.errors[0].startswith(f"veilleur: {port}: ")
    return daemon.errors[0]


def test_a_port_that_is_not_there(house: House) -> None:
    house.load()
    missing = house.folder / "ttyUSB7"
    assert "no such port" in refused(house.daemon(port=missing), missing, 2)


@pytest.mark.parametrize("port", [".", "/dev/null"])
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
    """At the same time, each with its own data, ten times faster than the deadlines say."""
    with ExitStack() as stack:
        ports, daemons = [], []
        for behaviour in (mute, echo, garbage, plotter):
            house.data = house.folder / behaviour.__name__
            house.load()
            leave_the_alarm_of_an_earlier_start(house)
            ports.append(stack.enter_context(OddPort(behaviour)))
            daemons.append(house.daemon(port=Path(ports[-1].path), command=hurried.COMMAND))
        for port, daemon in zip(ports, daemons, strict=True):
            assert "not a modem" in refused(daemon, port.path, 1)
            assert b"AT\r" in port.heard


def leave_the_alarm_of_an_earlier_start(house: House) -> None:
    with open_database(house.data / DATABASE_NAME, create=False) as database:
        alarm = Alarm("modem", datetime.now(UTC), messages.MODEM_MUTE)
        RowStore(database).record((alarm,))


def test_the_page_s_folder_may_be_gone(house: House) -> None:
    house.load()
    house.environ["VEILLEUR_RUNTIME"] = str(house.folder / "gone")
    house.modem()
    daemon = house.daemon()
    daemon.line("ready")
    assert "No such file" in daemon.error("the page cannot be told")
    assert daemon.stop() == 0
    # once each: that the page cannot be told, and where the console's setup code cannot lie
    assert len(daemon.errors) <= 2
    assert all("gone" in error for error in daemon.errors), daemon.errors
