"""Facts that the daemon remembers, as the page reads them; only the daemon writes them."""

from __future__ import annotations

from firmware.store.database import Database
from firmware.store.errors import translated
from firmware.store.tables import FACT


def facts(database: Database, prefix: str) -> dict[str, object]:
    """Every fact whose key begins with ``prefix``, by the rest of its key."""
    with translated(database.path):
        found = FACT.select(
            database.connection, "WHERE substr(key, 1, ?) = ? ORDER BY key", len(prefix), prefix
        )
    return {fact.key.removeprefix(prefix): fact.value for fact in found}
