"""The ladder while a call is up, or may be: no rung that could hurt it."""

from __future__ import annotations

import pytest

from firmware.recovery.ladder import TOLD_AFTER_S
from firmware.recovery.permits import HOUR_S
from firmware.recovery.rungs import CALL_BELIEVED_S, TALK_BELIEVED_S, Rung
from firmware.recovery.table import Happening, State
from tests.recovery.bench import Bench


def test_no_rung_but_at_while_a_call_is_up() -> None:
    bench = Bench()
    bench.line.in_call = True
    bench.answers = False
    bench.run(CALL_BELIEVED_S - 1)
    assert bench.rungs == [Rung.ASK]
    assert bench.ladder.state is State.HELD
    bench.run(2)      # nobody rings that long
    assert bench.rungs[1:] == [Rung.REOPEN]


def test_the_rung_follows_the_call_s_end() -> None:
    bench = Bench()
    bench.line.in_call = True
    bench.answers = False
    bench.run(20)
    bench.line.in_call = False
    bench.look()
    assert bench.rungs == [Rung.ASK, Rung.REOPEN]


def _stumbles(bench: Bench) -> None:
    """The port is lost in a call, and comes back with a modem that is not set up."""
    bench.line.in_call = True
    bench.goes()
    bench.sound = False
    bench.comes()


def test_a_call_goes_on_while_the_port_is_lost_and_set_up_again() -> None:
    """A modem that could not be set up at once after USB had stumbled was reset, caller and all."""
    bench = Bench()
    _stumbles(bench)
    bench.ladder.happen(Happening.REFUSED, "AT+CPMS")
    bench.run(CALL_BELIEVED_S - 1)
    assert bench.rungs == [Rung.REOPEN]   # which was to wait for the port
    bench.run(2)      # nobody can tell for so long
    assert bench.rungs[1:] == [Rung.RESET]


def test_a_modem_that_has_restarted_has_no_call() -> None:
    bench = Bench()
    _stumbles(bench)
    bench.line.forget(bench.moment)
    bench.ladder.happen(Happening.REFUSED, "AT+CPMS")
    bench.look()
    assert bench.last() is Rung.RESET


def test_a_call_that_the_modem_lists_is_never_cut_short() -> None:
    """A deaf modem that answers knows its calls: the reset waits for hours if need be."""
    bench = Bench()
    bench.line.in_call = True
    bench.ladder.suspect("deaf", "test call")
    bench.run(5 * HOUR_S)
    assert bench.done == []
    assert bench.ladder.at_work
    bench.line.in_call = False
    bench.look()
    assert bench.rungs == [Rung.RESET]


@pytest.mark.parametrize("talk", [False, True])
def test_two_who_speak_are_believed_to_for_longer_than_one_who_rings(talk: bool) -> None:
    bench = Bench()
    bench.line.in_call = True
    bench.ladder.is_talk = lambda: talk
    bench.answers = False
    bench.run(CALL_BELIEVED_S + 1)
    assert (bench.last() is Rung.ASK) is talk
    bench.run(TALK_BELIEVED_S - CALL_BELIEVED_S + 1)
    assert bench.last() is not Rung.ASK


def test_a_mute_modem_that_two_speak_through_is_an_alarm_though_no_rung_is_taken() -> None:
    bench = Bench()
    bench.line.in_call = True
    bench.ladder.is_talk = lambda: True
    bench.answers = False
    bench.run(TOLD_AFTER_S - 10)
    assert bench.alarms == set()
    bench.run(30)
    assert (bench.alarms, bench.rungs) == ({"modem"}, [Rung.ASK])
    bench.answers = True
    bench.run(60)
    assert bench.alarms == set()


def test_a_modem_that_has_left_the_bus_is_not_waited_for_though_two_spoke() -> None:
    bench = Bench()
    bench.line.in_call = True
    bench.ladder.is_talk = lambda: True
    bench.goes()
    bench.run(CALL_BELIEVED_S + 1)
    assert bench.last() is Rung.REBIND_USB
