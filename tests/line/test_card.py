"""Which SIM is in the modem: whatever is known of it goes by its number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from firmware.pulse import ModemState
from tests.simulation.sites import with_mode
from tests.simulation.test_found import Wire
from tests.simulation.world import World

START = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("modem_family")


def garbled(world: World, times: int) -> None:
    """So often the card's number comes short of a digit, each time of another."""
    heard = cast(Callable[[bytes], None], world.wire.on_output)
    number, left = world.sim.iccid.encode(), times

    def garble(data: bytes) -> None:
        nonlocal left
        if left and number in data:
            lost = 2 + 2 * left
            data = data.replace(number, number[:lost] + number[lost + 1 :])
            left -= 1
        heard(data)

    world.wire.on_output = garble


def known(world: World) -> set[str]:
    """The numbers of cards of which something is remembered."""
    facts = world.rows.load_memory(world.moment.utc).facts
    kinds = ("pin:", "capability:", "own-number:")
    return {key.split(":")[1] for key, value in facts.items() if key.startswith(kinds) and value}


@pytest.mark.parametrize("times", [1, 2])
def test_a_digit_lost_on_the_wire_is_no_other_card(tmp_path: Path, times: int) -> None:
    """Found by a simulated year: a PIN that was refused got another try, as if of another card."""
    world = World(tmp_path, with_mode("divert"), start=START, pin="1234", box_pin="1234",
                  boot=False)  # fmt: skip
    garbled(world, times)
    world.modem.power_on()
    world.run(60)
    assert world.attendant._registration.facts.iccid == world.sim.iccid
    assert bytes(world.written).count(b"AT+CPIN=") == 1
    assert known(world) == {world.sim.iccid}
    garbled(world, times)
    world.restart()
    world.run(60)
    assert world.attendant._registration.facts.iccid == world.sim.iccid
    assert known(world) == {world.sim.iccid}
    assert not world.alarms()


@pytest.mark.parametrize("lost", [1, 2])
def test_a_pin_that_one_byte_made_wrong_goes_once_more_though_its_count_was_lost(
    tmp_path: Path, lost: int, modem_family: str
) -> None:
    """Found by a simulated year: the SIM stayed locked for weeks after each restart."""
    world = Wire(tmp_path, with_mode("divert"), start=START, pin="1234", box_pin="1234")
    world.run(60)
    heard, left = cast(Callable[[bytes], None], world.wire.on_output), lost

    def lose(data: bytes) -> None:
        nonlocal left
        is_count = b"+CPINR:" in data and left > 0
        left -= is_count
        heard(b"" if is_count else data)

    world.wire.on_output = lose
    world.garble_once(b'AT+CPIN="1234"', b'AT+CPIN="1235"')
    world.modem.restart(orderly=False)
    world.run(90)
    assert world.changed == 1
    assert left == 0 or modem_family.startswith("huawei")   # which have no +CPINR
    assert bytes(world.written).count(b"AT+CPIN=") == 3
    assert not world.alarms()
    assert world.pulse is not None
    assert world.pulse.modem is ModemState.READY


def test_a_pin_that_two_bytes_had_given_up_goes_again_after_a_reset(
    tmp_path: Path, modem_family: str
) -> None:
    """Found by a simulated year: the SIM stayed locked for three weeks after each restart."""
    world = Wire(tmp_path, with_mode("divert"), start=START, pin="1234", box_pin="1234")
    world.run(60)
    for heard in (b'AT+CPIN="12?34"', b'AT+CPIN="123"'):
        world.garble_once(b'AT+CPIN="1234"', heard)
    world.modem.restart(orderly=False)
    world.run(600)
    assert (world.changed, world.sim.pin_tries) == (2, 3)
    assert world.pulse is not None
    if modem_family.startswith("huawei"):   # no +CPINR: nobody can know
        assert world.pulse.modem is ModemState.SIM_FAULT
        assert list(world.alarms()) == ["sim"]
    else:
        assert world.pulse.modem is ModemState.READY
        assert not world.alarms()
