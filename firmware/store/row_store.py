"""The daemon's side: records the rows of each step and gives back what must be known again."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, TypeVar

from firmware.record import (
    Alarm,
    Alert,
    Call,
    Fact,
    IncomingMessage,
    IncomingPart,
    Intervention,
    JournalEntry,
    Memory,
    OutgoingMessage,
    RecordedGreeting,
    Request,
    RequestDone,
    RotaOverride,
    Row,
    Voicemail,
)
from firmware.store import dating, journal, rota_store
from firmware.store.database import Database
from firmware.store.errors import RefusedRow, translated
from firmware.store.plain import instant_text, read_time
from firmware.store.table import Table
from firmware.store.tables import (
    ALARM,
    ALERT,
    CALL,
    FACT,
    INCOMING,
    INCOMING_PART,
    INTERVENTION,
    NUMBERED,
    OUTGOING,
    REQUEST,
    VOICEMAIL,
)

T = TypeVar("T")

# A late answer or status report may come as long as a service centre keeps an SMS of ours
REMEMBERED_DAYS = 3
# A part may be delivered again for as long as a service centre keeps it: about a week
PARTS_REMEMBERED_DAYS = 8
# A wall clock that starts in 1970 would call everything recent
RECENT_MAX = 2000

ROW_TABLES: dict[type, Table[Any]] = {
    Call: CALL,
    Alert: ALERT,
    OutgoingMessage: OUTGOING,
    IncomingPart: INCOMING_PART,
    IncomingMessage: INCOMING,
    Voicemail: VOICEMAIL,
    Intervention: INTERVENTION,
    Alarm: ALARM,
    Fact: FACT,
}



def _recent(table: str, date: str) -> str:
    """The last ones written, not those of the last dates: a box without a clock writes 1970."""
    return f"WHERE {dating.since(table, date)} ORDER BY rowid DESC LIMIT ?2"


# What is unfinished, and beside it the finished that a late event may concern; "?" is the limit
# in time. Each half has an index of its own.
CALLS_OPEN = "WHERE ended_at IS NULL OR outcome = 'ringing' ORDER BY id"
ALERTS_OPEN = "WHERE state IN ('open', 'exhausted')"
ALERTS_RECENT = _recent("alert", "ended_at")
OUTGOING_OPEN = "WHERE state IN ('queued', 'sending')"
OUTGOING_RECENT = _recent("outgoing_message", "created_at")
PARTS_OPEN = "WHERE message_id IS NULL"
PARTS_RECENT = _recent("incoming_part", "received_at")
VOICEMAILS_THERE = "WHERE deleted_at IS NULL ORDER BY id"
INTERVENTIONS_OPEN = "WHERE ended_at IS NULL ORDER BY id"
ALARMS_OPEN = "WHERE until IS NULL ORDER BY since"
REQUESTS_OPEN = "WHERE done_at IS NULL ORDER BY id"
NEWEST_AT = "SELECT at FROM journal WHERE id = (SELECT max(id) FROM journal)"


class RowStore:
    """Rows in, memory out; belongs to the thread that opened the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, rows: Sequence[Row]) -> None:
        """Write all rows in one transaction; durable on return, or nothing is written.

        Raises ``StoreError``: ``RefusedRow`` for a second SMS of one cause, ``UnwritableDatabase``
        for a full or failing disk, ``BusyDatabase`` after five seconds of waiting.
        """
        if not rows:
            return
        with self._database.transaction() as connection:
            for row in rows:
                _write(connection, row)

    def load_memory(self, now: datetime, also: Sequence[Row] = ()) -> Memory:
        """What the attendant must know again after a restart, as seen at one instant.

        ``also``: rows that the disk did not take; they count as if it had.
        """
        if also:
            with self._database.in_memory() as copy:
                store = RowStore(copy)
                for row in also:
                    with suppress(RefusedRow):
                        store.record((row,))
                return store.load_memory(now)
        recent = instant_text(now - timedelta(days=REMEMBERED_DAYS))
        parts_since = instant_text(now - timedelta(days=PARTS_REMEMBERED_DAYS))
        with self._database.reading() as connection:
            return Memory(
                calls=CALL.select(connection, CALLS_OPEN),
                alerts=_open_and_recent(connection, ALERT, ALERTS_OPEN, ALERTS_RECENT, recent),
                outgoing=_open_and_recent(
                    connection, OUTGOING, OUTGOING_OPEN, OUTGOING_RECENT, recent
                ),
                parts=_open_and_recent(
                    connection, INCOMING_PART, PARTS_OPEN, PARTS_RECENT, parts_since
                ),
                voicemails=VOICEMAIL.select(connection, VOICEMAILS_THERE),
                interventions=INTERVENTION.select(connection, INTERVENTIONS_OPEN),
                alarms=ALARM.select(connection, ALARMS_OPEN),
                facts={fact.key: fact.value for fact in FACT.select(connection, "")},
                requests=REQUEST.select(connection, REQUESTS_OPEN),
                last_ids=_last_ids(connection),
                newest_at=_newest_at(connection),
            )

    def open_requests(self) -> tuple[Request, ...]:
        """The page's wishes that are not done yet, the oldest first."""
        with translated(self._database.path):
            return REQUEST.select(self._database.connection, REQUESTS_OPEN)

    def wait_for_lock(self, seconds: float) -> None:
        """How long to wait for another process that writes; 5 s from the start."""
        self._database.wait_for_lock(seconds)

    def reopen(self) -> None:
        """See `Database.reopen`."""
        self._database.reopen()

    def check(self) -> None:
        """See `Database.check`."""
        self._database.check()

    def data_version(self) -> tuple[int, int]:
        """See `Database.version`: it changes when another process has written."""
        return self._database.version()


