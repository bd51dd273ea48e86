"""What the daemon is told of updates and of the stick: small files, read when they change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from firmware.event import StickSeen, UpdateSeen
from firmware.update.outcome import read_outcome
from firmware.update.places import places
from firmware.update.sticks import read_stick


class UpdateWatch:
    """Looked at with each pulse; a look costs two `stat`."""

    def __init__(self) -> None:
        self._where = places()
        self._seen: dict[Path, tuple[int, int]] = {}

    def look(self) -> Iterator[UpdateSeen | StickSeen]:
        """What is new since the last look."""
        if self._is_new(self._where.outcome):
            outcome = read_outcome(self._where.outcome)
            if outcome is not None:
                yield UpdateSeen(outcome.what.value, outcome.at, outcome.values)
        if self._is_new(self._where.stick):
            backup = read_stick(self._where.stick)
            if backup is not None:
                yield StickSeen(backup.what)

    def _is_new(self, path: Path) -> bool:
        try:
            found = path.stat()
        except OSError:
            return False
        state = found.st_ino, found.st_mtime_ns
        if self._seen.get(path) == state:
            return False
        self._seen[path] = state
        return True
