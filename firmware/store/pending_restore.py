"""A backup that the page was given: put in place when the daemon next starts.

Nothing may change the data under a running daemon, and whoever uses the page has no shell: but
everybody can switch the box off and on again. The file is checked when it is uploaded and again
here. One that has lain for long is dropped: a power cut weeks later must not bring old data back.
A running daemon does so, who knows how time passes; a box without a battery has lost the time when
it starts, and takes what is there.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from firmware.store.backup import Restored, restore_backup
from firmware.store.errors import StoreError

PENDING = "restore-at-start.zip"
LIVES = timedelta(hours=1)
BY_THE_PAGE = "web"


@dataclass(frozen=True, slots=True)
class Outcome:
    """``restored`` None: nothing was changed, ``why`` says what was wrong."""

    restored: Restored | None
    why: str = ""


def pending_since(data_dir: Path, now: datetime) -> datetime | None:
    """Since when (UTC) a backup waits, if it still counts at ``now``."""
    try:
        written = (data_dir / PENDING).stat().st_mtime
    except OSError:
        return None
    since = datetime.fromtimestamp(written, tz=now.tzinfo)
    return since if timedelta(0) <= now - since < LIVES else None


def drop_overdue(data_dir: Path, now: datetime) -> None:
    """Nobody has switched the box off and on."""
    file = data_dir / PENDING
    with suppress(OSError):
        if file.exists() and pending_since(data_dir, now) is None:
            file.unlink(missing_ok=True)


def restore_pending(data_dir: Path, now: datetime) -> Outcome | None:
    """Put the waiting backup in place, if there is one. Call it before the daemon takes its lock.

    The file is gone afterwards, whatever came of it: a box must not fail at it again and again.
    """
    file = data_dir / PENDING
    if not file.exists():
        return None
    try:
        if now.timestamp() - file.stat().st_mtime >= LIVES.total_seconds():
            return Outcome(None, f"{file} has waited too long: dropped")
        return Outcome(restore_backup(file, data_dir, BY_THE_PAGE, now))
    except (StoreError, OSError) as fault:   # the second: a disk that takes no file at all
        return Outcome(None, str(fault))
    finally:
        with suppress(OSError):
            file.unlink(missing_ok=True)
