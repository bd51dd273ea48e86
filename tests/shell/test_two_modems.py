"""A second modem beside the one that takes calls: another SIM, another number. Whoever went over to
it would sit at a number that nobody rings, and all would look well."""

from __future__ import annotations

import os
import pty
import tty
from collections.abc import Iterator

import pytest

from firmware.at.profile import ModemProfile
from firmware.event import Event, PortLost, PortOpened
from firmware.line.own_modem import STAND_IN_S
from firmware.line.usb_port import Candidate
from firmware.recovery.hooks import RescueHooks
from firmware.shell.port_keeper import PortKeeper
from tests.modem_by_hand import profile

OURS, SPARE, ELSEWHERE = "1-1.1", "1-1.2", "1-1.4"


class Bus:
    """Modems by their place, each behind a pseudo-terminal; ``there`` are those plugged in."""

    def __init__(self) -> None:
        self.ends = {place: pty.openpty() for place in (OURS, SPARE, ELSEWHERE)}
        for _, near in self.ends.values():
            tty.setraw(near)
        self.there = [OURS, SPARE]
        self.families: dict[str, ModemProfile] = {}
        self.now_s = 0.0
        self.told: list[Event] = []
        self.keeper = PortKeeper(
            self.found, lambda item: None, self.told.append, RescueHooks(), insist=False,
            clock=lambda: self.now_s,
        )  # fmt: skip

    def found(self) -> tuple[Candidate, ...]:
        """Ports that no profile knows are asked where there are no others (`candidates`)."""
        all_of_them = [
            Candidate(os.ttyname(self.ends[place][1]), self.families.get(place), place)
            for place in self.there
        ]
        known = tuple(each for each in all_of_them if each.profile is not None)
        return known or tuple(all_of_them)

    def look(self) -> str | None:
        """Whose port is open after a look; None: nobody's."""
        before = len(self.told)
        self.keeper.look()
        opened = [event for event in self.told[before:] if isinstance(event, PortOpened)]
        names = {os.ttyname(near): place for place, (_, near) in self.ends.items()}
        return names[opened[-1].port] if opened else None

    def close(self) -> None:
        self.keeper.close()
        for pair in self.ends.values():
            for end in pair:
                os.close(end)


@pytest.fixture
def bus() -> Iterator[Bus]:
    made = Bus()
    yield made
    made.close()


def test_each_is_asked_until_one_is_ready(bus: Bus) -> None:
    """One without a SIM never is."""
    assert bus.look() == OURS
    bus.keeper.lose("no SIM: it was reset")
    assert bus.look() == SPARE


def test_the_one_that_was_ready_is_opened_again_and_no_other(bus: Bus) -> None:
    assert bus.look() == OURS
    bus.keeper.ready()
    for _ in range(3):
        bus.keeper.lose("mute")
        assert bus.look() == OURS


def test_it_is_waited_for_while_it_starts_anew(bus: Bus) -> None:
    bus.look()
    bus.keeper.ready()
    bus.there = [SPARE]
    bus.keeper.lose("unplugged")
    assert bus.look() is None
    assert bus.told[-1] == PortLost("the modem that took calls is gone; another one is there")
    bus.now_s = STAND_IN_S - 1
    assert bus.look() is None
    bus.there = [OURS, SPARE]
    assert bus.look() == OURS


def test_one_that_was_plugged_in_elsewhere_is_taken_at_once(bus: Bus) -> None:
    bus.look()
    bus.keeper.ready()
    bus.keeper.lose("unplugged")
    bus.there = [SPARE, ELSEWHERE]
    assert bus.look() == ELSEWHERE
    bus.keeper.ready()
    bus.keeper.lose("mute")
    assert bus.look() == ELSEWHERE


def test_another_serial_adapter_is_not_asked_while_it_starts_anew(bus: Bus) -> None:
    """It would hold the port while the modem comes back, and be told to restart."""
    bus.families = {OURS: profile(), ELSEWHERE: profile()}
    assert bus.look() == OURS
    bus.keeper.ready()
    bus.there = [SPARE]
    bus.keeper.lose("it was reset")
    assert bus.look() is None
    bus.there = [SPARE, ELSEWHERE]
    assert bus.look() == ELSEWHERE, "a modem it is"


def test_when_it_stays_away_the_other_may_have_its_sim(bus: Bus) -> None:
    bus.look()
    bus.keeper.ready()
    bus.there = [SPARE]
    bus.keeper.lose("unplugged")
    assert bus.look() is None
    bus.now_s = STAND_IN_S
    assert bus.look() == SPARE


def test_an_absence_is_counted_from_its_own_beginning(bus: Bus) -> None:
    for _ in range(2):
        bus.there = [OURS, SPARE]
        assert bus.look() == OURS
        bus.keeper.ready()
        bus.there = [SPARE]
        bus.keeper.lose("unplugged")
        assert bus.look() is None
        bus.now_s += STAND_IN_S / 2 + 1


def test_one_that_came_later_is_no_other_place_of_the_same(bus: Bus) -> None:
    """It was plugged in while the first took calls: seen at the next look without a port."""
    bus.there = [OURS]
    bus.look()
    bus.keeper.ready()
    bus.there = [OURS, SPARE]
    bus.keeper.lose("mute")
    assert bus.look() == OURS
    bus.there = [SPARE]
    bus.keeper.lose("unplugged")
    assert bus.look() is None
