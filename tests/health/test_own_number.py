"""Whose number the SMS to itself proves, where its sender is another than it was sent to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from tests.simulation.sites import with_mode
from tests.simulation.world import BOX, World

START = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
OTHER = "+33700000101"
# 23.040 9.1.2.5, and what tells an SMS from the report of one: TP-PID and TP-DCS
SENDER, OTHERS = b"0B913307000000F10000", b"0B913307000001F10000"

pytestmark = pytest.mark.usefixtures("modem_family")


def sender_is_other(world: World, times: int) -> None:
    """So often, what the modem reads out of the SMS to itself has another sender."""
    heard, left = cast(Callable[[bytes], None], world.wire.on_output), times

    def garble(data: bytes) -> None:
        nonlocal left
        if left and SENDER in data:
            left, data = left - 1, data.replace(SENDER, OTHERS)
        heard(data)

    world.wire.on_output = garble


def heard_from_other(folder: Path, times: int, *, proved: bool) -> World:
    """A box that has written to itself, and heard of another sender so often."""
    world = World(folder, with_mode("divert"), start=START, proved=proved, boot=False)
    sender_is_other(world, times)
    world.modem.power_on()
    world.run(60)
    if proved:
        assert world.attendant._health.own_number.check()
    return world


def own(world: World) -> list[str | None]:
    """The number, all that are its own, and how many SMS it has sent to itself."""
    messages = world.network.ledger.messages.values()
    sent = [each for each in messages if each.recipient == BOX and not each.report]
    number = world.attendant._health.own_number
    return [number.number, *sorted(world.attendant.roster.own_numbers), str(len(sent))]


@pytest.mark.parametrize("proved", [True, False])
def test_a_sender_with_a_garbled_digit_is_not_believed(tmp_path: Path, proved: bool) -> None:
    """Found by a simulated year: for two months the box wrote to a number that nobody has."""
    world = heard_from_other(tmp_path, 1, proved=proved)
    world.run(900)
    assert own(world) == [BOX, BOX, "2"]
    world.run(3600)
    assert not world.alarms()


@pytest.mark.parametrize("proved", [True, False])
def test_a_sender_that_two_have_carried_is_the_number(tmp_path: Path, proved: bool) -> None:
    """A SIM's memory may hold the number of before it was ported."""
    world = heard_from_other(tmp_path, 2, proved=proved)
    world.run(900)
    assert own(world) == [OTHER, BOX, OTHER, "2"]


def test_a_restart_between_the_two_costs_neither(tmp_path: Path) -> None:
    world = heard_from_other(tmp_path, 2, proved=False)
    world.run(130)
    assert own(world) == [BOX, BOX, "1"]
    world.restart()
    world.run(900)
    assert own(world) == [OTHER, BOX, OTHER, "2"]
