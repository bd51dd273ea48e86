"""Two calls of a mobile: hold and waiting (22.083), multiparty (22.084), transfer (22.091)."""

from __future__ import annotations

import pytest

from hw.simulator.causes import Cause, SsError
from hw.simulator.subscriber import Profile
from hw.simulator.terminal import (
    CallState,
    ForwardingReason,
    InCall,
    SsResult,
)
from tests.simulator.network_bench import BOX, CALLER, DUTY, OTHER, SPARE, Bench, talking_to_two


@pytest.mark.parametrize("waiting", [False, True])
def test_a_second_caller_while_one_rings_is_busy(waiting: bool) -> None:
    """22.083: only a user with an established call can be offered a waiting one."""
    bench = Bench()
    bench.network.subscriber(BOX).call_waiting_classes = 1 if waiting else 0
    bench.register(ForwardingReason.BUSY, DUTY)
    bench.phone(DUTY)
    bench.ring(CALLER)
    second = bench.ring(OTHER)
    bench.run(10_000)
    record = bench.record(second)
    assert (record.legs[0].outcome, record.connected_to) == ("busy", DUTY)
    assert bench.states() == ["1 incoming"]


def test_during_a_call_the_next_caller_waits_only_with_call_waiting() -> None:
    bench = Bench()
    bench.ring(CALLER)
    bench.line.answer()
    engaged = bench.ring(OTHER)
    bench.run(1000)
    assert bench.record(engaged).cause == Cause.USER_BUSY

    answers: list[SsResult] = []
    bench.line.call_waiting(1, answers.append, 1)
    bench.run(1000)
    assert answers[0].active_classes == 1
    waits = bench.ring(OTHER)
    assert bench.states() == ["1 active", "2 waiting"]
    assert bench.lived(OTHER, waits).notifications == ["CALL_IS_WAITING"]
    third = bench.ring(SPARE)
    bench.run(1000)
    assert bench.record(third).cause == Cause.USER_BUSY


def test_a_waiting_call_is_refused_accepted_or_swapped() -> None:
    bench = Bench()
    bench.network.subscriber(BOX).call_waiting_classes = 1
    bench.register(ForwardingReason.BUSY, DUTY)
    bench.phone(DUTY)
    bench.ring(CALLER)
    bench.line.answer()
    refused = bench.ring(OTHER)
    assert bench.chld(InCall.RELEASE_HELD_OR_UDUB).error is None
    bench.run(10_000)
    assert bench.record(refused).connected_to == DUTY
    assert bench.states() == ["1 active"]

    bench.phone(CALLER).talk_ms = None
    bench.ring(SPARE)
    assert bench.chld(InCall.HOLD_ACTIVE_ACCEPT_OTHER).error is None
    assert bench.states() == ["1 held", "2 active"]
    assert bench.chld(InCall.HOLD_ACTIVE_ACCEPT_OTHER).error is None
    assert bench.states() == ["1 active", "2 held"]
    notices = bench.phone(CALLER).calls[0].notifications
    assert notices == ["PUT_ON_HOLD", "RETRIEVED"]


def test_release_active_accepts_the_waiting_and_otherwise_the_held_call() -> None:
    bench = Bench()
    talking_to_two(bench)
    assert bench.chld(InCall.RELEASE_ACTIVE_ACCEPT_OTHER).error is None
    assert bench.states() == ["1 active"]
    bench.network.subscriber(BOX).call_waiting_classes = 1
    bench.ring(OTHER)
    assert bench.chld(InCall.RELEASE_ACTIVE_ACCEPT_OTHER).error is None
    assert [call.number for call in bench.line.calls()] == [OTHER]
    assert bench.states() == ["2 active"]


def test_release_held_and_release_one() -> None:
    bench = Bench()
    first, second = talking_to_two(bench)
    assert bench.chld(InCall.RELEASE_HELD_OR_UDUB).error is None
    assert bench.states() == ["2 active"]
    assert bench.record(first).ended_ms is not None
    assert bench.chld(InCall.RELEASE_CALL, 2).error is None
    assert bench.record(second).ended_ms is not None
    for operation in (InCall.RELEASE_HELD_OR_UDUB, InCall.HOLD_ACTIVE_ACCEPT_OTHER):
        assert bench.chld(operation).error is SsError.ILLEGAL_SS_OPERATION
    with pytest.raises(LookupError):
        bench.line.in_call(InCall.RELEASE_CALL, lambda _: None, 2)


def test_explicit_transfer_joins_the_two_and_frees_the_line() -> None:
    bench = Bench()
    first, second = talking_to_two(bench)
    assert bench.chld(InCall.EXPLICIT_TRANSFER).error is None
    assert bench.states() == []
    assert bench.record(first).transferred_to == DUTY
    assert bench.record(first).joined_call == second
    assert bench.record(first).ended_ms is None
    bench.phone(CALLER).press("1")
    bench.run(0)
    assert bench.phone(DUTY).calls[0].keys_heard == "1"
    bench.phone(DUTY).hang_up()
    bench.run(0)
    assert bench.record(first).ended_ms == bench.record(second).ended_ms == bench.timeline.now_ms
    assert bench.phone(CALLER).calls[0].ended_ms == bench.timeline.now_ms


