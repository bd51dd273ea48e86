"""The alarm clock: APScheduler puts a wake-up on the queue, and does nothing else.

Its triggers count wall time. A wall clock that is set back would make one late, so the main loop
never waits for it longer than the monotonic clock says.
"""

from __future__ import annotations

import inspect
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

sys.modules.setdefault("asyncio", inspect)  # 3 MB for one function, from 3.14 on inspect's anyway
try:
    from apscheduler.executors.debug import DebugExecutor
    from apscheduler.schedulers.background import BackgroundScheduler
    from apscheduler.triggers.date import DateTrigger
finally:
    if sys.modules["asyncio"] is inspect:
        del sys.modules["asyncio"]

WAKE_UP = "wake-up"


class AlarmClock:
    """One daemon thread. Jobs run in that thread: there is no pool that could outlive the loop."""

    def __init__(self, on_wake: Callable[[], None]) -> None:
        self._on_wake = on_wake
        self._scheduler = BackgroundScheduler(
            timezone=UTC, executors={"default": DebugExecutor()}, daemon=True
        )
        self._scheduler.start()

    def wake_at(self, monotonic_s: float) -> None:
        """Replace the one wake-up by this instant of the monotonic clock."""
        wait = timedelta(seconds=max(monotonic_s - time.monotonic(), 0.0))
        self._scheduler.add_job(
            self._on_wake,
            DateTrigger(datetime.now(UTC) + wait, timezone=UTC),
            id=WAKE_UP,
            replace_existing=True,
            misfire_grace_time=None,
        )

    def stop(self) -> None:
        self._scheduler.shutdown(wait=False)
