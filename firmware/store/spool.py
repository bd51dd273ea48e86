"""Rows that no disk takes, beside the pulse in the RAM disk: they outlive the daemon alone.

A program that is killed or restarted while the disk is full finds here what its predecessor could
not write. One JSON object a line, only ever added to.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from firmware.record import JournalEntry, RecordedGreeting, RequestDone, RotaOverride, Row
from firmware.store.plain import from_plain, json_text, to_plain
from firmware.store.row_store import ROW_TABLES

SPOOL_NAME = "unwritten.jsonl"
SIZE_MAX = 32 * 1024 * 1024
_KINDS: dict[str, Any] = {
    kind.__name__: kind
    for kind in (*ROW_TABLES, JournalEntry, RequestDone, RotaOverride, RecordedGreeting)
}


class Spool:
    """The file in ``folder``; None keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._path = None if folder is None else folder / SPOOL_NAME

    def add(self, rows: Sequence[Row]) -> None:
        """Best effort: rows are in memory as well, and the RAM disk may be full or gone too."""
        if self._path is None:
            return
        text = "".join(f"{json_text([type(row).__name__, to_plain(row)])}\n" for row in rows)
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o750, exist_ok=True)
            if not self._path.exists() or self._path.stat().st_size < SIZE_MAX:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(text)

    def rows(self) -> tuple[Row, ...]:
        """What a predecessor left, in its order; a line that was cut short is left out."""
        try:
            text = self._path.read_text(encoding="utf-8") if self._path is not None else ""
        except (OSError, UnicodeDecodeError):
            return ()
        found = []
        for line in text.splitlines():
            with suppress(ValueError, KeyError, TypeError, RecursionError):
                kind, plain = json.loads(line)
                found.append(from_plain(_KINDS[kind], plain))
        return tuple(found)

    def clear(self) -> None:
        """Everything is on the disk."""
        if self._path is not None:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)


NO_SPOOL = Spool(None)
