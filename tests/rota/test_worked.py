"""The hours of a month: duty by its type, interventions, and what counts as work."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from firmware.rota import Service
from firmware.rota.worked import Marked, Worked, worked
from tests.rota.test_undo import NOW, ROTA, WEEKLY, at

FIRST, AFTER = date(2026, 10, 1), date(2026, 11, 1)
H = timedelta(hours=1)


def wall(day: int, hour: int) -> datetime:
    """Wall clock in October 2026."""
    return at(day - 31, hour)


# Alice at home all the time, Bruno in the garage on the weekend of the clock change
AT_HOME = replace(WEEKLY, people=("Alice",), start=wall(1, 20), end=wall(32, 8))
GARAGE = replace(
    WEEKLY,
    service="Taxi",
    people=("Bruno",),
    duty_type="garde",
    start=wall(24, 20),
    end=wall(25, 8),
)
SITE = replace(
    ROTA, services=(Service("Ambulance"), Service("Taxi")), rotations=(AT_HOME, GARAGE)
)


def paris(day: int, hour: int, minute: int = 0) -> datetime:
    """October 2026 by summer time."""
    return datetime(2026, 10, day, hour, minute, tzinfo=UTC) - 2 * H


def month(*marked: Marked, now: datetime = NOW) -> dict[str, Worked]:
    return {each.name: each for each in worked(SITE, FIRST, AFTER, marked, now)}


def test_a_night_of_the_clock_change_in_the_garage_is_thirteen_hours_of_work() -> None:
    bruno = month()["Bruno"]
    assert bruno.duty == {"astreinte": 0 * H, "permanence": 0 * H, "garde": 13 * H}
    assert bruno.working_time == 13 * H


def test_at_home_only_interventions_count() -> None:
    call = ("Alice", paris(3, 2, 10), paris(3, 3, 40))
    alice = month(call)["Alice"]
    # from the 1st at 20:00 to the end of the month: a day of 25 hours among them
    assert alice.duty["astreinte"] == 30 * 24 * H + 4 * H + 1 * H
    assert (alice.intervention_time, alice.working_time) == (1.5 * H, 1.5 * H)


def test_an_intervention_in_the_garage_is_not_counted_twice() -> None:
    call = ("Bruno", paris(24, 21), paris(24, 22))
    assert month(call)["Bruno"].working_time == 13 * H


def test_what_crosses_the_month_s_end_is_cut_and_what_is_not_over_counts_nothing() -> None:
    last_night = datetime(2026, 10, 31, 22, tzinfo=UTC)  # 23:00 in Paris
    alice = month(
        ("Alice", last_night, last_night + 3 * H), ("Alice", paris(9, 9), None)
    )["Alice"]
    assert [(stint.end is None, stint.time) for stint in alice.stints] == [
        (True, 0 * H), (False, 1 * H),
    ]  # fmt: skip


def test_a_month_that_runs_ends_now_and_one_to_come_is_empty() -> None:
    assert month(now=paris(2, 20))["Alice"].duty["astreinte"] == 24 * H
    assert month(now=paris(1, 9)) == {}


def test_who_has_another_name_by_now_is_not_lost() -> None:
    found = month(("Alice Ancienne", paris(5, 1), paris(5, 2)))
    assert list(found) == ["Alice", "Bruno", "Alice Ancienne"]


def test_a_clock_that_was_set_back_takes_no_time_away() -> None:
    assert month(("Alice", paris(5, 2), paris(5, 1)))["Alice"].working_time == 0 * H
