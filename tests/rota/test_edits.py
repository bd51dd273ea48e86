"""A rotation changed from an instant on; who is free, rested, and how duties are shared out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.rota import Override, Rotation, Service, Step, Window, on_duty
from firmware.rota.balance import balance, month_after
from firmware.rota.edits import (
    from_next_handover,
    overlap,
    with_rotation,
    without_rotation,
)
from firmware.rota.free import availability
from firmware.rota.past import rewrites_the_past
from firmware.rota.rest import rest_faults
from firmware.rota.rotation import handover_wall, next_turn
from tests.rota.test_undo import NAMES, NOW, ROTA, WEEKLY, at, holding

NIGHTS = (Window(("mon", "tue", "wed", "thu", "fri"), time(18), time(8)),)
WEEKENDS = (Window(("sat", "sun"), time(8), time(8)),)
WALL = at(25, 10)


def names(rota: object, instant: datetime) -> list[str]:
    return [duty.person.name for duty in on_duty(rota, "Ambulance", instant)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "every", [Step(1, "week"), Step(3, "day"), Step(1, "month"), Step(10, "hour")]
)
def test_the_next_handover_is_the_first_after_now_with_the_next_in_line(every: Step) -> None:
    rotation = replace(WEEKLY, every=every)
    found = from_next_handover(rotation, WALL)
    index = next_turn(rotation, WALL)
    assert handover_wall(rotation, index - 1) <= WALL < found.start
    assert found.start == handover_wall(rotation, index)
    assert found.people[0] == NAMES[index % 3]


def test_going_on_unchanged_changes_nobodys_duty() -> None:
    rota = with_rotation(ROTA, 0, from_next_handover(WEEKLY, WALL), WALL)
    assert len(rota.rotations) == 2
    for hours in range(-24 * 20, 24 * 40, 7):
        instant = NOW + timedelta(hours=hours)
        assert names(rota, instant) == names(ROTA, instant)


def test_a_new_order_leaves_the_past_and_the_present_turn() -> None:
    new = replace(WEEKLY, start=at(30), people=("Chloé", "Alice"))
    rota = with_rotation(ROTA, 0, new, WALL)
    assert not rewrites_the_past(ROTA, rota, NOW)
    assert names(rota, NOW) == names(ROTA, NOW)
    assert names(rota, NOW + timedelta(days=6)) == ["Chloé"]


def test_what_has_not_begun_is_replaced_or_taken_out_whole() -> None:
    coming = replace(WEEKLY, start=at(30), level=2)
    rota = replace(ROTA, rotations=(WEEKLY, coming))
    later = replace(coming, start=at(37))
    assert with_rotation(rota, 1, later, WALL).rotations == (WEEKLY, later)
    assert without_rotation(rota, 1, at(40), WALL).rotations == (WEEKLY,)
    assert without_rotation(rota, 0, at(28), WALL).rotations[0].end == at(28)


@pytest.mark.parametrize(
    ("other", "overlaps"),
    [
        (replace(WEEKLY, active=WEEKENDS), False),
        (replace(WEEKLY, active=NIGHTS), True),
        (replace(WEEKLY, level=2), False),
        (replace(WEEKLY, service="Taxi"), False),
        (replace(WEEKLY, end=at(20)), False),
        (replace(WEEKLY, start=at(200)), True),
        (replace(WEEKLY, active=(Window(("holiday",), time(8), time(8)),)), True),
    ],
)
def test_overlapping_rotations_of_one_level_are_found(other: Rotation, overlaps: bool) -> None:
    new = replace(WEEKLY, start=at(30), active=NIGHTS)
    services = (*ROTA.services, Service("Taxi"))
    rota = replace(ROTA, services=services, rotations=(other, new))
    found = overlap(rota, new)
    assert (found is not None) is overlaps
    if found is not None:
        assert found.other == other
        assert found.start < found.end


def test_who_is_free_the_rested_and_least_loaded_first() -> None:
    """Sunday 29 November is Alice's; Bruno begins the day after, Chloé ended a week before."""
    rota = holding(Override("Ambulance", 1, at(60), at(61), None, "Chloé"))
    start, end = NOW + timedelta(days=4), NOW + timedelta(days=4, hours=14)
    found = {each.person.name: each for each in availability(rota, start, end)}
    assert next(iter(found)) == "Chloé"
    assert (found["Alice"].why, found["Bruno"].why) == ("on_duty", "free")
    assert found["Bruno"].near
    away = holding(Override("Ambulance", 1, at(29), at(30), "Chloé"))
    why = {each.person.name: each.why for each in availability(away, start, end)}
    assert why["Chloé"] == "absent"


def test_rest_between_guards_and_not_between_duties_at_home() -> None:
    guard = replace(WEEKLY, duty_type="garde", every=Step(12, "hour"), people=NAMES)
    before = replace(ROTA, rotations=(guard,))
    span = (NOW, NOW + timedelta(days=7))
    new = Override("Ambulance", 1, at(26, 8), at(26, 20), None, "Alice")
    found = rest_faults(before, replace(before, overrides=(new,)), *span)
    assert all(fault.person.name == "Alice" for fault in found)
    assert all(fault.rest < timedelta(hours=11) for fault in found)
    assert rest_faults(before, before, *span) == ()
    assert rest_faults(ROTA, holding(new), *span) == ()


def test_a_week_of_duty_in_numbers() -> None:
    """Alice has 23 to 30 November: seven nights, one Sunday; All Saints' was before the rota."""
    (alice, _, chloe) = balance(ROTA, date(2026, 11, 23), date(2026, 11, 30))
    assert alice.time == timedelta(days=7) - timedelta(hours=8)
    assert (alice.nights, alice.sundays, alice.holidays) == (7, 1, 0)
    assert alice.night_time == timedelta(hours=6 * 9 + 3)
    assert (chloe.time, chloe.nights) == (timedelta(hours=8), 1)
    armistice = balance(ROTA, date(2026, 11, 1), month_after(date(2026, 11, 1)))
    assert [share.holidays for share in armistice] == [0, 1, 0]


def test_the_night_of_a_clock_change_has_its_true_length() -> None:
    always = replace(ROTA, rotations=(replace(WEEKLY, start=datetime(2026, 1, 1, 8), people=("Alice",)),))  # noqa: DTZ001, E501
    spring = balance(always, date(2026, 3, 29), date(2026, 3, 30))[0]
    autumn = balance(always, date(2026, 10, 25), date(2026, 10, 26))[0]
    assert (spring.time, autumn.time) == (timedelta(hours=23), timedelta(hours=25))


@given(st.integers(0, 200), st.integers(1, 40))
def test_shares_add_up_to_what_is_covered(first: int, days: int) -> None:
    start = date(2026, 11, 2) + timedelta(days=first)
    shares = balance(ROTA, start, start + timedelta(days=days))
    low = datetime.combine(start, time(), UTC)
    covered = sum((share.time for share in shares), timedelta())
    missing = timedelta(hours=8) if first == 0 else timedelta()
    assert abs(covered + missing - timedelta(days=days)) <= timedelta(hours=1)
    assert low.tzinfo is UTC
