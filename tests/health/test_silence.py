"""The silence alarm against made-up boxes: no false alarm, and a deaf box is found in time."""

from __future__ import annotations

import json
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.health.silence import BUSY_MAX, HOURS, QUIET_MAX_H, Silence, silence_from

YEAR = 52


def office(busy: float) -> list[float]:
    """Calls an hour: in office hours on weekdays, few in the evenings, hardly any at night."""
    hours = []
    for day in range(7):
        for hour in range(24):
            work = 8 <= hour < 18
            rate = 1.0 if work and day < 5 else 0.3 if 7 <= hour < 22 else 0.02
            hours.append(rate * busy)
    return hours


def nights(busy: float) -> list[float]:
    """A service that is called in the evening, at night and at weekends alone."""
    return [
        busy * (1.0 if hour >= 19 or hour < 7 or day >= 5 else 0.0)
        for day in range(7)
        for hour in range(24)
    ]


BOXES = {
    "a busy clinic": office(4.0),
    "an ambulance company": office(0.8),
    "a few calls a week": office(0.05),
    "a call a month": office(0.005),
    "nights and weekends": nights(0.5),
}


def live(
    rates: list[float], weeks: int, seed: int, *, bursts: bool = True, known: Silence | None = None
) -> tuple[Silence, int]:
    """Some weeks of a box; the model and how many false alarms there were.

    Calls come in bursts (one accident, three calls), every tenth week is a holiday at half the
    rate, and August is quiet.
    """
    chance = random.Random(seed)
    model, alarms, was_odd = known or Silence(), 0, False
    for week in range(weeks):
        season = 0.5 if week % 10 == 9 or week % YEAR in range(30, 35) else 1.0
        for hour in range(HOURS):
            rate = rates[hour] * season / (2.0 if bursts else 1.0)
            model = model.listen(hour, 0.5)
            if chance.random() < 1.0 - math.exp(-rate):
                model = model.came()
            model = model.listen(hour, 0.5)
            if model.is_odd and not was_odd:
                alarms += 1
            was_odd = model.is_odd
            if was_odd and chance.random() < 0.1:
                model, was_odd = model.came(), False  # somebody made the test call
    return model, alarms


@pytest.mark.parametrize("name", BOXES)
def test_a_year_without_a_false_alarm(name: str) -> None:
    false = sum(live(BOXES[name], YEAR, seed)[1] for seed in range(3))
    # a box with a call a month is asked for a test call after a month of nothing
    assert false == 0 if name != "a call a month" else false <= 3 * 12


@pytest.mark.parametrize(
    ("name", "hour", "within_h"),
    [
        ("a busy clinic", 9, 8),             # Monday morning: the same working day
        ("a busy clinic", 4 * 24 + 17, 40),  # Friday evening: by Sunday
        ("an ambulance company", 9, 96),
        ("nights and weekends", 0, 120),
        ("a few calls a week", 0, QUIET_MAX_H),
    ],
)
def test_a_deaf_box_is_found(name: str, hour: int, within_h: float) -> None:
    model, _ = live(BOXES[name], 12, seed=1)
    model = model.came()
    deaf_h = 0
    while not model.is_odd:
        model = model.listen((hour + deaf_h) % HOURS, 1.0)
        deaf_h += 1
        assert deaf_h <= within_h
    assert deaf_h >= 3


def test_no_night_is_odd_in_which_nothing_ever_came() -> None:
    model, _ = live(BOXES["a busy clinic"], 12, seed=2)
    model = model.came()
    for hour in range(22, 22 + 9):
        model = model.listen(hour, 1.0)
    assert not model.is_odd


def test_a_deaf_box_does_not_learn_that_silence_is_usual() -> None:
    model, _ = live(BOXES["a busy clinic"], 12, seed=3)
    for hour in range(HOURS):
        model = model.listen(hour, 1.0)
    odd = model
    assert odd.is_odd
    for hour in range(4 * HOURS):
        model = model.listen(hour % HOURS, 1.0)
    assert (model.listened, model.heard) == (odd.listened, odd.heard)
    assert not model.came().is_odd


def test_a_new_box_says_nothing_before_it_knows_anything() -> None:
    model = Silence()
    for hour in range(20 * 24):
        model = model.listen(hour % HOURS, 1.0)
        assert not model.is_odd


def test_ten_days_are_enough_to_know_a_busy_box() -> None:
    model, _ = live(BOXES["a busy clinic"], 1, seed=4)
    model = model.came()
    for hour in range(7 * 24):
        model = model.listen(hour, 1.0)
    assert model.is_odd


hours = st.integers(0, HOURS - 1)
steps = st.lists(st.tuples(hours, st.floats(0.0, 1.0), st.booleans()), max_size=300)


@given(steps)
def test_whatever_happens_it_stays_a_chance(events: list[tuple[int, float, bool]]) -> None:
    model = Silence()
    for hour, share, came in events:
        before = model.weight
        model = model.listen(hour, share)
        assert model.weight >= before
        assert 0.0 <= model.expected(hour) <= BUSY_MAX
        if came:
            model = model.came()
            assert (model.weight, model.quiet_h) == (0.0, 0.0)
    again = silence_from(json.loads(json.dumps(model.as_fact())))
    assert again.as_fact() == model.as_fact()


@pytest.mark.parametrize("fact", [None, 3, {}, {"listened": [1]}, {"listened": "x" * HOURS}])
def test_what_is_no_model_is_an_empty_one(fact: object) -> None:
    assert silence_from(fact) == Silence()
