"""What a worn memory card still gives.

A sector that cannot be read is an error (EIO) each time; all the others are as they were.
"""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from firmware.store.place import LOG_SUFFIXES

PIECE, BLOCK = 1024 * 1024, 4096   # bytes: read at once; and what is given up for one bad sector


def copy_with_log(path: Path, copy: Path) -> Path | None:
    """A file that this program cannot open, with its log, to be read from without touching it.
    What cannot be read is zeros in the copy: damage, as any other. Raises ``OSError``."""
    if not path.exists():
        return None
    _copy(path, copy)
    log = path.with_name(path.name + LOG_SUFFIXES[0])
    if log.exists():
        _copy(log, copy.with_name(copy.name + LOG_SUFFIXES[0]))
    return copy


def has_bad_sectors(path: Path) -> bool:
    """Whether some of the file, or of its log, cannot be read at all."""
    for each in (path, path.with_name(path.name + LOG_SUFFIXES[0])):
        try:
            with open(each, "rb", buffering=0) as file:
                while file.read(PIECE):
                    pass
        except FileNotFoundError:
            continue
        except OSError as fault:
            if fault.errno == errno.EIO:
                return True
    return False


def listed(folder: Path) -> list[Path]:
    """What is in a folder; nothing where there is none, or where it cannot be listed: that must not
    keep the box from starting."""
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _copy(path: Path, copy: Path) -> None:
    try:
        shutil.copyfile(path, copy)
    except OSError as fault:
        if fault.errno != errno.EIO:
            raise
        _copy_what_can_be_read(path, copy)


def _copy_what_can_be_read(path: Path, copy: Path) -> None:
    with open(path, "rb", buffering=0) as file, open(copy, "wb") as made:
        size = os.fstat(file.fileno()).st_size
        for at in range(0, size, BLOCK):
            wanted = min(BLOCK, size - at)
            made.write(_block(file.fileno(), wanted, at).ljust(wanted, b"\0"))


def _block(handle: int, size: int, at: int) -> bytes:
    try:
        return os.pread(handle, size, at)
    except OSError as fault:
        if fault.errno != errno.EIO:
            raise
        return b""
