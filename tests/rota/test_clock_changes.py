"""Shifts across the clock changes of Europe/Paris 2026 and 2027, and of other zones."""

from __future__ import annotations

from datetime import timedelta

import pytest

from firmware.rota import gaps, handovers, next_handover, on_duty
from tests.rota.samples import names, rota, rotation, utc, window

NIGHTS = rota(rotation("2026-01-01T08:00", "12 hours", "Alice Bruno"))
WEEKS = rota(rotation("2026-01-05T08:00", "1 week", "Alice Bruno"))
HALF_PAST_TWO = rota(rotation("2026-01-01T02:30", "1 day", "Alice Bruno"))


@pytest.mark.parametrize(
    ("at", "since", "until", "hours"),
    [
        ("2026-03-29T00:00", "2026-03-28T19:00", "2026-03-29T06:00", 11),
        ("2026-10-25T00:00", "2026-10-24T18:00", "2026-10-25T07:00", 13),
        ("2027-03-28T00:00", "2027-03-27T19:00", "2027-03-28T06:00", 11),
        ("2027-10-31T00:00", "2027-10-30T18:00", "2027-10-31T07:00", 13),
        ("2026-03-27T00:00", "2026-03-26T19:00", "2026-03-27T07:00", 12),
    ],
)
def test_twelve_hour_nights(at: str, since: str, until: str, hours: int) -> None:
    (duty,) = on_duty(NIGHTS, "S", utc(at))
    assert (duty.since, duty.until) == (utc(since), utc(until))
    assert utc(until) - utc(since) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("at", "since", "until", "hours"),
    [
        ("2026-03-25T12:00", "2026-03-23T07:00", "2026-03-30T06:00", 167),
        ("2026-10-22T12:00", "2026-10-19T06:00", "2026-10-26T07:00", 169),
        ("2027-03-25T12:00", "2027-03-22T07:00", "2027-03-29T06:00", 167),
        ("2027-10-28T12:00", "2027-10-25T06:00", "2027-11-01T07:00", 169),
        ("2026-06-24T12:00", "2026-06-22T06:00", "2026-06-29T06:00", 168),
    ],
)
def test_weeks(at: str, since: str, until: str, hours: int) -> None:
    (duty,) = on_duty(WEEKS, "S", utc(at))
    assert (duty.since, duty.until) == (utc(since), utc(until))
    assert utc(until) - utc(since) == timedelta(hours=hours)


def test_a_missing_handover_takes_place_after_the_gap() -> None:
    handover = next_handover(HALF_PAST_TWO, "S", utc("2026-03-28T12:00"))
    assert handover == utc("2026-03-29T01:00")  # 03:00, not the 03:30 of zoneinfo
    assert names(HALF_PAST_TWO, "2026-03-29T00:59:59") != names(HALF_PAST_TWO, "2026-03-29T01:00")


def test_an_ambiguous_handover_overlaps() -> None:
    before, after = (
        names(HALF_PAST_TWO, "2026-10-24T12:00"),
        names(HALF_PAST_TWO, "2026-10-25T12:00"),
    )
    assert before != after
    assert names(HALF_PAST_TWO, "2026-10-25T00:29:59") == before
    for both in ("2026-10-25T00:30", "2026-10-25T01:29:59"):
        assert names(HALF_PAST_TWO, both) == "Alice Bruno"
    assert names(HALF_PAST_TWO, "2026-10-25T01:30") == after
    changes = handovers(HALF_PAST_TWO, "S", utc("2026-10-24T12:00"), utc("2026-10-25T12:00"))
    assert [change.at for change in changes] == [
        utc("2026-10-25T00:30"),
        utc("2026-10-25T01:30"),
    ]
    assert [len(change.incoming) for change in changes] == [1, 0]
    assert [len(change.outgoing) for change in changes] == [0, 1]


