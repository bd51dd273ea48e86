"""The clocks of the machine, read in one place."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from firmware.line.clock_keeper import earliest
from firmware.moment import BUILT, Moment

LOOK_S = 10.0   # between two looks at what keeps the system clock right


def plausible(utc: datetime) -> bool:
    """A Pi without a battery starts in 1970, or where it was switched off: before this program."""
    return utc >= BUILT


class SystemClock:
    """Makes the `Moment` of each step. In this order it believes the system clock while NTP keeps
    it, the network's time (`adopt`), the system clock where a battery-backed clock agrees with it
    and no row of the store is newer (``floor``). What was believed once is kept on the monotonic
    clock: only root may set the system's (``told`` asks for it). ``synchronised`` and ``battery``
    look at that; the first leaves the clock, always true, to whoever sees to the computer."""

    def __init__(
        self,
        floor: datetime | None = None,
        synchronised: Callable[[], bool] = lambda: True,
        battery: Callable[[], bool] = lambda: False,
        told: Callable[[datetime, float], None] = lambda utc, monotonic_s: None,
    ) -> None:
        self._floor = earliest(floor)
        self._synchronised, self._battery, self._told = synchronised, battery, told
        self._synced = self._backed = False
        self._look_at_s = 0.0
        self._known: tuple[datetime, float] | None = None   # it was so late, then

    def moment(self) -> Moment:
        now_s, utc = time.monotonic(), datetime.now(UTC)
        if now_s >= self._look_at_s:
            self._look_at_s = now_s + LOOK_S
            self._synced = plausible(utc) and self._synchronised()
            self._backed = self._battery()
        if self._synced:
            self._known = (utc, now_s)
        if self._known is not None:
            known, then_s = self._known
            return Moment(now_s, known + timedelta(seconds=now_s - then_s), True)
        return Moment(now_s, utc, self._backed and utc >= self._floor)

    def adopt(self, utc: datetime, monotonic_s: float) -> None:
        """The network's time; NTP's is better."""
        if not self._synced:
            self._known = (utc, monotonic_s)
            self._told(utc, monotonic_s)
