"""Wall clock to instants, at both clock changes and in zones with odd ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.rota.local_time import (
    EARLIEST,
    END_OF_TIME,
    LATEST,
    as_utc,
    first_instant,
    last_instant,
    wall_clock,
)
from tests.rota.samples import utc

PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    ("zone", "wall", "first", "last"),
    [
        (PARIS, "2026-01-05T08:00", "2026-01-05T07:00", "2026-01-05T07:00"),
        (PARIS, "2026-03-29T01:59:59", "2026-03-29T00:59:59", "2026-03-29T00:59:59"),
        (PARIS, "2026-03-29T02:00", "2026-03-29T01:00", "2026-03-29T01:00"),
        (PARIS, "2026-03-29T02:30", "2026-03-29T01:00", "2026-03-29T01:00"),
        (PARIS, "2026-03-29T02:59:59", "2026-03-29T01:00", "2026-03-29T01:00"),
        (PARIS, "2026-03-29T03:00", "2026-03-29T01:00", "2026-03-29T01:00"),
        (PARIS, "2027-03-28T02:30", "2027-03-28T01:00", "2027-03-28T01:00"),
        (PARIS, "2026-10-25T01:59:59", "2026-10-24T23:59:59", "2026-10-24T23:59:59"),
        (PARIS, "2026-10-25T02:00", "2026-10-25T00:00", "2026-10-25T01:00"),
        (PARIS, "2026-10-25T02:30", "2026-10-25T00:30", "2026-10-25T01:30"),
        (PARIS, "2026-10-25T03:00", "2026-10-25T02:00", "2026-10-25T02:00"),
        (PARIS, "2027-10-31T02:30", "2027-10-31T00:30", "2027-10-31T01:30"),
        # Midnight itself is skipped: the day begins at 01:00.
        ("America/Sao_Paulo", "2018-11-04T00:00", "2018-11-04T03:00", "2018-11-04T03:00"),
        ("America/Sao_Paulo", "2018-11-04T00:59", "2018-11-04T03:00", "2018-11-04T03:00"),
        ("America/Sao_Paulo", "2018-02-17T23:30", "2018-02-18T01:30", "2018-02-18T02:30"),
        ("Africa/Cairo", "2026-04-24T00:30", "2026-04-23T22:00", "2026-04-23T22:00"),
        ("Pacific/Auckland", "2026-09-27T02:30", "2026-09-26T14:00", "2026-09-26T14:00"),
        ("Pacific/Auckland", "2026-04-05T02:30", "2026-04-04T13:30", "2026-04-04T14:30"),
        # Half an hour: 02:00 to 02:30 in October, back in April.
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30", "2026-10-03T15:30"),
        ("Australia/Lord_Howe", "2026-10-04T02:30", "2026-10-03T15:30", "2026-10-03T15:30"),
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45", "2026-04-04T15:15"),
        # A whole day was skipped.
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00", "2011-12-30T10:00"),
        ("UTC", "2026-03-29T02:30", "2026-03-29T02:30", "2026-03-29T02:30"),
    ],
)
def test_first_and_last_occurrence(zone: str, wall: str, first: str, last: str) -> None:
    at = datetime.fromisoformat(wall)
    assert first_instant(at, ZoneInfo(zone)) == utc(first)
    assert last_instant(at, ZoneInfo(zone)) == utc(last)


def test_the_fold_of_a_wall_clock_time_does_not_matter() -> None:
    paris = ZoneInfo(PARIS)
    for wall in (datetime(2026, 10, 25, 2, 30), datetime(2026, 3, 29, 2, 30)):  # noqa: DTZ001
        folded = wall.replace(fold=1)
        assert first_instant(folded, paris) == first_instant(wall, paris)
        assert last_instant(folded, paris) == last_instant(wall, paris)


@settings(deadline=None)
@given(
    st.datetimes(datetime(1975, 1, 1), datetime(2075, 1, 1)),  # noqa: DTZ001
    st.integers(0, 200_000),
    st.sampled_from([PARIS, "America/Sao_Paulo", "Africa/Cairo", "Australia/Lord_Howe"]),
)
def test_order_is_kept_and_instants_come_back(wall: datetime, seconds: int, name: str) -> None:
    zone = ZoneInfo(name)
    later = wall + timedelta(seconds=seconds)
    assert first_instant(wall, zone) <= last_instant(wall, zone)
    assert first_instant(wall, zone) <= first_instant(later, zone)
    assert last_instant(wall, zone) <= last_instant(later, zone)
    instant = wall.replace(tzinfo=UTC)
    clock = wall_clock(instant, zone)
    assert instant in (first_instant(clock, zone), last_instant(clock, zone))


def test_an_exact_instant_stays_what_it_is() -> None:
    at = datetime(2026, 10, 25, 2, 30, tzinfo=timezone(timedelta(hours=1)))
    assert first_instant(at, ZoneInfo(PARIS)) == last_instant(at, ZoneInfo(PARIS)) == at
    assert as_utc(at).tzinfo is UTC


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="not an instant"):
        as_utc(datetime(2026, 1, 1))  # noqa: DTZ001


def test_the_ends_of_time_are_clamped() -> None:
    west, east = timezone(timedelta(hours=-12)), timezone(timedelta(hours=14))
    assert as_utc(datetime.max.replace(tzinfo=west)) == LATEST
    assert as_utc(datetime.min.replace(tzinfo=east)) == EARLIEST
    assert as_utc(datetime.min.replace(tzinfo=UTC)) == EARLIEST
    assert first_instant(datetime(9999, 12, 31), ZoneInfo(PARIS)) == END_OF_TIME  # noqa: DTZ001
    assert last_instant(datetime(1, 1, 1), ZoneInfo(PARIS)) == EARLIEST  # noqa: DTZ001
