"""One event heap on integer time: nothing in the simulator runs, waits or draws outside it.

The same seed and the same actions at the same milliseconds give the same run, on any machine. A
host that lives in real time (the pty port, the console) calls `run_until` with its own clock; the
simulated year calls it in one leap.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from random import Random

Action = Callable[[], object]

MILLISECOND = timedelta(milliseconds=1)
START_UTC = datetime(2026, 1, 1, tzinfo=UTC)


class Scheduled:
    """A promise to run one action; `cancel` is free and may be called at any time, also twice."""

    __slots__ = ("action", "when_ms")

    def __init__(self, when_ms: int, action: Action) -> None:
        self.when_ms = when_ms
        self.action: Action | None = action

    def cancel(self) -> None:
        """The action will not run; after it ran, this changes nothing."""
        self.action = None

    def run(self) -> bool:
        """Run the action, once; False when it was cancelled or has run."""
        action = self.action
        if action is None:
            return False
        self.action = None
        action()
        return True

    @property
    def pending(self) -> bool:
        """True while the action has neither run nor been cancelled."""
        return self.action is not None


class Timeline:
    """Actions ordered by (millisecond, order of scheduling), and the run's one generator."""

    def __init__(self, seed: int, start_utc: datetime = START_UTC) -> None:
        """`start_utc` is an aware instant: what the network believes the time to be at 0 ms.

        Raises ValueError when it carries no zone.
        """
        if start_utc.tzinfo is None:
            raise ValueError("start_utc must carry a time zone")
        self.now_ms = 0
        self.random = Random(seed)
        self.start_utc = start_utc.astimezone(UTC)
        self._heap: list[tuple[int, int, Scheduled]] = []
        # What is scheduled for this very millisecond comes after all that the heap holds for it,
        # so it needs no sorting: most of what happens is a reaction, and a queue is cheaper.
        self._now: deque[Scheduled] = deque()
        self._sequence = 0

    def at(self, when_ms: int, action: Action) -> Scheduled:
        """Run `action` at `when_ms`, after all that was scheduled before for the same instant.

        Raises ValueError for an instant in the past.
        """
        scheduled = Scheduled(when_ms, action)
        if when_ms > self.now_ms:
            self._sequence += 1
            heappush(self._heap, (when_ms, self._sequence, scheduled))
        elif when_ms == self.now_ms:
            self._now.append(scheduled)
        else:
            raise ValueError(f"{when_ms} ms is before now, {self.now_ms} ms")
        return scheduled

    def after(self, delay_ms: int, action: Action) -> Scheduled:
        """Run `action` in `delay_ms`; 0 means later in this same millisecond."""
        return self.at(self.now_ms + delay_ms, action)

    def next_ms(self) -> int | None:
        """The instant of the next action, or None when nothing is scheduled."""
        if any(scheduled.action is not None for scheduled in self._now):
            return self.now_ms
        heap = self._heap
        while heap and heap[0][2].action is None:
            heappop(heap)
        return heap[0][0] if heap else None

    def run_until(self, when_ms: int) -> int:
        """Run all actions due up to and including `when_ms`; returns how many ran.

        Time then stands at `when_ms`; an earlier `when_ms` than now changes nothing.
        """
        if when_ms < self.now_ms:
            return 0
        count = 0
        heap, now = self._heap, self._now
        while True:
            while heap and heap[0][0] <= self.now_ms:
                count += heappop(heap)[2].run()
            while now:
                count += now.popleft().run()
            if not heap or heap[0][0] > when_ms:
                break
            self.now_ms = heap[0][0]
        self.now_ms = when_ms
        return count

    def utc(self, when_ms: int | None = None) -> datetime:
        """The instant `when_ms` (default: now) as aware UTC, exact to the millisecond."""
        return self.start_utc + (self.now_ms if when_ms is None else when_ms) * MILLISECOND
