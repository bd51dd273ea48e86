"""Looking for lines of the journal: by day, kind, number, person and outcome, the newest first.

Each filter has an index that ends in the instant, so that a search reads from its newest line on
and stops at its limit. Where several are given the first of `DRIVERS` leads, the one that leaves
fewest lines, and the others are compared line by line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from firmware.record import JournalKind
from firmware.store.damaged import raw_rows
from firmware.store.database import Database
from firmware.store.journal import StoredEntry, stored_entries
from firmware.store.plain import instant_text
from firmware.store.tables import JOURNAL

# Which column leads, and the index that it leads with
DRIVERS = (
    ("number", "journal_number_at"),
    ("person", "journal_person_at"),
    ("outcome", "journal_outcome_at"),
    ("kind", "journal_kind_at"),
)
BY_TIME = "journal_at"


@dataclass(frozen=True, slots=True)
class Place:
    """A line's place in the order of a search: what comes after it is older. ``at`` is None for a
    line whose instant cannot be read: its place is where it lies."""

    at: datetime | None
    id: int


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for; None looks for anything. ``since`` is inclusive, ``until`` exclusive."""

    kind: JournalKind | None = None
    number: str | None = None
    person: str | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it finds every line."""
        return self == Search()


def found(
    database: Database, search: Search, limit: int, after: Place | None = None
) -> tuple[StoredEntry, ...]:
    """The newest lines that meet ``search``, or those that follow ``after``."""
    query, values = _query(search, limit, after)
    return stored_entries(raw_rows(database, query, values))


def place_of(line: StoredEntry) -> Place:
    """Where a page that ends with this line goes on."""
    return Place(line.entry.at if line.dated else None, line.id)


def line(database: Database, line_id: int) -> StoredEntry | None:
    """One line by its number."""
    query = f"SELECT id, change, {JOURNAL.column_list} FROM journal WHERE id = ?"
    return next(iter(stored_entries(raw_rows(database, query, (line_id,)))), None)


def _query(search: Search, limit: int, after: Place | None) -> tuple[str, list[object]]:
    conditions: list[str] = []
    values: list[object] = []
    index = ""
    for column, its_index in DRIVERS:
        wanted = getattr(search, column)
        if wanted is not None:
            index = index or its_index
            conditions.append(f"{column} = ?")
            values.append(str(wanted))
    if search.since is not None:
        conditions.append("at >= ?")
        values.append(instant_text(search.since))
    if search.until is not None:
        conditions.append("at < ?")
        values.append(instant_text(search.until))
    if after is not None and after.at is None:
        conditions.append("(at, id) < (SELECT at, id FROM journal WHERE id = ?)")
        values.append(after.id)
    elif after is not None and after.at is not None:
        conditions.append("(at, id) < (?, ?)")
        values += [instant_text(after.at), after.id]
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    query = (
        f"SELECT id, change, {JOURNAL.column_list} FROM journal INDEXED BY {index or BY_TIME}"
        f" {where} ORDER BY at DESC, id DESC LIMIT ?"
    )
    return query, [*values, limit]
