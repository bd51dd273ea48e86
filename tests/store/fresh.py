"""A new database for those whose subject is not its making: made once by the store, then copied."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from firmware.store.database import FILE_MODE, Database, open_database


@cache
def _made() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "veilleur.db"
        open_database(path, create=True).close()
        return path.read_bytes()


def made_database(path: Path) -> Database:
    """The database at ``path``, as the store opens it; made if there is none."""
    if not path.exists():
        path.write_bytes(_made())
        path.chmod(FILE_MODE)
    return open_database(path, create=False)


def fresh_database(path: Path) -> Database:
    """The same; nobody cuts the power, and SQLite need not wait for the disk."""
    database = made_database(path)
    database.connection.execute("PRAGMA synchronous = OFF")
    return database
