"""Recording with patience: a disk that is busy or full for a moment must not end the box."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from firmware.record import Row
from firmware.store.errors import BusyDatabase, UnwritableDatabase
from firmware.store.row_store import RowStore

RETRY_S = 1.0
TRIES = 60


def record_patiently(
    store: RowStore,
    rows: Sequence[Row],
    complain: Callable[[str], None],
    wait: Callable[[float], None] = time.sleep,
) -> None:
    """Record ``rows``, trying again each second for a minute; ``complain`` hears of it once.

    Nothing may be done before it is on disk, so the caller waits. Raises what the store raised
    last, and at once what no waiting mends.
    """
    for left in reversed(range(TRIES)):
        try:
            store.record(rows)
            return
        except (BusyDatabase, UnwritableDatabase) as fault:
            if not left:
                raise
            if left == TRIES - 1:
                complain(str(fault))
            wait(RETRY_S)
