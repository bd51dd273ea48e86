"""What a power cut or a kill has left half made: copies of the whole database, for ever else."""

from __future__ import annotations

import os
import re
import shutil
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from firmware.moment import BUILT
from firmware.store.database import DATABASE_NAME
from firmware.store.place import BACKUPS
from firmware.store.worn import listed

NOBODY_S_AFTER = timedelta(days=1)   # hundreds of times what any of them takes
_DRAFT = re.compile(rf"\.(backup|restore|mend|upload|tls)-.+|\.{re.escape(DATABASE_NAME)}\..+")


def sweep(data_dir: Path, now: datetime) -> None:
    """Remove drafts that nobody works on any more, as far as they are this user's: the daemon's
    helper and the page sweep each night and at each start. Raises nothing."""
    for folder in (data_dir, data_dir / BACKUPS):
        for path in listed(folder):
            if _DRAFT.fullmatch(path.name):
                with suppress(OSError):
                    _look_at(path, now)


def _look_at(path: Path, now: datetime) -> None:
    begun_s = path.lstat().st_mtime
    old_s = now.timestamp() - begun_s
    if begun_s < BUILT.timestamp() or old_s < 0:   # the clock was wrong: from now on, then
        os.utime(path, (now.timestamp(), now.timestamp()), follow_symlinks=False)
    elif old_s < NOBODY_S_AFTER.total_seconds():
        return
    elif path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
