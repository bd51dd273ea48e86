"""When the next SMS may leave, against a plain count over the hour and the day."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from firmware.guard.budget import DAY_S, HOUR_S, Budget


@given(st.lists(st.integers(0, 8000), max_size=60))
def test_who_waits_until_it_is_free_stays_within_both_limits(waits_s: list[int]) -> None:
    budget, now_s = Budget(per_hour=3, per_day=8), 0.0
    sent: list[float] = []
    for wait_s in waits_s:
        now_s = budget.free_at_s(now_s + wait_s)
        budget.spend(now_s)
        sent.append(now_s)
    for window_s, limit in ((HOUR_S, 3), (DAY_S, 8)):
        pairs = zip(sent, sent[limit:], strict=False)
        assert all(late - early >= window_s for early, late in pairs)


@given(st.lists(st.integers(0, 8000), max_size=60))
def test_it_holds_back_no_earlier_and_no_longer_than_the_limits_ask(waits_s: list[int]) -> None:
    budget, now_s = Budget(per_hour=3, per_day=8), 0.0
    sent: list[float] = []
    for wait_s in waits_s:
        now_s += wait_s
        free_s = budget.free_at_s(now_s)
        starts = [
            sent[-limit] + window_s
            for window_s, limit in ((HOUR_S, 3), (DAY_S, 8))
            if len(sent) >= limit
        ]
        assert free_s == max([now_s, *starts])
        budget.spend(now_s)   # alerts leave whatever the budget says
        sent.append(now_s)


def test_an_untouched_budget_is_free() -> None:
    assert Budget().free_at_s(5.0) == 5.0


def test_a_day_old_count_is_forgotten() -> None:
    budget = Budget()
    for number in range(3000):
        budget.spend(number * DAY_S / 100)
    assert len(budget._sent) <= 100
