"""Numbers that are never given twice, taken along where another file takes a database's place.

An alert's number is on the telephones of the staff as its reference, in the causes of its SMS, and
a message's in the name of its recording. Given once more, an OK of yesterday would answer for the
caller of today, and the SMS that asks for them be refused as the second of its cause.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from firmware.store.database import Database
from firmware.store.errors import READING_FAILS, DamagedDatabase, translated

LEAP = 1000   # far more than can have been given since the backup of a night
NUMBER_MAX = 2**40
CHANGES_LEAP = 10_000_000   # decades of a busy box
_OUTSIDE = ("alert", "outgoing_message", "voicemail")
_OF_ROWS = {"journal_change": ("journal", "change"), "rota_version": ("rota_history", "version")}


def go_on(path: Path, target: Database) -> None:
    """A backup, perhaps an old one, takes the place of the data at ``path``, if there are any."""
    with target.transaction() as connection:
        leap(connection)
        if not path.exists():
            return
        with suppress(*READING_FAILS), closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None)
        ) as source:
            take_along(source, connection)


def take_along(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Count on from the higher one; where ``source`` does not tell, from far ahead."""
    try:
        counters = source.execute("SELECT name, value FROM counter").fetchall()
    except READING_FAILS:
        counters = []   # `count_on` sees to it
    for name, value in counters:
        if is_given(value):
            target.execute("UPDATE counter SET value = max(value, ?) WHERE name = ?", (value, name))
    try:
        given = source.execute("SELECT name, seq FROM sqlite_sequence").fetchall()
    except READING_FAILS:
        given = [("", None)]
    if not all(is_given(number) for _, number in given):
        leap(target)
    for name, number in given:
        if is_given(number):
            _raise(target, name, number)


def is_given(number: object) -> bool:
    """Not what a damaged card may give: after SQLite's highest number there is none."""
    return isinstance(number, int) and 0 <= number < NUMBER_MAX


def leap(target: sqlite3.Connection) -> None:
    """Nobody knows what was given since: go on from far ahead, with what is known outside."""
    used = dict(target.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
    for name in _OUTSIDE:
        _raise(target, name, used.get(name, 0) + LEAP)
    # Backups are told apart by it: those of the data that are gone are not the later ones
    target.execute(
        "UPDATE counter SET value = value + ? WHERE name = 'journal_change'", (CHANGES_LEAP,)
    )


def check(database: Database) -> None:
    """Raises ``DamagedDatabase`` where a counter is gone, or behind the rows that it counts: each
    further one would be refused."""
    with translated(database.path):
        found = dict(database.connection.execute("SELECT name, value FROM counter").fetchall())
        for name, (table, column) in _OF_ROWS.items():
            (highest,) = database.connection.execute(
                f"SELECT ifnull(max({column}), 0) FROM {table}"
            ).fetchone()
            if found.get(name, -1) < highest:
                raise DamagedDatabase(f"{database.path} is damaged: the counter {name} is behind")
        given = database.connection.execute("SELECT seq FROM sqlite_sequence").fetchall()
        if not all(is_given(number) for number in (*found.values(), *(seq for (seq,) in given))):
            raise DamagedDatabase(f"{database.path} is damaged: a number was never given")


def count_on(target: sqlite3.Connection) -> None:
    """No counter is behind the rows that were taken over."""
    for name, (table, column) in _OF_ROWS.items():
        target.execute(
            f"UPDATE counter SET value = max(value, (SELECT ifnull(max({column}), 0) FROM {table}))"
            " WHERE name = ?",
            (name,),
        )


def _raise(target: sqlite3.Connection, table: str, number: int) -> None:
    """SQLite keeps a table's line once a row was written: there may be none yet."""
    known = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?"
    if not target.execute(known, (table,)).fetchone():
        return
    raised = target.execute(
        "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", (number, table)
    )
    if raised.rowcount == 0:
        target.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", (table, number))
