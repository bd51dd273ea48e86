"""How often one number may set somebody's telephone buzzing."""

from __future__ import annotations

from collections import deque


class Flood:
    """At most ``limit`` admissions of one key within ``window_s`` seconds; times are monotonic.

    Keys that have been quiet for a window are forgotten, so that a thousand callers cost nothing.
    """

    def __init__(self, limit: int, window_s: float) -> None:
        self._limit = limit
        self._window_s = window_s
        self._seen: dict[str, deque[float]] = {}
        self._told: set[str] = set()

    def admits(self, key: str, now_s: float) -> bool:
        """Count one more of ``key`` and say whether it is within the limit."""
        self._forget(now_s)
        times = self._seen.setdefault(key, deque())
        if len(times) >= self._limit:
            return False
        times.append(now_s)
        return True

    def give_back(self, key: str) -> None:
        """What was admitted last came to nothing."""
        times = self._seen.get(key)
        if times:
            times.pop()

    def left(self, key: str, now_s: float) -> int:
        """How many more admissions of ``key`` there are now."""
        self._forget(now_s)
        return self._limit - len(self._seen.get(key, ()))

    def first_refusal(self, key: str) -> bool:
        """Whether this is the first refusal of a flood: it is told once, not each time."""
        if key in self._told:
            return False
        self._told.add(key)
        return True

    def _forget(self, now_s: float) -> None:
        limit = now_s - self._window_s
        for key in tuple(self._seen):
            times = self._seen[key]
            while times and times[0] <= limit:
                times.popleft()
            if not times:
                del self._seen[key]
                self._told.discard(key)
