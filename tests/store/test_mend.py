"""A damaged or lost database: last night's backup, and whatever the damaged file still gives."""

from __future__ import annotations

import errno
import os
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from firmware.command.data import open_data
from firmware.pulse import StoreState
from firmware.record import OF_THIS_BOX, UNTOLD_REPAIR, AlertState, Fact, Repair
from firmware.rota import read_site_file
from firmware.store.database import DATABASE_NAME, open_database
from firmware.store.errors import DamagedDatabase, StoreError, UnwritableDatabase
from firmware.store.mend import mend, untold_repair
from firmware.store.nightly import KEPT, last_sound_backup, make_nightly, nightly_backups
from firmware.store.rota_store import RotaStore
from firmware.store.row_store import RowStore
from tests.daemon.house import SITE
from tests.store.fresh import made_database
from tests.store.samples import NOW, alert, call, incoming, line

EDITED = SITE.replace("acknowledge_within_s = 300", "acknowledge_within_s = 600")
PAGE = 1024


class Box:
    def __init__(self, data: Path) -> None:
        self.data, self.path = data, data / DATABASE_NAME
        with made_database(self.path) as database:
            RotaStore(database).replace_rota(read_site_file(SITE), "Diane", NOW)
            store = RowStore(database)
            store.record([line(key=f"call:{n}", at=NOW, detail={"x": "y" * 200})
                          for n in range(1, 200)])  # fmt: skip
            store.record([incoming(n, text="z" * 500) for n in range(1, 60)])
            store.record([alert(n, text="Au secours") for n in range(1, 30)])

    def of_today(self) -> None:
        """What came since the backup: an edit of the rota, a call, an alert that nobody took."""
        with open_database(self.path, create=False) as database:
            RotaStore(database).replace_rota(read_site_file(EDITED), "Diane", NOW)
            RowStore(database).record([call(500), alert(500), line(key="call:500")])

    def root_page(self, table: str) -> int:
        with closing(sqlite3.connect(self.path)) as connection:
            (page,) = connection.execute(
                "SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)
            ).fetchone()
        return int(page)

    def damage(self, first_page: int, count: int = 1) -> None:
        data = bytearray(self.path.read_bytes())
        start = (first_page - 1) * PAGE
        data[start : start + count * PAGE] = b"\xa5" * (count * PAGE)
        self.path.write_bytes(data)

    def rota(self) -> object:
        with open_database(self.path, create=False) as database:
            database.check(thoroughly=True)
            return RotaStore(database).load_rota()

    def edit(self) -> None:
        """Somebody corrects the rota afterwards, on the page: twice, for one may change nothing."""
        with open_database(self.path, create=False) as database:
            for site in (EDITED, SITE):
                RotaStore(database).replace_rota(read_site_file(site), "Diane", NOW)

    def said(self) -> Repair | None:
        with open_database(self.path, create=False) as database:
            return untold_repair(database)

    def says(self, fact: object) -> None:
        with open_database(self.path, create=False) as database:
            RowStore(database).record([Fact(UNTOLD_REPAIR, fact)])

    def alerts(self) -> list[int]:
        with open_database(self.path, create=False) as database:
            return [
                each.id
                for each in RowStore(database).load_memory(NOW).alerts
                if each.state is AlertState.OPEN
            ]


def dated(path: Path, at: datetime) -> None:
    os.utime(path, (at.timestamp(), at.timestamp()))


@pytest.fixture
def box(tmp_path: Path) -> Box:
    data = tmp_path / "data"
    data.mkdir()
    return Box(data)


def test_a_sound_one_is_left_alone(box: Box) -> None:
    make_nightly(box.data, NOW)
    before = box.path.read_bytes()
    assert mend(box.data, NOW) is None
    assert box.path.read_bytes() == before


def test_a_box_that_never_had_one_is_not_mended(tmp_path: Path) -> None:
    assert mend(tmp_path, NOW) is None
    assert list(tmp_path.iterdir()) == []


def test_one_that_was_killed_leaves_nothing_for_the_next(box: Box) -> None:
    """A start that takes too long is ended and begun anew, again and again."""
    make_nightly(box.data, NOW)
    for number in range(3):
        (box.data / f".mend-{number}").mkdir()
        (box.data / f".mend-{number}" / "damaged.db").write_bytes(bytes(1000))
    box.damage(2, 30)
    assert mend(box.data, NOW) is not None
    assert list(box.data.glob(".mend-*")) == []


def test_a_lost_one_comes_from_the_last_night(box: Box) -> None:
    make_nightly(box.data, NOW - timedelta(days=1))
    make_nightly(box.data, NOW)
    box.of_today()
    box.path.unlink()
    mended = mend(box.data, NOW)
    assert mended is not None
    assert (mended.backup_of, mended.aside, mended.rows) == (NOW, None, 0)
    assert box.rota() == read_site_file(SITE)
    assert mend(box.data, NOW) is None


