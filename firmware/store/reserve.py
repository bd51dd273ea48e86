"""Some room set aside: on a disk that is full to the last byte SQLite cannot even open a database,
for want of its own two small files; and a box that cannot start passes no calls."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

NAME = ".reserve"
SIZE = 512 * 1024
AMPLE = 4 * SIZE   # free beside it, or it is not set aside now


def keep(data_dir: Path) -> None:
    """Set the room aside, unless it is, or there is little left."""
    path = data_dir / NAME
    with suppress(OSError):
        found = os.statvfs(data_dir)
        if path.exists() or found.f_bavail * found.f_frsize < SIZE + AMPLE:
            return
        with path.open("xb") as file:
            os.posix_fallocate(file.fileno(), 0, SIZE)


def release(data_dir: Path) -> bool:
    """Give it up; false when there is none."""
    try:
        (data_dir / NAME).unlink()
    except OSError:
        return False
    return True
