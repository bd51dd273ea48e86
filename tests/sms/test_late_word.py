"""What of a centre's time stamp is believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.moment import Moment
from firmware.sms.late_word import OLDEST, SLOW, may_be_zone, said_at, work_at

NOW = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
SURE, UNSURE = Moment(1000.0, NOW), Moment(1000.0, NOW, utc_trusted=False)


@pytest.mark.parametrize(
    ("late", "believed"),
    [
        (timedelta(0), False),
        (timedelta(seconds=120), False),
        (timedelta(seconds=121), True),
        (timedelta(minutes=31), True),
        (timedelta(minutes=58, seconds=29), True),
        (timedelta(hours=1), True),
        (timedelta(days=2, minutes=10), True),
        (timedelta(days=3, minutes=10), False),
        (timedelta(minutes=-10), False),   # its clock is wrong
        (timedelta(hours=-1), False),
    ],
)
def test_how_late(late: timedelta, believed: bool) -> None:
    assert said_at(NOW - late, SURE, 0) == (NOW - late if believed else None)


@given(st.timedeltas(min_value=-timedelta(days=30), max_value=timedelta(days=30)))
def test_never_later_than_now_nor_older_than_a_centre_keeps_it(late: timedelta) -> None:
    said = said_at(NOW - late, SURE, 0)
    assert said is None or NOW - OLDEST <= said < NOW - SLOW
    assert said_at(NOW - late, UNSURE, 0) is None


def test_without_a_stamp_it_is_of_now() -> None:
    assert said_at(None, SURE, 0) is None
    assert work_at(None, SURE, None) == NOW


def test_work_without_a_clock_is_the_networks_time_or_nobodys() -> None:
    stamp = NOW + timedelta(days=10)
    assert work_at(stamp, UNSURE, None) == stamp
    assert work_at(None, UNSURE, None) is None
    assert work_at(datetime(2001, 1, 1, tzinfo=UTC), UNSURE, None) is None
    assert work_at(stamp, SURE, NOW - timedelta(minutes=20)) == NOW - timedelta(minutes=20)


def test_a_clock_that_is_always_minutes_fast_makes_no_word_late() -> None:
    stamp = NOW - timedelta(minutes=10)
    assert said_at(stamp, SURE, 0) == stamp
    assert said_at(stamp, SURE, 590) is None
    assert said_at(stamp, SURE, None) is None
    assert said_at(NOW - timedelta(minutes=25), SURE, 600) == NOW - timedelta(minutes=15)


@pytest.mark.parametrize(
    ("late", "zone"),
    [
        (timedelta(minutes=1), False),
        (timedelta(minutes=58, seconds=29), False),
        (timedelta(minutes=58, seconds=31), True),
        (timedelta(hours=1), True),
        (timedelta(hours=2, minutes=1), True),
        (timedelta(hours=2, minutes=2), False),
    ],
)
def test_whole_hours_may_be_a_zone(late: timedelta, zone: bool) -> None:
    assert may_be_zone(NOW - late, NOW) is zone
