"""The office telephone."""

from __future__ import annotations

import pytest

from firmware.rota import UnknownNameError, next_opening_change, office_number
from tests.rota.samples import office, rota, utc

NUMBER = "+33388112233"
OTHER = "+33388445566"
WEEK = rota(office("mon-fri", "08:00", "18:00"))


@pytest.mark.parametrize(
    ("at", "number"),
    [
        ("2026-01-05T06:59:59", None),
        ("2026-01-05T07:00", NUMBER),
        ("2026-01-05T16:59:59", NUMBER),
        ("2026-01-05T17:00", None),
        ("2026-01-10T12:00", None),
        ("2026-07-06T06:00", NUMBER),  # summer time
        ("2026-07-14T12:00", NUMBER),  # a bank holiday on a Tuesday: a weekday all the same
    ],
)
def test_the_number_by_the_hour(at: str, number: str | None) -> None:
    assert office_number(WEEK, "S", utc(at)) == number


def test_the_next_change() -> None:
    assert next_opening_change(WEEK, "S", utc("2026-01-05T07:00")) == utc("2026-01-05T17:00")
    assert next_opening_change(WEEK, "S", utc("2026-01-09T17:00")) == utc("2026-01-12T07:00")
    assert next_opening_change(WEEK, "S", utc("2026-03-27T17:00")) == utc("2026-03-30T06:00")


def test_not_on_bank_holidays() -> None:
    rules = rota(office("mon-fri,not-holiday", "08:00", "18:00"))
    assert office_number(rules, "S", utc("2026-07-14T12:00")) is None
    assert next_opening_change(rules, "S", utc("2026-07-13T16:00")) == utc("2026-07-15T06:00")


def test_the_first_listed_decides_where_hours_overlap() -> None:
    rules = rota(office("mon", "08:00", "18:00"), office("mon-sun", "00:00", "00:00", OTHER))
    assert office_number(rules, "S", utc("2026-01-05T12:00")) == NUMBER
    assert office_number(rules, "S", utc("2026-01-05T17:00")) == OTHER
    assert next_opening_change(rules, "S", utc("2026-01-05T17:00")) == utc("2026-01-12T07:00")
    assert next_opening_change(rules, "S", utc("2026-01-05T12:00")) == utc("2026-01-05T17:00")


def test_hours_that_never_change() -> None:
    at = utc("2026-01-05T12:00")
    assert next_opening_change(rota(office("mon-sun", "00:00", "24:00")), "S", at) is None
    assert next_opening_change(rota(), "S", at) is None
    assert office_number(rota(), "S", at) is None
    doubled = rota(office("mon-sun", "08:00", "20:00"), office("mon-sun", "20:00", "08:00"))
    assert next_opening_change(doubled, "S", at) is None


def test_holidays_only() -> None:
    rules = rota(office("holiday", "09:00", "12:00"))
    assert next_opening_change(rules, "S", utc("2026-07-15T00:00")) == utc("2026-08-15T07:00")


def test_overnight_hours_and_the_clock_change() -> None:
    rules = rota(office("sat", "22:00", "02:30"))
    assert next_opening_change(rules, "S", utc("2026-10-25T00:00")) == utc("2026-10-25T01:30")
    assert next_opening_change(rules, "S", utc("2026-03-29T00:00")) == utc("2026-03-29T01:00")


def test_an_unknown_service() -> None:
    for ask in (office_number, next_opening_change):
        with pytest.raises(UnknownNameError):
            ask(WEEK, "Nowhere", utc("2026-01-05T12:00"))
