"""The alarm of a repair: up until somebody has saved the rota, or the box has run for a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.disk_desk import TOLD
from firmware.event import RotaChanged
from firmware.night_shift import FACT as NIGHT
from firmware.night_shift import SETTLE_S
from firmware.record import UNTOLD_REPAIR, Fact, Repair
from tests.simulation.sites import ADMIN, BRUNO, SAMPLE
from tests.simulation.world import World

START = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
HOUR_S = 3600.0
OVER = "RETOUR A LA NORMALE"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A box that starts with last night's backup, whose last night is of course the one before."""
    world = World(tmp_path, SAMPLE, start=START)
    world.kill()
    repair = Repair(START - timedelta(hours=9), rota_is_current=False)
    before = (START - timedelta(hours=33)).isoformat()
    facts = Fact(UNTOLD_REPAIR, repair.as_fact()), Fact(NIGHT, before)
    world.rows.record(facts)
    world.restart()
    world.run(60)
    assert "data" in world.alarms()
    return world


def _nights(world: World) -> int:
    query = "SELECT count(*) FROM journal WHERE outcome = 'backup_made'"
    (count,) = world.database.connection.execute(query).fetchone()
    return int(count)


def _is_told_over(world: World) -> bool:
    world.run(180)
    return any(OVER in text and "du boitier endommag" in text for text in world.texts(ADMIN))


def test_the_night_that_is_made_up_for_at_once_does_not_end_it(world: World) -> None:
    world.run(SETTLE_S + 300)
    assert _nights(world) == 1
    assert "data" in world.alarms()


@pytest.mark.parametrize("starts", [1, 3])
def test_it_ends_when_the_box_has_run_for_a_day(world: World, starts: int) -> None:
    """However often it was started meanwhile, a quarter of an hour each, and whatever its clock
    says."""
    for _ in range(starts):
        world.run(23 * HOUR_S / starts)
        world.skew += timedelta(days=2)
        world.restart()
    world.run(60)
    assert "data" in world.alarms()
    world.run(2 * HOUR_S)
    assert "data" not in world.alarms()
    assert not _is_told_over(world)   # nobody has looked, and it does not say so


def test_it_ends_when_somebody_has_saved_the_rota(world: World) -> None:
    world.text(BRUNO, "RELAIS")
    world.run(60)
    rota = world.rotas.load_rota()
    assert rota is not None
    world.step(RotaChanged(rota))   # as it is told once the page has written anything
    world.step(RotaChanged(rota, by_somebody=False))
    assert "data" in world.alarms()
    world.change_rota(SAMPLE.replace("= 300", "= 600"))
    assert "data" not in world.alarms()
    assert _is_told_over(world)


@pytest.mark.parametrize("fact", [None, 1e12])
def test_whatever_a_damaged_card_says_of_it_it_ends(world: World, fact: object) -> None:
    world.kill()
    world.rows.record((Fact(TOLD, fact),))
    world.restart()
    world.run(25 * HOUR_S)
    assert "data" not in world.alarms()
