"""The daemon's pen: every step's rows to the disk, or into memory while the disk takes none.

A box that cannot write still passes calls. Rows that no disk takes are kept here, the last version
of each, and are written in one transaction as soon as the disk takes them again. Whoever asks is
told which of the two it was; what must not be done before a row is on disk (deleting an SMS from
the SIM) waits for `state` to be GOOD.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from firmware.pulse import StoreState
from firmware.record import JournalEntry, Memory, Row
from firmware.store.errors import BusyDatabase, RefusedRow, StoreError
from firmware.store.row_store import RowStore
from firmware.store.spool import NO_SPOOL, Spool

STALE_S = 10.0   # a command this late would meet another call, or a dialogue that gave it up
SLOW_S = 5.0     # a good card takes a hundredth of it; the wait for a lock is shorter
LOCK_WAIT_S = 1.0            # for another process that writes: a call must not wait longer
LOCK_WAIT_IN_TROUBLE_S = 0.1
DAMAGE_LOOKED_AT_EVERY_S = 60.0   # reading the whole file holds everything else up
LINES_MAX = 10_000   # journal lines without a key, which nothing replaces, kept in memory


class Recorder:
    """Belongs to the thread of the main loop. ``complain`` says a line to whoever watches."""

    def __init__(
        self,
        store: RowStore,
        complain: Callable[[str], None],
        spool: Spool = NO_SPOOL,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._complain, self._spool, self._clock = store, complain, spool, clock
        self._backlog: dict[object, Row] = {}
        self._lines = 0
        self.state = StoreState.GOOD
        self.why = ""
        self._check_at_s = 0.0
        self._slow_s: float | None = None
        # Another file is about to take this one's place: what were written into it now is lost
        self.repairing = False
        store.wait_for_lock(LOCK_WAIT_S)

    def resume(self) -> None:
        """At the start: write what a predecessor kept in the spool, or keep it on."""
        left = self._spool.rows()
        if not left:
            return
        for row in left:
            self._backlog[self._place(row)] = row
        try:
            self._write_backlog()
        except StoreError as fault:
            self.trouble(fault)

    def load_memory(self, now: datetime) -> Memory:
        """What is on disk and what is only here, as `RowStore.load_memory` gives it."""
        return self._store.load_memory(now, also=tuple(self._backlog.values()))

    def record(self, rows: Sequence[Row]) -> bool:
        """Record ``rows``, on the disk or in memory (see ``state``).

        False when what these rows explain must not be written to the modem: it is too late, or
        one of them was refused (a mistake of ours; the others are kept).
        """
        began_s = self._clock()
        good = True
        if self.state is StoreState.GOOD:
            try:
                good = self._write(rows)
            except StoreError as fault:
                self.trouble(fault)
        if self.state is not StoreState.GOOD:
            self._keep(rows)
        took_s = self._clock() - began_s
        if took_s >= SLOW_S:
            self._slow_s = took_s
        return good and took_s < STALE_S

    def take_slow_s(self) -> float | None:
        """How long the last rows took that took too long; once."""
        slow_s, self._slow_s = self._slow_s, None
        return slow_s

    def trouble(self, fault: StoreError) -> None:
        """The disk takes nothing: from now on rows are kept in memory."""
        if self.state is StoreState.GOOD:
            self._store.wait_for_lock(LOCK_WAIT_IN_TROUBLE_S)
            self._complain(f"{fault}; rows are kept in memory")
        self.state, self.why = fault.state, str(fault)

    def retry(self, *, now: bool = False) -> None:
        """Try to write what is kept; ``state`` is GOOD again when that has worked.

        A damaged file is read now and then only, and not while it is mended; or ``now``: it is
        said to be mended, and another one lies there, whatever ``state`` is.
        """
        now_s = self._clock()
        if now:
            self._check_at_s = now_s
        damaged = self.state is StoreState.DAMAGED
        waits = self.repairing or (damaged and now_s < self._check_at_s)
        if not now and (self.state is StoreState.GOOD or waits):
            return
        self._check_at_s = now_s + DAMAGE_LOOKED_AT_EVERY_S
        try:
            self._store.reopen()
            if damaged or self.state is StoreState.READ_ONLY:   # a card that fails damages as well
                self._store.check()
            self._write_backlog()
        except StoreError as fault:
            self.trouble(fault)
            return
        self._store.wait_for_lock(LOCK_WAIT_S)
        self.state, self.why = StoreState.GOOD, ""

    @contextmanager
    def reading(self) -> Iterator[None]:
        """What cannot be read now is read at the next look; a damage that it meets is trouble."""
        try:
            yield
        except BusyDatabase as fault:
            self._complain(str(fault))
        except StoreError as fault:
            self.trouble(fault)

    def _write_backlog(self) -> None:
        """All at once; where a row is refused, each alone, and none of them twice."""
        count = len(self._backlog)
        try:
            self._store.record(tuple(self._backlog.values()))
        except RefusedRow:
            for place, row in tuple(self._backlog.items()):
                self._write((row,))
                del self._backlog[place]
        self._complain(f"the disk takes rows again: {count} written")
        self._backlog.clear()
        self._lines = 0
        self._spool.clear()

    def _write(self, rows: Sequence[Row]) -> bool:
        try:
            self._store.record(rows)
        except RefusedRow as fault:
            self._complain(f"{fault}: {', '.join(sorted({type(row).__name__ for row in rows}))}")
            if len(rows) > 1:
                for row in rows:
                    self._write((row,))
            return False
        return True

    def _keep(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self._backlog[self._place(row)] = row
        self._spool.add(rows)

    def _place(self, row: Row) -> object:
        """Where a row is kept: in the place of its older version, if it has a key."""
        for name in ("key", "id", "fingerprint"):
            value = getattr(row, name, None)
            if value is not None:
                return type(row), value
        self._lines += 1
        if isinstance(row, JournalEntry):
            self._backlog.pop((JournalEntry, self._lines - LINES_MAX), None)   # the oldest
        return type(row), self._lines
