"""A service that comes, goes or is renamed while the box runs, and what the staff read of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.pulse import ForwardingState
from hw.simulator.causes import RpCause
from tests.simulation.sites import ADMIN, ALICE, BRUNO, CALLER, CHLOE, SAMPLE, taxi
from tests.simulation.world import World

NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)   # Bruno's week
TAXI = taxi('"Alice Martin"', "2026-03-01T08:00")
RENAMED = SAMPLE.replace('"Ambulance"', '"Urgences"')


def box(folder: Path, site: str = SAMPLE) -> World:
    world = World(folder, site, start=NOON)
    world.run(60)
    return world


def test_one_that_comes_and_goes_is_told_at_once_to_whoever_is_on_duty(tmp_path: Path) -> None:
    world = box(tmp_path)
    assert world.texts(ALICE) == []   # the first look of all announces nothing
    world.change_rota(SAMPLE + TAXI)
    world.run(60)
    assert world.texts(ALICE)[0].startswith("Taxi : votre garde (niveau 1) commence")
    world.kill()
    world.change_rota(SAMPLE)
    world.restart()
    world.run(90)
    assert world.texts(ALICE)[-1].startswith("Taxi : votre garde (niveau 1) est finie")
    world.run(3600)
    assert "n'a plus ce service" in world.texts(ALICE)[-1]
    assert not any("Taxi" in text for text in world.texts(BRUNO) + world.texts(CHLOE))
    assert sum("est finie" in text for text in world.texts(ALICE)) == 1


def test_of_one_renamed_in_mid_alert_the_next_level_is_asked(tmp_path: Path) -> None:
    world = box(tmp_path)
    world.text(CALLER, "Au secours")
    world.run(60)
    world.change_rota(RENAMED)
    world.run(6 * 60)
    assert any("Au secours" in text for text in world.texts(CHLOE))
    assert not any("Au secours" in text for text in world.texts(ADMIN))


def test_non_of_somebody_who_was_not_asked_says_so(tmp_path: Path) -> None:
    world = box(tmp_path)
    world.text(CALLER, "Au secours")
    world.run(30)
    (alert,) = world.attendant._alerts.book.unsettled()
    world.text(CHLOE, f"NON {alert.reference}")
    world.run(30)
    assert "ne vous était pas adressée" in world.texts(CHLOE)[-1]
    assert world.journal("ack") == []
    world.text(BRUNO, f"NON {alert.reference}")
    world.run(30)
    assert "personne suivante" in world.texts(BRUNO)[-1] or "suivant" in world.texts(BRUNO)[-1]


def test_who_was_never_reached_is_not_said_to_be_silent(tmp_path: Path) -> None:
    world = box(tmp_path, SAMPLE.replace('mode = "divert"', 'mode = "alert"'))
    errors = world.network.subscriber(world.number).conditions.sms_errors
    errors.extend([RpCause.NETWORK_OUT_OF_ORDER] * 5000)
    world.call(CALLER, patience_s=20)
    world.run(20 * 60)
    errors.clear()
    world.run(10 * 60)
    first = next(text for text in world.texts(CHLOE) if CALLER in text)
    assert "sans réponse" not in first


def test_planning_names_the_whole_last_shift_and_what_is_left_out(tmp_path: Path) -> None:
    world = box(tmp_path)
    world.text(ALICE, "PLANNING")
    world.run(40)
    assert world.texts(ALICE)[-1].splitlines()[-1] == "lun 11/05 08:00 - lun 18/05 08:00 Ambulance"
    world.text(CHLOE, "PLANNING")
    world.run(40)
    assert world.texts(CHLOE)[-1] == "dès 12:01 Ambulance"   # nothing ends her level
    daily = 'every = "1 day"\npeople = ["Alice'
    world.change_rota(SAMPLE.replace('every = "1 week"\npeople = ["Alice', daily))
    world.run(60)
    world.text(BRUNO, "PLANNING")
    world.run(60)
    lines = world.texts(BRUNO)[-1].splitlines()
    assert len(lines) == 9
    assert lines[-1].startswith("et ")
    assert lines[-1].endswith("de plus dans les deux mois.")


ODD: list[tuple[str, object]] = [
    ("duty-services", [["Ambulance"]]),
    ("duty-services", [1, None]),
    ("duty-services", ["Taxi", 3]),
    ("duty:Taxi", [["a"]]),
    ("duty:Ambulance", [[1], "x", [1, 2], ["1", "Bruno"]]),
]


@pytest.mark.parametrize(("key", "value"), ODD)
def test_what_a_damaged_card_says_stops_nothing(tmp_path: Path, key: str, value: object) -> None:
    world = box(tmp_path, SAMPLE + TAXI)
    world.attendant._ledger.remember(key, value)
    world.run(20)
    world.kill()
    world.change_rota(SAMPLE)
    world.restart()
    world.run(60)
    world.text(BRUNO, "QUI")
    world.run(30)
    assert "Bruno Petit" in world.texts(BRUNO)[-1]


@pytest.mark.parametrize("restart", [False, True])
def test_who_has_left_gets_no_calls_though_nobody_knows_the_time(
    tmp_path: Path, restart: bool
) -> None:
    world = box(tmp_path)
    held = world.attendant._forwarding
    assert held.view.target == BRUNO
    world.trust(False)
    world.run(600)
    assert held.view.target == BRUNO   # theirs it is, or not: nobody knows
    left = SAMPLE.replace(f'[[person]]\nname = "Bruno Petit"\nmobile = "{BRUNO}"\n', "")
    if restart:
        world.kill()
    world.change_rota(left.replace('"Alice Martin", "Bruno Petit"', '"Alice Martin"'))
    if restart:
        world.restart()
    world.run(120)
    held = world.attendant._forwarding
    assert held.view.target in (ALICE, CHLOE)
    assert held.view.state is ForwardingState.VERIFIED