def test_explicit_transfer_while_the_second_call_still_rings() -> None:
    """22.091: the second call need only be alerting; the first party then hears it ring."""
    bench = Bench()
    first = bench.ring()
    bench.line.answer()
    bench.phone(DUTY).answer_after_ms = 15_000
    second = bench.line.dial(DUTY).key
    bench.run(3000)
    assert bench.states() == ["1 held", "2 alerting"]
    assert bench.chld(InCall.EXPLICIT_TRANSFER).error is None
    bench.run(30_000)
    assert bench.record(second).connected_to == DUTY
    bench.phone(DUTY).press("9")
    bench.run(0)
    assert bench.phone(CALLER).calls[0].keys_heard == "9"
    bench.phone(CALLER).hang_up()
    bench.run(0)
    assert bench.record(first).ended_ms == bench.record(second).ended_ms == bench.timeline.now_ms


def test_a_party_that_holds_stays_on_hold_through_the_transfer() -> None:
    bench = Bench()
    caller = bench.phone(CALLER)
    caller.talk_ms = None
    bench.ring()
    bench.line.answer()
    bench.run(0)
    caller.in_call(InCall.HOLD_ACTIVE_ACCEPT_OTHER)
    bench.phone(DUTY)
    bench.line.dial(DUTY)
    bench.run(3000)
    bench.chld(InCall.EXPLICIT_TRANSFER)
    bench.run(10_000)
    assert bench.phone(DUTY).line.calls()[0].state is CallState.ACTIVE
    assert caller.line.calls()[0].state is CallState.HELD
    caller.press("1")
    bench.phone(DUTY).press("2")
    bench.run(0)
    assert caller.calls[0].keys_heard == bench.phone(DUTY).calls[0].keys_heard == ""


@pytest.mark.parametrize("gives_up", [True, False])
def test_a_transfer_to_a_phone_that_nobody_takes(gives_up: bool) -> None:
    bench = Bench()
    bench.phone(CALLER).talk_ms = None
    first = bench.ring()
    bench.line.answer()
    bench.phone(DUTY).answer_after_ms = None
    second = bench.line.dial(DUTY).key
    bench.run(3000)
    bench.chld(InCall.EXPLICIT_TRANSFER)
    if gives_up:
        bench.phone(CALLER).hang_up()
    bench.run(120_000)
    for key in (first, second):
        assert bench.record(key).ended_ms is not None
    assert bench.record(second).cause == (Cause.NORMAL_CLEARING if gives_up else Cause.NO_ANSWER)
    assert bench.phone(DUTY).line.calls() == bench.phone(CALLER).line.calls() == ()


def test_transfer_multiparty_and_hold_are_subscriptions() -> None:
    bench = Bench("plain")
    talking_to_two(bench)
    assert bench.chld(InCall.EXPLICIT_TRANSFER).error is SsError.SS_NOT_AVAILABLE
    assert bench.chld(InCall.ADD_HELD).error is SsError.SS_NOT_AVAILABLE
    assert bench.states() == ["1 held", "2 active"]
    without_hold = Bench(Profile(hold=False))
    without_hold.ring()
    without_hold.line.answer()
    answer = without_hold.chld(InCall.HOLD_ACTIVE_ACCEPT_OTHER)
    assert answer.error is SsError.SS_NOT_AVAILABLE


def test_a_conference_of_three_hears_itself_and_can_be_split() -> None:
    bench = Bench()
    talking_to_two(bench)
    assert bench.chld(InCall.ADD_HELD).error is None
    assert bench.states() == ["1 active multiparty", "2 active multiparty"]
    bench.phone(CALLER).press("5")
    bench.run(0)
    assert ("key", "5") in bench.box.told
    assert bench.phone(DUTY).calls[0].keys_heard == "5"

    assert bench.chld(InCall.HOLD_ALL_BUT, 1).error is None
    assert bench.states() == ["1 active", "2 held"]
    bench.chld(InCall.ADD_HELD)
    bench.phone(CALLER).hang_up()
    bench.run(0)
    assert bench.states() == ["2 active"]


def test_a_conference_has_at_most_five_parties() -> None:
    bench = Bench()
    talking_to_two(bench)
    bench.chld(InCall.ADD_HELD)
    for number in ("+33601020311", "+33601020312", "+33601020313", "+33601020314"):
        bench.phone(number).talk_ms = None
        bench.line.dial(number)
        bench.run(10_000)
        answer = bench.chld(InCall.ADD_HELD)
    assert answer.error is SsError.MAX_NUMBER_OF_MPTY_PARTICIPANTS_EXCEEDED
    assert bench.states().count("1 held multiparty") == 1


def test_nobody_hears_what_is_said_to_a_held_call() -> None:
    bench = Bench()
    talking_to_two(bench)
    bench.phone(CALLER).press("7")
    bench.line.send_dtmf("3")
    bench.run(0)
    assert ("key", "7") not in bench.box.told
    assert bench.phone(CALLER).calls[0].keys_heard == ""
    assert bench.phone(DUTY).calls[0].keys_heard == "3"
    with pytest.raises(ValueError, match="DTMF"):
        bench.line.send_dtmf("x")
