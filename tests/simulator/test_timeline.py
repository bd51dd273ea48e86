from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hw.simulator.timeline import Timeline


def test_actions_run_by_time_and_then_in_the_order_of_scheduling() -> None:
    timeline = Timeline(1)
    ran: list[str] = []
    timeline.at(20, lambda: ran.append("late"))
    timeline.at(10, lambda: ran.append("first"))
    timeline.at(10, lambda: ran.append("second"))
    timeline.run_until(15)
    assert ran == ["first", "second"]
    assert (timeline.now_ms, timeline.next_ms()) == (15, 20)
    timeline.run_until(20)
    assert ran == ["first", "second", "late"]
    assert timeline.next_ms() is None


def test_a_reaction_comes_after_what_was_scheduled_for_the_same_instant() -> None:
    timeline = Timeline(1)
    ran: list[str] = []
    timeline.at(10, lambda: timeline.after(0, lambda: ran.append("reaction")))
    timeline.at(10, lambda: ran.append("planned"))
    timeline.run_until(10)
    assert ran == ["planned", "reaction"]


def test_a_cancelled_action_does_not_run_and_is_not_next() -> None:
    timeline = Timeline(1)
    ran: list[int] = []
    soon = timeline.after(0, lambda: ran.append(0))
    later = timeline.at(10, lambda: ran.append(10))
    soon.cancel()
    later.cancel()
    later.cancel()
    assert timeline.next_ms() is None
    assert timeline.run_until(20) == 0
    assert ran == []


def test_the_past_is_refused() -> None:
    timeline = Timeline(1)
    timeline.run_until(100)
    with pytest.raises(ValueError, match="before now"):
        timeline.at(99, lambda: None)
    assert timeline.run_until(50) == 0
    assert timeline.now_ms == 100


def test_utc_follows_the_milliseconds_and_needs_a_zone() -> None:
    start = datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC)
    timeline = Timeline(1, start)
    timeline.run_until(1500)
    assert timeline.utc() == start + timedelta(milliseconds=1500)
    assert timeline.utc(0) == start
    with pytest.raises(ValueError, match="time zone"):
        Timeline(1, datetime(2026, 1, 1))  # noqa: DTZ001


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 5)), max_size=40))
def test_the_order_is_that_of_a_sorted_list(plan: list[tuple[int, int]]) -> None:
    """Each planned action schedules one more; the whole equals sorting by (time, sequence)."""
    timeline = Timeline(1)
    ran: list[tuple[int, int]] = []
    sequence = 0

    def plan_one(when_ms: int, then_ms: int | None) -> None:
        nonlocal sequence
        sequence += 1
        mine = sequence

        def act() -> None:
            ran.append((timeline.now_ms, mine))
            if then_ms is not None:
                plan_one(timeline.now_ms + then_ms, None)

        timeline.at(when_ms, act)

    for when_ms, then_ms in plan:
        plan_one(when_ms, then_ms)
    timeline.run_until(100)
    assert ran == sorted(ran)
    assert len(ran) == 2 * len(plan)
