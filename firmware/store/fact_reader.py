"""Facts that the daemon remembers, as the page reads them; only the daemon writes them."""

from __future__ import annotations

from firmware.store.damaged import readable
from firmware.store.database import Database
from firmware.store.tables import FACT


def facts(database: Database, prefix: str) -> dict[str, object]:
    """Every fact whose key begins with ``prefix``, by the rest of its key."""
    found = readable(
        database, FACT, "WHERE substr(key, 1, ?) = ? ORDER BY key", len(prefix), prefix
    )
    return {fact.key.removeprefix(prefix): fact.value for fact in found}
