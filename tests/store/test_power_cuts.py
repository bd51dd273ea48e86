"""The power is cut between any two writes of the store: what `record` returned from is there,
nothing is there by half, and our own `open_database` opens it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from firmware.record import CallOutcome, OutgoingState, Row
from firmware.store.database import DATABASE_NAME, Database, open_database
from firmware.store.migrations import known_migrations, migrate
from firmware.store.row_store import RowStore
from tests.store.power_cut import Files, Happening, Returned, recorded, try_all
from tests.store.samples import alert, call, incoming, line, one_of_each, outgoing, part

# Small, so that the log is written back into the file several times within the trial
CHECKPOINT = "wal_autocheckpoint = 12"
STATES_MIN = 700


def steps() -> Iterator[tuple[Row, ...]]:
    """What the daemon records: calls and texts from their beginning to their end."""
    yield one_of_each()
    for number in range(2, 4):
        yield (call(number), line(key=f"call:{number}", outcome="ringing"))
        diverted = call(number, outcome=CallOutcome.DIVERTED, decision="divert")
        yield (diverted, alert(number), line(key=f"call:{number}", outcome="diverted"))
        yield (
            part(f"f{number}", message_id=number),
            incoming(number, text="Malaise au 12 rue Haute. " * 30 * number),
            alert(number + 100),
            outgoing(number),
        )
        yield (replace(outgoing(number), state=OutgoingState.SENT, references=(number,)),)


def contents(database: Database) -> list[str]:
    """Everything in the database but the instant of its making."""
    return [text for text in database.connection.iterdump() if '"migration"' not in text]


def expected(folder: Path) -> list[list[str]]:
    """What the database holds after so many steps."""
    with open_database(folder / DATABASE_NAME, create=True) as database:
        states = [contents(database)]
        for rows in steps():
            RowStore(database).record(rows)
            states.append(contents(database))
    return states


def record_all(path: Path, *pragmas: str) -> list[Happening]:
    with recorded(path, CHECKPOINT, *pragmas) as (connection, tape):
        store = RowStore(Database(cast(Any, connection), path))
        for number, rows in enumerate(steps(), start=1):
            store.record(rows)
            tape.append(Returned(number))
    return tape


def base(path: Path) -> Files:
    return {path.name: path.read_bytes()}


@pytest.fixture
def folders() -> Iterator[tuple[Path, Path, Path]]:
    """In RAM where there is such a disk: thousands of syncs are waited for here."""
    shared = Path("/dev/shm")  # noqa: S108 - a private folder is made in it
    with tempfile.TemporaryDirectory(dir=shared if shared.is_dir() else None) as name:
        made = tuple(Path(name) / each for each in ("written", "known", "cut"))
        for folder in made:
            folder.mkdir()
        yield cast(tuple[Path, Path, Path], made)


class Judge:
    """Opens what a power cut left and compares it with what may be there."""

    def __init__(self, path: Path, states: list[list[str]]) -> None:
        self._path, self._states = path, states

    def __call__(self, returned: int, where: str) -> None:
        with open_database(self._path, create=False) as database:
            database.check()
            broken = database.connection.execute("PRAGMA foreign_key_check").fetchall()
            found = contents(database)
        assert broken == [], where
        # The transaction that was under way may be there or not; never half of it
        assert found in self._states[returned : returned + 2], f"{where}: after {returned}"


def test_whatever_was_recorded_is_there_after_a_power_cut(
    folders: tuple[Path, Path, Path],
) -> None:
    written, known, cut = folders
    states = expected(known)
    path = written / DATABASE_NAME
    open_database(path, create=True).close()
    image = base(path)
    tape = record_all(path)
    tried = try_all(image, tape, cut, Judge(cut / DATABASE_NAME, states))
    assert tried > STATES_MIN
    with open_database(path, create=False) as database:
        assert contents(database) == states[-1]


@pytest.mark.parametrize("careless", ["synchronous = OFF", "synchronous = NORMAL"])
def test_the_trial_finds_a_store_that_does_not_wait_for_the_disk(
    folders: tuple[Path, Path, Path], careless: str
) -> None:
    written, known, cut = folders
    states = expected(known)
    path = written / DATABASE_NAME
    open_database(path, create=True).close()
    image = base(path)
    tape = record_all(path, careless)
    with pytest.raises(AssertionError, match=r"only what was synced|nothing unsynced"):
        try_all(image, tape, cut, Judge(cut / DATABASE_NAME, states))


def test_a_migration_is_whole_or_has_not_begun(folders: tuple[Path, Path, Path]) -> None:
    """The power is cut while an update of the program brings the database to its schema."""
    written, known, cut = folders
    path = written / DATABASE_NAME
    with recorded(path) as (connection, tape):
        migrate(connection, path)
    with open_database(known / DATABASE_NAME, create=True) as database:
        whole = contents(database)

    def verdict(returned: int, where: str) -> None:
        file = cut / DATABASE_NAME
        if not file.exists():
            return  # not even begun
        with open_database(file, create=False) as database:  # which goes on where it stopped
            database.check()
            assert contents(database) == whole, where
            done = database.connection.execute("SELECT count(*) FROM migration").fetchone()
        assert done == (len(known_migrations()),), where

    # Each opening goes through all the steps that are left: one state of eight is enough
    assert try_all({}, tape, cut, verdict, every=8) > 200
