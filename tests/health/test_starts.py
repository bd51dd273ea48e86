"""A box that was off, or dies again and again, says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.event import Stopping, Woken
from firmware.health.starts import DEATHS_MAX, KEY, LIFE
from tests.scenarios.stage import CalmWorld
from tests.simulation.sites import ADMIN, SAMPLE
from tests.simulation.world import World

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
OFF, DIES, OVER = "boitier éteint", "a perdu le courant", "RETOUR"


@pytest.fixture
def world(tmp_path: Path) -> World:
    box = CalmWorld(tmp_path, SAMPLE, start=NOON)
    box.run(120)
    return box


def told(world: World, words: str) -> list[str]:
    return [text for text in world.texts(ADMIN) if words in text]


def outcomes(world: World) -> list[str]:
    ours = ("box_started", "box_died", "box_was_off")
    found = [str(entry["outcome"]) for entry in world.journal("health")]
    return [outcome for outcome in found if outcome in ours]


def off(world: World, seconds: float, *, in_order: bool = False) -> None:
    if in_order:
        world.step(Stopping())
    world.kill()
    world.run(seconds)
    world.reboot()
    world.run(180)


def test_a_new_box_has_started_and_says_nothing(world: World) -> None:
    assert outcomes(world) == ["box_started"]
    assert world.texts(ADMIN) == []


@pytest.mark.parametrize("in_order", [False, True])
def test_a_night_without_the_box_is_told_with_its_hours(world: World, in_order: bool) -> None:
    world.run(600)
    off(world, 8 * 3600, in_order=in_order)
    (text,) = told(world, OFF)
    begin = "13:12" if in_order else "13:00"   # seen alive last, of the four times an hour
    assert f"{OFF} de {begin} à 21:12" in text
    assert "box_was_off" in outcomes(world)
    assert outcomes(world)[1] == ("box_started" if in_order else "box_died")
    world.kill()
    world.restart()
    world.run(600)
    assert len(told(world, OFF)) == 1


def test_the_night_is_told_although_the_power_goes_again_before_the_sms_left(world: World) -> None:
    world.kill()
    world.run(3 * 3600)
    world.reboot()
    world.run(5)
    off(world, 60)
    assert len(told(world, OFF)) == 1


def test_a_short_absence_is_in_the_journal_only(world: World) -> None:
    off(world, 20 * 60)
    assert world.texts(ADMIN) == []
    assert outcomes(world) == ["box_started", "box_died"]


def test_a_box_without_the_time_waits_until_it_knows(world: World) -> None:
    world.run(600)
    world.kill()
    world.run(3 * 3600)
    world.trusted = False
    world.reboot()
    world.run(300)
    assert told(world, OFF) == []
    world.trust(True)
    world.run(300)
    (text,) = told(world, OFF)
    assert "à 16:12" in text   # when it started, not when it knew


def test_who_never_knew_the_time_claims_nothing(world: World) -> None:
    world.kill()
    world.run(3 * 3600)
    world.trusted = False
    world.reboot()
    world.run(3600)
    off(world, 60)
    world.trust(True)
    world.run(3600)
    assert told(world, OFF) == []


def test_one_that_dies_again_and_again_is_an_alarm_until_a_day_is_over(world: World) -> None:
    for _ in range(DEATHS_MAX - 1):
        off(world, 60)
        assert KEY not in world.alarms()
    off(world, 60)
    assert KEY in world.alarms()
    (text,) = told(world, DIES)
    assert f"{DEATHS_MAX} fois" in text
    off(world, 60)
    assert len(told(world, DIES)) == 1
    world.run(23 * 3600)
    assert KEY in world.alarms()
    world.run(2 * 3600)
    assert KEY not in world.alarms()
    assert OVER in told(world, DIES)[-1]


def test_whoever_stops_it_in_good_order_makes_no_alarm(world: World) -> None:
    for _ in range(3 * DEATHS_MAX):
        off(world, 60, in_order=True)
    assert KEY not in world.alarms()
    assert set(outcomes(world)) == {"box_started"}


def test_deaths_count_over_days_only_within_one(world: World) -> None:
    for _ in range(2 * DEATHS_MAX):
        off(world, 60)
        world.run(9 * 3600)
    assert told(world, DIES) == []


def test_without_a_clock_of_its_own_they_count_all_the_same(world: World) -> None:
    """Each start begins in the year in which it was built, and is told the time minutes later."""
    for number in range(DEATHS_MAX):
        world.kill()
        world.skew, world.trusted = timedelta(days=-80, seconds=number), False
        world.reboot()
        world.run(300)
        world.skew, world.trusted = timedelta(), True
        world.step(Woken())
        world.run(300)
    assert KEY in world.alarms()


@pytest.mark.parametrize(
    "fact", [None, 7, {"alive": "yesterday"}, {"alive": 5, "deaths": ["x", None], "in_order": 1}],
    ids=str,
)
def test_a_damaged_fact_is_none(world: World, fact: object) -> None:
    world.attendant._ledger.remember(LIFE, fact)
    world.step(Woken())
    world.kill()
    world.run(3 * 3600)
    world.restart()
    world.run(300)
    assert told(world, OFF) == []
    assert outcomes(world)[-1] == "box_started"
