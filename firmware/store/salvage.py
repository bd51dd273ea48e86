"""What a database that cannot be used any more still gives, taken over into a sound one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from firmware.rota import Rota
from firmware.store import journal, numbers, rota_history, rota_store, this_box
from firmware.store.account_store import ACCOUNT, AUDIT, SIGN_IN, AccountStore
from firmware.store.database import Database, open_database
from firmware.store.errors import READING_FAILS, StoreError, UnreadableDatabase
from firmware.store.people_store import VERIFIED_NUMBER
from firmware.store.rota_history import REPLACED, Sentence, Version
from firmware.store.rota_store import RotaStore
from firmware.store.row_store import ROW_TABLES
from firmware.store.table import Table
from firmware.store.tables import JOURNAL, REQUEST

REPAIR = "repair"   # by whom a rota was put back, in the history

# Not taken over row by row: the rota (all or nothing), and what belongs to the file
_NOT_BY_ROW = frozenset({
    "migration", "sqlite_sequence", "counter", "site", "person", "service", "rotation",
    "rotation_person", "active_window", "override", "opening_hours", "contact", "health",
    "retention", "voice", "greeting",
})  # fmt: skip
# Rows are taken out of these on purpose: a session, a link, a PIN, an account of somebody who left
_TAKEN_OUT = {
    "account": "id", "sign_in": "digest", "personal_link": "digest", "phone_pin": "person",
    "code": "purpose", "throttle": "key", "draft": "name",
}  # fmt: skip
_MUST_READ: tuple[Table[Any], ...] = (*ROW_TABLES.values(), REQUEST, ACCOUNT, VERIFIED_NUMBER)
_UNREADABLE = (UnreadableDatabase, sqlite3.OperationalError)   # the second: no UTF-8
_READ_BACK = {table.name: table for table in (*_MUST_READ, JOURNAL, AUDIT, SIGN_IN)}


def take_over(damaged: Path | None, draft: Path, now: datetime) -> tuple[int, Rota | None]:
    """How many rows could be read, and the rota if all of it could; nothing where ``damaged`` is
    None, for it is gone. A backup in ``draft`` revives no session."""
    with open_database(draft, create=False) as target:
        AccountStore(target).end_all()
        this_box.forget(target)   # what is damaged may still know of it
        if damaged is None:
            with target.transaction() as connection:
                numbers.leap(connection)
            return 0, None
        with closing(sqlite3.connect(damaged, isolation_level=None)) as source:
            with suppress(*READING_FAILS):
                source.execute("PRAGMA cell_size_check = ON").fetchall()
            with target.transaction() as connection:
                numbers.take_along(source, connection)
            rota = _rota(Database(source, damaged), target, now)
            taken = _rows(source, target)
        with target.transaction() as connection:
            numbers.count_on(connection)
            if rota is None:
                _tell_history(connection, now)
        return taken, rota


def _rota(damaged: Database, target: Database, now: datetime) -> Rota | None:
    """As its tables hold it, else as the history has written down its last version."""
    readings: tuple[Callable[[], Rota | None], ...] = (
        RotaStore(damaged).load_rota,
        lambda: _written_down(damaged),
    )
    for read in readings:
        with suppress(StoreError, ValueError):
            rota = read()
            if rota is not None:
                RotaStore(target).replace_rota(rota, REPAIR, now)
                return rota
    return None


def _written_down(damaged: Database) -> Rota | None:
    newest = rota_history.versions(damaged, limit=1)
    with suppress(StoreError):
        if newest and newest[0].number != RotaStore(damaged).version():
            return None   # something newer cannot be read
    return rota_history.rota_at(damaged, newest[0].number) if newest else None


def _tell_history(connection: sqlite3.Connection, now: datetime) -> None:
    """The backup's rota is in force again, under a number that no form of the page carries."""
    rota = rota_store.load(connection)
    number = journal.next_number(connection, "rota_version")
    if rota is not None:
        version = Version(number, now, REPAIR, Sentence(REPLACED))
        rota_history.write(connection, version, rota)


def _rows(source: sqlite3.Connection, target: Database) -> int:
    connection = target.connection
    connection.execute("PRAGMA foreign_keys = OFF").fetchall()
    tables = [
        name
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        )
        if name not in _NOT_BY_ROW
    ]
    taken = 0
    with target.transaction():
        for table in tables:
            taken += _table(source, connection, table)
            if table in _TAKEN_OUT:
                _leave_out(source, connection, table)
        for table in _MUST_READ:
            _drop_unreadable(connection, table)
        for name, rowid, *_ in connection.execute("PRAGMA foreign_key_check").fetchall():
            connection.execute(f"DELETE FROM {name} WHERE rowid = ?", (rowid,))
    return taken


def _table(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> int:
    """Read from the beginning up to the damage, then from the end down to it."""
    columns = [row[1] for row in target.execute(f"PRAGMA table_info({table})")]
    names = ", ".join(f'"{column}"' for column in columns)
    insert = (
        f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({', '.join('?' for _ in columns)})"
    )
    taken = 0
    for order in ("", "ORDER BY rowid DESC"):
        try:
            for row in _believed(table, columns, source.execute(
                f"SELECT {names} FROM {table} {order}"
            )):  # fmt: skip
                with suppress(sqlite3.IntegrityError):  # a damaged row is not believed
                    target.execute(insert, row)
                    taken += 1
        except READING_FAILS:
            continue  # damaged, of an older schema, or a table without a rowid
        break
    return taken


def _believed(
    name: str, columns: list[str], rows: sqlite3.Cursor
) -> Iterator[tuple[Any, ...]]:
    """Those that can be read as what they are: one that cannot would keep the daemon from
    starting."""
    table = _READ_BACK.get(name)
    places = [columns.index(column) for column in table.columns] if table is not None else []
    for row in rows:
        if not all(numbers.is_given(value) for value in row if isinstance(value, int)):
            continue
        with suppress(UnreadableDatabase):
            if table is not None:
                table.row([row[place] for place in places])
            yield row


def _leave_out(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> None:
    """What somebody has taken out since the backup does not come back, if the table is sound."""
    key = _TAKEN_OUT[table]
    try:
        if source.execute(f"PRAGMA quick_check({table})").fetchone() != ("ok",):
            return
        kept = {row[0] for row in source.execute(f"SELECT {key} FROM {table}")}
    except READING_FAILS:
        return
    if not kept and table == "account":
        return   # then nobody could sign in any more
    for (value,) in target.execute(f"SELECT {key} FROM {table}").fetchall():
        if value not in kept:
            target.execute(f"DELETE FROM {table} WHERE {key} = ?", (value,))


def _drop_unreadable(target: sqlite3.Connection, table: Table[Any]) -> None:
    """The backup may hold such a row as well."""
    with suppress(*_UNREADABLE):
        table.select(target, "")
        return
    for (key,) in target.execute(f'SELECT "{table.key}" FROM {table.name}').fetchall():
        try:
            table.select(target, f'WHERE "{table.key}" = ?', key)
        except _UNREADABLE:
            target.execute(f'DELETE FROM {table.name} WHERE "{table.key}" = ?', (key,))
