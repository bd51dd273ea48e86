"""The instant at which something happens, handed to every pure room instead of a clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import isfinite
from typing import Protocol

BUILT = datetime(2026, 1, 1, tzinfo=UTC)   # nothing of this program is older
# A receiver that has lost count is 1024 weeks of GPS off, twenty years, either way (IS-GPS-200)
LATEST = BUILT + timedelta(days=15 * 365)
CLOCK_SET = timedelta(seconds=5)
LONGEST_S = 1e10


def is_older(at: datetime, than: datetime) -> bool:
    """Whether what bears this date is older. What the box has written before it knew the time may
    bear one of before this program, which is nobody's age: it is not, as far as anybody knows."""
    return at < than and (at >= BUILT or than < BUILT)


def soonest(*times_s: float | None) -> float | None:
    """The first of these deadlines, None where there is none; asked many times in each step."""
    first_s = None
    for time_s in times_s:
        if time_s is not None and (first_s is None or time_s < first_s):
            first_s = time_s
    return first_s


def read_instant(text: object) -> datetime | None:
    """In UTC; None for what is no instant with a zone: a fact may come from a damaged card."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
        return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None
    except (ValueError, OverflowError):   # the second: of the first year, or of the last
        return None


def read_seconds(value: object) -> float | None:
    """Not below 0; None for what is no number of seconds (of centuries neither), likewise."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return max(float(value), 0.0) if isfinite(value) and value < LONGEST_S else None
    except OverflowError:   # an integer beyond every float
        return None


class Clocked(Protocol):
    """A room that has something to do by itself: when, on the monotonic clock, or None."""

    @property
    def deadline_s(self) -> float | None:
        """The instant."""


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant on both clocks of the box.

    ``monotonic_s`` never goes back and measures delays; ``utc`` is an aware datetime in UTC and
    decides the rota. ``utc_trusted`` is false while nothing has confirmed the wall clock: the box
    then alerts everybody rather than guess one person.
    """

    monotonic_s: float
    utc: datetime
    utc_trusted: bool = True

    def clock_was_set_since(self, before: Moment, by: timedelta = CLOCK_SET) -> bool:
        """The wall clock went another way than the monotonic one: it is another time of day."""
        expected = before.utc + timedelta(seconds=self.monotonic_s - before.monotonic_s)
        return abs(self.utc - expected) > by
