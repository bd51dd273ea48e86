"""Whom alarms reach, and what a bare OK of theirs is for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from firmware.wording import messages
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


def test_an_alarm_that_no_network_took_for_forty_minutes_is_told_all_the_same(
    tmp_path: Path,
) -> None:
    """And so is the only word about a caller who was passed on."""
    site = SITE.replace(
        "acknowledge_within_s = 60", "acknowledge_within_s = 60\nconfirm_divert = false"
    )
    world = box(tmp_path, site)
    conditions = world.network.subscriber(OWN).conditions
    conditions.sms_errors.extend(REFUSED)
    world.call(CALLER, patience_s=30)
    world.run(60)
    world.attendant._bell.tell("off", messages.BOX_WAS_OFF, {"since": "8:00", "until": "9:00"})
    world.run(2400)
    assert world.texts(ADMIN) == world.texts(BRUNO) == []
    conditions.sms_errors.clear()
    world.run(600)
    assert any("entre 8:00 et 9:00" in text for text in world.texts(ADMIN))
    assert any(CALLER in text for text in world.texts(BRUNO))


def test_one_to_a_number_that_is_nobody_s_is_given_up(tmp_path: Path) -> None:
    world = box(tmp_path, SITE)
    world.network.subscriber(OWN).conditions.sms_errors.extend([RpCause.UNASSIGNED_NUMBER] * 2000)
    world.attendant._bell.tell("off", messages.BOX_WAS_OFF, {"since": "8:00", "until": "9:00"})
    world.run(60)
    found = world.database.connection.execute("SELECT DISTINCT state FROM outgoing_message")
    assert found.fetchall() == [("failed",)]


def test_who_has_left_is_not_on_duty_whatever_the_rotation_says(tmp_path: Path) -> None:
    """Their number is nobody's: an answer of theirs would be a stranger's text."""
    world = box(tmp_path, SITE.replace(f'mobile = "{BRUNO}"', f'mobile = "{BRUNO}"\nformer = true'))
    world.text(CALLER, "Au secours")
    world.run(30)
    assert world.texts(BRUNO) == []
    assert any("Au secours" in text for text in world.texts(CHLOE))
