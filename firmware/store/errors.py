"""What can go wrong with the data, each error worded for the person who has to mend it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from firmware.pulse import StoreState


class StoreError(Exception):
    """Any fault of the store; ``str()`` is one line for the administrator.

    ``state`` is what it means for a daemon that has to write.
    """

    state = StoreState.FAILING


class NewerDatabase(StoreError):  # noqa: N818 - the name says what was found, not that it failed
    """The database was written by a newer program."""


class UnreadableDatabase(StoreError):  # noqa: N818 - see above
    """There is no database, it is damaged, it is something else, or access is denied."""

    state = StoreState.DAMAGED


class DamagedDatabase(UnreadableDatabase):
    """The pages of the file are not what they should be; a backup mends that."""


class ForeignDatabase(UnreadableDatabase):
    """It is another program's, or has another history; to a box with backups of its own that is
    damage."""


class DataInUse(StoreError):  # noqa: N818 - see above
    """Another daemon works on the same data."""


class UnsafeDirectory(StoreError):  # noqa: N818 - see above
    """The runtime directory belongs to somebody else."""


class UnwritableDatabase(StoreError):  # noqa: N818 - see above
    """The disk is full, read-only or failing: nothing was written."""

    def __init__(self, text: str, state: StoreState = StoreState.FAILING) -> None:
        super().__init__(text)
        self.state = state


class BusyDatabase(StoreError):  # noqa: N818 - see above
    """Another process kept the database locked for too long: nothing was written."""

    state = StoreState.BUSY


class RefusedRow(StoreError):  # noqa: N818 - see above
    """A row breaks a rule of the schema (a second SMS for one cause, an unknown name)."""


# What reading a damaged file raises: SQLite's own words may hold what is no text
READING_FAILS = (sqlite3.DatabaseError, UnicodeDecodeError)

_DAMAGE = {
    sqlite3.SQLITE_CORRUPT: "is damaged: restore a backup",
    sqlite3.SQLITE_NOTADB: "is not a database",
}
_UNWRITABLE = {
    sqlite3.SQLITE_FULL: "no space left on the disk",
    sqlite3.SQLITE_READONLY: "it is read-only for this user or on this disk",
    sqlite3.SQLITE_IOERR: "the disk reports an error",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened: check that the file and its folder are there"
    " and belong to this user or group",
    sqlite3.SQLITE_PERM: "permission denied",
    sqlite3.SQLITE_AUTH: "permission denied",
}
_NO_TEXT = "Could not decode to UTF-8"
_STATES = {
    sqlite3.SQLITE_FULL: StoreState.FULL,
    sqlite3.SQLITE_READONLY: StoreState.READ_ONLY,
}


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours, so that no other room has to know SQLite."""
    try:
        yield
    except sqlite3.Error as error:
        raise _ours(error, path) from error
    except UnicodeDecodeError as error:   # SQLite's own words hold what it found in the file
        raise DamagedDatabase(f"{path} {_DAMAGE[sqlite3.SQLITE_CORRUPT]} (no text)") from error


def _ours(error: sqlite3.Error, path: Path) -> StoreError:
    # The low byte is the primary result code: https://sqlite.org/rescode.html
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _DAMAGE:
        return DamagedDatabase(f"{path} {_DAMAGE[code]} ({error})")
    if code in _UNWRITABLE:
        state = _STATES.get(code, StoreState.FAILING)
        return UnwritableDatabase(f"{path}: {_UNWRITABLE[code]} ({error})", state)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return BusyDatabase(f"{path}: another process has kept it locked for too long ({error})")
    if _NO_TEXT in str(error):   # the module's own error, without a code
        return DamagedDatabase(f"{path} {_DAMAGE[sqlite3.SQLITE_CORRUPT]} ({error})")
    if code == sqlite3.SQLITE_CONSTRAINT:
        return RefusedRow(f"{path}: a row breaks a rule of the schema ({error})")
    return StoreError(f"{path}: {error}")
