"""The ladder where the port goes and comes back, with nothing wired and nothing allowed."""

from __future__ import annotations

from itertools import pairwise

import pytest

from firmware.recovery.rungs import CALL_BELIEVED_S, RUNGS, Fault, Rung
from firmware.recovery.table import Happening, State
from tests.recovery.bench import Bench

pytestmark = pytest.mark.usefixtures("modem_family")


@pytest.mark.parametrize("away_s", [12.0, 35.0, 60.0, 140.0, 570.0, 1200.0])
@pytest.mark.parametrize("able", [True, False])
def test_without_a_relay_a_port_that_is_back_and_mute_is_reset_too(
    away_s: float, able: bool
) -> None:
    """The rungs that nobody allowed counted as still to come: USB was taken again and again."""
    bench = Bench(power=False, reboot=False)
    bench.answers = bench.sound = False
    if not able:
        bench.possible -= {Rung.REBIND_USB}
    bench.goes()
    bench.run(away_s)
    bench.comes()
    before = len(bench.done)
    bench.run(180)
    later = [rung for rung, _ in bench.done[before:]]
    assert {Rung.REOPEN, Rung.RESET} <= set(later)
    assert bench.ladder.fault is Fault.MUTE
    bench.run(120)
    assert {"modem", "recovery"} <= bench.alarms


def test_a_port_whose_modem_falls_silent_in_a_rest_is_a_mute_one() -> None:
    bench = Bench(power=False, reboot=False)
    bench.answers = bench.sound = False
    bench.goes()
    bench.run(100)
    assert bench.ladder.state is State.RESTING
    bench.answers = True
    bench.comes()
    bench.run(RUNGS[Rung.REBIND_USB].back_s + 1)
    assert bench.ladder.state in (State.RESTING, State.REBIND_USB, State.RETURNING)
    bench.answers = False
    before = len(bench.done)
    bench.run(300)
    assert Rung.RESET in [rung for rung, _ in bench.done[before:]]


@pytest.mark.parametrize(("up_s", "down_s"), [(10, 10), (12, 5), (14, 20), (12, 40), (70, 40)])
def test_without_a_relay_one_that_comes_and_goes_has_its_alarm(up_s: int, down_s: int) -> None:
    bench = Bench(power=False, reboot=False)
    bench.answers = bench.sound = False
    bench.comes_and_goes(up_s, down_s)
    assert Rung.REBIND_USB in bench.rungs
    assert bench.alarms


def test_a_port_that_is_back_while_a_rung_is_held_is_set_up_first() -> None:
    """USB was taken in the midst of it, a minute and a half after the call: the modem was back."""
    bench = Bench()
    bench.line.in_call = True
    bench.goes()
    bench.run(CALL_BELIEVED_S - 10)
    assert bench.ladder.state is State.HELD
    bench.sound = False
    bench.comes()
    bench.run(30)   # it is being set up
    assert bench.rungs == [Rung.REOPEN]
    bench.sound = True
    bench.look()
    assert bench.well()


def test_what_was_held_back_follows_where_the_set_up_comes_to_nothing() -> None:
    bench = Bench()
    bench.line.in_call = True
    bench.goes()
    bench.run(CALL_BELIEVED_S - 10)
    bench.sound = bench.answers = False
    bench.comes()
    bench.run(RUNGS[Rung.REOPEN].back_s + 1)
    assert bench.rungs == [Rung.REOPEN, Rung.REBIND_USB]


def test_a_deaf_modem_opened_anew_in_a_call_still_waits_for_its_end() -> None:
    bench = Bench()
    bench.line.in_call = True
    bench.ladder.suspect("deaf", "test call")
    bench.ladder.happen(Happening.OPENED)
    bench.run(60)
    assert bench.ladder.state is State.HELD
    assert bench.done == []


def test_a_call_holds_back_no_rung_that_is_not_allowed() -> None:
    """A modem that lists a call for ever got no alarm."""
    bench = Bench(power=False, reboot=False)
    bench.sound = False
    bench.ladder.happen(Happening.REFUSED, "AT+CMGF=0")
    bench.run(RUNGS[Rung.RESET].back_s + 1)
    assert bench.last() is Rung.REBIND_USB
    bench.line.in_call = True
    bench.run(200)
    assert "recovery" in bench.alarms


def test_a_rung_whose_hour_is_full_by_the_call_s_end_is_not_taken() -> None:
    bench = Bench(power=False, reboot=False)
    bench.answers = bench.sound = False
    bench.line.in_call = True
    bench.run(20)
    assert bench.ladder.state is State.HELD
    for _ in range(RUNGS[Rung.SECOND_PORT].per_hour):
        bench.ladder._permits.count(Rung.SECOND_PORT, Fault.MUTE, "")
    bench.line.in_call = False
    bench.run(60)
    assert Rung.SECOND_PORT not in bench.rungs
    assert Rung.RESET in bench.rungs


@pytest.mark.parametrize(("quiet_s", "talks_s"), [(5, 5), (7, 3), (3, 12)])
def test_a_modem_that_refuses_and_falls_silent_by_turns_comes_to_rest(
    quiet_s: int, talks_s: int
) -> None:
    bench = Bench(reboot=False)
    bench.sound = False
    for turn in range(600):
        bench.answers = turn % 2 == 0
        bench.run(talks_s if bench.answers else quiet_s)
        if turn % 6 == 5:
            bench.ladder.happen(Happening.REFUSED, "AT+CMGF=0")
    assert "recovery" in bench.alarms


def test_a_deaf_modem_whose_port_goes_in_a_call_is_waited_for() -> None:
    """Two resets and the power came at one instant, on no port, a minute and a half after."""
    bench = Bench()
    bench.line.in_call = True
    bench.ladder.suspect("deaf", "test call")
    bench.run(10)
    bench.goes()
    assert bench.ladder.fault is Fault.ABSENT
    bench.run(CALL_BELIEVED_S + 60)
    assert Rung.RESET not in bench.rungs
    assert bench.rungs[:2] == [Rung.REOPEN, Rung.REBIND_USB]
    times = [at_s for _, at_s in bench.done]
    assert all(later - sooner >= 10 for sooner, later in pairwise(times))


def test_a_deaf_modem_that_falls_silent_in_a_call_is_asked_at_once() -> None:
    bench = Bench()
    bench.line.in_call = True
    bench.ladder.suspect("deaf", "test call")
    bench.answers = False
    bench.run(1)
    assert bench.ladder.fault is Fault.MUTE
    assert bench.rungs == [Rung.ASK]


def test_a_modem_held_before_its_first_rung_has_that_rung_s_time_once_it_is_back() -> None:
    bench = Bench(reboot=False)
    bench.line.in_call, bench.sound = True, False
    bench.ladder.happen(Happening.REFUSED, "AT+CPMS")
    assert bench.done == []
    bench.ladder.happen(Happening.OPENED)
    assert bench.ladder.deadline_s == bench.now_s + RUNGS[Rung.RESET].back_s
