"""What somebody has begun on the page and not finished, under a name; nothing acts on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from firmware.store.damaged import readable
from firmware.store.database import Database
from firmware.store.table import Table


@dataclass(frozen=True, slots=True)
class Draft:
    """``values`` is whatever JSON can hold."""

    name: str
    changed_at: datetime
    values: dict[str, object] = field(default_factory=dict)


DRAFT = Table("draft", Draft, "name")


class DraftStore:
    """Belongs to the thread that opened the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str) -> dict[str, object]:
        """The values under that name; none if there is no such draft, or it cannot be read."""
        found = readable(self._database, DRAFT, "WHERE name = ?", name)
        return dict(found[0].values) if found else {}

    def put(self, name: str, values: dict[str, object], now: datetime) -> None:
        with self._database.transaction() as connection:
            connection.execute(DRAFT.upsert, DRAFT.values(Draft(name, now, values)))

    def drop(self, name: str) -> None:
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM draft WHERE name = ?", (name,))
