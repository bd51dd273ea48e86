"""Whom alarms reach, and what a bare OK of theirs is for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from hw.simulator.causes import RpCause
from tests.scenarios.stage import CalmWorld
from tests.simulation.sites import ADMIN, ALICE, BRUNO, CALLER, CHLOE, SAMPLE
from tests.simulation.world import World

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
OWN, STRANGER = "+33700000001", "+33688776655"
SITE = SAMPLE.replace("acknowledge_within_s = 300", "acknowledge_within_s = 60")
REFUSED = [RpCause.NETWORK_OUT_OF_ORDER] * 2000


def box(folder: Path, site: str) -> World:
    world = CalmWorld(folder, site, start=NOON)
    world.run(120)
    return world


def ended_by(world: World) -> list[tuple[str, str | None]]:
    found = world.database.connection.execute("SELECT text, ended_by FROM alert ORDER BY id")
    return [(str(text), by) for text, by in found]


def test_where_the_only_administrator_has_the_box_s_own_number_everybody_is_alarmed(
    tmp_path: Path,
) -> None:
    """Their SIM was put into it."""
    world = box(tmp_path, SITE.replace(ADMIN, OWN))
    assert world.number == OWN
    world.text(CALLER, "Au secours")
    world.run(900)
    for number in (ALICE, BRUNO, CHLOE):
        assert any("personne n'a répondu" in text for text in world.texts(number)), number


def test_a_bare_ok_is_for_the_question_that_was_read_not_for_an_alarm_that_waits(
    tmp_path: Path,
) -> None:
    world = box(tmp_path, SITE.replace('["Alice Martin", "Bruno Petit"]', '["Dora Admin"]'))
    world.text(CALLER, "Premier")
    world.run(20)
    assert any("Premier" in text for text in world.texts(ADMIN))
    world.network.subscriber(OWN).conditions.sms_errors.extend(REFUSED)
    world.text(STRANGER, "Second")
    world.run(700)
    assert not any("Second" in text for text in world.texts(ADMIN))
    world.text(ADMIN, "OK")
    world.run(20)
    assert ended_by(world) == [("Premier", "Dora Admin"), ("Second", None)]
