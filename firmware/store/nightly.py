"""The backups of the last nights, and what was put aside in their folder."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

from firmware.moment import BUILT
from firmware.store.backup import UnusableBackup, changes_in, unpacked, write_backup
from firmware.store.database import DATABASE_NAME
from firmware.store.errors import UnwritableDatabase
from firmware.store.place import BACKUPS, put_aside_at

KEPT = 7
ASIDE_KEPT = timedelta(days=30)
_NIGHTLY = re.compile(r"veilleur-[0-9]{8}T[0-9]{6}Z\.zip")
_ASIDE = re.compile(r"veilleur-until-.*\.db(-wal|-shm)?")


def make_nightly(data_dir: Path, now: datetime) -> Path:
    """Write tonight's backup, then let the oldest go. Raises ``StoreError``: none has gone then."""
    folder = data_dir / BACKUPS
    try:
        folder.mkdir(mode=0o750, exist_ok=True)
    except OSError as fault:
        raise UnwritableDatabase(f"{folder} cannot be made: {fault.strerror}") from fault
    file = folder / f"veilleur-{now:%Y%m%dT%H%M%SZ}.zip"
    write_backup(data_dir, file, now)
    for old in _superseded(nightly_backups(data_dir), _day(file)):
        old.unlink(missing_ok=True)
    _let_go_of_what_was_aside(folder, now)
    return file


def nightly_backups(data_dir: Path) -> list[Path]:
    """Those that are there, the newest first; not looked into. Raises ``OSError`` where the folder
    cannot be listed: that there are none must not be believed of it, or all is lost."""
    folder = data_dir / BACKUPS
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted((path for path in found if _NIGHTLY.fullmatch(path.name)), reverse=True)


def is_lost(data_dir: Path) -> bool:
    """There was a database here, and it is gone, or empty as a power cut may leave a file: to
    SQLite that is a good one, and new."""
    path = data_dir / DATABASE_NAME
    there = path.exists() and path.stat().st_size > 0
    return not there and bool(nightly_backups(data_dir))


def _superseded(newest_first: list[Path], today: str) -> list[Path]:
    """All but the newest of each of seven days: a night that is tried again every hour, for
    something after its backup, must not push the days before out. Days to come are those of a
    clock that was ahead: they are the first to go."""
    found = {_day(path) for path in newest_first}
    days = sorted(found, key=lambda day: (day <= today, day), reverse=True)[:KEPT]
    kept = {day: next(path for path in newest_first if _day(path) == day) for day in days}
    return [path for path in newest_first if path not in kept.values()]


def _day(path: Path) -> str:
    return path.name.partition("-")[2][:8]


def last_sound_backup(data_dir: Path) -> Path | None:
    """The latest nightly backup that can be read whole; None if there is none. By what it holds,
    not by its date: a clock that was once far ahead would bring that night back for ever. Raises
    ``UnwritableDatabase`` where there is no room to unfold one."""
    for file in sorted(nightly_backups(data_dir), key=changes_in, reverse=True):
        try:
            with unpacked(file, data_dir):
                return file
        except UnusableBackup:
            continue
    return None


def _let_go_of_what_was_aside(folder: Path, now: datetime) -> None:
    limit = (now - ASIDE_KEPT).timestamp()
    for path in folder.iterdir():
        if not (_ASIDE.fullmatch(path.name) and path.is_file()):
            continue
        written = path.lstat().st_mtime
        if written < BUILT.timestamp():   # the box did not know the time
            put_aside_at(path, now)
        elif written < limit:
            path.unlink(missing_ok=True)
