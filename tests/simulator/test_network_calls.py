"""Calls between mobiles: 24.008 call control, 22.083 hold and waiting, 22.084, 22.091, 22.030."""

from __future__ import annotations

import pytest

from hw.simulator.causes import Cause, SsError
from hw.simulator.subscriber import Coverage, Profile
from hw.simulator.terminal import (
    CallState,
    CallView,
    Clir,
    CliValidity,
    ForwardingReason,
    InCall,
    LineError,
    Notification,
    SsResult,
)
from tests.simulator.network_bench import BOX, CALLER, DUTY, OTHER, SPARE, Bench, talking_to_two


def test_a_call_is_offered_answered_and_ended() -> None:
    bench = Bench()
    key = bench.ring()
    (call,) = bench.line.calls()
    assert (call.index, call.state, call.number) == (1, CallState.INCOMING, CALLER)
    assert bench.lived(CALLER, key).ringing_ms == bench.timeline.now_ms
    bench.line.answer()
    bench.run(5000)
    bench.line.release(1)
    bench.run(0)
    assert bench.line.calls() == ()
    assert bench.box.released() == [Cause.NORMAL_CLEARING]
    record = bench.record(key)
    assert (record.connected_to, record.ended_by) == (BOX, "called")
    assert record.ended_ms == record.connected_ms + 5000 if record.connected_ms else False


def test_the_caller_gives_up_while_it_rings() -> None:
    bench = Bench()
    bench.phone(CALLER).patience_ms = 12_000
    key = bench.ring()
    bench.run(60_000)
    record = bench.record(key)
    assert (record.ended_ms, record.ended_by) == (12_000, "caller")
    assert record.legs[0].outcome == "caller gave up"
    assert bench.box.released() == [Cause.NORMAL_CLEARING]


def test_the_caller_gives_up_before_it_rings() -> None:
    bench = Bench()
    key = bench.phone(CALLER).call(BOX)
    bench.run(1200)
    bench.phone(CALLER).hang_up()
    bench.run(60_000)
    assert bench.record(key).ended_ms == 1200
    assert not [what for what, _ in bench.box.told if what == "incoming"]


def test_the_caller_gives_up_while_the_forwarded_call_rings() -> None:
    bench = Bench()
    bench.register(ForwardingReason.BUSY, DUTY)
    bench.phone(DUTY).answer_after_ms = None
    bench.phone(CALLER).patience_ms = 20_000
    key = bench.ring()
    bench.line.release(1, Cause.USER_BUSY)
    bench.run(60_000)
    record = bench.record(key)
    assert [leg.outcome for leg in record.legs] == ["refused", "caller gave up"]
    assert bench.phone(DUTY).calls[0].ended_ms == 20_000


def test_withheld_and_unsubscribed_numbers() -> None:
    bench = Bench()
    bench.phone(CALLER).call(BOX, withheld=True)
    bench.run(1500)
    (call,) = bench.line.calls()
    assert (call.number, call.validity) == (None, CliValidity.WITHHELD)
    assert bench.line.clip_provisioned()

    blind = Bench(Profile(clip=False))
    blind.ring()
    (call,) = blind.line.calls()
    assert (call.number, call.validity) == (None, CliValidity.NOT_AVAILABLE)
    assert not blind.line.clip_provisioned()

    seeing = Bench(Profile(clir_override=True))
    seeing.phone(CALLER).call(BOX, withheld=True)
    seeing.run(1500)
    assert seeing.line.calls()[0].number == CALLER


@pytest.mark.parametrize(
    ("mode", "clir", "shown"),
    [
        (4, Clir.AS_SUBSCRIBED, BOX),
        (4, Clir.INVOKE, None),
        (3, Clir.AS_SUBSCRIBED, None),
        (3, Clir.SUPPRESS, BOX),
    ],
)
def test_the_boxs_own_number_is_shown_as_asked(mode: int, clir: Clir, shown: str | None) -> None:
    bench = Bench(Profile(clir_mode=mode))
    bench.phone(DUTY).answer_after_ms = None
    bench.line.dial(DUTY, clir)
    bench.run(2000)
    assert bench.phone(DUTY).calls[0].number == shown


@pytest.mark.parametrize(
    ("subscribed", "number", "error"),
    [
        (True, DUTY, None),
        (False, DUTY, SsError.SS_NOT_AVAILABLE),
        (True, BOX, SsError.DEFLECTION_TO_SERVED_SUBSCRIBER),
        (True, "*21#", SsError.INVALID_DEFLECTED_TO_NUMBER),
    ],
)
def test_deflection(subscribed: bool, number: str, error: SsError | None) -> None:
    bench = Bench(Profile(deflection=subscribed))
    bench.phone(DUTY)
    key = bench.ring()
    answers: list[SsResult] = []
    bench.line.deflect(number, answers.append)
    bench.run(10_000)
    assert [answer.error for answer in answers] == [error]
    if error is None:
        assert bench.record(key).connected_to == DUTY
        assert bench.record(key).legs[1].reason == "deflection"
        assert bench.phone(DUTY).calls[0].notifications == ["DEFLECTED_CALL"]
    else:
        assert bench.states() == ["1 incoming"]


