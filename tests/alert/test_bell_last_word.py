"""What administrators heard last about an alarm is so: up while it is up, over when it is over."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.event import Woken
from firmware.wording import messages
from hw.simulator.subscriber import Coverage
from tests.scenarios.stage import CalmWorld
from tests.simulation.sites import ADMIN, SAMPLE
from tests.simulation.world import BOX, World

pytestmark = pytest.mark.usefixtures("modem_family")

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def _told(world: World) -> list[str]:
    return [text.split()[0] for text in world.texts(ADMIN)]


def _ring(world: World, cause: str) -> None:
    world.step(Woken())   # the bell's clock is that of the last step
    world.attendant._bell.ring("meter", cause)
    world.step(Woken())


def _still(world: World) -> None:
    world.step(Woken())
    world.attendant._bell.still("meter")
    world.step(Woken())


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = CalmWorld(tmp_path, SAMPLE, start=NOON)
    made.run(60)
    return made


def test_an_end_that_waits_is_told_though_the_alarm_was_up_once_more_in_between(
    world: World,
) -> None:
    for turn in range(4):
        _ring(world, messages.SMS_STORE_FULL)
        world.run(200)
        _still(world)
        world.run(5 if turn == 3 else 200)
    assert _told(world)[-1] == "ALARME"
    _ring(world, messages.SMS_STORE_FULL)   # too often to be told
    world.run(5)
    _still(world)
    world.run(200)
    assert _told(world)[-1] == "RETOUR"


def test_the_end_is_told_though_the_cause_had_changed_just_before(world: World) -> None:
    _ring(world, messages.MODEM_MUTE)
    world.run(200)
    _ring(world, messages.SIM_MISSING)
    world.run(5)
    _still(world)
    world.run(200)
    assert _told(world) == ["ALARME", "RETOUR"]


def _away_for_a_moment(world: World, cause: str, again: str) -> None:
    """An alarm that was told is over, and five seconds later up again."""
    _ring(world, cause)
    world.run(200)
    _still(world)
    world.run(5)
    _ring(world, again)
    world.run(200)


def test_an_alarm_that_was_away_for_a_moment_is_told_again_after_four_hours(
    world: World,
) -> None:
    _away_for_a_moment(world, messages.SMS_STORE_FULL, messages.SMS_STORE_FULL)
    assert _told(world) == ["ALARME"]
    world.run(4 * 3600)
    assert len(_told(world)) == 2


def test_an_alarm_that_comes_back_at_once_for_another_reason_tells_it(world: World) -> None:
    _away_for_a_moment(world, messages.MODEM_MUTE, messages.SIM_MISSING)
    assert _told(world) == ["ALARME", "ALARME"]
    assert "SIM" in world.texts(ADMIN)[-1]


@pytest.mark.parametrize("last", ["ALARME", "RETOUR"])
def test_what_came_and_went_while_no_sms_could_leave_is_told_once(
    world: World, last: str
) -> None:
    """Found by a simulated year: five times "back in order" within five seconds."""
    world.network.set_coverage(BOX, Coverage.NONE)
    for turn in range(4):
        _ring(world, messages.SMS_STORE_FULL)
        world.run(400)
        if turn < 3 or last == "RETOUR":
            _still(world)
        world.run(400)
    world.network.set_coverage(BOX, Coverage.HOME)
    world.run(600)
    told = [text.split()[0] for text in world.texts(ADMIN) if "SMS" in text]
    assert told == (["ALARME", "RETOUR"] if last == "RETOUR" else ["RETOUR", "ALARME"])
