"""One table for one dataclass: its columns are the fields, under their own names.

Texts, numbers, truth values, enums and times are plain columns; tuples, dicts and anything else
are JSON text. This is all the mapping there is: no query is built here but the whole-row ones.
"""

from __future__ import annotations

import functools
import json
import sqlite3
import types
from collections.abc import Callable, Sequence
from datetime import datetime, time
from enum import Enum
from operator import attrgetter
from typing import Any, Generic, Literal, TypeVar, Union, get_args, get_origin

from firmware.store.errors import UnreadableDatabase
from firmware.store.plain import (
    Reader,
    clean,
    field_hints,
    instant_text,
    json_text,
    reader,
    to_plain,
)

T = TypeVar("T")
SqlValue = str | int | float | None


@functools.cache
def _plain_type(hint: Any) -> Any:
    """The type behind ``X | None``."""
    if get_origin(hint) in (Union, types.UnionType):
        return next(member for member in get_args(hint) if member is not type(None))
    return hint


@functools.cache
def _is_scalar(hint: Any) -> bool:
    kind = _plain_type(hint)
    if get_origin(kind) is Literal:
        return True
    scalars = (str, int, float, datetime, time, Enum)
    return isinstance(kind, type) and kind is not object and issubclass(kind, scalars)


class Table(Generic[T]):
    """How the rows of ``row_type`` lie in the table ``name``; ``key`` is the row's own key.

    With ``instants`` every date must be an aware one; without, wall clock is allowed.
    """

    def __init__(
        self, name: str, row_type: type[T], key: str | None = None, *, instants: bool = True
    ) -> None:
        self.name = name
        self.row_type = row_type
        self.key = key
        self._instants = instants

    @functools.cached_property
    def _hints(self) -> dict[str, Any]:
        kind: Any = self.row_type
        return field_hints(kind)

    @functools.cached_property
    def columns(self) -> tuple[str, ...]:
        return tuple(self._hints)

    @functools.cached_property
    def column_list(self) -> str:
        """The columns, quoted, in the order of ``values`` and ``row``."""
        return ", ".join(f'"{column}"' for column in self.columns)

    @functools.cached_property
    def upsert(self) -> str:
        """Insert a row, or write it whole over the one with its key."""
        marks = ", ".join("?" for _ in self.columns)
        updates = ", ".join(
            f'"{column}" = excluded."{column}"' for column in self.columns if column != self.key
        )
        return (
            f"INSERT INTO {self.name} ({self.column_list}) VALUES ({marks})"
            f' ON CONFLICT ("{self.key}") DO UPDATE SET {updates}'
        )

    def values(self, row: T) -> tuple[SqlValue, ...]:
        """The row's column values. ``ValueError`` or ``TypeError`` for what has no column form."""
        fields = self._fields(row)
        return tuple([write(value) for write, value in zip(self._writers, fields, strict=True)])

    @functools.cached_property
    def _fields(self) -> Callable[[T], tuple[Any, ...]]:
        """The values of a row, in the order of the columns: every table has several."""
        return attrgetter(*self.columns)

    @functools.cached_property
    def _writers(self) -> tuple[Callable[[Any], SqlValue], ...]:
        """How the value of each column becomes what the column holds."""
        return tuple(self._writer(hint) for hint in self._hints.values())

    def _writer(self, hint: Any) -> Callable[[Any], SqlValue]:
        if not _is_scalar(hint):
            return json_text if hint is object else _as_json
        return _text if _plain_type(hint) is str else self._scalar

    def row(self, values: Sequence[Any]) -> T:
        """The row whose columns hold ``values``; ``UnreadableDatabase`` when they cannot be its."""
        try:
            return self.row_type(
                *[read(value) for read, value in zip(self._readers, values, strict=True)]
            )
        except (TypeError, ValueError) as error:
            raise UnreadableDatabase(f"a row of {self.name!r} cannot be read: {error}") from error

    @functools.cached_property
    def _readers(self) -> tuple[Reader, ...]:
        """How what a column holds becomes the value."""
        return tuple(_column_reader(hint) for hint in self._hints.values())

    def select(
        self, connection: sqlite3.Connection, condition: str, *parameters: object
    ) -> tuple[T, ...]:
        """The rows that meet ``condition``: our own SQL, never somebody's text."""
        query = f"SELECT {self.column_list} FROM {self.name} {condition}"
        return tuple(self.row(values) for values in connection.execute(query, parameters))

    def _scalar(self, value: Any) -> SqlValue:
        kind = type(value)
        if value is None or kind is int or kind is float:
            return value   # type: ignore[no-any-return]
        if isinstance(value, datetime) and self._instants:
            return instant_text(value)
        plain = to_plain(value)
        if isinstance(plain, str):
            return clean(plain)
        return int(plain) if isinstance(plain, bool) else plain


def _column_reader(hint: Any) -> Reader:
    read = reader(hint)
    if not _is_scalar(hint):
        return lambda value: read(json.loads(value))
    if _plain_type(hint) is bool:
        return lambda value: read(value if value is None else bool(value))
    return read


def _text(value: Any) -> SqlValue:
    return None if value is None else clean(value)


def _as_json(value: Any) -> SqlValue:
    return "[]" if value == () else json_text(to_plain(value))
