"""The data that a newer version has changed, made the older one's again.

An update that is taken back may have brought the database to a schema that the old program cannot
read. Then the backup made before takes its place, and what has come in since is taken over from the
newer file as far as the older schema has room for it: a call of those two minutes counts as well.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from firmware.record import JournalEntry, JournalKind, Repair
from firmware.store import journal
from firmware.store.backup import UnusableBackup, unpacked
from firmware.store.daemon_lock import DaemonLock
from firmware.store.database import DATABASE_NAME, open_database
from firmware.store.errors import NewerDatabase
from firmware.store.mend import noted
from firmware.store.nightly import last_sound_backup
from firmware.store.place import BACKUPS, put_in_place
from firmware.store.plain import instant_text
from firmware.store.salvage import take_over
from firmware.store.worn import copy_with_log

SAVED = "before-update.zip"   # in the folder of the backups; the updater's step has it made
BY_THE_UPDATE = "update"


@dataclass(frozen=True, slots=True)
class SteppedBack:
    """``rows`` were taken over from the newer file, which lies at ``aside``."""

    backup_of: datetime
    rows: int
    aside: Path | None


def step_back(data_dir: Path, now: datetime) -> SteppedBack | None:
    """Make the data readable again; None where they are. No daemon may run.

    Raises ``StoreError``: the data are as they were.
    """
    path = data_dir / DATABASE_NAME
    with DaemonLock(data_dir):
        try:
            open_database(path, create=False).close()
        except NewerDatabase:
            return _put_back(data_dir, path, now)
    return None


def _put_back(data_dir: Path, path: Path, now: datetime) -> SteppedBack:
    file = _usable(data_dir)
    with unpacked(file, data_dir) as (folder, backup):
        draft = folder / "older.db"
        os.replace(folder / DATABASE_NAME, draft)
        newer = copy_with_log(path, folder / "newer.db")
        rows, rota = take_over(newer, draft, now)
        with open_database(draft, create=False) as database:
            if rota is None:   # that of the backup may be another: somebody must look it over
                noted(database, Repair(backup.made_at, rota_is_current=False))
            database.check(thoroughly=True)
            journal.append(database, _line(file, backup.made_at, rows, now))
        aside = put_in_place(draft, path, now)
    return SteppedBack(backup.made_at, rows, aside)


def _usable(data_dir: Path) -> Path:
    """The backup that was made for it; if that one is damaged or gone, the last sound night's: a
    box that cannot read its data does not start."""
    saved = data_dir / BACKUPS / SAVED
    try:
        with unpacked(saved, data_dir):
            return saved
    except UnusableBackup:
        nightly = last_sound_backup(data_dir)
        if nightly is None:
            raise
        return nightly


def _line(file: Path, made_at: datetime, rows: int, now: datetime) -> JournalEntry:
    return JournalEntry(
        at=now,
        kind=JournalKind.EDIT,
        person=BY_THE_UPDATE,
        outcome="restored",
        detail={"backup": file.name, "made_at": instant_text(made_at), "rows": rows},
    )
