"""A database file copied whole, and another put in its place without anybody seeing half of one."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from firmware.store.database import FILE_MODE, Database, check_file, open_database
from firmware.store.errors import StoreError, translated

BACKUPS = "backup"    # the folder of the nightly backups, and of what was put aside
LOG_SUFFIXES = ("-wal", "-shm")
FOLDER_MODE = 0o2770


def sync_folder(folder: Path) -> None:
    """What was renamed into it is there after a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def open_to_both(folder: Path) -> None:
    """Daemon and page are two users of one group; what the other has made, it opens itself. Under
    systemd nobody may set the bit that folders have from their parents (`RestrictSUIDSGID=`): its
    services have one group and can do without."""
    if stat.S_IMODE(folder.stat().st_mode) == FOLDER_MODE:
        return
    try:
        folder.chmod(FOLDER_MODE)
    except PermissionError:
        with suppress(PermissionError):
            folder.chmod(FOLDER_MODE & 0o777)


def copy_database(source: Path, target: Path) -> None:
    """A sound copy of a database that others write: one reading transaction, no lock.

    Raises ``UnreadableDatabase`` when the source or the copy is damaged.
    """
    check_file(source)
    with translated(source):
        connection = sqlite3.connect(
            f"{source.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None
        )
    try:
        # Read through first: VACUUM takes many a damage for a disk that is full
        Database(connection, source).check()
        with translated(source):
            connection.execute("VACUUM INTO ?", (str(target),))
    finally:
        connection.close()
    target.chmod(FILE_MODE)
    with open_database(target, create=False) as copy:
        copy.check(thoroughly=True)


def put_in_place(new: Path, path: Path, now: datetime) -> Path | None:
    """Put the database ``new`` at ``path``; the one that was there goes aside, and where is told.

    The caller sees to it that no daemon runs. Others that have it open (the page) are kept from
    writing for the moment, and their logs are taken from them: what they write later they write
    into the file of before, until they notice the new one.
    """
    new.chmod(FILE_MODE)
    aside = None
    if path.exists():
        folder = path.parent / BACKUPS
        folder.mkdir(mode=0o750, exist_ok=True)
        aside = folder / f"{path.stem}-until-{now:%Y%m%dT%H%M%SZ}.db"
        holder = _drained(path)
        try:
            _aside(path, aside, now, with_logs=holder is None)
            os.replace(new, path)
            for suffix in LOG_SUFFIXES:
                path.with_name(path.name + suffix).unlink(missing_ok=True)
        finally:
            if holder is not None:
                holder.close()
        sync_folder(folder)
    else:
        for suffix in LOG_SUFFIXES:  # a log without its database would be taken for the new one's
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        os.replace(new, path)
    sync_folder(path.parent)
    return aside


def _drained(path: Path) -> sqlite3.Connection | None:
    """Everything is in the file itself and nobody can write; None for a damaged file."""
    try:
        database = open_database(path, create=False)
    except StoreError:
        return None
    connection = database.connection
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.Error:
        connection.close()
        return None
    return connection


def _aside(path: Path, aside: Path, now: datetime, *, with_logs: bool) -> None:
    """A second name for the file: it stays where it is until the new one takes its place.

    A damaged one goes with its log, for whoever may read more in it than SQLite can.
    """
    if with_logs:
        for suffix in LOG_SUFFIXES:
            log = path.with_name(path.name + suffix)
            if log.exists():
                os.replace(log, aside.with_name(aside.name + suffix))
    aside.unlink(missing_ok=True)
    os.link(path, aside)
    put_aside_at(aside, now)


def put_aside_at(aside: Path, now: datetime) -> None:
    """From then on it is kept for as long as such things are."""
    with suppress(OSError):   # root's: then it goes by its last change
        os.utime(aside, (now.timestamp(), now.timestamp()))