def test_a_night_whose_clock_was_a_year_ahead_is_not_the_last_for_ever(box: Box) -> None:
    make_nightly(box.data, NOW + timedelta(days=365))
    box.of_today()
    make_nightly(box.data, NOW)
    (box.data / "backup" / "veilleur-20270101T000000Z.zip").write_bytes(b"PK")
    box.path.unlink()
    mended = mend(box.data, NOW)
    assert mended is not None
    assert mended.backup_of == NOW
    assert box.rota() == read_site_file(EDITED)


def test_one_that_a_power_cut_left_empty_is_lost_too(box: Box) -> None:
    """A length of nothing is a good database to SQLite: a new one."""
    make_nightly(box.data, NOW)
    box.path.write_bytes(b"")
    mended = mend(box.data, NOW)
    assert mended is not None
    assert (mended.backup_of, mended.rows) == (NOW, 0)
    assert box.rota() == read_site_file(SITE)


def test_a_page_that_is_quicker_than_the_daemon_makes_no_new_box_of_it(box: Box) -> None:
    make_nightly(box.data, NOW)
    box.path.unlink()
    with pytest.raises(DamagedDatabase, match="is gone"):
        open_data(box.data, create=True)
    assert mend(box.data, NOW) is not None
    with open_data(box.data, create=True) as database:
        assert RotaStore(database).load_rota() == read_site_file(SITE)


def test_a_lost_one_whose_backups_are_all_damaged_is_no_new_box(box: Box) -> None:
    make_nightly(box.data, NOW).write_bytes(b"PK")
    box.path.unlink()
    with pytest.raises(DamagedDatabase, match="is gone"):
        mend(box.data, NOW)
    assert not box.path.exists()


