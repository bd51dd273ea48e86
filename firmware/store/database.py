"""Opens the one SQLite file of the box, the same way for each process.

One `Database` belongs to the thread that opened it. No other room sees SQLite: errors come out as
`StoreError`, and only the modules of this room reach for `connection`.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from firmware.pulse import StoreState
from firmware.store.errors import (
    DamagedDatabase,
    UnreadableDatabase,
    UnwritableDatabase,
    translated,
)
from firmware.store.migrations import migrate
from firmware.store.transaction import transaction

DATABASE_NAME = "veilleur.db"
FILE_MODE = 0o660  # the daemon and the page are two users of one group
BUSY_TIMEOUT_MS = 5000

# After busy_timeout: changing the journal_mode needs the file for itself for a moment
PRAGMAS = (
    "page_size = 1024",  # of a new file: a step touches 40 pages, and writes each of them whole
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "wal_autocheckpoint = 4000",  # 4 MB: the checkpoint is paid by a commit that an alert awaits
    f"journal_size_limit = {4 * 1024 * 1024}",
    "secure_delete = ON",
    "trusted_schema = OFF",
)


class Database:
    """An open database; close it, or use it in a ``with``."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.connection = connection
        self.path = path
        self._lock_wait_ms = BUSY_TIMEOUT_MS
        self._openings = 0
        self.unreadable: set[str] = set()   # tables of which rows were left out (`damaged`)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One transaction, durable when it ends well; any error of SQLite's becomes ours."""
        with translated(self.path), transaction(self.connection):
            yield self.connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One consistent view over several queries."""
        with translated(self.path):
            self.connection.execute("BEGIN")
            try:
                yield self.connection
            finally:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")

    def version(self) -> tuple[int, int]:
        """Something that changes when another connection has written, which ours leave alone, and
        with each opening: SQLite counts anew from there, and may come to the same number."""
        with translated(self.path):
            (number,) = self.connection.execute("PRAGMA data_version").fetchone()
        return self._openings, int(number)

    def check(self, *, thoroughly: bool = False) -> None:
        """Read all of it; ``UnreadableDatabase`` when it is damaged.

        ``thoroughly`` compares tables with their indexes and references too, which takes longer.
        """
        with translated(self.path):
            query = "PRAGMA integrity_check(1)" if thoroughly else "PRAGMA quick_check(1)"
            (found,) = self.connection.execute(query).fetchone()
            if thoroughly and self.connection.execute("PRAGMA foreign_key_check").fetchone():
                found = "a row refers to one that is not there"
        if found != "ok":
            fault = " ".join(str(found).split())
            raise DamagedDatabase(f"{self.path} is damaged: restore a backup ({fault})")

    def wait_for_lock(self, seconds: float) -> None:
        """How long to wait for another process that writes; 5 s from the start."""
        self._lock_wait_ms = int(seconds * 1000)
        with translated(self.path):
            self.connection.execute(f"PRAGMA busy_timeout = {self._lock_wait_ms}").fetchall()

    def reopen(self) -> None:
        """Open what lies at the path now: a disk that was away, a backup that was put there.

        Raises ``StoreError`` and keeps the old connection when that cannot be opened.
        """
        check_file(self.path)
        fresh = _connect(self.path, self._lock_wait_ms).connection
        try:
            with translated(self.path):
                migrate(fresh, self.path)   # it may have been read-only since a program before
        except BaseException:
            fresh.close()
            raise
        self.connection.close()
        self.connection, self._openings = fresh, self._openings + 1

    @contextmanager
    def in_memory(self) -> Iterator[Database]:
        """A copy that nobody else sees and no disk keeps."""
        copy = sqlite3.connect(":memory:", isolation_level=None)
        try:
            with translated(self.path):
                self.connection.backup(copy)
            yield Database(copy, self.path)
        finally:
            copy.close()

    def close(self) -> None:
        with translated(self.path):
            self.connection.close()

    def __enter__(self) -> Database:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_database(path: Path, *, create: bool) -> Database:
    """Open the database at ``path`` and bring it to this program's schema.

    With ``create`` it is made when there is none. Raises ``UnreadableDatabase`` (none there, not
    ours, damaged, access denied), ``NewerDatabase``, or another ``StoreError``.
    """
    if create and not os.path.exists(path):  # unlike Path.exists, false where access is denied
        _create(path)
    check_file(path)
    database = _connect(path)
    try:
        with translated(path):
            migrate(database.connection, path)
    except BaseException:
        database.connection.close()
        raise
    return database


def _create(path: Path) -> None:
    """Make the file ready beside its place and put it there whole: nobody sees half of one."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise UnreadableDatabase(f"{path} cannot be created: {error.strerror}") from error
    draft = Path(name)
    try:
        os.fchmod(handle, FILE_MODE)
        os.close(handle)
        with _connect(draft) as database, translated(path):
            migrate(database.connection, path)
        os.link(draft, path)
    except FileExistsError:
        return  # another process was quicker; its database is as good as ours
    except OSError as error:
        raise UnreadableDatabase(f"{path} cannot be created: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check_file(path: Path) -> None:
    """SQLite says "unable to open database file" to everything; say which it is."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise UnreadableDatabase(f"{path} is not there: load a site file first") from None
    except OSError as error:
        raise UnreadableDatabase(f"{path} cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(mode):
        raise UnreadableDatabase(f"{path} is not a file")
    if os.statvfs(path).f_flag & os.ST_RDONLY:
        raise UnwritableDatabase(f"{path}: its disk is read-only", StoreState.READ_ONLY)
    if not (_allowed(path, os.R_OK | os.W_OK) and _allowed(path.parent, os.W_OK | os.X_OK)):
        raise UnreadableDatabase(
            f"{path} or its folder may not be read and written by this user (number"
            f" {os.geteuid()})"
        )


def _allowed(path: Path, mode: int) -> bool:
    return os.access(path, mode, effective_ids=True)


def _connect(path: Path, lock_wait_ms: int = BUSY_TIMEOUT_MS) -> Database:
    with translated(path):
        # No transaction that we did not begin: isolation_level=None
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=lock_wait_ms / 1000,
            isolation_level=None,
        )
    try:
        with translated(path):
            for pragma in (f"busy_timeout = {lock_wait_ms}", *PRAGMAS):
                connection.execute(f"PRAGMA {pragma}").fetchall()
            (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
        if mode != "wal":
            raise UnreadableDatabase(f"{path}: its disk cannot hold a write-ahead log ({mode})")
    except BaseException:
        connection.close()
        raise
    return Database(connection, path)
