"""Who is on duty: rotations, levels, windows, joined shifts, and rules that never end."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from datetime import UTC, datetime, timedelta, timezone

import pytest

from firmware.rota import (
    Override,
    Rota,
    UnknownNameError,
    administrators,
    everybody,
    handovers,
    next_handover,
    on_duty,
    shifts,
)
from tests.rota.samples import PEOPLE, names, override, rota, rotation, utc, window

WEEKLY = rotation("2026-01-05T08:00", "1 week", "Alice Bruno Chloe")
NIGHTS_AND_WEEKENDS = (
    window("mon-fri", "18:00", "08:00"),
    window("sat,sun,holiday", "08:00", "08:00"),
)


def test_a_shift_starts_inclusive_and_ends_exclusive() -> None:
    rules = rota(WEEKLY)
    assert names(rules, "2026-01-12T06:59:59") == "Alice"
    assert names(rules, "2026-01-12T07:00") == "Bruno"
    handover = utc("2026-01-12T07:00")
    assert next_handover(rules, "S", handover - timedelta(microseconds=1)) == handover
    assert next_handover(rules, "S", handover) == utc("2026-01-19T07:00")


def test_nobody_before_the_first_handover_nor_after_the_end() -> None:
    rules = rota(rotation("2026-01-05T08:00", "1 week", "Alice Bruno", end="2026-01-14T08:00"))
    assert names(rules, "2026-01-05T06:59:59") == ""
    assert names(rules, "2026-01-05T07:00") == "Alice"
    assert next_handover(rules, "S", utc("2020-01-01T00:00")) == utc("2026-01-05T07:00")
    (duty,) = on_duty(rules, "S", utc("2026-01-13T00:00"))
    assert (duty.person.name, duty.until) == ("Bruno", utc("2026-01-14T07:00"))
    assert names(rules, "2026-01-14T07:00") == ""
    assert next_handover(rules, "S", utc("2026-01-14T07:00")) is None


def test_more_people_than_turns_before_the_end() -> None:
    rules = rota(
        rotation("2026-01-05T08:00", "1 week", "Alice Bruno Chloe David", end="2026-01-19T08:00")
    )
    seen = [
        change.incoming
        for change in handovers(rules, "S", utc("2026-01-01T00:00"), utc("2027-01-01T00:00"))
    ]
    assert [[person.name for _, person in change] for change in seen] == [["Alice"], ["Bruno"], []]


@pytest.mark.parametrize(
    "every", ["1 hour", "5 hours", "1 day", "3 weeks", "1 month", "999 months"]
)
@pytest.mark.parametrize("people", ["Alice", "Alice Alice Alice"])
def test_a_rotation_of_one_person_never_ends(every: str, people: str) -> None:
    rules = rota(rotation("2026-01-05T08:00", every, people))
    for at in ("2026-01-05T07:00", "2026-03-29T01:00", "2126-01-01T00:00"):
        (duty,) = on_duty(rules, "S", utc(at))
        assert (duty.since, duty.until) == (utc("2026-01-05T07:00"), None)
        assert next_handover(rules, "S", utc(at)) is None


def test_windows_of_one_person_that_fill_the_week_never_end() -> None:
    days = [
        window("mon-fri", "07:00", "19:00"),
        window("mon-fri", "19:00", "07:00"),
        window("sat,sun", "07:00", "07:00"),
    ]
    rules = rota(rotation("2026-01-05T08:00", "1 day", "Alice", active=days))
    (duty,) = on_duty(rules, "S", utc("2026-06-01T00:00"))
    assert (duty.since, duty.until) == (utc("2026-01-05T07:00"), None)


def test_two_rotations_of_one_person_that_fill_the_week_never_end() -> None:
    rules = rota(
        rotation(
            "2026-01-05T08:00", "1 day", "Alice", active=[window("mon-fri", "08:00", "08:00")]
        ),
        rotation(
            "2026-01-05T08:00", "1 day", "Alice", active=[window("sat,sun", "08:00", "08:00")]
        ),
    )
    (duty,) = on_duty(rules, "S", utc("2029-06-01T00:00"))
    assert (duty.since, duty.until) == (utc("2026-01-05T07:00"), None)
    assert next_handover(rules, "S", utc("2029-06-01T00:00")) is None


def test_an_override_of_a_century_ends_when_it_says() -> None:
    """2126 written for 2026. How much work it is to find the end: see tests/fuzz."""
    rules = rota(
        rotation("2026-01-05T08:00", "1 day", "Alice Bruno"),
        override("2026-04-04T18:00", "2126-04-05T08:00", in_="Emma"),
        override("2027-04-04T18:00", "2027-04-05T08:00", out="Alice"),
        override("2030-04-04T18:00", "2030-04-05T08:00", out="Emma", in_="Chloe"),
    )
    ends = [("2026-06-01T00:00", "2030-04-04T16:00"), ("2031-06-01T00:00", "2126-04-05T06:00")]
    for at, until in ends:
        (emma,) = [each for each in on_duty(rules, "S", utc(at)) if each.person.name == "Emma"]
        assert emma.until == utc(until)


def test_mirrored_rotations_keep_the_same_two_people() -> None:
    rules = rota(
        rotation("2026-01-05T08:00", "12 hours", "Alice Bruno"),
        rotation("2026-01-05T08:00", "12 hours", "Bruno Alice"),
    )
    assert names(rules, "2026-07-01T12:00") == "Alice Bruno"
    assert next_handover(rules, "S", utc("2026-07-01T12:00")) is None
    for at in ("2026-07-01T12:00", "2039-07-01T12:00"):
        bounds = {(duty.since, duty.until) for duty in on_duty(rules, "S", utc(at))}
        assert bounds == {(utc("2026-01-05T07:00"), None)}


def test_a_change_far_away_is_found() -> None:
    rules = rota(
        rotation("2026-01-05T08:00", "1 day", "Alice"),
        override("2090-01-01T00:00", "2090-01-02T00:00", "Alice", "Bruno"),
    )
    assert next_handover(rules, "S", utc("2026-07-01T12:00")) == utc("2089-12-31T23:00")
    (duty,) = on_duty(rules, "S", utc("2026-07-01T12:00"))
    assert duty.until == utc("2089-12-31T23:00")
    slow = rota(rotation("2026-01-05T08:00", "600 months", "Alice Bruno"))
    assert next_handover(slow, "S", utc("2026-07-01T12:00")) == utc("2076-01-05T07:00")


def test_a_long_run_of_one_person_ends_where_the_list_says() -> None:
    people = " ".join(["Alice"] * 400 + ["Bruno"])
    rules = rota(rotation("2026-01-05T08:00", "1 month", people))
    (duty,) = on_duty(rules, "S", utc("2030-01-01T00:00"))
    assert duty.until == utc("2059-05-05T06:00")


def test_holidays_only() -> None:
    rules = rota(
        rotation("2026-01-01T00:00", "1 day", "Alice", active=[window("holiday", "00:00", "00:00")])
    )
    assert names(rules, "2026-07-14T12:00") == "Alice"
    assert names(rules, "2026-07-15T12:00") == ""
    assert next_handover(rules, "S", utc("2026-07-15T12:00")) == utc("2026-08-14T22:00")
    alsace = dataclasses.replace(rules, site=dataclasses.replace(rules.site, holidays="FR-67"))
    assert names(rules, "2026-12-26T12:00") == ""
    assert names(alsace, "2026-12-26T12:00") == "Alice"
    assert names(alsace, "2026-04-03T12:00") == ""
    friday = dataclasses.replace(rules, site=dataclasses.replace(rules.site, good_friday=True))
    assert names(friday, "2026-04-03T12:00") == "Alice"


def test_a_weekday_window_also_applies_on_a_bank_holiday() -> None:
    active = [window("mon-fri", "08:00", "18:00")]
    rules = rota(rotation("2026-01-01T00:00", "1 day", "Alice", active=active))
    assert names(rules, "2026-07-14T12:00") == "Alice"  # a Tuesday
    active = [window("mon-fri,not-holiday", "08:00", "18:00")]
    rules = rota(rotation("2026-01-01T00:00", "1 day", "Alice", active=active))
    assert names(rules, "2026-07-14T12:00") == ""
    assert names(rules, "2026-07-15T12:00") == "Alice"


def test_an_overnight_window_from_sunday_runs_to_monday() -> None:
    rules = rota(
        rotation("2026-01-01T00:00", "1 day", "Alice", active=[window("sun", "20:00", "06:00")])
    )
    (duty,) = on_duty(rules, "S", utc("2026-01-12T04:59"))
    assert (duty.since, duty.until) == (utc("2026-01-11T19:00"), utc("2026-01-12T05:00"))
    assert names(rules, "2026-01-11T18:59") == names(rules, "2026-01-12T05:00") == ""


def test_equal_times_are_24_hours() -> None:
    rules = rota(
        rotation("2026-01-01T00:00", "1 day", "Alice", active=[window("wed", "08:00", "08:00")])
    )
    (duty,) = on_duty(rules, "S", utc("2026-01-14T12:00"))
    assert (duty.since, duty.until) == (utc("2026-01-14T07:00"), utc("2026-01-15T07:00"))


def test_the_window_runs_on_and_the_rotation_names_the_person_at_each_instant() -> None:
    rules = rota(rotation("2026-01-05T00:00", "1 week", "Alice Bruno", active=NIGHTS_AND_WEEKENDS))
    # Sunday 11th 08:00 to Monday 12th 08:00, handed over at midnight.
    assert names(rules, "2026-01-11T22:59:59") == "Alice"
    assert names(rules, "2026-01-11T23:00") == "Bruno"
    assert names(rules, "2026-01-12T06:59:59") == "Bruno"
    assert names(rules, "2026-01-12T07:00") == ""
    assert names(rules, "2026-01-12T17:00") == "Bruno"


def test_a_window_open_before_the_rotation_starts() -> None:
    rules = rota(
        rotation("2026-01-06T02:00", "1 week", "Alice", active=[window("mon", "18:00", "08:00")])
    )
    (duty,) = on_duty(rules, "S", utc("2026-01-06T03:00"))
    assert (duty.since, duty.until) == (utc("2026-01-06T01:00"), utc("2026-01-06T07:00"))


@pytest.mark.parametrize(
    ("at", "name"),
    [
        ("2026-01-31T08:00", "Alice"),
        ("2026-02-28T06:59:59", "Alice"),
        ("2026-02-28T07:00", "Bruno"),
        ("2026-03-30T12:00", "Bruno"),
        ("2026-03-31T06:00", "Chloe"),  # back on the 31st
        ("2026-04-30T06:00", "Alice"),
        ("2026-05-31T06:00", "Bruno"),
        ("2028-02-29T06:59:59", "Alice"),
        ("2028-02-29T07:00", "Bruno"),
    ],
)
def test_months_from_the_31st(at: str, name: str) -> None:
    rules = rota(rotation("2026-01-31T08:00", "1 month", "Alice Bruno Chloe"))
    assert names(rules, at) == name


def test_a_year_in_steps_of_months_from_the_29th_of_february() -> None:
    rules = rota(rotation("2024-02-29T08:00", "12 months", "Alice Bruno"))
    starts = [
        c.at.date().isoformat()
        for c in handovers(rules, "S", utc("2024-01-01T00:00"), utc("2029-01-01T00:00"))
    ]
    assert starts == ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]


def test_levels_and_the_order_of_the_rules() -> None:
    rules = rota(
        rotation("2026-01-05T08:00", "1 week", "Emma", level=2),
        rotation("2026-01-05T08:00", "1 week", "David"),
        rotation("2026-01-05T08:00", "1 week", "Alice"),
    )
    duties = on_duty(rules, "S", utc("2026-01-07T00:00"))
    assert [(duty.level, duty.person.name) for duty in duties] == [
        (1, "David"),
        (1, "Alice"),
        (2, "Emma"),
    ]


def test_one_person_in_overlapping_rules_is_one_shift() -> None:
    rules = rota(
        rotation("2026-01-05T08:00", "1 day", "Alice Bruno", end="2026-01-07T08:00"),
        rotation("2026-01-05T20:00", "1 day", "Alice Chloe", end="2026-01-07T20:00"),
    )
    duties = on_duty(rules, "S", utc("2026-01-05T20:00"))
    assert [duty.person.name for duty in duties] == ["Alice"]
    assert (duties[0].since, duties[0].until) == (
        utc("2026-01-05T07:00"),
        utc("2026-01-06T19:00"),
    )


def test_adjacent_shifts_of_one_person_are_one() -> None:
    rules = rota(
        rotation("2026-01-05T08:00", "1 day", "Bruno Alice Alice Chloe", end="2026-01-09T08:00"),
    )
    (duty,) = on_duty(rules, "S", utc("2026-01-07T12:00"))
    assert (duty.since, duty.until) == (utc("2026-01-06T07:00"), utc("2026-01-08T07:00"))
    assert next_handover(rules, "S", utc("2026-01-06T07:00")) == utc("2026-01-08T07:00")


def test_one_person_at_two_levels_has_two_duties() -> None:
    rules = rota(
        rotation("2026-01-05T08:00", "1 day", "Alice Bruno"),
        rotation("2026-01-05T08:00", "1 week", "Alice Bruno", level=2),
    )
    first, second = on_duty(rules, "S", utc("2026-01-05T12:00"))
    assert (first.until, second.until) == (utc("2026-01-06T07:00"), utc("2026-01-12T07:00"))


def test_a_person_taken_out_of_the_rotation_in_mid_shift() -> None:
    before = rota(WEEKLY)
    after = rota(rotation("2026-01-05T08:00", "1 week", "Bruno Chloe"))
    assert names(before, "2026-01-07T00:00") == "Alice"
    assert names(after, "2026-01-07T00:00") == "Bruno"


def test_a_change_in_mid_shift_does_not_rewrite_the_past() -> None:
    taken = dataclasses.replace(
        rota(WEEKLY),
        overrides=(override("2026-01-07T14:03:27", "2026-01-12T08:00", "Alice", "Bruno"),),
    )
    assert names(taken, "2026-01-07T13:03:26") == "Alice"
    assert names(taken, "2026-01-07T13:03:27") == "Bruno"
    until_then = utc("2026-01-01T00:00"), utc("2026-01-07T13:03:27")
    assert handovers(taken, "S", *until_then) == handovers(rota(WEEKLY), "S", *until_then)


def test_everybody_by_level_then_list_without_duplicates() -> None:
    rules = rota(
        rotation("2026-01-05T08:00", "1 week", "Emma Alice", level=2),
        rotation("2026-01-05T08:00", "1 week", "Chloe Alice Chloe"),
        override("2026-01-05T08:00", "2026-01-06T08:00", in_="Zoe"),
    )
    assert [person.name for person in everybody(rules, "S")] == ["Chloe", "Alice", "Emma"]
    assert [person.name for person in administrators(rules)] == ["Zoe"]


def test_unknown_names_are_told() -> None:
    with pytest.raises(UnknownNameError, match="Nowhere"):
        on_duty(rota(WEEKLY), "Nowhere", utc("2026-01-07T00:00"))
    with pytest.raises(UnknownNameError, match="Nowhere"):
        everybody(rota(WEEKLY), "Nowhere")
    stranger = rota(rotation("2026-01-05T08:00", "1 week", "Nobody"))
    with pytest.raises(UnknownNameError, match="Nobody"):
        on_duty(stranger, "S", utc("2026-01-07T00:00"))


def test_instants_of_other_zones_and_naive_ones() -> None:
    rules = rota(WEEKLY)
    tokyo = utc("2026-01-12T07:00").astimezone(timezone(timedelta(hours=9)))
    (duty,) = on_duty(rules, "S", tokyo)
    assert duty.person.name == "Bruno"
    assert duty.since is not None
    assert duty.since.tzinfo is UTC
    with pytest.raises(ValueError, match="not an instant"):
        on_duty(rules, "S", datetime(2026, 1, 12))  # noqa: DTZ001


def test_the_ends_of_time_give_an_answer() -> None:
    rules = rota(WEEKLY, rotation("2026-01-31T08:00", "7 months", "Alice Bruno", level=2))
    first, last = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, tzinfo=UTC)
    assert on_duty(rules, "S", first) == ()
    assert next_handover(rules, "S", first) == utc("2026-01-05T07:00")
    assert [duty.level for duty in on_duty(rules, "S", last)] == [1, 2]
    found = shifts(rules, "S", datetime(9997, 12, 1, tzinfo=UTC), last)
    assert {shift.level for shift in found} == {1, 2}


def test_a_rota_is_a_value() -> None:
    rules = rota(WEEKLY, override("2026-01-07T14:00", "2026-01-12T08:00", "Alice", "Bruno"))
    on_duty(rules, "S", utc("2026-01-07T00:00"))
    fresh = dataclasses.replace(rules)
    assert fresh == rules
    assert hash(fresh) == hash(rules)
    assert repr(fresh) == repr(rules)
    for other in (pickle.loads(pickle.dumps(rules)), copy.deepcopy(rules), copy.copy(rules)):  # noqa: S301
        assert other == rules
        assert names(other, "2026-01-07T14:00") == "Bruno"
    assert dataclasses.replace(rules, overrides=()) != rules
    assert names(dataclasses.replace(rules, overrides=()), "2026-01-07T14:00") == "Alice"


def test_an_empty_rota() -> None:
    empty: Rota = rota()
    assert on_duty(empty, "S", utc("2026-01-07T00:00")) == ()
    assert next_handover(empty, "S", utc("2026-01-07T00:00")) is None
    assert handovers(empty, "S", utc("2026-01-07T00:00"), utc("2027-01-07T00:00")) == ()
    assert everybody(empty, "S") == ()


def test_an_addition_at_a_level_without_rotation() -> None:
    rules = rota(Override("S", 3, datetime(2026, 1, 7), datetime(2026, 1, 8), None, "Emma"))  # noqa: DTZ001
    (duty,) = on_duty(rules, "S", utc("2026-01-07T12:00"))
    assert (duty.level, duty.person) == (3, PEOPLE[4])
    assert (duty.since, duty.until) == (utc("2026-01-06T23:00"), utc("2026-01-07T23:00"))
