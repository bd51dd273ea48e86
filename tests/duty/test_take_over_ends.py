"""When a take-over ends, of which service it is, and who is told of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.simulation.sites import ADMIN, ALICE, BRUNO, CHLOE, SAMPLE, taxi
from tests.simulation.world import World

MORNING = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)   # Bruno's week; Alice has the next
TAXI = taxi('"Chloé Durand", "Bruno Petit"', "2026-01-05T08:00")


def box(folder: Path, site: str) -> World:
    world = World(folder, site, start=MORNING)
    world.run(60)
    return world


def test_taken_back_it_leaves_the_other_their_own_next_week(tmp_path: Path) -> None:
    world = box(tmp_path, SAMPLE)
    for number in (ALICE, BRUNO):
        world.text(number, "RELAIS")
        world.run(40)
        assert "jusqu'à lun 16/03 08:00" in world.texts(number)[-1]
    world.run_to(datetime(2026, 3, 16, 8, 0, tzinfo=UTC))
    duties = world.attendant.roster.duties("Ambulance")
    assert [duty.person.name for duty in duties if duty.level == 1] == ["Alice Martin"]


def test_two_that_are_read_in_one_step_are_both_told(tmp_path: Path) -> None:
    site = SAMPLE.replace('people = ["Chloé Durand"]', 'people = ["Alice Martin"]') + TAXI
    world = box(tmp_path, site)
    world.kill()
    world.text(ALICE, "RELAIS")
    world.run(20)
    world.text(CHLOE, "RELAIS")
    world.run(30)
    world.restart()
    world.run(90)
    for number in (BRUNO, ADMIN):
        told = " ".join(world.texts(number))
        assert "Ambulance : Alice Martin prend" in told
        assert "Taxi : Chloé Durand prend" in told
