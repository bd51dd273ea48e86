"""Brings a database to this program's schema: numbered SQL files, each applied once.

A file is never changed once released: what it was is kept as a checksum in the database.
"""

from __future__ import annotations

import functools
import hashlib
import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from firmware.store.errors import ForeignDatabase, NewerDatabase
from firmware.store.plain import instant_text
from firmware.store.transaction import transaction

APPLICATION_ID = 0x5665696C  # "Veil", set by the first migration
_FILE_NAME = re.compile(r"([0-9]{4})_([a-z0-9_]+)\.sql")


@dataclass(frozen=True, slots=True)
class Migration:
    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


@functools.cache
def known_migrations() -> tuple[Migration, ...]:
    """The migrations of this program, in order."""
    found = []
    for file in resources.files("firmware.store").joinpath("schema").iterdir():
        match = _FILE_NAME.fullmatch(file.name)
        if match is not None:
            found.append(Migration(int(match[1]), match[2], file.read_text(encoding="utf-8")))
    return tuple(sorted(found, key=lambda migration: migration.number))


def migrate(
    connection: sqlite3.Connection,
    path: Path,
    migrations: Sequence[Migration] | None = None,
) -> int:
    """Apply what is missing, each migration in a transaction of its own; returns how many.

    Raises ``NewerDatabase`` for a database that a newer program wrote and ``ForeignDatabase``
    for one that is not ours or whose history is another; both leave it as it was.
    """
    if migrations is None:
        migrations = known_migrations()
    count = 0
    while True:
        done = len(_applied(connection, path, migrations))
        if done == len(migrations):
            return count
        with transaction(connection):
            # Another process may have been quicker since
            if len(_applied(connection, path, migrations)) == done:
                _apply(connection, migrations[done])
                count += 1


def _applied(
    connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]
) -> list[int]:
    _check_ours(connection, path)
    if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'migration'").fetchone():
        return []
    found = connection.execute("SELECT number, checksum FROM migration ORDER BY number").fetchall()
    if len(found) > len(migrations):
        raise NewerDatabase(
            f"{path} was written by a newer Veilleur (its schema is {found[-1][0]}, this program"
            f" knows {len(migrations)}): install that version again, or restore a backup"
        )
    for (number, checksum), migration in zip(found, migrations, strict=False):
        if (number, checksum) != (migration.number, migration.checksum):
            raise ForeignDatabase(
                f"{path} has another history than this program: its schema step {number} differs"
            )
    return [number for number, _ in found]


def _check_ours(connection: sqlite3.Connection, path: Path) -> None:
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (objects,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if objects and application_id != APPLICATION_ID:
        raise ForeignDatabase(f"{path} is a database of another program")


def _apply(connection: sqlite3.Connection, migration: Migration) -> None:
    connection.execute(
        "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL,"
        " checksum TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT"
    )
    for statement in statements(migration.sql):
        connection.execute(statement)
    connection.execute(
        "INSERT INTO migration VALUES (?, ?, ?, ?)",
        (migration.number, migration.name, migration.checksum, instant_text(datetime.now(UTC))),
    )


def statements(sql: str) -> Iterator[str]:
    """The single statements of a script: `executescript` would commit before it begins."""
    collected = ""
    for line in sql.splitlines(keepends=True):
        collected += line
        if sqlite3.complete_statement(collected):
            yield collected
            collected = ""
    if collected.strip():
        raise ValueError(f"the script ends within a statement: {collected.strip()[:60]}")