def test_a_backup_is_not_damaged_for_want_of_room_to_unfold_it(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_nightly(box.data, NOW)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("firmware.store.backup.shutil.copyfileobj", full)
    with pytest.raises(UnwritableDatabase, match="no room") as found:
        last_sound_backup(box.data)
    assert found.value.state is StoreState.FULL


def test_damage_in_the_log_of_texts_costs_neither_today_s_rota_nor_its_alerts(box: Box) -> None:
    make_nightly(box.data, NOW)
    box.of_today()
    box.damage(box.root_page("incoming_message"))
    mended = mend(box.data, NOW)
    assert mended is not None
    assert mended.rota_is_current
    assert box.rota() == read_site_file(EDITED)
    assert 500 in box.alerts()
    with open_database(box.path, create=False) as database:
        found = database.connection.execute("SELECT count(*) FROM incoming_message").fetchone()
    assert found == (59,), "from the backup"
    assert mended.aside is not None
    assert b"\xa5" * PAGE in mended.aside.read_bytes(), "the damaged one is kept"


def test_damage_in_the_rota_brings_last_night_s_and_keeps_today_s_alerts(box: Box) -> None:
    make_nightly(box.data, NOW)
    box.of_today()
    for table in ("person", "rota_history"):
        box.damage(box.root_page(table))
    mended = mend(box.data, NOW)
    assert mended is not None
    assert not mended.rota_is_current
    assert box.rota() == read_site_file(SITE)
    assert 500 in box.alerts()
    box.edit()


def test_a_file_that_is_no_database_any_more(box: Box) -> None:
    make_nightly(box.data, NOW)
    box.of_today()
    box.damage(1, 5)
    mended = mend(box.data, NOW)
    assert mended is not None
    assert (mended.backup_of, mended.rows) == (NOW, 0)
    assert box.rota() == read_site_file(SITE)


def test_without_a_backup_what_can_be_read_is_kept(box: Box) -> None:
    box.edit()
    box.damage(box.root_page("incoming_message"))
    mended = mend(box.data, NOW)
    assert mended is not None
    assert mended.backup_of is None
    assert box.rota() == read_site_file(SITE)
    assert len(box.alerts()) == 29
    box.edit()


def test_without_a_backup_and_with_nothing_to_read_it_says_so(box: Box) -> None:
    box.damage(1, 5)
    before = box.path.read_bytes()
    with pytest.raises(StoreError, match="not a database"):
        mend(box.data, NOW)
    assert box.path.read_bytes() == before


@pytest.mark.parametrize("readable", [True, False])
def test_of_the_box_itself_the_damaged_file_tells_and_never_the_backup(
    box: Box, readable: bool
) -> None:
    """It would have been off since the night for which the backup stands."""
    with open_database(box.path, create=False) as database:
        RowStore(database).record([Fact(key, "of the night") for key in OF_THIS_BOX])
    make_nightly(box.data, NOW)
    with open_database(box.path, create=False) as database:
        RowStore(database).record([Fact(key, "of today") for key in OF_THIS_BOX])
    box.damage(box.root_page("incoming_message" if readable else "fact"))
    assert mend(box.data, NOW) is not None
    with open_database(box.path, create=False) as database:
        facts = RowStore(database).load_memory(NOW).facts
    found = {facts.get(key) for key in OF_THIS_BOX if key != UNTOLD_REPAIR}
    assert found == ({"of today"} if readable else {None})


def test_the_mended_file_says_what_was_done_to_it(box: Box) -> None:
    """Whoever mended it may die before anybody has heard; what the backup says is of old."""
    box.says(Repair(None, rota_is_current=True).as_fact())
    make_nightly(box.data, NOW)
    box.of_today()
    box.damage(1, 5)
    mend(box.data, NOW)
    assert box.said() == Repair(NOW, rota_is_current=False)


def test_a_backup_s_rota_is_no_newer_for_a_second_repair_before_anybody_has_heard(
    box: Box,
) -> None:
    make_nightly(box.data, NOW)
    box.of_today()
    box.damage(1, 5)
    mend(box.data, NOW)
    make_nightly(box.data, NOW + timedelta(hours=1))
    box.damage(box.root_page("incoming_message"))
    mended = mend(box.data, NOW)
    assert mended is not None
    assert (mended.backup_of, mended.rota_is_current) == (NOW, False)
    box.says(None)
    box.damage(box.root_page("incoming_message"))
    mend(box.data, NOW)
    assert box.said() == Repair(NOW + timedelta(hours=1), rota_is_current=True)


@pytest.mark.parametrize("fact", ["x", 7, [], {"backup_of": "0001-01-01T00:00+14:00"}])
def test_whatever_a_damaged_card_says_of_a_repair_is_read(box: Box, fact: object) -> None:
    box.says(fact)
    assert box.said() == (Repair(None, rota_is_current=False) if isinstance(fact, dict) else None)


def test_a_damaged_backup_is_passed_over(box: Box) -> None:
    good = make_nightly(box.data, NOW - timedelta(days=1))
    newer = make_nightly(box.data, NOW)
    newer.write_bytes(newer.read_bytes()[:3000])
    assert last_sound_backup(box.data) == good
    box.path.unlink()
    mended = mend(box.data, NOW)
    assert mended is not None
    assert mended.backup_of == NOW - timedelta(days=1)


@pytest.mark.parametrize("seed", range(12))
def test_wherever_the_damage_is_there_is_a_sound_box_afterwards(box: Box, seed: int) -> None:
    make_nightly(box.data, NOW)
    box.of_today()
    chance = Random(seed)
    pages = box.path.stat().st_size // PAGE
    for _ in range(chance.choice([1, 1, 3, 20])):
        box.damage(chance.randrange(1, pages + 1))
    mend(box.data, NOW)
    assert box.rota() in (read_site_file(SITE), read_site_file(EDITED))
    assert set(range(1, 30)) <= set(box.alerts())
    box.edit()


def test_seven_nights_are_kept_and_things_put_aside_for_a_month(box: Box) -> None:
    folder = box.data / "backup"
    for night in range(KEPT + 3):
        make_nightly(box.data, NOW + timedelta(days=night))
    found = nightly_backups(box.data)
    assert len(found) == KEPT
    assert found[0].name == "veilleur-20260407T010000Z.zip"
    own = folder / "mine.zip"
    aside = [folder / f"veilleur-until-2026{n}.db" for n in range(2)]
    for path, days in ((own, 400), (aside[0], 31), (aside[1], 29)):
        path.touch()
        dated(path, NOW - timedelta(days=days))
    make_nightly(box.data, NOW)
    assert [path.exists() for path in (own, *aside)] == [True, False, True]


def test_a_week_of_a_clock_that_was_ahead_pushes_no_night_out(box: Box) -> None:
    """Its files bear the later dates: each true night was the first to go, in the night itself."""
    for night in range(KEPT):
        make_nightly(box.data, NOW + timedelta(days=300 + night))
    made = [make_nightly(box.data, NOW + timedelta(days=night)) for night in range(KEPT)]
    assert nightly_backups(box.data) == made[::-1]


@pytest.mark.parametrize("now", [NOW, NOW.replace(year=1970)])
def test_what_was_put_aside_is_kept_for_a_month_from_then(box: Box, now: datetime) -> None:
    """The box was without power for longer than that, or did not know the time when it mended."""
    make_nightly(box.data, NOW)
    box.damage(2, 30)
    dated(box.path, NOW - timedelta(days=40))
    mended = mend(box.data, now)
    assert mended is not None
    assert mended.aside is not None
    for days, is_kept in ((1, True), (29, True), (32, False)):
        make_nightly(box.data, NOW + timedelta(days=days))
        assert mended.aside.exists() is is_kept


def test_a_night_that_is_tried_again_each_hour_pushes_no_day_out(box: Box) -> None:
    for night in range(KEPT):
        make_nightly(box.data, NOW + timedelta(days=night))
    for hour in range(1, 10):
        make_nightly(box.data, NOW + timedelta(days=KEPT - 1, hours=hour))
    found = [path.name[9:19] for path in nightly_backups(box.data)]
    assert len(found) == KEPT
    assert found[0].startswith("20260404T1")
    assert found[-1].startswith("20260329T")
