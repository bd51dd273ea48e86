"""A card that takes seconds to write is an alarm before it fails, and until a day without."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.event import StoreSlow
from firmware.health.slow_card import KEY, OFTEN, OVER_AFTER_S, WITHIN_S
from tests.scenarios.stage import CalmWorld
from tests.simulation.sites import ADMIN, SAMPLE
from tests.simulation.world import World

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path) -> World:
    box = CalmWorld(tmp_path, SAMPLE, start=NOON)
    box.run(120)
    return box


def slow(world: World, times: int, apart_s: float, seconds: float = 7.4) -> None:
    for _ in range(times):
        world.step(StoreSlow(seconds))
        world.run(apart_s)


def is_up(world: World) -> bool:
    return any(alarm.key == KEY for alarm in world.page.open_alarms())


def test_three_in_an_hour_are_an_alarm_and_told_once(world: World) -> None:
    slow(world, OFTEN - 1, 60)
    assert not is_up(world)
    slow(world, 5, 60)
    assert is_up(world)
    (told,) = [text for text in world.texts(ADMIN) if "carte mémoire" in text]
    assert "met 7 s pour écrire" in told


def test_three_in_a_day_are_none(world: World) -> None:
    slow(world, OFTEN + 2, WITHIN_S / 2 + 1)
    assert not is_up(world)


@pytest.mark.parametrize("restarts", [False, True])
def test_it_is_over_after_a_day_without(world: World, restarts: bool) -> None:
    slow(world, OFTEN, 10)
    if restarts:
        world.restart()
    world.run(OVER_AFTER_S - 3600)
    assert is_up(world)
    slow(world, 1, OVER_AFTER_S - 600)
    assert is_up(world), "once more meanwhile"
    world.run(900)
    assert not is_up(world)
