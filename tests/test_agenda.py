"""When the loop acts by itself: no step and no alarm for nothing, and none too few."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from firmware.agenda import Agenda
from firmware.moment import Moment

NOW = Moment(1000.0, datetime(2026, 3, 1, tzinfo=UTC))


def later(seconds: float) -> Moment:
    return replace(
        NOW, monotonic_s=NOW.monotonic_s + seconds, utc=NOW.utc + timedelta(seconds=seconds)
    )


@pytest.fixture
def agenda() -> Agenda:
    found = Agenda(NOW)
    found.wake_at_s, found.look_at_s = 1015.0, 1002.0
    return found


def test_the_first_step_is_due_at_once() -> None:
    assert Agenda(NOW).is_due(NOW)
    assert Agenda(NOW).wait_s(1000.0) == 0.0


def test_the_look_around_wakes_the_loop_and_brings_no_step(agenda: Agenda) -> None:
    assert agenda.wait_s(1000.5) == 1.5
    assert not agenda.is_due(later(2.0))
    assert agenda.is_due(later(15.0))


def test_the_alarm_is_set_once_and_only_before_the_next_look(agenda: Agenda) -> None:
    assert agenda.alarm_s() is None
    agenda.look_at_s = 1016.0
    assert agenda.alarm_s() == 1015.0
    assert agenda.alarm_s() is None
    agenda.wake_at_s = 1014.5          # something is due before
    assert agenda.alarm_s() == 1014.5
    agenda.wake_at_s = 1014.75
    assert agenda.alarm_s() is None    # it rings a little early then
    agenda.rung()
    assert agenda.alarm_s() == 1014.75


def test_an_alarm_that_never_rang_does_not_keep_the_next_from_being_set(agenda: Agenda) -> None:
    agenda.look_at_s = 1030.0
    assert agenda.alarm_s() == 1015.0
    assert agenda.is_due(later(15.1))
    agenda.wake_at_s = 1020.0
    assert agenda.alarm_s() == 1020.0


@pytest.mark.parametrize(
    "now",
    [
        replace(later(2.0), utc_trusted=False),
        replace(later(2.0), utc=NOW.utc + timedelta(hours=1)),
        replace(later(2.0), utc=NOW.utc - timedelta(hours=1)),
    ],
)
def test_another_time_of_day_is_a_step_of_its_own(agenda: Agenda, now: Moment) -> None:
    assert agenda.is_due(now)
