"""A database that is damaged or gone: last night's backup takes its place, and what the damaged
file still gives.

The file itself is kept aside first. The rota is the damaged file's own if all of it can be read:
it may have been edited since the night. Calls, alerts, texts and journal are taken over row by row
as far as they can be read, for somebody may still have to answer for one of them.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from firmware.pulse import StoreState
from firmware.record import UNTOLD_REPAIR, Fact, Repair, repair_from
from firmware.store import numbers
from firmware.store.account_store import AccountStore
from firmware.store.backup import unpacked
from firmware.store.database import DATABASE_NAME, Database, open_database
from firmware.store.errors import (
    DamagedDatabase,
    ForeignDatabase,
    UnreadableDatabase,
    UnwritableDatabase,
)
from firmware.store.fact_reader import facts
from firmware.store.nightly import is_lost, last_sound_backup
from firmware.store.people_store import PeopleStore
from firmware.store.place import BACKUPS, put_in_place
from firmware.store.rota_store import RotaStore
from firmware.store.row_store import RowStore
from firmware.store.salvage import take_over
from firmware.store.worn import copy_with_log, has_bad_sectors

_STATES = {errno.EROFS: StoreState.READ_ONLY, errno.ENOSPC: StoreState.FULL}


@dataclass(frozen=True, slots=True)
class Mended:
    """``backup_of``: when the backup was made that was loaded, None if there was none.

    ``rows`` were taken over from the damaged file; ``rota_is_current``: its rota, too. The mended
    file says the same (`untold_repair`), until the daemon has told of it.
    """

    backup_of: datetime | None
    aside: Path | None
    rows: int
    rota_is_current: bool


def mend(data_dir: Path, now: datetime, *, thoroughly: bool = False) -> Mended | None:
    """Mend the database of ``data_dir``; None when it is sound, or when there has never been one.
    ``thoroughly``: its indexes are looked at as well, which a box that starts has no time for.

    Raises ``StoreError`` when nothing can be done: nothing was changed then. Two at once (a daemon
    that is started while its predecessor's helper still works) wait for each other.
    """
    path = data_dir / DATABASE_NAME
    if not path.exists() and not is_lost(data_dir):
        return None
    if _damage(path, now, thoroughly=thoroughly) is None:
        return None  # and nothing was written: the disk may be full
    try:
        return _mend(data_dir, path, now, thoroughly)
    except OSError as fault:
        state = _STATES.get(fault.errno or 0, StoreState.FAILING)
        raise UnwritableDatabase(
            f"{path} cannot be mended: {fault.strerror or fault}", state
        ) from fault


def _mend(data_dir: Path, path: Path, now: datetime, thoroughly: bool) -> Mended | None:
    with _alone(data_dir):
        fault = _damage(path, now, thoroughly=thoroughly)
        if fault is None:
            return None
        file = last_sound_backup(data_dir)
        if file is None and isinstance(fault, ForeignDatabase):
            raise fault   # nothing says that it was ever ours
        for left in data_dir.glob(".mend-*"):   # of those that were killed: nobody else is at it
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=".mend-", dir=data_dir) as name:
            draft = Path(name) / DATABASE_NAME
            backup_of = _begin_with(file, draft, data_dir)
            damaged = copy_with_log(path, Path(name) / "damaged.db")
            rows, rota = take_over(damaged, draft, now)
            if file is None and rows == 0 and rota is None:
                raise fault  # an empty box would only look as if it were in order
            with open_database(draft, create=False) as database:
                repair = noted(database, Repair(backup_of, rota is not None))
                database.check(thoroughly=True)
            aside = put_in_place(draft, path, now)
    return Mended(repair.backup_of, aside, rows, repair.rota_is_current)


def untold_repair(database: Database) -> Repair | None:
    """The last repair of this file, while nobody was told of it."""
    return repair_from(facts(database, UNTOLD_REPAIR).get(""))


def noted(database: Database, repair: Repair) -> Repair:
    """The file itself says what was done to it: whoever would tell of it may die at once. Where
    the repair before was not told of, a rota that it took from a backup is old still."""
    before = untold_repair(database)
    if before is not None and repair.rota_is_current and not before.rota_is_current:
        repair = before
    RowStore(database).record((Fact(UNTOLD_REPAIR, repair.as_fact()),))
    return repair


def _damage(path: Path, now: datetime, *, thoroughly: bool) -> UnreadableDatabase | None:
    """What is wrong with the file, None if nothing is; raises what is no damage. Sound pages are
    not all: rows that cannot be read as what they are would keep the daemon from starting."""
    if is_lost(path.parent):
        return DamagedDatabase(f"{path} is gone")
    try:
        with open_database(path, create=False) as database:
            database.check(thoroughly=thoroughly)
            check_rows(database, now)
    except (DamagedDatabase, ForeignDatabase) as fault:
        return fault
    except UnwritableDatabase as fault:
        if not has_bad_sectors(path):
            raise
        return DamagedDatabase(f"{path} has sectors that cannot be read ({fault})")
    return None


def check_rows(database: Database, now: datetime) -> None:
    """Read what daemon and page cannot do without. Raises ``DamagedDatabase``."""
    try:
        RowStore(database).load_memory(now)
        RotaStore(database).load_rota()
        AccountStore(database).accounts()
        PeopleStore(database).verified()
        numbers.check(database)
        if database.unreadable:   # rows that the page leaves out
            names = ", ".join(sorted(database.unreadable))
            raise UnreadableDatabase(f"rows cannot be read: {names}")
    except UnreadableDatabase as fault:
        raise DamagedDatabase(str(fault)) from fault


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    folder = data_dir / BACKUPS
    folder.mkdir(mode=0o750, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _begin_with(file: Path | None, draft: Path, data_dir: Path) -> datetime | None:
    if file is None:
        open_database(draft, create=True).close()
        return None
    with unpacked(file, data_dir) as (folder, backup):
        os.replace(folder / DATABASE_NAME, draft)
    return backup.made_at
