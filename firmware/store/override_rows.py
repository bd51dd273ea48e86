"""Overrides of the rota as rows: the only part of the rota that the daemon writes too."""

from __future__ import annotations

import sqlite3

from firmware.record import JournalEntry, JournalKind, RotaOverride
from firmware.store import journal
from firmware.store.plain import clean, instant_text, wall_text
from firmware.store.table import SqlValue

COLUMNS = 'service, level, start, "end", "out", in_, entered_at, entered_by'
_SAME = (
    'service IS ? AND level IS ? AND start IS ? AND "end" IS ? AND "out" IS ? AND in_ IS ?'
    " AND entered_at IS ? AND entered_by IS ?"
)


def append(connection: sqlite3.Connection, row: RotaOverride) -> bool:
    """Enter an override as the last one; one that is there already is not entered twice.

    Says whether it was entered.

    If an edit on the page has meanwhile taken its service or one of its people out of the rota,
    there is nothing left to override: the journal says so, and the rows recorded with it stand.
    """
    values = (
        clean(row.service),
        row.level,
        wall_text(row.start),
        wall_text(row.end),
        row.out and clean(row.out),
        row.in_ and clean(row.in_),
        instant_text(row.entered_at),
        clean(row.entered_by),
    )
    missing = _missing(connection, row)
    if missing:
        _journal(connection, row, "refused", missing)
        return False
    query = f"SELECT 1 FROM override WHERE {_SAME} LIMIT 1"
    if connection.execute(query, values).fetchone():
        return False
    insert(connection, _next_position(connection), values)
    return True


def insert(
    connection: sqlite3.Connection, position: int, values: tuple[SqlValue, ...]
) -> None:
    connection.execute(
        f"INSERT INTO override (position, {COLUMNS})"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (position, *values),
    )


def _next_position(connection: sqlite3.Connection) -> int:
    (last,) = connection.execute("SELECT max(position) FROM override").fetchone()
    return int(last or 0) + 1


def _missing(connection: sqlite3.Connection, row: RotaOverride) -> list[str]:
    """The names of ``row`` that the rota does not hold."""
    people = [name for name in (row.out, row.in_) if name is not None]
    missing = [
        name
        for name in people
        if not connection.execute("SELECT 1 FROM person WHERE name = ?", (clean(name),)).fetchone()
    ]
    found = connection.execute("SELECT 1 FROM service WHERE name = ?", (clean(row.service),))
    return missing if found.fetchone() else [row.service, *missing]


def _journal(
    connection: sqlite3.Connection, row: RotaOverride, outcome: str, missing: list[str]
) -> None:
    journal.write(
        connection,
        JournalEntry(
            at=row.entered_at,
            kind=JournalKind.EDIT,
            service=row.service,
            person=row.entered_by,
            outcome=outcome,
            detail={
                "override": [wall_text(row.start), wall_text(row.end)],
                "out": row.out,
                "in": row.in_,
                "not_in_rota": missing,
            },
            key=f"override:{instant_text(row.entered_at)}:{row.service}:{row.level}",
        ),
    )
