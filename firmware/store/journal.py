"""The journal: what happened, one line each.

An entry with a key takes the place of the older one with that key, under its id. ``change`` grows
with each line written, so that `veilleur journal --follow` sees a call's line again when its
outcome is known.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from firmware.record import JournalEntry, JournalKind
from firmware.store.damaged import instants, part_of, raw_rows, read_row
from firmware.store.database import Database
from firmware.store.errors import translated
from firmware.store.plain import to_plain
from firmware.store.tables import JOURNAL

LIMIT = 1000
# Stands for a line that cannot be read, with what can be read of it
UNREADABLE = "line_unreadable"
_AT = 2 + JOURNAL.columns.index("at")


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """A line of the journal with its number and the number of its last change. ``dated``: its
    instant is its own; where it cannot be read it is that of the line beside it."""

    id: int
    change: int
    entry: JournalEntry
    dated: bool = True


def append(database: Database, entry: JournalEntry) -> None:
    """Write one line in a transaction of its own."""
    with database.transaction() as connection:
        write(connection, entry)


def write(connection: sqlite3.Connection, entry: JournalEntry) -> None:
    """Write one line within the caller's transaction; a line that is there already stays."""
    values = JOURNAL.values(entry)
    key = values[JOURNAL.columns.index("key")]
    if key is not None:
        found = connection.execute(
            f"SELECT id, {JOURNAL.column_list} FROM journal WHERE key = ?",
            (key,),
        ).fetchone()
        if found is not None:
            _rewrite(connection, found[0], found[1:], values)
            return
    connection.execute(
        f"INSERT INTO journal (change, {JOURNAL.column_list})"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (next_number(connection, "journal_change"), *values),
    )


def _rewrite(
    connection: sqlite3.Connection, line: int, before: Sequence[Any], values: Sequence[Any]
) -> None:
    """Only what differs: an index none of whose columns is named here is left alone, and each of
    its pages would be written to the card."""
    changed = [
        (column, new)
        for column, old, new in zip(JOURNAL.columns, before, values, strict=True)
        if new != old
    ]
    if changed:
        columns = ", ".join(f'"{column}" = ?' for column, _ in changed)
        connection.execute(
            f"UPDATE journal SET {columns}, change = ? WHERE id = ?",
            (*[new for _, new in changed], next_number(connection, "journal_change"), line),
        )


def next_number(connection: sqlite3.Connection, counter: str) -> int:
    """The next number of a counter; given once, even if what it numbers is deleted."""
    (number,) = connection.execute(
        "UPDATE counter SET value = value + 1 WHERE name = ? RETURNING value", (counter,)
    ).fetchone()
    return int(number)


def entries(
    database: Database, after_id: int = 0, limit: int = LIMIT, kind: JournalKind | None = None
) -> tuple[StoredEntry, ...]:
    """The lines above ``after_id``, the oldest first."""
    if kind is None:
        return _read(database, "WHERE id > ? ORDER BY id LIMIT ?", (after_id, limit))
    return _read(
        database,
        "WHERE kind = ? AND id > ? ORDER BY id LIMIT ?",
        (kind.value, after_id, limit),
    )


def latest(
    database: Database,
    limit: int = LIMIT,
    before_id: int | None = None,
    kind: JournalKind | None = None,
) -> tuple[StoredEntry, ...]:
    """The last lines (below ``before_id``), the newest first."""
    before = before_id if before_id is not None else 2**62
    if kind is None:
        return _read(database, "WHERE id < ? ORDER BY id DESC LIMIT ?", (before, limit))
    return _read(
        database,
        "WHERE kind = ? AND id < ? ORDER BY id DESC LIMIT ?",
        (kind.value, before, limit),
    )


def changes(
    database: Database, after_change: int, limit: int = LIMIT
) -> tuple[StoredEntry, ...]:
    """Lines written or rewritten since that change, each in its newest state, in that order."""
    return _read(database, "WHERE change > ? ORDER BY change LIMIT ?", (after_change, limit))


def last_change(database: Database) -> int:
    """Where a follower who wants only what comes next begins."""
    with translated(database.path):
        (number,) = database.connection.execute(
            "SELECT value FROM counter WHERE name = 'journal_change'"
        ).fetchone()
    return int(number)


def _read(
    database: Database, condition: str, parameters: Iterable[object]
) -> tuple[StoredEntry, ...]:
    query = f"SELECT id, change, {JOURNAL.column_list} FROM journal {condition}"
    return stored_entries(raw_rows(database, query, parameters))


def stored_entries(rows: Iterable[tuple[Any, ...]]) -> tuple[StoredEntry, ...]:
    """Lines as the table holds them (id, change, columns); one that cannot be read is one, too."""
    rows = tuple(rows)
    return tuple(
        StoredEntry(number, change, read_row(JOURNAL, raw) or _stand_in(raw, at), dated)
        for (number, change, *raw), (at, dated) in zip(
            rows, instants(row[_AT] for row in rows), strict=True
        )
    )


def _stand_in(raw: Sequence[Any], at: datetime) -> JournalEntry:
    parts = {
        name: part_of(each)
        for name, each in zip(JOURNAL.columns, raw, strict=True)
        if name in ("service", "number", "person")
    }
    return JournalEntry(at, JournalKind.HEALTH, **parts, outcome=UNREADABLE)


def entry_as_json(stored: StoredEntry) -> dict[str, Any]:
    """The object that `veilleur journal --json` prints; instants in whole seconds."""
    entry = stored.entry
    at = entry.at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    return {
        "id": stored.id,
        "at": f"{at.isoformat()}Z",
        "kind": entry.kind.value,
        "service": entry.service,
        "number": entry.number,
        "person": entry.person,
        "outcome": entry.outcome,
        "detail": to_plain(entry.detail),
    }
