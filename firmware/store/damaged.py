"""Rows that cannot be read, in a file whose pages are sound: a card may spoil one text of it.

To the daemon that is damage: it has such a file mended at its next start (`mend`). A page that
shows many rows shows the others meanwhile, and says so: each table of which a row was left out is
noted in `Database.unreadable`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from firmware.store.database import Database
from firmware.store.errors import UnreadableDatabase, translated
from firmware.store.plain import read_time
from firmware.store.table import Table

T = TypeVar("T")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def raw_rows(
    database: Database, query: str, parameters: Iterable[object] = ()
) -> list[tuple[Any, ...]]:
    """What a query finds, its texts as bytes: else one that is no UTF-8 would end them all."""
    connection = database.connection
    before = connection.text_factory
    with translated(database.path):
        connection.text_factory = bytes
        try:
            return connection.execute(query, tuple(parameters)).fetchall()
        finally:
            connection.text_factory = before


def value_of(raw: Any) -> Any:
    """``ValueError`` where it is no text."""
    return raw.decode() if isinstance(raw, bytes) else raw


def read_row(table: Table[T], raw: Sequence[Any]) -> T | None:
    """None where it cannot be read."""
    try:
        return table.row([value_of(each) for each in raw])
    except (UnreadableDatabase, ValueError):
        return None


def part_of(raw: Any) -> Any:
    """What a cell of an unreadable row holds, None where it is that cell."""
    try:
        return value_of(raw)
    except ValueError:
        return None


def readable(
    database: Database, table: Table[T], condition: str, *parameters: object
) -> tuple[T, ...]:
    """As ``Table.select``, without the rows that cannot be read."""
    query = f"SELECT {table.column_list} FROM {table.name} {condition}"
    found = [read_row(table, raw) for raw in raw_rows(database, query, parameters)]
    return left(database, table.name, found)


def left(database: Database, name: str, found: Iterable[T | None]) -> tuple[T, ...]:
    """Those of ``found`` that could be read; ``name`` is noted where there are others."""
    found = tuple(found)
    kept = tuple(each for each in found if each is not None)
    if len(kept) < len(found):
        database.unreadable.add(name)
    return kept


def try_to(read: Callable[..., T], *raw: Any) -> T | None:
    """What ``read`` makes of some cells; None where it cannot."""
    try:
        return read(*(value_of(each) for each in raw))
    except (ValueError, TypeError, KeyError):
        return None


def instants(raw: Iterable[Any]) -> list[tuple[datetime, bool]]:
    """Cells of lines in their order, as instants; one that cannot be read has that of the line
    beside it, and False."""
    read = [try_to(_instant, cell) for cell in raw]
    beside = next((at for at in read if at is not None), _LONG_AGO)
    found = []
    for at in read:
        beside = at or beside
        found.append((beside, at is not None))
    return found


def _instant(text: str) -> datetime:
    return read_time(text).astimezone(UTC)
