"""When something is due that happens each day, or each week, at a clock time of the site."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from firmware.rota.local_time import first_instant, wall_clock
from firmware.rota.window import WEEKDAYS


def last_due(
    now: datetime, zone: ZoneInfo, at: time, weekday: str | None = None
) -> tuple[date, datetime]:
    """The last day, and its instant, at which it was due by ``now``. A clock time that a clock
    change leaves out comes right after it; one that comes twice is the first."""
    day = wall_clock(now, zone).date()
    while True:
        instant = _instant(day, at, zone)
        if instant <= now and weekday in (None, WEEKDAYS[day.weekday()]):
            return day, instant
        day -= timedelta(days=1)


@lru_cache(maxsize=32)   # asked each minute about the days of a week
def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    return first_instant(datetime.combine(day, at), zone)


def next_day(day: date, weekday: str | None = None) -> date:
    """The day on which it is due after ``day``."""
    following = day + timedelta(days=1)
    while weekday not in (None, WEEKDAYS[following.weekday()]):
        following += timedelta(days=1)
    return following
