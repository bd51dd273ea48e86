"""How old a row is whose date cannot be.

A box without a clock writes what happens under 1970, or under the day on which its system was
made, until it learns the time. Such a row is no younger than any later one with a date that can be,
nor than the first such line of the journal after the last without: the journal grows each day,
where nobody may leave another message for a year. Where none has followed, it is of now.
"""

from __future__ import annotations

from firmware.moment import BUILT
from firmware.store.plain import instant_text

_POSSIBLE = f"'{instant_text(BUILT)}'"
# Neither asks about a row: each is reckoned once, whatever number of rows it is held against
_JOURNAL_IS_OLD = (
    f"EXISTS (SELECT 1 FROM journal WHERE at >= {_POSSIBLE} AND at < ?1"
    f" AND id > (SELECT max(id) FROM journal WHERE at < {_POSSIBLE}))"
)


def before(table: str, column: str) -> str:
    """SQL: the row of ``table`` is older than ``?1``, by ``column``."""
    is_its_own = f"{table}.{column} >= {_POSSIBLE}"
    return f"({table}.{column} < ?1 AND ({is_its_own} OR {_is_old(table, column)}))"


def since(table: str, column: str) -> str:
    """SQL: whatever has that date is not."""
    return (
        f"rowid IN (SELECT rowid FROM {table} WHERE {column} >= ?1"
        f" UNION ALL SELECT rowid FROM {table} WHERE {column} < {_POSSIBLE}"
        f" AND NOT coalesce({_is_old(table, column)}, 0))"
    )


def _is_old(table: str, column: str) -> str:
    """Of a row without a date that can be; NULL: nothing says so."""
    last_old = (
        f"(SELECT max(rowid) FROM {table} WHERE {column} >= {_POSSIBLE} AND {column} < ?1)"
    )
    return f"({table}.rowid < {last_old} OR {_JOURNAL_IS_OLD})"
