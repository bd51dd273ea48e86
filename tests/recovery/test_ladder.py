"""The ladder on its own: what is tried, when, how often, and never while a call is up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from firmware.pulse import StoreState
from firmware.record import Memory
from firmware.recovery.permits import HOUR_S
from firmware.recovery.rungs import RUNGS, Fault, Rung
from firmware.recovery.table import Happening, State
from tests.modem_by_hand import START
from tests.recovery.bench import Bench

pytestmark = pytest.mark.usefixtures("modem_family")

ALL = list(Rung)


def test_nothing_is_done_to_a_modem_that_is_well() -> None:
    bench = Bench()
    bench.run(10_000)
    assert bench.well()
    assert bench.done == []
    assert bench.rows == []
    assert bench.ladder.deadline_s is None


def test_a_moment_of_silence_is_only_asked_about() -> None:
    bench = Bench()
    bench.answers = False
    bench.run(RUNGS[Rung.ASK].wait_s - 1)
    assert bench.ladder.state is State.ASK
    bench.answers = True
    bench.look()
    assert bench.well()
    assert bench.rungs == [Rung.ASK]
    assert bench.rows == []


def test_a_mute_modem_gets_every_rung_in_its_order() -> None:
    bench = Bench()
    bench.answers = False
    bench.run(300)
    assert bench.rungs[: len(ALL)] == ALL
    waits = dict(bench.done[: len(ALL)])
    assert waits[Rung.REOPEN] == 8.0
    assert waits[Rung.SECOND_PORT] == 16.0
    assert waits[Rung.RESET] == 21.0
    assert waits[Rung.REBIND_USB] == 36.0
    assert waits[Rung.CUT_POWER] == 51.0
    assert [rung for _, rung in bench.journal[:6]] == ALL[1:]
    assert {"modem", "recovery"} <= bench.alarms


def test_what_cannot_be_done_is_passed_over_at_once() -> None:
    bench = Bench()
    bench.answers = False
    bench.possible = {Rung.ASK, Rung.REOPEN, Rung.REBOOT}
    bench.run(17)
    assert bench.rungs == ALL


def test_without_leave_there_is_no_relay_and_no_restart() -> None:
    bench = Bench(power=False, reboot=False)
    bench.answers = False
    bench.run(3600)
    assert {Rung.CUT_POWER, Rung.REBOOT}.isdisjoint(bench.rungs)
    assert bench.facts == []


def test_each_rung_mends_and_the_journal_says_which() -> None:
    for rung in ALL[1:]:
        bench = Bench()
        bench.answers = False
        while not bench.rungs or bench.last() is not rung:
            bench.run(1)
        if rung is Rung.SECOND_PORT:
            continue    # it serves to reset; nothing is set up there
        bench.answers = True
        bench.run(1)
        assert bench.well()
        assert bench.journal[-1] == ("recovered", rung)
        assert bench.alarms == set()


def test_a_modem_that_answers_and_is_still_being_set_up_gets_its_time() -> None:
    bench = Bench()
    bench.answers = bench.sound = False
    bench.run(22)
    assert bench.last() is Rung.RESET
    bench.answers = True
    bench.run(RUNGS[Rung.RESET].back_s - 1)
    assert bench.last() is Rung.RESET
    bench.run(2)
    assert bench.last() is Rung.REBIND_USB


def test_at_the_second_port_it_is_reset_as_soon_as_it_answers() -> None:
    bench = Bench()
    bench.answers = bench.sound = False
    bench.run(16)
    assert bench.last() is Rung.SECOND_PORT
    bench.answers = True
    bench.look()
    assert bench.last() is Rung.RESET


def test_a_port_that_is_gone_is_waited_for() -> None:
    bench = Bench(reboot=False)
    bench.sound = False
    bench.goes()
    bench.run(29)
    assert bench.rungs == [Rung.REOPEN]
    assert bench.rows == []
    bench.comes()
    bench.sound = True
    bench.look()
    assert bench.well()
    assert bench.rows == []
    bench.goes()
    bench.run(31)
    assert bench.last() is Rung.REBIND_USB


@pytest.mark.parametrize(("boots_s", "sets_up_s"), [(10, 1), (40, 1), (5, 44), (40, 40)])
def test_a_modem_that_starts_slowly_once_its_port_is_back_is_not_hurried(
    boots_s: int, sets_up_s: int
) -> None:
    """Its USB device was taken anew after 8 s, and its power cut after 23."""
    bench = Bench(reboot=False)
    bench.answers = bench.sound = False
    bench.goes()
    bench.run(12)
    bench.comes()
    bench.run(boots_s)
    bench.answers = True
    bench.look()
    bench.run(sets_up_s)
    assert bench.rungs == [Rung.REOPEN]
    bench.sound = True
    bench.look()
    assert bench.well()
    assert bench.rows == []


@pytest.mark.parametrize("away_s", [35.0, 140.0, 570.0, 1200.0])
def test_a_port_that_comes_back_and_says_nothing_is_a_mute_modem(away_s: float) -> None:
    """Found by two simulated years: all that had been tried on no port at all counted as tried, and
    a rest of ten minutes followed, with the relay at hand."""
    bench = Bench(reboot=False)
    bench.answers = bench.sound = False
    bench.goes()
    bench.run(away_s)
    bench.comes()
    before = len(bench.done)
    bench.run(120)
    assert Rung.CUT_POWER in [rung for rung, _ in bench.done[before:]]


@pytest.mark.parametrize(("up_s", "down_s"), [(10, 10), (12, 5), (14, 20), (12, 40)])
def test_a_port_that_comes_and_goes_gets_its_rungs_and_an_alarm(up_s: int, down_s: int) -> None:
    bench = Bench(reboot=False)
    bench.answers = bench.sound = False
    bench.comes_and_goes(up_s, down_s)
    assert {Rung.REBIND_USB, Rung.CUT_POWER} <= set(bench.rungs)
    assert bench.alarms


def test_a_modem_that_cannot_be_set_up_is_reset() -> None:
    bench = Bench()
    bench.sound = False
    bench.look()
    bench.ladder.happen(Happening.REFUSED, "AT+CMGF=0")
    assert bench.rungs == [Rung.RESET]
    bench.run(RUNGS[Rung.RESET].back_s + 1)
    assert bench.rungs == [Rung.RESET, Rung.REBIND_USB]


@pytest.mark.parametrize("fault", [Fault.REFUSING, Fault.ABSENT, Fault.MUTE])
def test_a_modem_that_answers_and_is_never_set_up_is_tried_again_each_hour(fault: Fault) -> None:
    """After the last rung it was only looked at, for ever: each look began a rest anew."""
    bench = Bench(reboot=False)
    bench.sound = False
    match fault:
        case Fault.REFUSING:
            bench.ladder.happen(Happening.REFUSED, "AT+CMGF=0")
        case Fault.ABSENT:
            bench.goes()
            bench.run(200)
            bench.comes()
        case Fault.MUTE:
            bench.answers = False
            bench.run(200)
            bench.answers = True
    bench.look()
    assert bench.ladder.fault is fault
    bench.run(HOUR_S)
    before = len(bench.done)
    bench.run(HOUR_S)
    again = [rung for rung, _ in bench.done[before:]]
    assert Rung.CUT_POWER in again
    assert again.count(Rung.CUT_POWER) <= 2 * RUNGS[Rung.CUT_POWER].per_hour


def test_a_modem_that_is_being_set_up_as_a_rest_ends_gets_its_time() -> None:
    bench = Bench(reboot=False)
    bench.answers = bench.sound = False
    bench.run(200)
    while bench.ladder.state is not State.RESTING:
        bench.run(1)
    bench.run((bench.ladder.deadline_s or 0.0) - bench.now_s - 1)
    bench.answers = True
    before = len(bench.done)
    bench.run(40)
    assert len(bench.done) == before
    bench.sound = True
    bench.look()
    assert bench.well()


def test_what_was_tried_on_a_port_that_was_gone_is_in_the_last_word() -> None:
    bench = Bench(reboot=False)
    bench.answers = bench.sound = False
    bench.goes()
    bench.run(400)
    bench.comes()
    while bench.ladder.fault is not Fault.MUTE:
        bench.run(1)
    bench.answers = bench.sound = True
    bench.look()
    assert bench.well()
    assert bench.journal[-1] == ("recovered", Rung.CUT_POWER)


def test_ports_of_something_unknown_are_asked_in_turn_first() -> None:
    bench = Bench()
    bench.answers = bench.known = False
    bench.run(45)
    assert bench.rungs == [Rung.ASK] + 5 * [Rung.REOPEN]
    bench.run(60)
    assert Rung.RESET in bench.rungs


# The restart of the computer


def _reboots(bench: Bench, seconds: float) -> int:
    bench.answers = False
    bench.run(seconds)
    return bench.rungs.count(Rung.REBOOT)


def test_the_computer_restarts_once_an_hour_and_it_is_recorded_first() -> None:
    bench = Bench()
    assert _reboots(bench, 3500) == 1
    assert [fact.key for fact in bench.facts] == ["recovery:reboot"]
    assert _reboots(bench, 3 * HOUR_S) <= 4


@pytest.mark.parametrize("trusted", [True, False])
def test_a_restart_is_remembered_over_the_restart(trusted: bool) -> None:
    """Whatever the wall clock says: it may have gone back, it may have jumped ahead, and it may
    have been of 1970 then."""
    just_now = START + timedelta(seconds=900)
    ahead = START + timedelta(days=3)
    for at in (just_now, ahead, START.replace(year=1970)):
        memory = Memory(facts={"recovery:reboot": at.isoformat()})
        bench = Bench(memory=memory, trusted=trusted)
        assert _reboots(bench, HOUR_S - 200) == 0
        assert _reboots(bench, HOUR_S) == 1


def test_a_trusted_clock_proves_the_hour() -> None:
    memory = Memory(facts={"recovery:reboot": (START - timedelta(hours=2)).isoformat()})
    assert _reboots(Bench(memory=memory), 600) == 1
    assert _reboots(Bench(memory=memory, trusted=False), 600) == 0


def test_a_disk_that_takes_nothing_makes_no_loop_of_restarts() -> None:
    """It would not remember the one before: then the box must have run for an hour."""
    bench = Bench()
    bench.ledger.store = StoreState.READ_ONLY
    assert _reboots(bench, HOUR_S - 100) == 0
    assert _reboots(bench, HOUR_S) == 1
