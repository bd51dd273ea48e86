"""The two clocks of the machine, read in one place."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from firmware.moment import Moment

EARLIEST = datetime(2025, 1, 1, tzinfo=UTC)


def plausible(utc: datetime) -> bool:
    """Whether a wall clock can be right at all: a Pi without a battery starts in 1970, or where
    it was switched off; nothing of this program is older than that."""
    return utc >= EARLIEST


class SystemClock:
    """Makes the `Moment` of each step. ``trusted`` may ask chrony or an RTC for more proof."""

    def __init__(self, trusted: Callable[[datetime], bool] = plausible) -> None:
        self._trusted = trusted

    def moment(self) -> Moment:
        utc = datetime.now(UTC)
        return Moment(time.monotonic(), utc, self._trusted(utc))
