"""A new database for those whose subject is not its making: made once by the store, then copied."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from firmware.store.database import Database, open_database


@cache
def _made() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "veilleur.db"
        open_database(path, create=True).close()
        return path.read_bytes()


def fresh_database(path: Path) -> Database:
    """The database at ``path``, which is made if there is none. Nobody cuts the power: SQLite
    need not wait for the disk."""
    if not path.exists():
        path.write_bytes(_made())
        path.chmod(0o600)
    database = open_database(path, create=False)
    database.connection.execute("PRAGMA synchronous = OFF")
    return database
