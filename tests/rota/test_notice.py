"""Duties that come too soon after a change of the rota."""

from __future__ import annotations

import dataclasses

import pytest

from firmware.rota import Rota, notice_faults
from tests.rota.samples import override, rota, rotation, utc

DAYS = rotation("2026-01-05T08:00", "1 day", "Alice Bruno")
NOW = utc("2026-03-02T10:00")  # a Monday, 11:00 in Paris
BEFORE = rota(DAYS)


def with_duty(start: str, end: str) -> Rota:
    return dataclasses.replace(BEFORE, overrides=(override(start, end, in_="Emma"),))


@pytest.mark.parametrize(
    ("start", "days", "rule"),
    [
        ("2026-03-02T11:00", 0, "one_clear_day"),
        ("2026-03-03T23:00", 1, "one_clear_day"),  # no whole day lies between
        ("2026-03-04T00:00", 2, "fifteen_days"),
        ("2026-03-16T23:59", 14, "fifteen_days"),
    ],
)
def test_a_new_duty_within_the_notice(start: str, days: int, rule: str) -> None:
    (fault,) = notice_faults(BEFORE, with_duty(start, "2026-03-17T12:00"), NOW)
    assert (fault.person.name, fault.service, fault.days, fault.rule) == ("Emma", "S", days, rule)
    assert fault.end == utc("2026-03-17T11:00")


def test_a_duty_with_fifteen_days_notice() -> None:
    assert notice_faults(BEFORE, with_duty("2026-03-17T00:00", "2026-03-18T00:00"), NOW) == ()


def test_the_past_and_what_was_known_are_no_matter() -> None:
    assert notice_faults(BEFORE, BEFORE, NOW) == ()
    assert notice_faults(BEFORE, with_duty("2026-02-01T00:00", "2026-03-02T11:00"), NOW) == ()
    (fault,) = notice_faults(BEFORE, with_duty("2026-02-01T00:00", "2026-03-02T11:30"), NOW)
    assert (fault.start, fault.days) == (NOW, 0)


def test_only_the_new_part_of_a_longer_duty() -> None:
    before = with_duty("2026-03-05T08:00", "2026-03-05T20:00")
    after = with_duty("2026-03-05T06:00", "2026-03-05T22:00")
    first, last = notice_faults(before, after, NOW)
    assert (first.start, first.end) == (utc("2026-03-05T05:00"), utc("2026-03-05T07:00"))
    assert (last.start, last.end) == (utc("2026-03-05T19:00"), utc("2026-03-05T21:00"))


def test_a_duty_taken_away_or_moved_to_another_level() -> None:
    away = dataclasses.replace(
        BEFORE, overrides=(override("2026-03-05T08:00", "2026-03-06T08:00", out="Bruno"),)
    )
    assert notice_faults(BEFORE, away, NOW) == ()
    moved = rota(rotation("2026-01-05T08:00", "1 day", "Alice Bruno", level=2))
    assert notice_faults(BEFORE, moved, NOW) == ()


def test_one_fault_for_two_levels() -> None:
    both = dataclasses.replace(
        BEFORE,
        overrides=(
            override("2026-03-05T08:00", "2026-03-06T08:00", in_="Emma"),
            override("2026-03-05T08:00", "2026-03-06T08:00", in_="Emma", level=2),
        ),
    )
    assert len(notice_faults(BEFORE, both, NOW)) == 1


def test_a_swap_is_told_to_both() -> None:
    swap = dataclasses.replace(
        BEFORE,
        overrides=(
            override("2026-03-05T08:00", "2026-03-06T08:00", "Bruno", "Alice"),
            override("2026-03-06T08:00", "2026-03-07T08:00", "Alice", "Bruno"),
        ),
    )
    faults = notice_faults(BEFORE, swap, NOW)
    assert {fault.person.name for fault in faults} == {"Alice", "Bruno"}
