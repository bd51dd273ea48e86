"""A box that was off, or dies again and again, says so, whether it has a battery for its clock or
is told the time minutes later; and claims nothing that it cannot know."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from math import inf, nan
from pathlib import Path

import pytest

from firmware.alert.daily import LEFT
from firmware.event import Stopping, Woken
from firmware.health.starts import BEAT_S, DEATHS_MAX, KEPT, KEY, LIFE
from firmware.ledger import RUNNING
from firmware.record import OF_THIS_BOX, UNTOLD_REPAIR
from tests.scenarios.stage import CalmWorld
from tests.simulation.sites import ADMIN, SAMPLE
from tests.simulation.world import World

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
BUILT = datetime(2026, 1, 1, tzinfo=UTC)
HOUR_S = 3600
OFF, DIES, OVER = "sans doute été éteint", "a perdu le courant", "RETOUR"


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


def off(world: World, off_s: float, then_s: float = 400, *, in_order: bool = False) -> None:
    """Without power, or stopped; and then on for so long."""
    if in_order:
        world.step(Stopping())
    world.kill()
    world.run(off_s)
    world.reboot()
    world.run(then_s)


def off_without_clock(world: World, off_s: float, time_after_s: float, then_s: float = 0) -> None:
    """It starts in the year in which it was built, and is told the time later, if at all."""
    world.kill()
    world.run(off_s)
    world.skew, world.trusted = BUILT - world.timeline.utc(), False
    world.reboot()
    world.run(time_after_s)
    if then_s:
        knows_the_time(world)
        world.run(then_s)


def knows_the_time(world: World) -> None:
    world.skew, world.trusted = timedelta(), True
    world.step(Woken())


def test_a_new_box_has_started_and_says_nothing(world: World) -> None:
    assert outcomes(world) == ["box_started"]
    assert world.texts(ADMIN) == []


@pytest.mark.parametrize("in_order", [False, True])
def test_a_night_without_the_box_is_told_with_its_hours(world: World, in_order: bool) -> None:
    world.run(600)
    off(world, 12 * HOUR_S, in_order=in_order)
    (text,) = told(world, OFF)
    begin = "13:12" if in_order else "13:10"   # seen alive last, by its look of each minute
    assert f"entre mar 10/03 {begin} et mer 11/03 01:12" in text
    assert outcomes(world)[1:] == ["box_started" if in_order else "box_died", "box_was_off"]
    off(world, 1)
    assert len(told(world, OFF)) == 1


@pytest.mark.parametrize("on_s", [5, 150])
def test_the_night_is_told_although_the_power_goes_again_at_once(
    world: World, on_s: float
) -> None:
    off(world, 3 * HOUR_S, on_s)
    off(world, 60)
    assert len(told(world, OFF)) == 1


def test_what_was_told_is_not_told_again_though_the_sms_had_not_left(world: World) -> None:
    world.kill()
    world.run(3 * HOUR_S)
    world.reboot()
    while world.attendant._health._starts._alive is not None:
        world.run(1)
    off(world, 60, 600)
    assert len(told(world, OFF)) == 1


def test_a_short_absence_is_in_the_journal_only(world: World) -> None:
    off(world, 25 * 60)
    assert world.texts(ADMIN) == []
    assert outcomes(world) == ["box_started", "box_died"]


@pytest.mark.parametrize("time_after_s", [60, 14 * 60, 40 * 60, 5 * HOUR_S])
def test_a_box_without_the_time_tells_of_its_night_once_it_knows(
    world: World, time_after_s: float
) -> None:
    """An electricity cut of a whole region takes the network's clock, too."""
    off_without_clock(world, 8 * HOUR_S, time_after_s)
    assert told(world, OFF) == []
    knows_the_time(world)
    world.run(600)
    (text,) = told(world, OFF)
    assert "et mar 10/03 21:02" in text   # when it started, not when it knew


def test_the_night_is_told_once_where_the_clock_was_right_and_is_only_confirmed(
    world: World,
) -> None:
    world.kill()
    world.run(8 * HOUR_S)
    world.trusted = False
    world.reboot()
    world.run(300)
    knows_the_time(world)
    world.run(120)
    off(world, 60)
    (text,) = told(world, OFF)
    assert "21:02" in text


def test_a_clock_that_is_put_right_right_after_the_start_makes_no_night(world: World) -> None:
    """One with a battery, hours ahead, believed until the network knows better."""
    world.kill()
    world.run(60)
    world.skew = timedelta(hours=5)
    world.reboot()
    world.run(90)
    knows_the_time(world)
    world.run(HOUR_S)
    assert told(world, OFF) == []


@pytest.mark.parametrize("in_order", [False, True])
def test_the_night_is_told_after_a_first_run_that_never_knew_the_time(
    world: World, in_order: bool
) -> None:
    """The cells come back late, and somebody, or an update, starts the box anew meanwhile."""
    off_without_clock(world, 8 * HOUR_S, 2400)
    if in_order:
        world.step(Stopping())
    off_without_clock(world, 60, 120, 400)
    assert len(told(world, OFF)) == 1


