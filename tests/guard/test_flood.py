"""How often one key is admitted, against a plain count over the window."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.guard.flood import Flood

LIMIT, WINDOW_S = 3, 10.0
ARRIVALS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 6)), max_size=60)


@given(ARRIVALS)
def test_no_window_holds_more_than_the_limit_and_none_is_refused_below_it(
    arrivals: list[tuple[str, int]],
) -> None:
    flood, now_s = Flood(LIMIT, WINDOW_S), 0.0
    admitted: list[tuple[str, float]] = []
    for key, wait_s in arrivals:
        now_s += wait_s
        recent = [at for k, at in admitted if k == key and at > now_s - WINDOW_S]
        assert flood.admits(key, now_s) is (len(recent) < LIMIT)
        if len(recent) < LIMIT:
            admitted.append((key, now_s))


@pytest.mark.parametrize(("at_s", "admitted"), [(9.9, False), (10.0, True)])
def test_an_admission_counts_for_exactly_the_window(at_s: float, admitted: bool) -> None:
    flood = Flood(1, WINDOW_S)
    assert flood.admits("a", 0.0)
    assert flood.admits("a", at_s) is admitted


def test_a_refusal_is_told_once_for_each_flood_and_key() -> None:
    flood = Flood(1, WINDOW_S)
    assert flood.admits("a", 0.0)
    assert [flood.first_refusal("a"), flood.first_refusal("a")] == [True, False]
    assert flood.first_refusal("b")
    assert flood.admits("a", 20.0)
    assert flood.first_refusal("a")


def test_quiet_keys_are_forgotten() -> None:
    flood = Flood(LIMIT, WINDOW_S)
    for number in range(1000):
        flood.admits(str(number), 0.0)
    flood.admits("last", WINDOW_S)
    assert list(flood._seen) == ["last"]
