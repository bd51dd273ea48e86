"""Migrations: each once, in its own transaction, and never another history."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from firmware.store.database import open_database
from firmware.store.errors import NewerDatabase, StoreError, UnreadableDatabase, translated
from firmware.store.migrations import (
    APPLICATION_ID,
    Migration,
    known_migrations,
    migrate,
    statements,
)

FIRST = Migration(
    1, "first", f"PRAGMA application_id = {APPLICATION_ID};\nCREATE TABLE a (x INTEGER);\n"
)
SECOND = Migration(2, "second", "CREATE TABLE b (x INTEGER);\nINSERT INTO b VALUES (1);\n")
BROKEN = Migration(3, "broken", "CREATE TABLE c (x INTEGER);\nINSERT INTO nowhere VALUES (1);\n")


@pytest.fixture
def empty(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}


def test_ours_are_numbered_without_a_gap() -> None:
    known = known_migrations()
    assert [migration.number for migration in known] == list(range(1, len(known) + 1))


def test_the_first_marks_the_file_as_ours(path: Path) -> None:
    path.touch()
    with open_database(path, create=False) as database:
        found = database.connection.execute("PRAGMA application_id").fetchone()
        applied = database.connection.execute("SELECT number, name, checksum FROM migration")
        assert found == (APPLICATION_ID,)
        assert applied.fetchall() == [(m.number, m.name, m.checksum) for m in known_migrations()]


def test_each_is_applied_once_in_order(empty: sqlite3.Connection, path: Path) -> None:
    assert migrate(empty, path, [FIRST]) == 1
    assert migrate(empty, path, [FIRST, SECOND]) == 1
    assert migrate(empty, path, [FIRST, SECOND]) == 0
    assert empty.execute("SELECT count(*) FROM b").fetchone() == (1,)
    empty.close()


def test_a_failing_one_leaves_the_ones_before_it(empty: sqlite3.Connection, path: Path) -> None:
    with pytest.raises(StoreError), translated(path):
        migrate(empty, path, [FIRST, SECOND, BROKEN])
    assert tables(empty) == {"migration", "a", "b"}
    assert empty.execute("SELECT max(number) FROM migration").fetchone() == (2,)
    empty.close()


def test_a_newer_one_is_refused(empty: sqlite3.Connection, path: Path) -> None:
    migrate(empty, path, [FIRST, SECOND])
    with pytest.raises(NewerDatabase, match="its schema is 2, this program knows 1"):
        migrate(empty, path, [FIRST])
    empty.close()


def test_a_changed_one_is_refused(empty: sqlite3.Connection, path: Path) -> None:
    migrate(empty, path, [FIRST])
    other = Migration(1, "first", FIRST.sql + "CREATE TABLE extra (x INTEGER);\n")
    with pytest.raises(UnreadableDatabase, match="schema step 1 differs"):
        migrate(empty, path, [other, SECOND])
    assert tables(empty) == {"migration", "a"}
    empty.close()


def test_statements_are_cut_where_sqlite_says() -> None:
    script = "-- a; b\nCREATE TABLE t (x TEXT DEFAULT ';');\nCREATE TRIGGER r AFTER INSERT ON t\n"
    script += "BEGIN\n  DELETE FROM t;\nEND;\n"
    assert [part.split()[-1] for part in statements(script)] == ["';');", "END;"]
    with pytest.raises(ValueError, match="ends within"):
        list(statements("CREATE TABLE t (x TEXT)"))


def test_a_request_that_waits_and_the_numbers_given_survive(
    empty: sqlite3.Connection, path: Path
) -> None:
    before = [m.name for m in known_migrations()].index("prove_number")
    migrate(empty, path, known_migrations()[:before])
    for _ in range(3):
        empty.execute(
            "INSERT INTO request (at, kind, \"values\") VALUES ('2026-03-10T12:00:00Z',"
            " 'send_test', '{}')"
        )
    empty.execute("DELETE FROM request WHERE id = 3")
    migrate(empty, path)
    assert [row[0] for row in empty.execute("SELECT id FROM request")] == [1, 2]
    empty.execute(
        "INSERT INTO request (at, kind, \"values\") VALUES ('2026-03-10T12:00:00Z',"
        " 'prove_number', '{}')"
    )
    assert empty.execute("SELECT max(id) FROM request").fetchone() == (4,)
