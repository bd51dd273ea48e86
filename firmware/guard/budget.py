"""How many SMS the box may send before it thinks something is wrong."""

from __future__ import annotations

from collections import deque

HOUR_S, DAY_S = 3600.0, 86400.0


class Budget:
    """A sliding count over an hour and a day; times are monotonic seconds."""

    def __init__(self, per_hour: int = 300, per_day: int = 1500) -> None:
        self._limits = ((HOUR_S, per_hour), (DAY_S, per_day))
        self._sent: deque[float] = deque()

    def spend(self, now_s: float) -> None:
        """One more SMS has left."""
        self._sent.append(now_s)
        while self._sent and self._sent[0] <= now_s - DAY_S:
            self._sent.popleft()

    def free_at_s(self, now_s: float) -> float:
        """When the next may leave: now, or the instant at which the count falls below the limit."""
        free_s = now_s
        for window_s, limit in self._limits:
            if len(self._sent) >= limit:
                free_s = max(free_s, self._sent[-limit] + window_s)
        return free_s
