"""How much room the disk has."""

from __future__ import annotations

import os
from pathlib import Path

from firmware.event import DiskSeen

MEGABYTE = 1_000_000


def look_at_disk(folder: Path) -> DiskSeen | None:
    """What an ordinary user may still write there; None where the file system does not tell."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return None
    return DiskSeen(
        found.f_bavail * found.f_frsize // MEGABYTE, found.f_blocks * found.f_frsize // MEGABYTE
    )
