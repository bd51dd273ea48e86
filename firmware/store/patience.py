"""Patience with the disk: being busy or full for a while must not end the box."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from firmware.record import Row
from firmware.store.errors import BusyDatabase, RefusedRow, UnwritableDatabase
from firmware.store.row_store import RowStore

RETRY_S = 1.0
PATIENCE_S = 60.0
STALE_S = 10.0  # a command this late would meet another call, or a dialogue that gave it up


def record_patiently(
    store: RowStore,
    rows: Sequence[Row],
    complain: Callable[[str], None],
    stopping: Callable[[], bool],
    clock: Callable[[], float] = time.monotonic,
    wait: Callable[[float], None] = time.sleep,
) -> bool:
    """Record ``rows``, trying again each second for a minute; ``complain`` hears of it once.

    Nothing may be done before it is on disk, so the caller waits. False when what these rows
    explain must not be written to the modem any more: it is too late, the program is ``stopping``
    and they are not on disk, or one of them was refused (a mistake of ours; the others are kept).
    Raises what the store raised last, and at once what no waiting mends.
    """
    began_s = clock()
    told = False
    while True:
        try:
            store.record(rows)
            return clock() - began_s < STALE_S
        except RefusedRow as fault:
            complain(f"{fault}: {', '.join(sorted({type(row).__name__ for row in rows}))}")
            if len(rows) > 1:
                for row in rows:
                    record_patiently(store, (row,), complain, stopping, clock, wait)
            return False
        except (BusyDatabase, UnwritableDatabase) as fault:
            if clock() - began_s >= PATIENCE_S:
                raise
            if not told:
                complain(f"{fault}; everything waits for it")
                told = True
        if stopping():
            return False
        wait(RETRY_S)


@contextmanager
def read_later(complain: Callable[[str], None]) -> Iterator[None]:
    """What cannot be read now is told, and read at the next look."""
    try:
        yield
    except (BusyDatabase, UnwritableDatabase) as fault:
        complain(str(fault))
