"""How many calls the box may place before it thinks something is wrong."""

from __future__ import annotations

from firmware.guard.budget import Budget

PER_HOUR, PER_DAY = 120, 600   # a bad night asks ten people twice for each of six callers an hour
MINUTES_PER_DAY = 600.0        # dialled: ringing and whispering; who is joined talks on their own


class CallBudget:
    """Beyond it nobody is rung any more; the caller may leave a message, and the SMS leaves."""

    def __init__(self, per_hour: int = PER_HOUR, per_day: int = PER_DAY) -> None:
        self._calls = Budget(per_hour, per_day)
        self._minutes = Budget(round(MINUTES_PER_DAY), round(MINUTES_PER_DAY))

    def allows(self, now_s: float) -> bool:
        return self._calls.free_at_s(now_s) <= now_s and self._minutes.free_at_s(now_s) <= now_s

    def placed(self, now_s: float) -> None:
        self._calls.spend(now_s)

    def lasted(self, seconds: float, now_s: float) -> None:
        """A call of ours is over; each minute begun counts."""
        for _ in range(int(seconds // 60) + 1):
            self._minutes.spend(now_s)
