"""22.082: which condition leads a call where, and what the caller gets when none does."""

from __future__ import annotations

from itertools import pairwise

import pytest

from hw.simulator.causes import Cause, SsError
from hw.simulator.forwarding import CONDITIONAL, REASONS, ForwardingBehaviour
from hw.simulator.subscriber import Coverage, Profile
from hw.simulator.terminal import ForwardingMode, ForwardingReason, InCall, Notification
from tests.simulator.network_bench import BOX, CALLER, DUTY, OTHER, SPARE, Bench

UNCONDITIONAL = ForwardingReason.UNCONDITIONAL
BUSY = ForwardingReason.BUSY
NO_REPLY = ForwardingReason.NO_REPLY
NOT_REACHABLE = ForwardingReason.NOT_REACHABLE

# What the box is like when the call comes -> the condition that applies
SITUATIONS = {
    "rings on": NO_REPLY,
    "engaged": BUSY,
    "refuses (UDUB)": BUSY,
    "detached": NOT_REACHABLE,
    "without power": NOT_REACHABLE,
    "without coverage": NOT_REACHABLE,
    "deaf": NOT_REACHABLE,
}
CAUSES = {
    NO_REPLY: Cause.NO_ANSWER,
    BUSY: Cause.USER_BUSY,
    NOT_REACHABLE: Cause.DESTINATION_OUT_OF_ORDER,
}


def arrange(bench: Bench, situation: str) -> None:
    match situation:
        case "engaged":
            bench.network.subscriber(BOX).engaged = True
        case "detached":
            bench.line.detach()
        case "without power":
            bench.line.lose_power()
        case "without coverage":
            bench.network.set_coverage(BOX, Coverage.NONE)
        case "deaf":
            bench.network.set_deaf(BOX, True)


def call_through(bench: Bench, situation: str) -> int:
    """A call to the box in this situation, long enough for every condition to take effect."""
    arrange(bench, situation)
    caller = bench.phone(CALLER)
    caller.patience_ms = None
    bench.phone(DUTY)
    key = caller.call(BOX)
    bench.run(2000)
    if situation == "refuses (UDUB)":
        bench.line.release(1, Cause.USER_BUSY)
    bench.run(120_000)
    return key


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("reason", CONDITIONAL)
def test_a_conditional_forward_works_for_its_condition_alone(
    situation: str, reason: ForwardingReason
) -> None:
    bench = Bench()
    bench.register(reason, DUTY)
    record = bench.record(call_through(bench, situation))
    if SITUATIONS[situation] is reason:
        assert record.connected_to == DUTY
        assert [leg.number for leg in record.legs] == [BOX, DUTY]
        (heard,) = bench.phone(DUTY).calls
        assert (heard.number, heard.redirected_by) == (CALLER, BOX)
        assert bench.lived(CALLER, record.id).notifications == ["CALL_FORWARDED"]
    else:
        assert record.connected_to is None
        assert record.cause == CAUSES[SITUATIONS[situation]]
        assert bench.phone(DUTY).calls == []


@pytest.mark.parametrize("situation", SITUATIONS)
def test_unconditional_forwarding_never_troubles_the_box(situation: str) -> None:
    bench = Bench()
    bench.register(UNCONDITIONAL, DUTY)
    for reason in CONDITIONAL:
        bench.register(reason, SPARE)
    arrange(bench, situation)
    bench.phone(DUTY)
    key = bench.phone(CALLER).call(BOX)
    bench.run(20_000)
    assert bench.record(key).connected_to == DUTY
    assert bench.line.calls() == ()
    assert not [what for what, _ in bench.box.told if what == "incoming"]


@pytest.mark.parametrize(("asked_s", "rings_s"), [(5, 5), (12, 15), (20, 20), (30, 30), (None, 20)])
def test_no_reply_forwards_after_the_registered_time(asked_s: int | None, rings_s: int) -> None:
    bench = Bench()
    assert not bench.ccfc(NO_REPLY, ForwardingMode.REGISTRATION, DUTY, 1, asked_s).error
    bench.phone(DUTY)
    key = bench.ring()
    bench.run(rings_s * 1000 - 1)
    assert len(bench.line.calls()) == 1
    bench.run(1)
    assert bench.line.calls() == ()
    bench.run(10_000)
    assert bench.record(key).legs[1].reason == "no reply"


def test_a_mobile_that_dies_while_it_rings_is_not_reachable() -> None:
    bench = Bench()
    bench.register(NOT_REACHABLE, DUTY)
    bench.phone(DUTY)
    key = bench.ring()
    bench.line.lose_power()
    bench.run(20_000)
    assert bench.record(key).connected_to == DUTY


