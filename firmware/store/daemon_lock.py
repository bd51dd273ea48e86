"""One daemon for one data directory: an exclusive ``flock`` that dies with its process."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType

from firmware.store.database import FILE_MODE
from firmware.store.errors import DataInUse, UnreadableDatabase

LOCK_NAME = "daemon.lock"
# A page that looks holds the lock for microseconds: so many looks in a row do not happen
_TRIES = 1000


class DaemonLock:
    """Held from construction until ``close`` or the end of the process.

    Raises ``DataInUse``, naming the process, when another daemon holds it.
    """

    def __init__(self, data_dir: Path) -> None:
        path = data_dir / LOCK_NAME
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, FILE_MODE)
        except OSError as error:
            raise UnreadableDatabase(f"{path} cannot be opened: {error.strerror}") from error
        try:
            if not _take(self._handle):
                raise DataInUse(f"{data_dir} is in use by another veilleur run ({_holder(path)})")
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
    """Whether a daemon holds the lock. Looks with a shared lock, which a starting daemon waits out.

    False as well where there is no lock file or it may not be read.
    """
    try:
        handle = os.open(data_dir / LOCK_NAME, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        return not _try(handle, fcntl.LOCK_SH)
    finally:
        os.close(handle)


def _take(handle: int) -> bool:
    for _ in range(_TRIES):
        if _try(handle, fcntl.LOCK_EX):
            return True
        if not _try(handle, fcntl.LOCK_SH):
            return False
        # Only lookers were there; the shared lock is let go before the next try
        fcntl.flock(handle, fcntl.LOCK_UN)
    return False


def _try(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _holder(path: Path) -> str:
    try:
        pid = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        pid = ""
    return f"process {pid}" if pid.isdigit() else "process unknown"
