"""A database on a disk that is read-only at the start: read from a copy in memory.

The kernel mounts a card that has failed read-only, also at boot. A box that does not start passes
no calls; so it starts with what the card says, and its rows wait until the card takes them. The
copy refuses to be written to: what is not on the card is nowhere.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from pathlib import Path

from firmware.store.database import Database, open_database
from firmware.store.errors import UnreadableDatabase, UnwritableDatabase, translated


def read_only_copy(path: Path, folder: Path) -> Database:
    """What lies at ``path``, as a `Database` that looks for that file again when it is reopened.

    ``folder``, in the RAM disk, holds the copy for a moment: SQLite wants to write beside what it
    reads, and what a power cut left in the log must not be missed. Raises ``StoreError``.
    """
    try:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".read-", dir=folder) as name:
            draft = Path(name) / path.name
            shutil.copyfile(path, draft)
            log = path.with_name(path.name + "-wal")
            if log.exists():
                shutil.copyfile(log, draft.with_name(log.name))
            return _in_memory(draft, path)
    except FileNotFoundError as error:
        raise UnreadableDatabase(f"{path} is not there") from error
    except OSError as error:
        raise UnwritableDatabase(f"{path} cannot be copied: {error.strerror}") from error


def _in_memory(draft: Path, path: Path) -> Database:
    copy = sqlite3.connect(":memory:", isolation_level=None)
    try:
        with open_database(draft, create=False) as database, translated(path):
            database.check()
            database.connection.backup(copy)
            copy.execute("PRAGMA query_only = ON")
    except BaseException:
        copy.close()
        raise
    return Database(copy, path)
