"""What came of an update: who hears of it, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.command.outcomes import UpdateWatch
from firmware.event import StickSeen, UpdateSeen
from firmware.health.updates import KEY, STICK
from firmware.store.database import DATABASE_NAME, open_database
from firmware.store.page_store import PageStore
from firmware.update.outcome import What, tell
from firmware.update.places import Places
from firmware.update.sticks import tell_stick
from firmware.wording.update_words import REFUSALS, SENTENCES
from tests.simulation.sites import ADMIN, SAMPLE
from tests.simulation.world import World

pytestmark = pytest.mark.usefixtures("modem_family")

START = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
VALUES = {"version": "1.2.0", "before": "1.1.0"}


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path, SAMPLE, start=START)
    world.run(60)
    return world


def seen(world: World, what: What, **values: str) -> UpdateSeen:
    event = UpdateSeen(what.value, world.moment.utc, {**VALUES, **values})
    world.step(event)
    return event


def told(world: World) -> list[str]:
    return [text for text in world.texts(ADMIN) if "1.2.0" in text or "mise à jour" in text]


def test_a_version_that_was_taken_back_is_told_once_and_shown_until_a_better_one(
    world: World,
) -> None:
    event = seen(world, What.RETURNED)
    assert KEY in world.alarms()
    world.run(60)
    assert len(told(world)) == 1
    assert "revenu à la 1.1.0" in told(world)[0]
    world.restart()
    world.step(event)   # the daemon reads the file anew at each start
    world.run(6 * 3600)
    assert KEY in world.alarms()
    assert len(told(world)) == 1
    assert [line["outcome"] for line in world.journal("health")].count("update_returned") == 1
    seen(world, What.INSTALLED)
    assert KEY not in world.alarms()
    world.run(60)
    assert len(told(world)) == 1


def test_a_refused_file_is_shown_for_an_hour_and_costs_no_sms(world: World) -> None:
    event = seen(world, What.CUT_OFF)
    assert KEY in world.alarms()
    world.run(timedelta(minutes=58).total_seconds())
    assert KEY in world.alarms()
    world.run(timedelta(minutes=4).total_seconds())
    assert KEY not in world.alarms()
    world.restart()
    world.step(event)
    assert KEY not in world.alarms()
    assert told(world) == []


def test_the_lights_find_cause_and_values_in_the_store(world: World, tmp_path: Path) -> None:
    seen(world, What.NO_ROOM, free="3", needed="80")
    with open_database(tmp_path / DATABASE_NAME, create=False) as database:
        (alarm,) = [each for each in PageStore(database).open_alarms() if each.key == KEY]
    assert alarm.cause == SENTENCES["no_room"]
    assert alarm.values["needed"] == "80"


def test_every_end_has_its_sentence() -> None:
    assert set(SENTENCES) == {what.value for what in What} - {"installed"}
    assert set(SENTENCES) > REFUSALS


def test_the_daemon_reads_the_file_when_it_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VEILLEUR_UPDATE_DIR", str(tmp_path))
    watch, path = UpdateWatch(), Places(tmp_path).outcome
    assert list(watch.look()) == []
    tell(path, What.RETURNED, VALUES)
    (found,) = watch.look()
    assert isinstance(found, UpdateSeen)
    assert (found.what, found.values) == ("returned", VALUES)
    assert list(watch.look()) == []
    tell_stick(Places(tmp_path).stick, "full")
    assert list(watch.look()) == [StickSeen("full")]
    path.write_text("{")
    assert list(watch.look()) == []


def test_a_stick_that_takes_no_backup_is_told_once_until_it_does(world: World) -> None:
    world.step(StickSeen("no_stick"))
    assert STICK not in world.alarms()
    for _ in range(2):
        world.step(StickSeen("full"))
        world.run(60)
    assert STICK in world.alarms()
    assert len([text for text in world.texts(ADMIN) if "clé USB pleine" in text]) == 1
    world.step(StickSeen("written"))
    assert STICK not in world.alarms()