def test_the_forwarded_call_meets_the_next_persons_own_forwarding() -> None:
    bench = Bench()
    bench.register(BUSY, DUTY)
    bench.network.subscriber(BOX).engaged = True
    bench.phone(DUTY).switch_off()
    mailbox = bench.network.voicemail("888")
    bench.network.change_forwarding(DUTY, NOT_REACHABLE, "888")
    key = bench.phone(CALLER).call(BOX)
    bench.run(15_000)
    record = bench.record(key)
    assert [(leg.number, leg.reason) for leg in record.legs] == [
        (BOX, None),
        (DUTY, "busy"),
        ("888", "not reachable"),
    ]
    assert (record.connected_to, record.machine) == ("888", True)
    assert mailbox.calls[0].redirected_by == DUTY


def test_a_loop_is_cut_where_it_would_close() -> None:
    bench = Bench()
    numbers = [BOX, DUTY, SPARE]
    for number, after in zip(numbers, [DUTY, SPARE, BOX], strict=True):
        if number != BOX:
            bench.phone(number)
        bench.network.subscriber(number).engaged = True
        bench.network.change_forwarding(number, BUSY, after)
    key = bench.phone(CALLER).call(BOX)
    bench.run(60_000)
    record = bench.record(key)
    assert [leg.number for leg in record.legs] == numbers
    assert record.cause == Cause.USER_BUSY


def test_a_chain_ends_after_five_forwards() -> None:
    bench = Bench()
    numbers = [f"+3360000000{digit}" for digit in range(8)]
    for number, after in pairwise(numbers):
        bench.phone(number)
        bench.network.change_forwarding(number, UNCONDITIONAL, after)
    bench.phone(numbers[-1])
    key = bench.phone(CALLER).call(numbers[0])
    bench.run(60_000)
    record = bench.record(key)
    assert [leg.number for leg in record.legs] == numbers[:6]
    assert record.connected_to == numbers[5]  # past the limit, as if there were no forward


@pytest.mark.parametrize(
    ("profile", "cause", "forwarded"),
    [
        (Profile(), Cause.USER_BUSY, True),
        (Profile(), Cause.CALL_REJECTED, False),
        (Profile(), Cause.NORMAL_CLEARING, False),
        (Profile(reject_is_busy=True), Cause.CALL_REJECTED, True),
        (Profile(udub_forwards=False), Cause.USER_BUSY, False),
    ],
)
def test_which_refusal_forwards(profile: Profile, cause: Cause, forwarded: bool) -> None:
    bench = Bench(profile)
    bench.register(BUSY, DUTY)
    bench.phone(DUTY)
    key = bench.ring()
    bench.line.release(1, cause)
    bench.run(10_000)
    record = bench.record(key)
    assert record.legs[0].outcome == "refused"
    assert (record.connected_to == DUTY) is forwarded
    if not forwarded:
        assert record.cause == cause


@pytest.mark.parametrize("reason", REASONS)
def test_register_query_deactivate_activate_erase(reason: ForwardingReason) -> None:
    bench = Bench()

    def status() -> tuple[bool, str | None]:
        (only,) = bench.ccfc(reason, ForwardingMode.QUERY).forwarding
        return only.active, only.number

    assert status() == (False, None)
    assert bench.ccfc(reason, ForwardingMode.ENABLE).error is SsError.SS_ERROR_STATUS
    assert bench.ccfc(reason, ForwardingMode.REGISTRATION, "0601020304").error is None
    assert status() == (True, DUTY)
    assert bench.ccfc(reason, ForwardingMode.DISABLE).error is None
    assert status() == (False, DUTY)
    assert bench.ccfc(reason, ForwardingMode.ENABLE).error is None
    assert status() == (True, DUTY)
    assert bench.ccfc(reason, ForwardingMode.ERASURE).error is None
    assert status() == (False, None)


def test_the_query_shows_each_class_and_the_time_only_for_no_reply() -> None:
    bench = Bench()
    bench.ccfc(NO_REPLY, ForwardingMode.REGISTRATION, DUTY, 1, 15)
    seen = bench.ccfc(NO_REPLY, ForwardingMode.QUERY, service_class=7).forwarding
    assert [(each.service_class, each.active, each.no_reply_s) for each in seen] == [
        (1, True, 15),
        (2, False, None),
        (4, False, None),
    ]
    bench.ccfc(BUSY, ForwardingMode.REGISTRATION, DUTY, 7)
    seen = bench.ccfc(BUSY, ForwardingMode.QUERY, service_class=7).forwarding
    assert [(each.active, each.no_reply_s) for each in seen] == [(True, None)] * 3


