"""One daemon for one data directory: an exclusive lock on a file, which dies with its process.

An open-file-description lock (fcntl(2), ``F_OFD_SETLK``): like ``flock`` it belongs to the open
file and not to the process, but others can ask about it without taking it for a moment. A page
that looked with ``flock`` could make a starting daemon believe that another one runs.

On a disk that is read-only a lock for reading has to do: another daemon's lock for writing, and
this one's, keep each other out; of two such locks the later one finds the earlier and gives way.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import struct
from pathlib import Path
from types import TracebackType

from firmware.store.database import FILE_MODE
from firmware.store.errors import DataInUse, UnreadableDatabase

LOCK_NAME = "daemon.lock"
# struct flock with 64-bit offsets: l_type, l_whence, l_start, l_len, l_pid, in native alignment
_FLOCK = "hhqqi0q"


class DaemonLock:
    """Held from construction until ``close`` or the end of the process.

    Raises ``DataInUse``, naming the process, when another daemon holds it.
    """

    def __init__(self, data_dir: Path) -> None:
        path = data_dir / LOCK_NAME
        self._handle, kind = _opened(path)
        if self._handle < 0:
            return
        try:
            if not _take(self._handle, kind):
                raise DataInUse(f"{data_dir} is in use by another veilleur run ({_holder(path)})")
            # The lock is what counts: a full disk must not keep the telephone from being answered
            with contextlib.suppress(OSError):
                self._sign()
        except BaseException:
            os.close(self._handle)
            raise

    def _sign(self) -> None:
        if os.fstat(self._handle).st_uid == os.geteuid():
            os.fchmod(self._handle, FILE_MODE)  # whatever the umask: the page must be able to look
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"{os.getpid()}\n".encode(), 0)

    def close(self) -> None:
        """Let go of the lock; the file stays, so that nobody locks a deleted one."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def __enter__(self) -> DaemonLock:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def daemon_is_running(data_dir: Path) -> bool:
    """Whether a daemon holds the lock; only asks the kernel, so that it never stands in its way.

    False as well where there is no lock file or it may not be read.
    """
    try:
        handle = os.open(data_dir / LOCK_NAME, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        return _held_by_another(handle)
    finally:
        os.close(handle)


def _opened(path: Path) -> tuple[int, int]:
    """The lock's file and the kind of lock that it allows; -1 for none where a disk takes no file:
    the telephone must be answered."""
    try:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
        return os.open(path, flags, FILE_MODE), fcntl.F_WRLCK
    except OSError as error:
        if error.errno != errno.EROFS:
            raise UnreadableDatabase(f"{path} cannot be opened: {error.strerror}") from error
    try:
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW), fcntl.F_RDLCK
    except OSError:
        return -1, fcntl.F_UNLCK


def _take(handle: int, kind: int) -> bool:
    try:
        fcntl.fcntl(handle, fcntl.F_OFD_SETLK, _whole_file(kind))
    except (BlockingIOError, PermissionError):  # EAGAIN or EACCES: held by another (fcntl(2))
        return False
    return kind == fcntl.F_WRLCK or not _held_by_another(handle)


def _held_by_another(handle: int) -> bool:
    answer = fcntl.fcntl(handle, fcntl.F_OFD_GETLK, _whole_file(fcntl.F_WRLCK))
    kind: int = struct.unpack(_FLOCK, answer)[0]
    return kind != fcntl.F_UNLCK


def _whole_file(kind: int) -> bytes:
    return struct.pack(_FLOCK, kind, os.SEEK_SET, 0, 0, 0)


def _holder(path: Path) -> str:
    try:
        pid = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        pid = ""
    return f"process {pid}" if pid.isdigit() else "process unknown"
