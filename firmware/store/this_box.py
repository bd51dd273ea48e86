"""What is true of the box itself and not of its data: a backup that is put in place says nothing of
it. One of yesterday would have the box believe that it has been off since."""

from __future__ import annotations

from firmware.record import OF_THIS_BOX
from firmware.store.database import Database


def forget(backup: Database) -> None:
    """Take it out of a backup, before it becomes the data."""
    with backup.transaction() as connection:
        connection.executemany("DELETE FROM fact WHERE key = ?", [(key,) for key in OF_THIS_BOX])
