"""A disk that takes nothing: rows are kept in memory and in the spool, and written when it does."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from firmware.pulse import StoreState
from firmware.record import OutgoingState, Row
from firmware.rota import read_site_file
from firmware.store import journal, recorder
from firmware.store.database import Database, open_database
from firmware.store.errors import StoreError
from firmware.store.migrations import known_migrations, migrate
from firmware.store.nightly import make_nightly
from firmware.store.place import put_in_place
from firmware.store.read_only import read_only_copy
from firmware.store.recorder import DAMAGE_LOOKED_AT_EVERY_S, SLOW_S, STALE_S, Recorder
from firmware.store.rota_store import RotaStore
from firmware.store.row_store import RowStore
from firmware.store.spool import Spool
from tests.daemon.house import SITE
from tests.store.samples import NOW, alert, call, line, one_of_each, outgoing
from tests.store.test_record import relay


class Pen:
    """A recorder whose clock stands still, and what it said."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.said: list[str] = []
        self.now_s = 100.0
        self.rows = RowStore(database)
        self.spool = Spool(folder)
        self.recorder = Recorder(self.rows, self.said.append, self.spool, lambda: self.now_s)

    def now(self) -> StoreState:
        return self.recorder.state


@pytest.fixture
def pen(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pen:
    monkeypatch.setattr(recorder, "LOCK_WAIT_S", 0.0)
    monkeypatch.setattr(recorder, "LOCK_WAIT_IN_TROUBLE_S", 0.0)
    return Pen(database, tmp_path / "run")


@pytest.fixture
def holder(database: Database, path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, isolation_level=None)
    yield connection
    connection.close()


def lines(database: Database) -> int:
    return len(journal.entries(database))


def test_what_a_lock_keeps_out_is_written_once_it_is_gone(
    pen: Pen, database: Database, holder: sqlite3.Connection
) -> None:
    holder.execute("BEGIN IMMEDIATE")
    assert pen.recorder.record((call(), line(key="call:1", outcome="ringing")))
    assert pen.now() is StoreState.BUSY
    pen.recorder.retry()
    assert pen.now() is StoreState.BUSY
    assert pen.recorder.record((line(key="call:1", outcome="diverted"), line()))
    holder.execute("ROLLBACK")
    assert lines(database) == 0
    pen.recorder.retry()
    assert pen.now() is StoreState.GOOD
    assert [each.entry.outcome for each in journal.entries(database)] == ["diverted", None]
    assert pen.spool.rows() == ()
    assert [("locked" in said, "again: 3" in said) for said in pen.said] == [
        (True, False),
        (False, True),
    ]


def test_what_another_process_wrote_before_the_file_was_opened_anew_is_seen(
    pen: Pen, path: Path
) -> None:
    """SQLite counts the writings of others from the opening on: the page's edit of the rota went
    unseen until somebody wrote again."""
    before = pen.rows.data_version()
    with open_database(path, create=False) as page:
        RowStore(page).record([line()])
    pen.rows.reopen()
    assert pen.rows.data_version() != before


def fill(database: Database) -> None:
    """No page more than there are, and none of them free."""
    (pages,) = database.connection.execute("PRAGMA page_count").fetchone()
    database.connection.execute(f"PRAGMA max_page_count = {pages}").fetchall()


def test_a_full_disk_is_known_for_what_it_is(pen: Pen, database: Database) -> None:
    fill(database)
    assert pen.recorder.record((line(detail={"text": "x" * 20_000}),))
    assert pen.now() is StoreState.FULL
    assert "no space left" in pen.recorder.why
    pen.recorder.retry()  # it opens the file anew: the limit was the old connection's
    assert pen.now() is StoreState.GOOD
    assert lines(database) == 1


def test_a_daemon_that_is_started_anew_knows_what_the_disk_did_not_take(
    pen: Pen, database: Database, holder: sqlite3.Connection, tmp_path: Path
) -> None:
    """Killed with a full disk: its successor has the same memory, and writes it in the end."""
    pen.recorder.record((call(1), alert(1)))
    holder.execute("BEGIN IMMEDIATE")
    assert pen.recorder.record(one_of_each())
    assert pen.recorder.record((replace(outgoing(1), state=OutgoingState.SENT), alert(2)))
    with (tmp_path / "run" / "unwritten.jsonl").open("a") as file:
        file.write('["Alert",{"id":')  # cut short by the kill
    successor = Pen(database, tmp_path / "run")
    successor.recorder.resume()
    assert successor.now() is StoreState.BUSY
    memory = successor.recorder.load_memory(NOW)
    assert [each.id for each in memory.alerts] == [1, 2]
    assert [each.state for each in memory.outgoing] == [OutgoingState.SENT]
    assert memory.last_ids["Alert"] == 2
    assert successor.rows.load_memory(NOW).last_ids["Alert"] == 1, "not on disk"
    holder.execute("ROLLBACK")
    successor.recorder.retry()
    assert successor.rows.load_memory(NOW) == memory
    third = Pen(database, tmp_path / "run")
    third.recorder.resume()
    assert third.said == []


def test_a_command_that_is_too_late_is_not_written(pen: Pen) -> None:
    real = pen.rows.record

    def slow(rows: object) -> None:
        real(rows)  # type: ignore[arg-type]
        pen.now_s += STALE_S

    pen.rows.record = slow  # type: ignore[method-assign]
    assert not pen.recorder.record((call(),))
    assert pen.now() is StoreState.GOOD


def test_only_the_refused_row_of_a_step_is_lost(pen: Pen, database: Database) -> None:
    pen.recorder.record((outgoing(1, cause="alert:1:0"),))
    assert not pen.recorder.record((outgoing(2, cause="alert:1:0"), line()))
    assert lines(database) == 1
    assert [each.id for each in pen.rows.load_memory(NOW).outgoing] == [1]
    assert "OutgoingMessage" in pen.said[0]
    assert pen.now() is StoreState.GOOD


def test_a_damaged_page_met_while_running(pen: Pen, database: Database, path: Path) -> None:
    """Nothing is written into a damaged file, until it is whole again."""
    pen.recorder.record(tuple(alert(n, text="y" * 3000) for n in range(1, 40)))
    database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    sound = path.read_bytes()
    damage(path)
    pen.recorder.retry()
    with pen.recorder.reading():
        database.reopen()
        database.check()
    assert pen.now() is StoreState.DAMAGED
    assert pen.recorder.record((alert(50),))
    pen.recorder.retry()
    assert pen.now() is StoreState.DAMAGED
    path.write_bytes(sound)
    pen.recorder.retry()
    assert pen.now() is StoreState.DAMAGED, "it does not read all of it at each look"
    pen.now_s += DAMAGE_LOOKED_AT_EVERY_S
    pen.recorder.retry()
    assert pen.now() is StoreState.GOOD, pen.recorder.why
    assert len(pen.rows.load_memory(NOW).alerts) == 40


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 8192] = b"\xff" * 8192
    path.write_bytes(data)


