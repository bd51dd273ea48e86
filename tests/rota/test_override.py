"""Absences, additions, replacements, and overrides of overrides."""

from __future__ import annotations

import dataclasses

import pytest

from firmware.rota import next_handover, on_duty, read_site_file, write_site_file
from tests.rota.samples import names, override, rota, rotation, utc

DAYS = rotation("2026-01-05T08:00", "1 day", "Alice Bruno Chloe")  # Alice: 5th, 8th ...
SHIFT = ("2026-01-08T08:00", "2026-01-09T08:00")


@pytest.mark.parametrize(
    ("start", "end", "seen"),
    [
        # before, adjacent before, over the start, the first half, inside, equal, over the end,
        # adjacent after, after, round it: at the 8th 07:59, 08:00, 20:00, the 9th 07:59, 08:00
        ("2026-01-07T10:00", "2026-01-07T12:00", "Chloe Alice Alice Alice Bruno"),
        ("2026-01-07T10:00", "2026-01-08T08:00", "Chloe Alice Alice Alice Bruno"),
        ("2026-01-07T10:00", "2026-01-08T12:00", "Chloe Emma Alice Alice Bruno"),
        ("2026-01-08T08:00", "2026-01-08T12:00", "Chloe Emma Alice Alice Bruno"),
        ("2026-01-08T18:00", "2026-01-08T22:00", "Chloe Alice Emma Alice Bruno"),
        ("2026-01-08T08:00", "2026-01-09T08:00", "Chloe Emma Emma Emma Bruno"),
        ("2026-01-09T00:00", "2026-01-09T12:00", "Chloe Alice Alice Emma Bruno"),
        ("2026-01-09T08:00", "2026-01-09T12:00", "Chloe Alice Alice Alice Bruno"),
        ("2026-01-09T10:00", "2026-01-09T12:00", "Chloe Alice Alice Alice Bruno"),
        ("2026-01-01T00:00", "2026-02-01T00:00", "Chloe Emma Emma Emma Bruno"),
    ],
)
def test_a_replacement_acts_only_where_out_is_on_duty(start: str, end: str, seen: str) -> None:
    rules = rota(DAYS, override(start, end, "Alice", "Emma"))
    instants = (
        "2026-01-08T06:59:59",
        "2026-01-08T07:00",
        "2026-01-08T19:00",
        "2026-01-09T06:59:59",
        "2026-01-09T07:00",
    )
    assert " ".join(names(rules, at) for at in instants) == seen


def test_an_absence_leaves_nobody() -> None:
    rules = rota(DAYS, override("2026-01-08T18:00", "2026-01-08T22:00", out="Alice"))
    assert names(rules, "2026-01-08T16:59:59") == "Alice"
    assert names(rules, "2026-01-08T17:00") == ""
    assert names(rules, "2026-01-08T21:00") == "Alice"
    (duty,) = on_duty(rules, "S", utc("2026-01-08T12:00"))
    assert (duty.since, duty.until) == (utc("2026-01-08T07:00"), utc("2026-01-08T17:00"))


def test_an_addition_joins_those_on_duty() -> None:
    rules = rota(DAYS, override("2026-01-08T18:00", "2026-01-09T12:00", in_="Emma"))
    assert names(rules, "2026-01-08T17:00") == "Alice Emma"
    assert names(rules, "2026-01-09T07:00") == "Bruno Emma"
    assert names(rules, "2026-01-09T11:00") == "Bruno"
    emma = on_duty(rules, "S", utc("2026-01-09T00:00"))[1]
    assert (emma.since, emma.until) == (utc("2026-01-08T17:00"), utc("2026-01-09T11:00"))


def test_an_addition_of_somebody_on_duty_changes_nothing_but_the_end() -> None:
    rules = rota(DAYS, override("2026-01-08T18:00", "2026-01-09T12:00", in_="Alice"))
    assert names(rules, "2026-01-08T18:00") == "Alice"
    (duty,) = on_duty(rules, "S", utc("2026-01-08T12:00"))
    assert (duty.since, duty.until) == (utc("2026-01-08T07:00"), utc("2026-01-09T11:00"))


def test_adjacent_replacement_and_own_shift_are_one() -> None:
    rules = rota(DAYS, override(*SHIFT, "Alice", "Bruno"))  # Bruno's own shift follows
    (duty,) = on_duty(rules, "S", utc("2026-01-08T12:00"))
    assert duty.person.name == "Bruno"
    assert (duty.since, duty.until) == (utc("2026-01-08T07:00"), utc("2026-01-10T07:00"))
    assert next_handover(rules, "S", utc("2026-01-08T12:00")) == utc("2026-01-10T07:00")


def test_an_override_of_an_override_wins() -> None:
    first = override(*SHIFT, "Alice", "Emma")
    second = override("2026-01-08T18:00", "2026-01-08T22:00", "Emma", "David")
    rules = rota(DAYS, first, second)
    assert names(rules, "2026-01-08T12:00") == "Emma"
    assert names(rules, "2026-01-08T18:00") == "David"
    assert names(rules, "2026-01-08T21:00") == "Emma"
    # Entered the other way round, Emma was not yet on duty where David should replace her.
    assert names(rota(DAYS, second, first), "2026-01-08T18:00") == "Emma"


