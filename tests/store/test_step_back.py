"""Data that a newer version has changed, made the older one's again."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from firmware.record import Repair
from firmware.rota import read_site_file
from firmware.store import journal
from firmware.store.backup import UnusableBackup, write_backup
from firmware.store.database import DATABASE_NAME, open_database
from firmware.store.errors import NewerDatabase
from firmware.store.mend import untold_repair
from firmware.store.migrations import known_migrations
from firmware.store.nightly import make_nightly
from firmware.store.page_store import PageStore
from firmware.store.place import BACKUPS
from firmware.store.rota_store import RotaStore
from firmware.store.row_store import RowStore
from firmware.store.step_back import SAVED, step_back
from tests.daemon.house import SITE
from tests.store.fresh import made_database
from tests.store.samples import NOW, alert, call


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A box before an update: the step `save` has made its backup."""
    with made_database(tmp_path / DATABASE_NAME) as database:
        RotaStore(database).replace_rota(read_site_file(SITE), "Diane", NOW)
        RowStore(database).record([call(1), alert(1)])
    (tmp_path / BACKUPS).mkdir()
    write_backup(tmp_path, tmp_path / BACKUPS / SAVED, NOW)
    return tmp_path


def by_a_newer_version(data: Path, more: str = "") -> None:
    """Another schema, a call and an alert in it, and a change of the rota; ``more`` changes."""
    with open_database(data / DATABASE_NAME, create=False) as database:
        RowStore(database).record([call(2), alert(2)])
        changed = SITE.replace("Ambulances Dupont", "Ambulances Durand")
        RotaStore(database).replace_rota(read_site_file(changed), "Diane", NOW)
    number = known_migrations()[-1].number + 1
    connection = sqlite3.connect(data / DATABASE_NAME)
    connection.executescript(
        "ALTER TABLE call ADD COLUMN colour TEXT NOT NULL DEFAULT 'red';"
        "ALTER TABLE journal RENAME TO journal_of_events;"
        "CREATE TABLE colour (name TEXT) STRICT;" + more
    )
    connection.execute(
        "CREATE TEMP TABLE newer AS SELECT * FROM migration ORDER BY number DESC LIMIT 1"
    )
    connection.execute("UPDATE newer SET number = ?, name = 'colour'", (number,))
    connection.execute("INSERT INTO migration SELECT * FROM newer")
    connection.execute(f"PRAGMA user_version = {number}")
    connection.commit()
    connection.close()
    with pytest.raises(NewerDatabase):
        open_database(data / DATABASE_NAME, create=False)


def test_data_that_the_old_program_can_read_stay_as_they_are(data: Path) -> None:
    before = (data / DATABASE_NAME).read_bytes()
    assert step_back(data, NOW) is None
    assert (data / DATABASE_NAME).read_bytes() == before


def test_what_came_in_meanwhile_is_taken_over(data: Path) -> None:
    by_a_newer_version(data)
    done = step_back(data, NOW + timedelta(minutes=2))
    assert done is not None
    assert done.backup_of == NOW
    assert done.aside is not None
    assert done.aside.exists()
    with open_database(data / DATABASE_NAME, create=False) as database:
        database.check(thoroughly=True)
        rota = RotaStore(database).load_rota()
        alerts = {each.id for each in PageStore(database).unsettled_alerts()}
        lines = [line.entry.outcome for line in journal.latest(database, 5)]
    assert rota is not None
    assert rota.site.name == "Ambulances Durand"
    assert alerts == {1, 2}
    assert lines[0] == "restored"


def test_without_its_backup_nothing_is_touched(data: Path) -> None:
    by_a_newer_version(data)
    (data / BACKUPS / SAVED).unlink()
    before = (data / DATABASE_NAME).read_bytes()
    with pytest.raises(UnusableBackup):
        step_back(data, NOW)
    assert (data / DATABASE_NAME).read_bytes() == before


def test_where_it_is_damaged_the_last_night_s_takes_its_place(data: Path) -> None:
    """A box that cannot read its data does not start, and passes no calls."""
    night = make_nightly(data, NOW - timedelta(hours=6))
    by_a_newer_version(data)
    (data / BACKUPS / SAVED).write_bytes(b"PK")
    assert step_back(data, NOW) is not None
    with open_database(data / DATABASE_NAME, create=False) as database:
        alerts = {each.id for each in PageStore(database).unsettled_alerts()}
        assert untold_repair(database) is None   # the rota is that of now
        (line,) = (each.entry for each in journal.latest(database, 1))
    assert alerts == {1, 2}
    assert line.detail["backup"] == night.name


@pytest.mark.parametrize("saved", [True, False])
def test_a_rota_that_could_not_be_taken_over_is_told(data: Path, saved: bool) -> None:
    """That of the backup may be last night's: the daemon tells it, and leaves the network's
    forwarding alone until somebody has looked."""
    night_at = NOW - timedelta(hours=6)
    make_nightly(data, night_at)
    by_a_newer_version(
        data, "ALTER TABLE rota_history RENAME TO history; ALTER TABLE person RENAME TO human;"
    )
    if not saved:
        (data / BACKUPS / SAVED).write_bytes(b"PK")
    assert step_back(data, NOW) is not None
    with open_database(data / DATABASE_NAME, create=False) as database:
        repair = untold_repair(database)
        rota = RotaStore(database).load_rota()
    assert rota is not None
    assert rota.site.name == "Ambulances Dupont"
    assert repair == Repair(NOW if saved else night_at, rota_is_current=False)