def test_hourly_turns_at_both_changes() -> None:
    hourly = rota(rotation("2026-01-01T00:00", "1 hour", "Alice Bruno Chloe"))
    # 28 March 24:00 local is hour 2088 of the grid: 2088 % 3 == 0, Alice.
    assert names(hourly, "2026-03-28T23:30") == "Alice"
    assert names(hourly, "2026-03-29T00:30") == "Bruno"  # 01:30
    assert names(hourly, "2026-03-29T01:30") == "Alice"  # 03:30; 02 h, Chloe's, does not exist
    # 25 October 01:00 local is hour 297 * 24 + 1 of the grid.
    assert names(hourly, "2026-10-24T23:30") == "Bruno"
    assert names(hourly, "2026-10-25T00:30") == "Bruno Chloe"  # Bruno's ends at the second 02:00
    assert names(hourly, "2026-10-25T01:30") == "Chloe"
    assert names(hourly, "2026-10-25T02:30") == "Alice"


def test_hours_that_do_not_divide_the_day_run_on_as_wall_clock() -> None:
    tens = rota(rotation("2026-03-28T00:00", "10 hours", "Alice Bruno Chloe"))
    # The grid: 28th 00, 10, 20; 29th 06, 16; 30th 02 ... whatever the clock change did.
    changes = handovers(tens, "S", utc("2026-03-28T00:00"), utc("2026-03-30T01:00"))
    assert [change.at for change in changes] == [
        utc("2026-03-28T09:00"),
        utc("2026-03-28T19:00"),
        utc("2026-03-29T04:00"),
        utc("2026-03-29T14:00"),
        utc("2026-03-30T00:00"),
    ]


def test_a_window_in_the_skipped_hour_holds_no_time() -> None:
    rules = rota(
        rotation("2026-01-01T00:00", "1 day", "Alice", active=[window("mon-sun", "02:00", "03:00")])
    )
    days = {
        d.at.date().isoformat(): d
        for d in handovers(rules, "S", utc("2026-03-28T00:00"), utc("2026-03-31T00:00"))
    }
    assert sorted(days) == ["2026-03-28", "2026-03-30"]


def test_a_window_in_the_doubled_hour_lasts_through_both() -> None:
    rules = rota(
        rotation("2026-01-01T00:00", "1 day", "Alice", active=[window("mon-sun", "02:15", "02:45")])
    )
    (duty,) = on_duty(rules, "S", utc("2026-10-25T01:00"))
    assert (duty.since, duty.until) == (utc("2026-10-25T00:15"), utc("2026-10-25T01:45"))


@pytest.mark.parametrize(
    ("zone", "spring", "until"),
    [
        # The day's handover at midnight does not exist: it is at 01:00, and no time is lost.
        ("America/Sao_Paulo", "2018-11-03T12:00", "2018-11-04T03:00"),
        ("Africa/Cairo", "2026-04-23T12:00", "2026-04-23T22:00"),
        ("Pacific/Auckland", "2026-09-26T13:00", "2026-09-27T11:00"),
        ("Australia/Lord_Howe", "2026-10-03T15:00", "2026-10-04T13:00"),
    ],
)
def test_midnight_handovers_elsewhere(zone: str, spring: str, until: str) -> None:
    rules = rota(rotation("2017-01-01T00:00", "1 day", "Alice Bruno"), zone=zone)
    (duty,) = on_duty(rules, "S", utc(spring))
    assert duty.until == utc(until)


@pytest.mark.parametrize(
    "zone", ["Europe/Paris", "America/Sao_Paulo", "Pacific/Auckland", "Australia/Lord_Howe"]
)
def test_no_clock_change_opens_a_gap(zone: str) -> None:
    for start in ("2017-01-01T00:00", "2017-01-01T00:30", "2017-01-01T02:00", "2017-01-01T02:15"):
        rules = rota(rotation(start, "1 day", "Alice Bruno Chloe"), zone=zone)
        assert gaps(rules, "S", utc("2017-02-01T00:00"), utc("2027-02-01T00:00")) == ()
