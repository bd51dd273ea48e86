"""Wall clock of a zone to instants in UTC, by the rules of the house.

A clock time that does not exist means the first instant after the gap (zoneinfo alone would shift
02:30 to 03:30); one that exists twice starts at its first and ends at its second occurrence.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

# A year away from what datetime can hold, so that offsets and margins never overflow.
EARLIEST = datetime(2, 1, 1, tzinfo=UTC)
END_OF_TIME = datetime(9998, 1, 1, tzinfo=UTC)
LATEST = END_OF_TIME - timedelta(days=7)  # the last instant that is answered for

_ZERO = timedelta()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = _EPOCH.replace(tzinfo=None)


def as_utc(instant: datetime) -> datetime:
    """``instant`` in UTC, kept between ``EARLIEST`` and ``LATEST``; ValueError if it is naive."""
    if instant.tzinfo is not UTC:
        if instant.tzinfo is None or instant.utcoffset() is None:
            raise ValueError(f"{instant!r} is a wall-clock time, not an instant")
        try:
            instant = instant.astimezone(UTC)
        except OverflowError:
            return EARLIEST if instant.year < EARLIEST.year else LATEST
    if instant < EARLIEST:
        return EARLIEST
    return min(instant, LATEST)


def wall_clock(instant: datetime, zone: tzinfo) -> datetime:
    """What a clock in ``zone`` shows at ``instant``, as a naive datetime without fold."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def first_instant(wall: datetime, zone: tzinfo) -> datetime:
    """The instant at which something that starts at ``wall`` starts (first occurrence)."""
    return _instant(wall, zone, 0)


def last_instant(wall: datetime, zone: tzinfo) -> datetime:
    """The instant at which something that ends at ``wall`` ends (second occurrence)."""
    return _instant(wall, zone, 1)


def _instant(wall: datetime, zone: tzinfo, fold: int) -> datetime:
    if wall.tzinfo is not None:
        return as_utc(wall)
    if not EARLIEST.year <= wall.year < END_OF_TIME.year:
        return EARLIEST if wall.year < EARLIEST.year else END_OF_TIME
    first = zone.utcoffset(wall if wall.fold == 0 else wall.replace(fold=0)) or _ZERO
    second = zone.utcoffset(wall.replace(fold=1)) or _ZERO
    if first < second:  # PEP 495: in a gap fold=0 has the offset from before it, fold=1 from after
        return _gap_end(wall, zone, first, second)
    return _EPOCH + (wall - _NAIVE_EPOCH - (second if fold else first))


@lru_cache(maxsize=1024)
def _gap_end(wall: datetime, zone: tzinfo, before: timedelta, after: timedelta) -> datetime:
    """The instant of the clock change that skips ``wall``; changes fall on whole seconds."""
    low = (wall - after).replace(tzinfo=UTC, microsecond=0)
    seconds = range(math.ceil((after - before).total_seconds()) + 1)

    def changed(second: int) -> bool:
        return (low + timedelta(seconds=second)).astimezone(zone).utcoffset() != before

    return low + timedelta(seconds=bisect_left(seconds, True, key=changed))