def test_nothing_is_written_into_a_file_that_is_about_to_be_replaced(
    pen: Pen, database: Database, path: Path
) -> None:
    """A quick look finds it in order while the helper takes over what it holds."""
    pen.recorder.trouble(_a_fault(path))
    pen.recorder.repairing = True
    pen.recorder.record((line(),))
    pen.now_s += DAMAGE_LOOKED_AT_EVERY_S
    pen.recorder.retry()
    assert (pen.now(), lines(database)) == (StoreState.DAMAGED, 0)
    pen.recorder.repairing = False
    pen.recorder.retry(now=True)
    assert (pen.now(), lines(database)) == (StoreState.GOOD, 1)


def test_the_file_that_was_put_in_place_is_opened_however_the_one_before_was(
    pen: Pen, path: Path
) -> None:
    pen.recorder.record((line(),))
    new = path.with_name("new.db")
    open_database(new, create=True).close()
    put_in_place(new, path, NOW)
    pen.recorder.retry(now=True)
    pen.recorder.record((line(),))
    with open_database(path, create=False) as found:
        assert lines(found) == 1


def test_a_disk_that_fails_again_among_what_was_kept_gets_no_line_twice(
    pen: Pen, database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of the rows is refused, so that each is written alone; a line has no key."""
    pen.recorder.trouble(StoreError("by hand"))
    pen.recorder.record((line(), outgoing(1), outgoing(2, cause="alert:1:1"), alert(1)))
    record = pen.rows.record

    def fails_at_an_alert(rows: Sequence[Row]) -> None:
        if rows == (alert(1),):
            monkeypatch.setattr(pen.rows, "record", record)
            raise _a_fault(path)
        record(rows)

    monkeypatch.setattr(pen.rows, "record", fails_at_an_alert)
    pen.recorder.retry()
    assert pen.now() is not StoreState.GOOD
    pen.now_s += DAMAGE_LOOKED_AT_EVERY_S
    pen.recorder.retry()
    assert (pen.now(), lines(database)) == (StoreState.GOOD, 1)
    assert [each.id for each in pen.rows.load_memory(NOW).alerts] == [1]


def test_a_file_that_is_gone_keeps_the_daemon_alive(
    pen: Pen, database: Database, path: Path
) -> None:
    aside = path.with_name("aside.db")
    pen.recorder.record((call(1),))
    pen.recorder.trouble(_a_fault(path))
    path.rename(aside)
    assert pen.recorder.record((call(2),))
    pen.recorder.retry()
    assert pen.now() is not StoreState.GOOD
    aside.rename(path)
    pen.now_s += DAMAGE_LOOKED_AT_EVERY_S
    pen.recorder.retry()
    assert pen.now() is StoreState.GOOD
    assert pen.rows.load_memory(NOW).last_ids["Call"] == 2


def test_a_disk_that_is_read_only_at_the_start_is_read_from_a_copy(
    pen: Pen, path: Path, tmp_path: Path
) -> None:
    """With what a power cut has left in the log; nothing may be written into the copy."""
    pen.recorder.record((call(1),))
    assert path.with_name(path.name + "-wal").stat().st_size > 0
    copy, mended = read_only_copy(path, tmp_path / "run", NOW)
    assert mended is None
    with copy:
        late = Pen(copy, tmp_path / "spool")
        assert late.rows.load_memory(NOW).last_ids["Call"] == 1
        assert late.recorder.record((call(2),))
        assert late.now() is StoreState.READ_ONLY
        late.recorder.retry()
        assert late.now() is StoreState.GOOD
    assert pen.rows.load_memory(NOW).last_ids["Call"] == 2
    assert list((tmp_path / "run").iterdir()) == []


def test_a_damaged_file_on_such_a_disk_is_mended_in_the_copy(
    pen: Pen, path: Path, tmp_path: Path
) -> None:
    pen.recorder.record((call(1),))
    make_nightly(path.parent, NOW)
    path.with_name(path.name + "-wal").unlink()
    path.write_bytes(b"what a failing card gives" * 1000)
    before = {each: each.read_bytes() for each in path.parent.rglob("*") if each.is_file()}
    copy, mended = read_only_copy(path, tmp_path / "elsewhere", NOW)
    with copy:
        assert RowStore(copy).load_memory(NOW).last_ids["Call"] == 1
    assert mended is not None
    assert (mended.backup_of, mended.aside) == (NOW, None)
    assert {each: each.read_bytes() for each in path.parent.rglob("*") if each.is_file()} == before
    path.unlink()
    copy, mended = read_only_copy(path, tmp_path / "elsewhere", NOW)
    copy.close()
    assert mended is not None


def test_a_card_that_was_read_only_is_read_through_before_it_is_written_to(
    pen: Pen, path: Path, tmp_path: Path
) -> None:
    """It has failed: a page may be damaged of which the copy knew nothing."""
    pen.recorder.record((call(1),))
    with read_only_copy(path, tmp_path / "elsewhere", NOW)[0] as copy:
        late = Pen(copy, tmp_path / "spool")
        late.recorder.record((call(2),))
        (page,) = pen.rows._database.connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'audit'"
        ).fetchone()
        pen.rows._database.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        with path.open("r+b") as file:
            file.seek((page - 1) * 1024)
            file.write(b"\xa5" * 1024)
        late.recorder.retry()
        assert late.now() is StoreState.DAMAGED
    assert pen.rows.load_memory(NOW).last_ids["Call"] == 1


def test_a_file_of_an_older_program_is_migrated_when_it_is_opened_at_last(
    path: Path, database: Database
) -> None:
    older = path.with_name("older.db")
    with closing(sqlite3.connect(older, isolation_level=None)) as connection:
        migrate(connection, older, known_migrations()[:-1])
    os.replace(older, path)
    database.reopen()
    (count,) = database.connection.execute("SELECT count(*) FROM migration").fetchone()
    assert count == len(known_migrations())


def test_a_duty_taken_over_is_not_among_the_oldest_lines_that_make_room(
    pen: Pen, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "LINES_MAX", 2)
    RotaStore(database).replace_rota(read_site_file(SITE), "Diane", NOW)
    pen.recorder.trouble(StoreError("by hand"))
    pen.recorder.record((relay(out="Alice Martin", in_="Bruno Petit"), *[line()] * 5))
    pen.recorder.retry()
    rota = RotaStore(database).load_rota()
    assert rota is not None
    assert [each.in_ for each in rota.overrides] == ["Bruno Petit"]


def _a_fault(path: Path) -> StoreError:
    with pytest.raises(StoreError, match="is not there") as caught:
        open_database(path.with_name("none.db"), create=False)
    return caught.value


@pytest.mark.parametrize(("took_s", "told"), [
    (0.2, None), (SLOW_S - 0.1, None), (SLOW_S, SLOW_S), (STALE_S + 1, STALE_S + 1),
])  # fmt: skip
def test_a_row_that_took_too_long_is_told_once(
    pen: Pen, took_s: float, told: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = RowStore.record

    def slowly(self: RowStore, rows: Sequence[Row]) -> None:
        write(self, rows)
        pen.now_s += took_s

    monkeypatch.setattr(RowStore, "record", slowly)
    assert pen.recorder.record((line(),)) is (took_s < STALE_S)
    assert pen.recorder.take_slow_s() == (None if told is None else pytest.approx(told))
    assert pen.recorder.take_slow_s() is None
    assert pen.now() is StoreState.GOOD