def test_all_and_all_conditional_together() -> None:
    bench = Bench()
    assert not bench.ccfc(ForwardingReason.ALL_CONDITIONAL, ForwardingMode.REGISTRATION, DUTY).error
    assert [bench.network.subscriber(BOX).forwarding.registered(each) for each in REASONS] == [
        None,
        DUTY,
        DUTY,
        DUTY,
    ]
    assert not bench.ccfc(ForwardingReason.ALL, ForwardingMode.ERASURE).error
    assert bench.network.subscriber(BOX).forwarding.as_json() == {}
    for reason in (ForwardingReason.ALL, ForwardingReason.ALL_CONDITIONAL):
        answer = bench.ccfc(reason, ForwardingMode.QUERY)
        assert answer.error is SsError.UNEXPECTED_DATA_VALUE


@pytest.mark.parametrize(
    ("number", "no_reply_s", "service_class", "error"),
    [
        (None, None, 1, SsError.DATA_MISSING),
        (BOX, None, 1, SsError.UNEXPECTED_DATA_VALUE),
        ("0612000001", None, 1, SsError.UNEXPECTED_DATA_VALUE),
        ("*21#", None, 1, SsError.UNEXPECTED_DATA_VALUE),
        ("+" + "1" * 21, None, 1, SsError.UNEXPECTED_DATA_VALUE),
        (DUTY, 31, 1, SsError.UNEXPECTED_DATA_VALUE),
        (DUTY, 0, 1, SsError.UNEXPECTED_DATA_VALUE),
        (DUTY, None, 16, SsError.BEARER_SERVICE_NOT_PROVISIONED),
        (DUTY, None, 8, SsError.TELESERVICE_NOT_PROVISIONED),
    ],
)
def test_what_cannot_be_registered(
    number: str | None, no_reply_s: int | None, service_class: int, error: SsError
) -> None:
    bench = Bench()
    answer = bench.ccfc(NO_REPLY, ForwardingMode.REGISTRATION, number, service_class, no_reply_s)
    assert answer.error is error
    assert bench.network.subscriber(BOX).forwarding.as_json() == {}


def test_conditional_forwards_are_refused_while_unconditional_is_on_unless_switched() -> None:
    bench = Bench()
    bench.ccfc(UNCONDITIONAL, ForwardingMode.REGISTRATION, DUTY)
    answer = bench.ccfc(BUSY, ForwardingMode.REGISTRATION, DUTY)
    assert answer.error is SsError.SS_INCOMPATIBILITY
    bench.ccfc(UNCONDITIONAL, ForwardingMode.ERASURE)
    assert bench.ccfc(BUSY, ForwardingMode.REGISTRATION, DUTY).error is None

    lenient = Bench(Profile(ForwardingBehaviour(conditional_refused_while_cfu=False)))
    lenient.ccfc(UNCONDITIONAL, ForwardingMode.REGISTRATION, DUTY)
    assert lenient.ccfc(BUSY, ForwardingMode.REGISTRATION, DUTY).error is None


def test_a_network_that_wants_class_1() -> None:
    bench = Bench("class-1-only")
    assert bench.ccfc(BUSY, ForwardingMode.REGISTRATION, DUTY, 7).error is not None
    assert bench.ccfc(BUSY, ForwardingMode.REGISTRATION, DUTY, 1).error is None


def test_a_network_that_says_ok_and_does_nothing() -> None:
    bench = Bench("pretending")
    assert bench.ccfc(BUSY, ForwardingMode.REGISTRATION, DUTY).error is None
    (seen,) = bench.ccfc(BUSY, ForwardingMode.QUERY).forwarding
    assert not seen.active


def test_a_network_that_shows_the_forward_and_ignores_it() -> None:
    bench = Bench("ignoring")
    bench.ccfc(BUSY, ForwardingMode.REGISTRATION, DUTY)
    (seen,) = bench.ccfc(BUSY, ForwardingMode.QUERY).forwarding
    assert (seen.active, seen.number) == (True, DUTY)
    record = bench.record(call_through(bench, "engaged"))
    assert record.cause == Cause.USER_BUSY


def test_a_network_that_refuses() -> None:
    bench = Bench("refusing")
    answer = bench.ccfc(BUSY, ForwardingMode.REGISTRATION, DUTY)
    assert answer.error is SsError.SS_SUBSCRIPTION_VIOLATION


