"""A database on a disk that is read-only at the start: read from a copy in memory.

The kernel mounts a card that has failed read-only, also at boot. A box that does not start passes
no calls; so it starts with what the card says, and its rows wait until the card takes them. The
copy refuses to be written to: what is not on the card is nowhere. A card that fails has often
damaged the file as well: then the copy is mended, in the RAM disk, as the file itself will be once
the card can be written to again.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from firmware.store.database import Database, open_database
from firmware.store.errors import UnreadableDatabase, UnwritableDatabase, translated
from firmware.store.mend import Mended, mend
from firmware.store.nightly import nightly_backups
from firmware.store.place import BACKUPS
from firmware.store.worn import copy_with_log


def read_only_copy(path: Path, folder: Path, now: datetime) -> tuple[Database, Mended | None]:
    """What lies at ``path``, as a `Database` that looks for that file again when it is reopened;
    and how it was mended, if it had to be: with the newest of the backups beside it.

    ``folder``, in the RAM disk, holds the copy for a moment: SQLite wants to write beside what it
    reads, and what a power cut left in the log must not be missed. Raises ``StoreError``.
    """
    try:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".read-", dir=folder) as name:
            draft = Path(name) / path.name
            copy_with_log(path, draft)
            _bring_backups(path.parent, draft.parent / BACKUPS)
            mended = mend(draft.parent, now)
            if not draft.exists():
                raise UnreadableDatabase(f"{path} is not there")
            copy = _in_memory(draft, path)
            return copy, None if mended is None else replace(mended, aside=None)
    except OSError as error:
        raise UnwritableDatabase(f"{path} cannot be copied: {error.strerror}") from error


def _bring_backups(data_dir: Path, folder: Path) -> None:
    """By name only: they are large, and one at most is needed."""
    folder.mkdir()
    with suppress(OSError):   # in memory alone: the next start may list them
        for file in nightly_backups(data_dir):
            (folder / file.name).symlink_to(file.absolute())


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