def test_the_latest_replacement_of_a_person_wins() -> None:
    emma = override(*SHIFT, "Alice", "Emma")
    david = override("2026-01-08T18:00", "2026-01-08T22:00", "Alice", "David")
    rules = rota(DAYS, emma, david)
    assert names(rules, "2026-01-08T12:00") == "Emma"
    assert names(rules, "2026-01-08T18:00") == "David"
    assert names(rota(DAYS, david, emma), "2026-01-08T18:00") == "Emma"


def test_cover_found_after_an_absence_was_entered() -> None:
    leave = override("2026-01-07T00:00", "2026-01-12T00:00", out="Alice")
    cover = override(*SHIFT, "Alice", "Emma")
    assert names(rota(DAYS, leave), "2026-01-08T12:00") == ""
    assert names(rota(DAYS, leave, cover), "2026-01-08T12:00") == "Emma"
    assert names(rota(DAYS, cover, leave), "2026-01-08T12:00") == "Emma"


def test_a_chain_of_replacements_and_an_absence_at_its_end() -> None:
    chain = (
        override(*SHIFT, "Alice", "Emma"),
        override(*SHIFT, "Emma", "David"),
        override(*SHIFT, "David", "Alice"),
    )
    assert names(rota(DAYS, *chain[:2]), "2026-01-08T12:00") == "David"
    assert names(rota(DAYS, *chain), "2026-01-08T12:00") == "Alice"
    gone = override(*SHIFT, out="Alice")
    assert names(rota(DAYS, *chain, gone), "2026-01-08T12:00") == ""
    # Entered first, the absence gives way to the replacements of the same person.
    assert names(rota(DAYS, gone, *chain), "2026-01-08T12:00") == "Alice"


def test_a_swap_that_overlaps_in_part() -> None:
    rules = rota(
        DAYS,
        override("2026-01-08T20:00", "2026-01-09T08:00", "Alice", "Bruno"),
        override("2026-01-09T08:00", "2026-01-09T20:00", "Bruno", "Alice"),
    )
    assert names(rules, "2026-01-08T18:59:59") == "Alice"
    assert names(rules, "2026-01-08T19:00") == "Bruno"
    assert names(rules, "2026-01-09T07:00") == "Alice"
    assert names(rules, "2026-01-09T19:00") == "Bruno"


def test_a_swap_undone_by_a_later_entry_and_by_removal() -> None:
    swap = override(*SHIFT, "Alice", "Emma")
    undone = rota(DAYS, swap, override(*SHIFT, "Emma", "Alice"))
    removed = dataclasses.replace(rota(DAYS, swap), overrides=())
    for at in ("2026-01-08T07:00", "2026-01-08T19:00", "2026-01-09T07:00"):
        assert names(undone, at) == names(removed, at) == names(rota(DAYS), at)
    assert on_duty(undone, "S", utc("2026-01-08T19:00")) == on_duty(
        rota(DAYS), "S", utc("2026-01-08T19:00")
    )


def test_an_absence_after_an_addition_takes_the_added_person_away() -> None:
    added = override("2026-01-08T08:00", "2026-01-09T08:00", in_="Emma")
    away = override("2026-01-08T12:00", "2026-01-08T14:00", out="Emma")
    assert names(rota(DAYS, added, away), "2026-01-08T11:30") == "Alice"
    assert names(rota(DAYS, away, added), "2026-01-08T11:30") == "Alice Emma"


def test_other_levels_are_untouched() -> None:
    rules = rota(
        DAYS,
        rotation("2026-01-05T08:00", "1 week", "Alice", level=2),
        override(*SHIFT, "Alice", "Emma"),
    )
    assert names(rules, "2026-01-08T12:00") == "Emma Alice"


def test_ambiguous_ends_start_at_the_first_and_end_at_the_second_occurrence() -> None:
    rules = rota(DAYS, override("2026-10-25T02:10", "2026-10-25T02:20", in_="Emma"))
    assert "Emma" not in names(rules, "2026-10-25T00:09:59")
    for at in ("2026-10-25T00:10", "2026-10-25T01:00", "2026-10-25T01:19:59"):
        assert "Emma" in names(rules, at)
    assert "Emma" not in names(rules, "2026-10-25T01:20")


def test_an_exact_start_in_the_hour_that_exists_twice() -> None:
    """A take-over at the second 02:40 leaves the first one as it was."""
    rules = rota(DAYS, override("2026-10-25T02:40+01:00", "2026-10-25T08:00", in_="Emma"))
    assert "Emma" not in names(rules, "2026-10-25T00:40")
    assert "Emma" not in names(rules, "2026-10-25T01:39:59")
    assert "Emma" in names(rules, "2026-10-25T01:40")
    assert read_site_file(write_site_file(rules)) == rules


def test_an_override_in_the_skipped_hour_covers_no_time() -> None:
    rules = rota(DAYS, override("2026-03-29T02:00", "2026-03-29T02:59", in_="Emma"))
    assert all("Emma" not in names(rules, f"2026-03-29T{hour:02}:00") for hour in range(4))
