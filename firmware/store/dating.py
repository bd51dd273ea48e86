"""How old a row is whose date cannot be.

A box without a clock writes what happens under 1970, or under the day on which its system was
made, until it learns the time. Before this program is no row's date: such a row is no younger than
any later one with a date that can be, nor than the first such line of the journal after the last
without: the journal grows each day, where nobody may leave another message for a year. Where none
has followed, it is of now. Nor is a row older than an earlier one, whatever its date: it is
forgotten after that.
"""

from __future__ import annotations

from firmware.moment import BUILT
from firmware.store.plain import instant_text

_POSSIBLE = f"'{instant_text(BUILT)}'"
# Rows are numbered as they begin, and end in any order; the journal dates a line anew
_ENDS = frozenset({"ended_at", "done_at", "until"})


def before(table: str, column: str) -> str:
    """SQL: the row of ``table`` is older than ``:limit``, by ``column``; it is ``:now``."""
    own = f"{table}.{column} >= {_POSSIBLE}"
    older = f"({table}.{column} < :limit AND ({own} OR {_is_old(table, column, ':limit')}))"
    if column in _ENDS or table == "journal":
        return older
    # A clock that was ahead once proves nothing
    young = f"SELECT min(rowid) FROM {table} WHERE {column} >= :limit AND {column} <= :now"
    return f"{older} AND NOT coalesce({table}.rowid > ({young}), 0)"


def since(table: str, column: str) -> str:
    """SQL: by that date the row is no older than ``?1``."""
    return (
        f"rowid IN (SELECT rowid FROM {table} WHERE {column} >= ?1"
        f" UNION ALL SELECT rowid FROM {table} WHERE {column} < {_POSSIBLE}"
        f" AND NOT coalesce({_is_old(table, column, '?1')}, 0))"
    )


def _is_old(table: str, column: str, limit: str) -> str:
    """Of a row without a date that can be; NULL: nothing says so. Neither part asks about the row:
    each is reckoned once, whatever number of rows it is held against."""
    last_old = (
        f"SELECT max(rowid) FROM {table} WHERE {column} >= {_POSSIBLE} AND {column} < {limit}"
    )
    journal_is_old = (
        f"EXISTS (SELECT 1 FROM journal WHERE at >= {_POSSIBLE} AND at < {limit}"
        f" AND id > (SELECT max(id) FROM journal WHERE at < {_POSSIBLE}))"
    )
    return f"({table}.rowid < ({last_old}) OR {journal_is_old})"
