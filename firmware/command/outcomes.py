"""What the daemon is told of updates: the outcome's file, read when it changes."""

from __future__ import annotations

from firmware.event import UpdateSeen
from firmware.update.outcome import read_outcome
from firmware.update.places import places


class UpdateWatch:
    """Looked at with each pulse; a look costs one `stat`."""

    def __init__(self) -> None:
        self._path = places().outcome
        self._seen: tuple[int, int] | None = None

    def look(self) -> UpdateSeen | None:
        """What is new since the last look; None if nothing is."""
        try:
            found = self._path.stat()
        except OSError:
            return None
        if self._seen == (found.st_ino, found.st_mtime_ns):
            return None
        self._seen = found.st_ino, found.st_mtime_ns
        outcome = read_outcome(self._path)
        if outcome is None:
            return None
        return UpdateSeen(outcome.what.value, outcome.at, outcome.values)
