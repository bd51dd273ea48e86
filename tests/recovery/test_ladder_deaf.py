"""The gentle climb of a modem that answers and is deaf: its limits, and the place that it keeps."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from firmware.recovery.rungs import CLIMBS, Fault, Rung
from firmware.recovery.table import State
from tests.recovery.bench import Bench

HELPS = (Rung.RESET, Rung.CUT_POWER)

pytestmark = pytest.mark.usefixtures("modem_family")


def test_deafness_is_mended_gently_and_four_times_a_day() -> None:
    bench = Bench()
    bench.ladder.suspect("network", "searching")
    assert bench.rungs == [Rung.RESET]
    for _ in range(1000):
        bench.run(60)
        bench.ladder.suspect("network", "searching")
    assert bench.rungs == [Rung.RESET, Rung.CUT_POWER, Rung.RESET, Rung.RESET]
    assert "recovery" not in bench.alarms
    bench.ladder.trust("network")
    bench.look()
    assert bench.well()
    assert bench.journal[-1] == ("recovered", Rung.RESET)


def test_deafness_ends_when_nobody_says_so_any_more() -> None:
    bench = Bench()
    bench.ladder.suspect("network", "searching")
    bench.ladder.suspect("signal", "+CSQ")
    bench.ladder.trust("network")
    assert not bench.well()
    bench.ladder.trust("signal")
    assert bench.well()


def test_a_deaf_modem_that_falls_silent_is_a_mute_one() -> None:
    bench = Bench()
    bench.ladder.suspect("deaf", "test call")
    bench.run(120)
    assert bench.ladder.state is State.RESTING
    bench.answers = False
    bench.look()
    assert (bench.ladder.fault, bench.ladder.state) == (Fault.MUTE, State.ASK)


def _a_moment_of_silence(bench: Bench) -> None:
    bench.answers = False
    bench.look()
    bench.answers = True
    bench.run(1)


def _the_cable_stumbles(bench: Bench) -> None:
    bench.goes()
    bench.comes()
    bench.run(1)


@pytest.mark.parametrize("stumble", [_a_moment_of_silence, _the_cable_stumbles])
def test_a_lost_answer_does_not_begin_the_gentle_climb_anew(
    stumble: Callable[[Bench], None]
) -> None:
    """Else each would be worth a reset, and the day's four were spent in no time."""
    bench = Bench()
    bench.ladder.suspect("network", "searching")
    bench.run(120)
    for _ in range(6):
        stumble(bench)
        bench.ladder.suspect("network", "searching")
    assert bench.rungs.count(Rung.RESET) == 1
    assert bench.ladder.state is State.RESTING
    bench.run(CLIMBS[Fault.DEAF].rests_s[0])
    assert [rung for rung in bench.rungs if rung in HELPS] == [Rung.RESET, Rung.CUT_POWER]


def test_what_is_said_once_is_not_forgotten_for_a_lost_answer() -> None:
    """An SMS to itself that did not come back is said once; the next is sent an hour later."""
    bench = Bench()
    bench.ladder.suspect("deaf", "test SMS")
    bench.run(120)
    _a_moment_of_silence(bench)
    assert bench.ladder.state is State.RESTING
    bench.run(CLIMBS[Fault.DEAF].rests_s[0])
    assert [rung for rung in bench.rungs if rung in HELPS] == [Rung.RESET, Rung.CUT_POWER]
    bench.ladder.trust("deaf")
    assert bench.well()


def test_a_fault_that_is_over_leaves_nothing_of_its_climb() -> None:
    bench = Bench()
    bench.ladder.suspect("network", "searching")
    bench.run(120)
    bench.answers = False
    bench.look()
    bench.ladder.trust("network")
    bench.answers = True
    bench.run(60)
    assert bench.well()
    bench.ladder.suspect("network", "searching")
    assert bench.rungs.count(Rung.RESET) == 2


def test_days_without_a_network_take_nothing_from_a_modem_that_is_deaf() -> None:
    bench = Bench(power=False)
    for _ in range(6):
        bench.ladder.suspect("network", "searching")
        bench.run(300)
        bench.ladder.trust("network")
        bench.run(3000)
    assert bench.rungs == 4 * [Rung.RESET]
    bench.ladder.suspect("deaf", "test SMS")
    assert bench.rungs == 5 * [Rung.RESET]


def test_what_is_said_of_a_modem_that_is_being_mended_is_not_forgotten() -> None:
    bench = Bench()
    bench.answers = False
    bench.look()
    bench.ladder.suspect("deaf", "test SMS")
    bench.answers = True
    bench.run(1)
    assert bench.rungs == [Rung.ASK, Rung.RESET]
    assert bench.ladder.fault is Fault.DEAF


def test_what_a_restart_may_have_mended_is_not_said_again_for_it() -> None:
    bench = Bench()
    bench.answers = False
    bench.look()
    bench.ladder.suspect("deaf", "test SMS")
    while Rung.RESET not in bench.rungs:
        bench.run(1)
    bench.answers = True
    bench.run(1)
    assert bench.well()
    assert bench.rungs.count(Rung.RESET) == 1