def _open_and_recent(
    connection: sqlite3.Connection, table: Table[T], is_open: str, is_recent: str, since: str
) -> tuple[T, ...]:
    unfinished = table.select(connection, is_open)
    recent = table.select(connection, is_recent, since, RECENT_MAX)
    found = {getattr(row, str(table.key)): row for row in (*unfinished, *recent)}
    return tuple(sorted(found.values(), key=_order))


def _order(row: Any) -> Any:
    return row.received_at if isinstance(row, IncomingPart) else row.id


def _last_ids(connection: sqlite3.Connection) -> dict[str, int]:
    # AUTOINCREMENT keeps the highest id ever used: a purge never gives a number twice
    used = dict(connection.execute("SELECT name, seq FROM sqlite_sequence").fetchall())
    found = {table.row_type.__name__: (table.name, used.get(table.name, 0)) for table in NUMBERED}
    # A card may have lost the one page and kept the other: a row is never written over
    last = {
        kind: max(number, connection.execute(f"SELECT max(id) FROM {name}").fetchone()[0] or 0)
        for kind, (name, number) in found.items()
    }
    return {kind: number for kind, number in last.items() if number}


def _newest_at(connection: sqlite3.Connection) -> datetime | None:
    """By the order of writing, not of time: a clock that was once too far ahead was put right."""
    found = connection.execute(NEWEST_AT).fetchone()
    return read_time(found[0]) if found is not None else None


def _write(connection: sqlite3.Connection, row: Row) -> None:
    if isinstance(row, JournalEntry):
        journal.write(connection, row)
    elif isinstance(row, RequestDone):
        connection.execute(
            "UPDATE request SET done_at = ? WHERE id = ? AND done_at IS NULL",
            (instant_text(row.at), row.id),
        )
    elif isinstance(row, RotaOverride):
        rota_store.enter_override(connection, row)
    elif isinstance(row, RecordedGreeting):
        rota_store.enter_greeting(connection, row)
    else:
        table = ROW_TABLES[type(row)]
        connection.execute(table.upsert, table.values(row))
