"""A database that is busy, full, or refuses a row, under the loop's feet."""

from __future__ import annotations

import os
import sqlite3
import threading
import tty
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.effect import Effect, Record, Write
from firmware.event import Event, PortOpened, Woken
from firmware.moment import Moment
from firmware.record import JournalEntry, JournalKind, OutgoingMessage
from firmware.store import journal, patience
from firmware.store.database import DATABASE_NAME, Database, open_database
from firmware.store.errors import BusyDatabase, UnwritableDatabase
from firmware.store.patience import PATIENCE_S, STALE_S, record_patiently
from firmware.store.row_store import RowStore
from tests.shell import test_main_loop
from tests.shell.test_main_loop import Script, Stage

ENTRY = JournalEntry(datetime(2026, 3, 1, tzinfo=UTC), JournalKind.HEALTH, outcome="tried")


class Time:
    """A clock that only waiting moves; ``then`` happens after so many waits."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.waits = 0
        self.then = {0: lambda: None}

    def clock(self) -> float:
        return self.now_s

    def wait(self, seconds: float) -> None:
        self.now_s += seconds
        self.waits += 1
        self.then.get(self.waits, lambda: None)()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / DATABASE_NAME
    open_database(path, create=True).close()
    return path


@pytest.fixture
def database(data: Path) -> Iterator[Database]:
    with open_database(data, create=False) as database:
        database.connection.execute("PRAGMA busy_timeout = 0").fetchall()
        yield database


@pytest.fixture
def holder(data: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(data, isolation_level=None, check_same_thread=False)
    yield connection
    connection.close()


def outcomes(database: Database) -> list[str | None]:
    return [each.entry.outcome for each in journal.entries(database)]


def test_a_busy_database_is_waited_for(database: Database, holder: sqlite3.Connection) -> None:
    holder.execute("BEGIN IMMEDIATE")
    time, said = Time(), list[str]()
    time.then[3] = lambda: (holder.execute("ROLLBACK"), None)[1]
    rows = RowStore(database)
    assert record_patiently(rows, (ENTRY,), said.append, lambda: False, time.clock, time.wait)
    assert time.waits == 3
    assert len(said) == 1
    assert "locked for too long" in said[0]
    assert outcomes(database) == ["tried"]


def test_after_long_it_is_recorded_and_the_command_is_stale(
    database: Database, holder: sqlite3.Connection
) -> None:
    holder.execute("BEGIN IMMEDIATE")
    time = Time()
    time.then[int(STALE_S) + 1] = lambda: (holder.execute("ROLLBACK"), None)[1]
    rows = RowStore(database)
    assert not record_patiently(rows, (ENTRY,), print, lambda: False, time.clock, time.wait)
    assert outcomes(database) == ["tried"]


def test_patience_ends(database: Database, holder: sqlite3.Connection) -> None:
    holder.execute("BEGIN IMMEDIATE")
    time, said = Time(), list[str]()
    with pytest.raises(BusyDatabase):
        record_patiently(
            RowStore(database), (ENTRY,), said.append, lambda: False, time.clock, time.wait
        )
    assert time.now_s - 100.0 == PATIENCE_S
    assert len(said) == 1


def test_sigterm_is_not_waited_out(database: Database, holder: sqlite3.Connection) -> None:
    holder.execute("BEGIN IMMEDIATE")
    time = Time()
    rows = RowStore(database)
    assert not record_patiently(rows, (ENTRY,), print, lambda: True, time.clock, time.wait)
    assert time.waits == 0


def fill(database: Database) -> None:
    """No page more than there are, and none of them free."""
    (pages,) = database.connection.execute("PRAGMA page_count").fetchone()
    database.connection.execute(f"PRAGMA max_page_count = {pages}").fetchall()


def test_a_full_disk_is_waited_for(database: Database) -> None:
    fill(database)
    big = replace(ENTRY, detail={"text": "x" * 20_000})
    time, said = Time(), list[str]()
    unlimited = "PRAGMA max_page_count = 1000000"
    time.then[2] = lambda: (database.connection.execute(unlimited).fetchall(), None)[1]
    rows = RowStore(database)
    assert record_patiently(rows, (big, ENTRY), said.append, lambda: False, time.clock, time.wait)
    assert time.waits == 2
    assert "no space left" in said[0]
    assert outcomes(database) == ["tried", "tried"]


def test_a_full_disk_in_the_end_is_an_error(database: Database) -> None:
    fill(database)
    big = replace(ENTRY, detail={"text": "x" * 20_000})
    time = Time()
    with pytest.raises(UnwritableDatabase):
        record_patiently(
            RowStore(database), (big,), print, lambda: False, time.clock, time.wait
        )
    assert outcomes(database) == []


def sms(number: int) -> OutgoingMessage:
    return OutgoingMessage(number, "alert:1:0", "+33600000001", "x", 0, ENTRY.at)


def test_only_the_refused_row_of_a_step_is_lost(database: Database) -> None:
    rows, said = RowStore(database), list[str]()
    rows.record((sms(1),))
    step = (sms(2), ENTRY)
    assert not record_patiently(rows, step, said.append, lambda: False)
    assert outcomes(database) == ["tried"]
    assert [each.id for each in rows.load_memory(ENTRY.at).outgoing] == [1]
    assert "OutgoingMessage" in said[0]


def test_the_loop_goes_on_after_a_refused_row_without_its_command(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(test_main_loop, "FAR_S", 0.0)
    far, near = os.openpty()
    tty.setraw(near)

    def answer(moment: Moment, event: Event) -> list[Effect]:
        match event:
            case PortOpened():
                return [Record((sms(1), sms(2))), Write(b"AT+UNRECORDED")]
            case Woken() if len(script.told) == 3:
                return [Record((ENTRY,)), Write(b"AT")]
            case Woken() if len(script.told) > 3:
                stage.loop.stop()
        return []

    script = Script(answer)
    stage = Stage(data, script, [os.ttyname(near)])
    stage.run()
    assert os.read(far, 100) == b"AT"
    os.close(near)
    os.close(far)
    assert "a row breaks a rule" in capsys.readouterr().err
    with open_database(data, create=False) as database:
        assert outcomes(database) == ["tried"]


def test_the_loop_waits_for_a_busy_database_and_acts_afterwards(
    data: Path,
    holder: sqlite3.Connection,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What came meanwhile waits in the queue; nothing is written to the modem before."""
    monkeypatch.setattr(patience, "RETRY_S", 0.05)
    monkeypatch.setattr(test_main_loop, "FAR_S", 0.0)
    far, near = os.openpty()
    tty.setraw(near)
    written_early: list[bytes] = []
    order: list[str] = []

    def let_go() -> None:
        os.set_blocking(far, False)
        try:
            written_early.append(os.read(far, 100))
        except BlockingIOError:
            order.append("nothing written")
        os.set_blocking(far, True)
        holder.execute("ROLLBACK")

    def answer(moment: Moment, event: Event) -> list[Effect]:
        match event:
            case PortOpened():
                holder.execute("BEGIN IMMEDIATE")
                threading.Timer(0.5, let_go).start()
                return [Record((ENTRY,)), Write(b"AT")]
            case Woken() if len(script.told) > 1:
                stage.loop.stop()
        return []

    script = Script(answer)
    stage = Stage(data, script, [os.ttyname(near)])
    stage.database.connection.execute("PRAGMA busy_timeout = 0").fetchall()
    stage.run()
    assert order == ["nothing written"]
    assert written_early == []
    assert os.read(far, 100) == b"AT"
    os.close(near)
    os.close(far)
    assert capsys.readouterr().err.count("locked for too long") == 1
    with open_database(data, create=False) as database:
        assert outcomes(database) == ["tried"]
