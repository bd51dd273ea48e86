"""Whom a +CSSU: 10 is about, in every state of the calls in hand; when it is not believed."""

from __future__ import annotations

from datetime import UTC, datetime
from math import inf

import pytest

from firmware.call.call_in_hand import CallInHand, Phase, take_up
from firmware.call.call_state import CallState
from firmware.call.second_caller import HABIT, NO_REPLY_MIN_S, About, Habit, about
from firmware.moment import Moment
from firmware.record import Call

NOW_S = 1000.0
YOUNG_S, OLD_S = NOW_S - NO_REPLY_MIN_S + 0.1, NOW_S - NO_REPLY_MIN_S


def call(
    phase: Phase, since_s: float, state: CallState = CallState.INCOMING, *,
    answered: bool = False,
) -> CallInHand:  # fmt: skip
    line = CallInHand(
        Call(1, datetime(2026, 3, 10, 12, tzinfo=UTC), "Ambulance"), state, phase, since_s, None
    )
    line.answered_s = NOW_S if answered else None
    return line


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("since_s", [YOUNG_S, OLD_S])
@pytest.mark.parametrize("state", list(CallState))
def test_every_state_of_one_call_has_its_answer(
    phase: Phase, since_s: float, state: CallState
) -> None:
    if state in (CallState.ACTIVE, CallState.HELD) or phase is Phase.JOINED:
        wanted = About.ANOTHER
    elif phase is Phase.REJECTED:
        wanted = About.REFUSED
    else:
        wanted = About.ANOTHER if since_s == YOUNG_S else About.RINGING
    assert about([call(phase, since_s, state)], False, NOW_S) is wanted


@pytest.mark.parametrize("dialled", [True, False])
def test_several_calls_and_none(dialled: bool) -> None:
    ours = About.ANOTHER if dialled else None
    assert about([], dialled, NOW_S) is (ours or About.UNKNOWN)
    rejected, ringing = call(Phase.REJECTED, OLD_S), call(Phase.RINGING, OLD_S)
    assert about([rejected], dialled, NOW_S) is (ours or About.REFUSED)
    assert about([rejected, ringing], dialled, NOW_S) is About.RINGING
    assert about([rejected, call(Phase.RINGING, YOUNG_S)], dialled, NOW_S) is About.ANOTHER
    spoken = call(Phase.SPEAKING, OLD_S, CallState.ABSENT, answered=True)
    assert about([ringing, spoken], dialled, NOW_S) is About.RINGING, "it waits, and may be"
    young = call(Phase.RINGING, YOUNG_S, CallState.WAITING)
    assert about([young, spoken], dialled, NOW_S) is About.ANOTHER


def test_five_seconds_of_the_networks_are_less_by_the_first_ring() -> None:
    """Found by a simulated year: AT+CCFC=2,3,...,15 lost a digit, the network gave up after 5 s,
    4.6 s after the first RING."""
    assert about([call(Phase.RINGING, NOW_S - 4.6)], False, NOW_S) is About.RINGING


def test_a_call_that_the_modem_kept_back_or_that_began_before_the_program_may_be_old() -> None:
    young = call(Phase.IDENTIFYING, YOUNG_S)
    young.rings_since_s = YOUNG_S
    assert about([young], False, NOW_S) is About.ANOTHER
    young.rings_since_s = OLD_S
    assert about([young], False, NOW_S) is About.RINGING
    young.rings = 2
    assert about([young], False, NOW_S) is About.RINGING
    left = take_up(young.call, Moment(YOUNG_S, datetime(2026, 3, 10, 12, 1, tzinfo=UTC)))
    assert about([left], False, NOW_S) is About.RINGING


@pytest.mark.parametrize(
    ("rings", "proved_s", "whom"),
    [
        (0, NO_REPLY_MIN_S, About.RINGING),     # it waited: no ring is told of that
        (1, NO_REPLY_MIN_S, About.ANOTHER),
        (2, NO_REPLY_MIN_S, About.RINGING),
        (2, 10.0, About.ANOTHER),
        (3, 10.0, About.RINGING),
    ],
)
def test_of_what_was_kept_back_the_rings_are_the_clock(
    rings: int, proved_s: float, whom: About
) -> None:
    line = call(Phase.IDENTIFYING, NOW_S)
    line.rings_since_s, line.rings = NOW_S - 60.0, rings
    assert about([line], False, NOW_S, proved_s) is whom
    line.rings_since_s = -inf   # some were before there was anybody to hear
    assert about([line], False, NOW_S, proved_s) is About.RINGING


def test_a_network_that_tells_of_each_refused_call_is_soon_not_believed() -> None:
    habit, row = Habit(), 10
    for _ in range(HABIT):
        row += 1
        assert not habit.tells_of(row), "a second caller, for all that is known"
        row += 1
        habit.recorded(row)
    for _ in range(3):
        row += 1
        assert habit.tells_of(row)
        assert not habit.tells_of(row), "one more is a second caller"
        row += 1
        habit.recorded(row)
    row += 1   # a call of which it told nothing
    assert not habit.tells_of(row + 1)


def test_notices_now_and_then_are_second_callers() -> None:
    habit = Habit()
    for row in range(10, 100, 10):
        assert not habit.tells_of(row)
        habit.recorded(row + 1)