def test_deflection_with_no_call_is_an_error() -> None:
    bench = Bench()
    answers: list[SsResult] = []
    bench.line.deflect(DUTY, answers.append)
    bench.run(1000)
    assert answers[0].error is SsError.ILLEGAL_SS_OPERATION


@pytest.mark.parametrize(
    ("arrange", "cause"),
    [
        ("unknown", Cause.UNASSIGNED_NUMBER),
        ("congested", Cause.NO_CIRCUIT_AVAILABLE),
        ("busy", Cause.USER_BUSY),
        ("off", Cause.DESTINATION_OUT_OF_ORDER),
        ("silent", Cause.NO_ANSWER),
    ],
)
def test_why_a_call_from_the_box_fails(arrange: str, cause: Cause) -> None:
    bench = Bench()
    if arrange != "unknown":
        duty = bench.phone(DUTY)
        duty.busy = arrange == "busy"
        duty.subscriber.conditions.congested = arrange == "congested"
        if arrange == "off":
            duty.switch_off()
        if arrange == "silent":
            duty.answer_after_ms = None
    bench.line.dial("0601020304")
    bench.run(120_000)
    assert bench.box.released() == [cause]


def test_what_cannot_be_dialled_at_all() -> None:
    bench = Bench()
    bench.phone(DUTY)
    with pytest.raises(LineError) as refused:
        bench.line.dial("12x")
    assert refused.value.cause is Cause.INVALID_NUMBER_FORMAT
    bench.line.dial(DUTY)
    with pytest.raises(LineError):
        bench.line.dial(SPARE)
    bench.network.set_coverage(BOX, Coverage.NONE)
    with pytest.raises(LineError) as refused:
        bench.line.dial(SPARE)
    assert refused.value.cause is Cause.NETWORK_OUT_OF_ORDER


def test_calls_break_some_time_after_the_radio_is_gone() -> None:
    for how in ("power", "coverage"):
        bench = Bench()
        key = bench.ring()
        bench.line.answer()
        if how == "power":
            bench.line.lose_power()
        else:
            bench.network.set_coverage(BOX, Coverage.NONE)
        bench.run(7_999)
        assert bench.record(key).ended_ms is None
        bench.run(1)
        assert bench.record(key).cause == Cause.DESTINATION_OUT_OF_ORDER
        assert bench.phone(CALLER).calls[0].cause == Cause.DESTINATION_OUT_OF_ORDER


def test_a_dead_line_tells_its_terminal_nothing_and_a_new_one_starts_clean() -> None:
    bench = Bench()
    bench.ring()
    bench.line.lose_power()
    before = list(bench.box.told)
    line = bench.network.attach(bench.sim, bench.box)
    assert line.calls() == ()
    bench.run(60_000)
    told = [what for what, _ in bench.box.told[len(before) :]]
    assert told == ["registration", "time"]


def test_a_call_to_oneself_is_busy() -> None:
    bench = Bench()
    bench.line.dial(BOX)
    bench.run(5000)
    assert bench.box.released() == [Cause.USER_BUSY]


def test_an_answer_without_a_call_is_an_error() -> None:
    bench = Bench()
    with pytest.raises(LookupError):
        bench.line.answer()
    bench.line.dial(DUTY)
    with pytest.raises(LookupError):
        bench.line.answer(1)


def test_an_in_call_operation_that_the_network_refuses_changes_nothing() -> None:
    bench = Bench()
    bench.ring()
    bench.network.subscriber(BOX).conditions.in_call_errors.append(SsError.SYSTEM_FAILURE)
    assert bench.chld(InCall.RELEASE_HELD_OR_UDUB).error is SsError.SYSTEM_FAILURE
    assert bench.states() == ["1 incoming"]
    assert bench.chld(InCall.RELEASE_HELD_OR_UDUB).error is None
    assert bench.states() == []


def test_no_third_call_can_be_taken_by_answering() -> None:
    bench = Bench()
    bench.network.subscriber(BOX).call_waiting_classes = 1
    talking_to_two(bench)
    bench.ring(OTHER)
    assert bench.states() == ["1 held", "2 active", "3 waiting"]
    with pytest.raises(LookupError):
        bench.line.answer()
    answer = bench.chld(InCall.HOLD_ACTIVE_ACCEPT_OTHER)
    assert answer.error is SsError.SS_INCOMPATIBILITY
    bench.chld(InCall.RELEASE_HELD_OR_UDUB)
    assert bench.states() == ["1 held", "2 active"]


def test_a_ringing_mobile_cannot_dial() -> None:
    bench = Bench()
    bench.ring()
    with pytest.raises(LineError):
        bench.line.dial(DUTY)


def test_the_transferred_parties_are_told() -> None:
    bench = Bench()
    talking_to_two(bench)
    bench.chld(InCall.EXPLICIT_TRANSFER)
    for number in (CALLER, DUTY):
        assert Notification.TRANSFERRED.name in bench.phone(number).calls[0].notifications


def test_call_numbers_are_the_lowest_free() -> None:
    bench = Bench()
    talking_to_two(bench)
    bench.chld(InCall.RELEASE_HELD_OR_UDUB)
    view = bench.line.dial(OTHER)
    assert isinstance(view, CallView)
    assert view.index == 1
