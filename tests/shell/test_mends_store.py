"""A database that is busy, full, or refuses a row, under the loop's feet."""

from __future__ import annotations

import os
import sqlite3
import tty
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.effect import Effect, Record, Write
from firmware.event import Event, PortOpened, Stopping, StoreChanged, StoreSlow, Woken
from firmware.moment import Moment
from firmware.pulse import StoreState
from firmware.record import JournalEntry, JournalKind, OutgoingMessage
from firmware.shell import main_loop
from firmware.store import journal, recorder
from firmware.store.database import DATABASE_NAME, Database, open_database
from tests.shell import test_main_loop
from tests.shell.test_main_loop import Script, Stage

ENTRY = JournalEntry(datetime(2026, 3, 1, tzinfo=UTC), JournalKind.HEALTH, outcome="tried")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / DATABASE_NAME
    open_database(path, create=True).close()
    return path


@pytest.fixture
def holder(data: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(data, isolation_level=None, check_same_thread=False)
    yield connection
    connection.close()


def outcomes(database: Database) -> list[str | None]:
    return [each.entry.outcome for each in journal.entries(database)]


def sms(number: int) -> OutgoingMessage:
    return OutgoingMessage(number, "alert:1:0", "+33600000001", "x", 0, ENTRY.at)


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


def test_the_loop_acts_though_the_database_is_busy_and_says_so_at_once(
    data: Path,
    holder: sqlite3.Connection,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The attendant hears of it before any other event, and hears when everything is on disk."""
    monkeypatch.setattr(recorder, "LOCK_WAIT_S", 0.0)
    monkeypatch.setattr(main_loop, "LOOK_AROUND_S", 0.05)
    far, near = os.openpty()
    tty.setraw(near)

    def answer(moment: Moment, event: Event) -> list[Effect]:
        match event:
            case PortOpened():
                holder.execute("BEGIN IMMEDIATE")
                return [Record((ENTRY,)), Write(b"AT")]
            case StoreChanged(StoreState.BUSY):
                holder.execute("ROLLBACK")
                return [Record((ENTRY,))]
            case StoreChanged(StoreState.GOOD):
                stage.loop.stop()
        return []

    script = Script(answer)
    stage = Stage(data, script, [os.ttyname(near)])
    stage.run()
    assert os.read(far, 100) == b"AT"
    os.close(near)
    os.close(far)
    told = [event for event in script.told if not isinstance(event, Woken)]
    assert [type(event) for event in told] == [PortOpened, StoreChanged, StoreChanged, Stopping]
    assert capsys.readouterr().err.count("locked for too long") == 1
    with open_database(data, create=False) as database:
        assert outcomes(database) == ["tried", "tried"]


def test_a_row_that_took_too_long_is_told(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "SLOW_S", 0.0)

    def answer(moment: Moment, event: Event) -> list[Effect]:
        match event:
            case Woken() if len(script.told) == 1:
                return [Record((ENTRY,))]
            case StoreSlow():
                stage.loop.stop()
        return []

    script = Script(answer)
    stage = Stage(data, script, [])
    stage.run()
    assert [type(event) for event in script.told][:2] == [Woken, StoreSlow]


def test_a_loop_that_ends_writes_what_it_kept(
    data: Path, holder: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "LOCK_WAIT_S", 0.0)

    def answer(moment: Moment, event: Event) -> list[Effect]:
        match event:
            case Woken() if len(script.told) == 1:
                holder.execute("BEGIN IMMEDIATE")
                return [Record((ENTRY,))]
            case StoreChanged(StoreState.BUSY):
                stage.loop.stop()
                holder.execute("ROLLBACK")
        return []

    script = Script(answer)
    stage = Stage(data, script, [])
    stage.run()
    with open_database(data, create=False) as database:
        assert outcomes(database) == ["tried"]