@pytest.mark.parametrize("on_s", [600, 3000])
def test_who_runs_without_the_time_and_dies_was_not_off_all_the_while(
    world: World, on_s: float
) -> None:
    for _ in range(12):
        off_without_clock(world, 300, on_s)
    off_without_clock(world, 60, 120, 1200)
    assert told(world, OFF) == []


def test_what_a_backup_must_not_bring_back_bears_these_names() -> None:
    assert {LIFE, RUNNING, LEFT, UNTOLD_REPAIR} == set(OF_THIS_BOX)


def test_one_that_dies_again_and_again_is_an_alarm_until_it_has_run_for_a_day(
    world: World,
) -> None:
    for _ in range(DEATHS_MAX - 1):
        off(world, 60)
        assert KEY not in world.alarms()
    off(world, 60)
    assert KEY in world.alarms()
    (text,) = told(world, DIES)
    assert f"au moins {DEATHS_MAX} fois" in text
    off(world, 60)
    assert len(told(world, DIES)) == 1
    world.run(23 * HOUR_S)
    assert KEY in world.alarms()
    off(world, HOUR_S, 2 * HOUR_S, in_order=True)
    assert KEY not in world.alarms()
    assert OVER in told(world, DIES)[-1]


def test_whoever_stops_it_in_good_order_makes_no_alarm(world: World) -> None:
    for _ in range(3 * DEATHS_MAX):
        off(world, 60, 60, in_order=True)
    assert KEY not in world.alarms()
    assert set(outcomes(world)) == {"box_started"}


def test_it_was_stopped_in_good_order_whatever_else_that_step_finds(world: World) -> None:
    """A clock that was just set, and a look that is due."""
    world.run(59)
    world.skew = timedelta(hours=1)
    off(world, 60, in_order=True)
    assert set(outcomes(world)) == {"box_started"}


def test_deaths_that_are_far_apart_are_no_alarm(world: World) -> None:
    for _ in range(DEATHS_MAX + 1):
        off(world, 60, 9 * HOUR_S + BEAT_S / 2)
    assert told(world, DIES) == []


@pytest.mark.parametrize("time_after_s", [30, 90, 400])
def test_without_a_clock_of_its_own_it_is_one_alarm_from_the_first_to_the_last(
    world: World, time_after_s: float
) -> None:
    """Whether a run is told the time before it dies or not; "back in order" it is not."""
    for number in range(3 * DEATHS_MAX):
        off_without_clock(world, 30, time_after_s, 300 if number % 3 else 0)
        assert (KEY in world.alarms()) is (number + 1 >= DEATHS_MAX)
    knows_the_time(world)
    world.run(600)
    assert KEY in world.alarms()
    assert len(told(world, DIES)) == 1


def test_far_apart_and_always_at_the_same_instant_of_a_wrong_clock_is_no_alarm(
    world: World,
) -> None:
    for _ in range(DEATHS_MAX + 1):
        off_without_clock(world, 60, 9 * HOUR_S)
    assert told(world, DIES) == []


def test_one_that_goes_on_dying_is_not_back_in_order_in_between(world: World) -> None:
    """Of four within a day the first is a day ago, hours before the next one."""
    for _ in range(DEATHS_MAX + 4):
        off(world, 60, 7 * HOUR_S)
    assert KEY in world.alarms()
    assert told(world, OVER) == []


def test_a_box_that_never_knows_the_time_writes_little(world: World) -> None:
    off_without_clock(world, 60, 1200)
    life = world.attendant._ledger.fact(LIFE)
    world.run(BEAT_S - 400)
    assert world.attendant._ledger.fact(LIFE) == life


def test_hundreds_of_deaths_are_kept_in_little_room(world: World) -> None:
    for _ in range(KEPT + 2):
        off(world, 1, 1)
    life = world.attendant._ledger.fact(LIFE)
    assert isinstance(life, dict)
    assert len(life["deaths"]) == KEPT
    world.run(600)
    assert KEY in world.alarms()


@pytest.mark.parametrize(
    "fact",
    [
        None, 7, {"alive": "yesterday"}, {"deaths": 3, "on": -5, "in_order": 1},
        {"alive": 5, "deaths": ["x", None, True, -1, 2.5, {}, inf, nan, 10**400], "on": inf},
    ],
    ids=str,
)  # fmt: skip
def test_a_damaged_fact_is_none(world: World, fact: object) -> None:
    world.kill()
    written = (json.dumps(fact), LIFE)   # "Infinity" and "NaN", too
    world.database.connection.execute("UPDATE fact SET value = ? WHERE key = ?", written)
    off(world, 3 * HOUR_S)
    assert told(world, OFF) == []
    assert outcomes(world)[-1] == "box_started"
