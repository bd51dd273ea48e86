"""Shifts and gaps over a stretch, handovers as a list."""

from __future__ import annotations

from datetime import timedelta

import pytest

from firmware.rota import Gap, UnknownNameError, gaps, handovers, shifts
from tests.rota.samples import office, override, rota, rotation, utc, window

DAYS = rotation("2026-01-05T08:00", "1 day", "Alice Bruno")
NIGHTS = rotation(
    "2026-01-05T08:00", "1 week", "Alice Bruno", active=[window("mon-fri", "18:00", "08:00")]
)


def test_shifts_are_cut_to_the_stretch_and_say_so() -> None:
    found = shifts(rota(DAYS), "S", utc("2026-01-06T12:00"), utc("2026-01-08T12:00"))
    assert [(s.person.name, s.start, s.end, s.starts_earlier, s.ends_later) for s in found] == [
        ("Bruno", utc("2026-01-06T12:00"), utc("2026-01-07T07:00"), True, False),
        ("Alice", utc("2026-01-07T07:00"), utc("2026-01-08T07:00"), False, False),
        ("Bruno", utc("2026-01-08T07:00"), utc("2026-01-08T12:00"), False, True),
    ]


def test_shifts_that_fit_exactly_are_not_cut() -> None:
    (found,) = shifts(rota(DAYS), "S", utc("2026-01-06T07:00"), utc("2026-01-07T07:00"))
    assert not found.starts_earlier
    assert not found.ends_later


def test_shifts_of_one_level_and_of_all() -> None:
    rules = rota(DAYS, rotation("2026-01-05T08:00", "1 week", "Emma", level=2, duty_type="garde"))
    stretch = utc("2026-01-06T07:00"), utc("2026-01-07T07:00")
    assert [(s.level, s.person.name, s.duty_type) for s in shifts(rules, "S", *stretch)] == [
        (1, "Bruno", "astreinte"),
        (2, "Emma", "garde"),
    ]
    assert [s.person.name for s in shifts(rules, "S", *stretch, level=2)] == ["Emma"]
    assert shifts(rules, "S", *stretch, level=3) == ()


def test_a_change_of_the_duty_type_ends_a_shift_but_is_no_handover() -> None:
    rules = rota(
        rotation(
            "2026-01-05T08:00", "1 day", "Alice", active=[window("mon-fri", "08:00", "08:00")]
        ),
        rotation(
            "2026-01-05T08:00",
            "1 day",
            "Alice",
            active=[window("sat,sun", "08:00", "08:00")],
            duty_type="garde",
        ),
    )
    stretch = utc("2026-01-05T07:00"), utc("2026-01-12T07:00")
    assert [(s.end - s.start, s.duty_type) for s in shifts(rules, "S", *stretch)] == [
        (timedelta(days=5), "astreinte"),
        (timedelta(days=2), "garde"),
    ]
    assert len(handovers(rules, "S", utc("2026-01-01T00:00"), utc("2026-02-01T00:00"))) == 1


def test_a_replacement_keeps_the_duty_type_that_it_takes_over() -> None:
    rules = rota(
        rotation("2026-01-05T08:00", "1 day", "Alice", duty_type="garde"),
        override("2026-01-06T08:00", "2026-01-06T20:00", "Alice", "Emma"),
        override("2026-01-06T08:00", "2026-01-06T20:00", in_="David"),
    )
    found = shifts(rules, "S", utc("2026-01-06T07:00"), utc("2026-01-06T19:00"))
    assert {(s.person.name, s.duty_type) for s in found} == {("Emma", "garde"), ("David", "garde")}


@pytest.mark.parametrize("length", [timedelta(), timedelta(days=-1)])
def test_an_empty_stretch(length: timedelta) -> None:
    at = utc("2026-01-06T12:00")
    assert shifts(rota(DAYS), "S", at, at + length) == ()
    assert gaps(rota(DAYS), "S", at, at + length) == ()
    assert gaps(rota(), "S", at, at + length) == ()
    assert handovers(rota(DAYS), "S", at, at + length) == ()


def test_gaps_between_the_windows() -> None:
    found = gaps(rota(NIGHTS), "S", utc("2026-01-08T12:00"), utc("2026-01-12T20:00"))
    assert found == (
        Gap(utc("2026-01-08T12:00"), utc("2026-01-08T17:00")),
        Gap(utc("2026-01-09T07:00"), utc("2026-01-09T17:00")),
        Gap(utc("2026-01-10T07:00"), utc("2026-01-12T17:00")),
    )


def test_gaps_before_the_start_after_the_end_and_by_absence() -> None:
    rules = rota(
        rotation("2026-01-05T08:00", "1 day", "Alice Bruno", end="2026-01-09T08:00"),
        override("2026-01-06T10:00", "2026-01-06T11:00", out="Bruno"),
    )
    assert gaps(rules, "S", utc("2026-01-01T00:00"), utc("2026-02-01T00:00")) == (
        Gap(utc("2026-01-01T00:00"), utc("2026-01-05T07:00")),
        Gap(utc("2026-01-06T09:00"), utc("2026-01-06T10:00")),
        Gap(utc("2026-01-09T07:00"), utc("2026-02-01T00:00")),
    )


def test_gaps_at_another_level() -> None:
    stretch = utc("2026-01-06T00:00"), utc("2026-01-07T00:00")
    assert gaps(rota(DAYS), "S", *stretch) == ()
    assert gaps(rota(DAYS), "S", *stretch, level=2) == (Gap(*stretch),)
    assert gaps(rota(), "S", *stretch) == (Gap(*stretch),)


def test_gaps_outside_the_opening_hours() -> None:
    rules = rota(NIGHTS, office("mon-fri", "08:00", "12:00"), office("mon-fri", "13:00", "18:00"))
    stretch = utc("2026-01-08T08:00"), utc("2026-01-10T12:00")
    assert gaps(rules, "S", *stretch, office_counts=True) == (
        Gap(utc("2026-01-08T11:00"), utc("2026-01-08T12:00")),
        Gap(utc("2026-01-09T11:00"), utc("2026-01-09T12:00")),
        Gap(utc("2026-01-10T07:00"), utc("2026-01-10T12:00")),
    )
    assert len(gaps(rules, "S", *stretch)) == 3
    assert gaps(rules, "S", *stretch)[0] == Gap(utc("2026-01-08T08:00"), utc("2026-01-08T17:00"))


def test_an_unknown_service() -> None:
    with pytest.raises(UnknownNameError):
        gaps(rota(), "Nowhere", utc("2026-01-06T00:00"), utc("2026-01-07T00:00"))


def test_handovers_name_who_comes_and_who_goes() -> None:
    rules = rota(DAYS, rotation("2026-01-05T08:00", "2 days", "Emma David", level=2))
    first, second = handovers(rules, "S", utc("2026-01-06T07:00"), utc("2026-01-07T07:01"))
    assert first.at == utc("2026-01-06T07:00")
    assert [(level, p.name) for level, p in first.incoming] == [(1, "Bruno")]
    assert [(level, p.name) for level, p in first.outgoing] == [(1, "Alice")]
    assert [(level, p.name) for level, p in second.incoming] == [(1, "Alice"), (2, "David")]
    assert [(level, p.name) for level, p in second.outgoing] == [(1, "Bruno"), (2, "Emma")]
