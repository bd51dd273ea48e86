"""How old a row is whose date cannot be.

A box without a clock writes what happens under 1970, or under the day on which its system was
made, until it learns the time. Such a row is as old as the next one with a date that can be: it is
no younger than that at the most, and never forgotten too soon. Where none has followed, it is of
now.
"""

from __future__ import annotations

from firmware.moment import BUILT
from firmware.store.plain import instant_text

_POSSIBLE = f"'{instant_text(BUILT)}'"


def before(table: str, column: str) -> str:
    """SQL: the row of ``table`` is older than ``?1``, by ``column``, which has an index."""
    is_its_own = f"{table}.{column} >= {_POSSIBLE}"
    return f"({table}.{column} < ?1 AND ({is_its_own} OR {_next(table, column)} < ?1))"


def since(table: str, column: str) -> str:
    """SQL: whatever has that date is not."""
    return (
        f"rowid IN (SELECT rowid FROM {table} WHERE {column} >= ?1"
        f" UNION ALL SELECT rowid FROM {table} WHERE {column} < {_POSSIBLE}"
        f" AND coalesce({_next(table, column)} >= ?1, 1))"
    )


def _next(table: str, column: str) -> str:
    return (
        f"(SELECT later.{column} FROM {table} AS later"
        f" WHERE later.rowid > {table}.rowid AND later.{column} >= {_POSSIBLE}"
        " ORDER BY later.rowid LIMIT 1)"
    )
