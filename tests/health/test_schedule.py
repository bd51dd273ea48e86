"""Clock times of each day and each week, through both clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.health.schedule import last_due, next_day
from firmware.rota.window import WEEKDAYS

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("now", "at", "weekday", "day", "instant"),
    [
        ("2026-03-10T07:29", time(8, 30), None, "2026-03-09", "2026-03-09T07:30"),
        ("2026-03-10T07:30", time(8, 30), None, "2026-03-10", "2026-03-10T07:30"),
        ("2026-03-29T00:59", time(2, 30), None, "2026-03-28", "2026-03-28T01:30"),
        # 02:30 does not exist that night: right after the gap
        ("2026-03-29T01:00", time(2, 30), None, "2026-03-29", "2026-03-29T01:00"),
        # 02:30 exists twice: the first one
        ("2026-10-25T00:30", time(2, 30), None, "2026-10-25", "2026-10-25T00:30"),
        ("2026-10-25T01:30", time(2, 30), None, "2026-10-25", "2026-10-25T00:30"),
        ("2026-03-10T12:00", time(9, 0), "mon", "2026-03-09", "2026-03-09T08:00"),
        ("2026-03-09T07:59", time(9, 0), "mon", "2026-03-02", "2026-03-02T08:00"),
    ],
)
def test_what_was_due_last(
    now: str, at: time, weekday: str | None, day: str, instant: str
) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    found_day, found = last_due(moment, PARIS, at, weekday)
    assert found_day == date.fromisoformat(day)
    assert found == datetime.fromisoformat(instant).replace(tzinfo=UTC)


instants = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)).map(  # noqa: DTZ001
    lambda at: at.replace(tzinfo=UTC)
)


@given(instants, st.times(), st.sampled_from([None, *WEEKDAYS]))
def test_each_day_has_its_turn_and_one_only(
    now: datetime, at: time, weekday: str | None
) -> None:
    at = at.replace(microsecond=0, tzinfo=None, fold=0)
    day, instant = last_due(now, PARIS, at, weekday)
    assert instant <= now
    assert now - instant <= timedelta(days=7 if weekday else 1, hours=1)
    following = next_day(day, weekday)
    assert (following - day).days == (7 if weekday else 1)
    assert last_due(instant, PARIS, at, weekday) == (day, instant)