def test_a_voicemail_that_comes_back_when_it_is_erased() -> None:
    bench = Bench("sticky-voicemail")
    register = bench.network.subscriber(BOX).forwarding
    assert register.registered(NOT_REACHABLE) == "888"
    assert bench.ccfc(NOT_REACHABLE, ForwardingMode.ERASURE).error is None
    assert register.registered(NOT_REACHABLE) == "888"
    bench.ccfc(NOT_REACHABLE, ForwardingMode.REGISTRATION, DUTY)
    assert register.registered(NOT_REACHABLE) == DUTY
    bench.ccfc(NOT_REACHABLE, ForwardingMode.ERASURE)
    assert register.registered(NOT_REACHABLE) == "888"


def test_a_fixed_no_reply_time_wins_over_the_one_asked_for() -> None:
    bench = Bench(Profile(ForwardingBehaviour(fixed_no_reply_s=25)))
    bench.ccfc(NO_REPLY, ForwardingMode.REGISTRATION, DUTY, 1, 10)
    (seen,) = bench.ccfc(NO_REPLY, ForwardingMode.QUERY).forwarding
    assert seen.no_reply_s == 25


def test_an_error_on_the_way_changes_nothing_and_a_lost_answer_everything() -> None:
    bench = Bench()
    subscriber = bench.network.subscriber(BOX)
    subscriber.conditions.ss_errors.append(SsError.SYSTEM_FAILURE)
    assert bench.ccfc(BUSY, ForwardingMode.REGISTRATION, DUTY).error is SsError.SYSTEM_FAILURE
    assert subscriber.forwarding.as_json() == {}

    subscriber.conditions.ss_answers_lost = 1
    answers: list[SsError | None] = []
    bench.line.forwarding(
        BUSY, ForwardingMode.REGISTRATION, lambda result: answers.append(result.error), DUTY
    )
    bench.run(1000)
    assert (answers, subscriber.forwarding.registered(BUSY)) == ([], DUTY)
    bench.run(30_000)
    assert answers == [SsError.NO_ANSWER_FROM_NETWORK]


def test_a_change_behind_our_back_is_in_the_ledger() -> None:
    bench = Bench()
    bench.network.change_forwarding(BOX, BUSY, OTHER)
    assert "network set forwarding" in bench.network.ledger.events[-1].what
    bench.network.change_forwarding(BOX, BUSY, None)
    assert bench.network.subscriber(BOX).forwarding.registered(BUSY) is None


def test_the_boxs_no_reply_time_ends_with_its_own_ringing() -> None:
    bench = Bench()
    bench.register(BUSY, DUTY)
    bench.register(NO_REPLY, SPARE, no_reply_s=5)
    bench.phone(DUTY).answer_after_ms = 15_000
    key = bench.ring()
    bench.line.release(1, Cause.USER_BUSY)
    bench.run(30_000)
    assert [leg.number for leg in bench.record(key).legs] == [BOX, DUTY]
    assert bench.record(key).connected_to == DUTY


# 24.082 2.1.1, 3.1.1: what the served subscriber is told of, where the subscription has it
@pytest.mark.parametrize("first", ["rings", "is up", "is held"])
@pytest.mark.parametrize("subscription", ["telling", "full"])
def test_a_call_that_finds_them_busy_is_told_over_the_call_in_being(
    first: str, subscription: str
) -> None:
    bench = Bench(subscription)
    bench.register(BUSY, DUTY)
    bench.phone(CALLER).patience_ms = None
    bench.ring()
    if first != "rings":
        bench.line.answer()
    if first == "is held":
        bench.chld(InCall.HOLD_ACTIVE_ACCEPT_OTHER)
    key = bench.ring(OTHER)
    bench.run(1000)
    told = [Notification.INCOMING_FORWARDED] * (subscription == "telling")
    assert bench.box.notices() == told
    assert (bench.record(key).legs[0].told_ms is not None) is (subscription == "telling")
    assert len(bench.line.calls()) == 1


@pytest.mark.parametrize("situation", sorted(SITUATIONS))
def test_only_a_call_without_a_reply_is_told_of_itself(situation: str) -> None:
    bench = Bench("telling")
    for reason in CONDITIONAL:
        bench.register(reason, DUTY, no_reply_s=5)
    key = call_through(bench, situation)
    told = [Notification.INCOMING_FORWARDED] * (situation == "rings on")
    assert bench.box.notices() == told
    assert bench.record(key).legs[0].told_ms is None, "of a second caller only"
