"""The modem's port while it is rescued: its second one, what is at work, and where it was."""

from __future__ import annotations

import os
import queue
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.effect import Rescue
from firmware.event import BytesReceived, Event, PortLost, PortOpened, RescueDone
from firmware.line.usb_port import Candidate
from firmware.recovery.hooks import RescueHooks
from firmware.recovery.rungs import Rung
from firmware.shell.modem_place import ModemPlace
from firmware.shell.port_keeper import FromPort, PortKeeper
from firmware.shell.rescuer import HANGS_S
from tests.patience import WITHIN_S
from tests.shell.made_up_bus import DEVICE, made_up_bus, until_told


@pytest.fixture
def sysfs(tmp_path: Path) -> Path:
    return made_up_bus(tmp_path)


class Ports:
    """Two pseudo-terminals as a modem's two ports, and a keeper."""

    def __init__(self, hooks: RescueHooks, *, second: str | None = "second") -> None:
        self.ends = [os.openpty(), os.openpty()]
        for _, near in self.ends:
            tty.setraw(near)
        first, other = (os.ttyname(near) for _, near in self.ends)
        self.first, self.second = first, other if second == "second" else second
        self.told: list[Event] = []
        self.queued: queue.Queue[Event | FromPort] = queue.Queue()
        self.now_s = 0.0
        self.keeper = PortKeeper(
            lambda: (Candidate(first, None, DEVICE, self.second),),
            self.queued.put, self.told.append, hooks, insist=False, clock=lambda: self.now_s,
        )  # fmt: skip

    def close(self) -> None:
        self.keeper.close()
        for pair in self.ends:
            for end in pair:
                os.close(end)


@pytest.fixture
def ports() -> Iterator[list[Ports]]:
    made: list[Ports] = []
    yield made
    for each in made:
        each.close()


def test_the_second_port_and_back(ports: list[Ports]) -> None:
    ports.append(Ports(RescueHooks()))
    (house,) = ports
    house.keeper.look()
    house.keeper.rescue(Rescue(Rung.SECOND_PORT, "mute"))
    assert house.told == [
        PortOpened(house.first), PortOpened(str(house.second), None, second=True)
    ]  # fmt: skip
    os.write(house.ends[1][0], b"!")
    item = house.queued.get(timeout=WITHIN_S)
    assert isinstance(item, FromPort)
    assert house.keeper.means(item)
    assert item.event == BytesReceived(b"!")
    house.keeper.lose("back")
    assert not house.keeper.means(item)
    house.keeper.look()
    assert house.told[2:] == [PortLost("back"), PortOpened(house.first)]


def test_without_a_second_port_the_first_stays_open(ports: list[Ports]) -> None:
    ports.append(Ports(RescueHooks(), second=None))
    (house,) = ports
    house.keeper.look()
    house.keeper.rescue(Rescue(Rung.SECOND_PORT, "mute"))
    assert house.told == [PortOpened(house.first)]
    done = house.queued.get_nowait()
    assert isinstance(done, RescueDone)
    assert (done.rung, bool(done.why)) == (Rung.SECOND_PORT, True)


def test_a_second_port_that_cannot_be_opened_gives_the_first_back(ports: list[Ports]) -> None:
    ports.append(Ports(RescueHooks(), second="/nonexistent/ttyUSB3"))
    (house,) = ports
    house.keeper.look()
    house.keeper.rescue(Rescue(Rung.SECOND_PORT, "mute"))
    assert house.told == [PortOpened(house.first), PortOpened(house.first)]
    done = house.queued.get_nowait()
    assert isinstance(done, RescueDone)
    assert "no such port" in (done.why or "")


def test_the_port_is_closed_for_a_rescue_and_looked_for_after_it(
    ports: list[Ports], tmp_path: Path
) -> None:
    fifo = tmp_path / "relay"
    ports.append(Ports(RescueHooks(power=until_told(fifo))))
    (house,) = ports
    house.keeper.look()
    house.keeper.rescue(Rescue(Rung.CUT_POWER, "mute"))
    assert house.told[1:] == [PortLost("mute")]
    house.keeper.look()                       # not while the relay is at work
    assert len(house.told) == 2
    fifo.write_text("")                       # now it ends
    assert house.queued.get(timeout=WITHIN_S) == RescueDone(Rung.CUT_POWER)
    house.keeper.look()
    assert house.told[2:] == [PortOpened(house.first)]


def test_a_port_is_opened_though_a_rescue_hangs(ports: list[Ports], tmp_path: Path) -> None:
    """The modem is plugged in again, and the kernel still hangs at the place where it was."""
    fifo = tmp_path / "relay"
    ports.append(Ports(RescueHooks(power=until_told(fifo))))
    (house,) = ports
    house.keeper.look()
    house.keeper.rescue(Rescue(Rung.CUT_POWER, "mute"))
    house.now_s += HANGS_S - 1
    house.keeper.look()
    assert len(house.told) == 2
    house.now_s += 2
    house.keeper.look()
    assert house.told[2:] == [PortOpened(house.first)]
    fifo.write_text("")
    assert house.queued.get(timeout=WITHIN_S) == RescueDone(Rung.CUT_POWER)


def test_a_rescue_that_cannot_be_leaves_the_port_open(ports: list[Ports]) -> None:
    ports.append(Ports(RescueHooks()))
    (house,) = ports
    house.keeper.look()
    house.keeper.rescue(Rescue(Rung.CUT_POWER, "mute"))
    assert house.told == [PortOpened(house.first)]
    done = house.queued.get_nowait()
    assert isinstance(done, RescueDone)
    assert "no command" in (done.why or "")


# Where the modem was, after a restart of the computer


def test_a_modem_that_is_not_on_the_bus_has_the_power_of_its_last_place_cut(
    sysfs: Path, tmp_path: Path
) -> None:
    place = tmp_path / ".modem-place"
    hooks = RescueHooks(sysfs=sysfs, port_power=True, place=place)
    ports = Ports(hooks)
    ports.keeper.look()
    ports.keeper.ready()
    ports.close()
    assert place.read_text() == f"{DEVICE}\n"
    queued: queue.Queue[Event | FromPort] = queue.Queue()
    again = PortKeeper(tuple, queued.put, ports.told.append, hooks, insist=False)
    again.rescue(Rescue(Rung.CUT_POWER, "absent"))
    done = queued.get(timeout=WITHIN_S)
    assert isinstance(done, RescueDone)
    assert "1-1-port3/disable" in (done.why or "")   # it was tried, on a bus that has no such port


@pytest.mark.parametrize("text", ["", "../../etc", "1-1.3\nand more", "\xff"])
def test_what_is_no_place_is_none(text: str, sysfs: Path, tmp_path: Path) -> None:
    path = tmp_path / "place"
    assert ModemPlace(path, sysfs).last() is None
    path.write_text(text, encoding="latin-1")
    assert ModemPlace(path, sysfs).last() is None
    assert ModemPlace(None, sysfs).last() is None


def test_a_place_where_something_else_is_now_keeps_its_power(sysfs: Path, tmp_path: Path) -> None:
    place = ModemPlace(tmp_path / "place", sysfs)
    place.remember(DEVICE)
    assert place.last() == DEVICE
    (sysfs / "bus/usb/devices" / DEVICE).mkdir(parents=True)
    assert place.last() is None


def test_a_disk_that_takes_nothing_forgets_the_place(sysfs: Path, tmp_path: Path) -> None:
    place = ModemPlace(tmp_path / "nowhere" / "place", sysfs)
    place.remember(DEVICE)
    assert place.last() is None
