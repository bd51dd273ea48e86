"""23.040 3.2: store and forward, order, retries, Alert-SC, validity, status reports."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hw.simulator.causes import RpCause
from hw.simulator.store_and_forward import ServiceCentreBehaviour
from hw.simulator.subscriber import Profile
from hw.simulator.terminal import DeliverAnswer, SubmitResult
from hw.simulator.tpdu import (
    STATUS_EXPIRED,
    STATUS_NOT_OBTAINABLE,
    STATUS_RECEIVED,
    STATUS_REJECTED,
    Deliver,
    StatusReport,
)
from hw.simulator.user_data import TpduError
from tests.simulator.centre_bench import LONG, MINUTE_MS, accept_all, messages, submit
from tests.simulator.network_bench import BOX, CALLER, DUTY, Bench


def test_a_text_from_phone_to_phone() -> None:
    bench = Bench()
    duty = bench.phone(DUTY)
    bench.phone(CALLER).send_text("06 01 02 03 04".replace(" ", ""), "Bonjour é€", report=True)
    bench.run(20_000)
    (text,) = duty.texts
    assert (text.sender, text.text, text.parts) == (CALLER, "Bonjour é€", 1)
    (sent,) = bench.phone(CALLER).sent
    assert (sent.accepted, sent.reports) == (True, [STATUS_RECEIVED])
    (record,) = messages(bench, DUTY)
    assert (record.state, record.deliveries_ms) == ("delivered", [text.received_ms])
    (report,) = messages(bench, CALLER)
    assert report.report


def test_a_long_text_is_reassembled_and_is_one_group() -> None:
    bench = Bench()
    duty = bench.phone(DUTY)
    results = submit(bench, DUTY, LONG)
    assert [result.accepted for result in results] == [True] * 3
    bench.run(20_000)
    assert [(text.text, text.parts) for text in duty.texts] == [(LONG, 3)]
    (group,) = {record.group for record in messages(bench, DUTY)}
    assert [record.part for record in bench.network.ledger.group(group)] == [1, 2, 3]
    assert "".join(each.text or "" for each in bench.network.ledger.group(group)) == LONG


def test_which_parts_with_the_same_reference_are_the_same_text() -> None:
    bench = Bench()
    bench.phone(DUTY)
    submit(bench, DUTY, LONG)
    submit(bench, DUTY, LONG)  # the mobile missed the answers: the same text once more
    assert len({record.group for record in messages(bench, DUTY)}) == 1
    submit(bench, DUTY, LONG.replace("3e", "4e"))
    assert len({record.group for record in messages(bench, DUTY)}) == 2
    bench.run(2 * 60 * MINUTE_MS)
    submit(bench, DUTY, LONG.replace("3e", "4e"))
    assert len({record.group for record in messages(bench, DUTY)}) == 3


@pytest.mark.parametrize("name", ["SAMU 35", "CLINIQUE", "+33612345678", "36111"])
def test_senders_from_outside(name: str) -> None:
    bench = Bench()
    bench.network.service_centre.send_text(name, "0612000001", "Alerte météo", flash=True)
    (taken,) = accept_all(bench)
    assert isinstance(taken, Deliver)
    assert (taken.sender, taken.user_data.text) == (name, "Alerte météo")
    assert taken.user_data.message_class == 0
    assert taken.timestamp == bench.timeline.utc(0)
    with pytest.raises(TpduError):
        bench.network.service_centre.send_text("a name too long", BOX, "x")


def test_one_message_at_a_time_in_the_order_of_submission() -> None:
    bench = Bench()
    for number in range(5):
        bench.network.service_centre.send_text(CALLER, BOX, str(number))
    bench.run(10_000)
    assert len(bench.box.deliveries) == 1
    taken = accept_all(bench)
    assert [each.user_data.text for each in taken if isinstance(each, Deliver)] == list("01234")


def test_full_memory_waits_until_the_mobile_has_room() -> None:
    bench = Bench()
    duty = bench.phone(DUTY)
    duty.memory_full = True
    submit(bench, DUTY, "bonjour")
    bench.run(10_000)
    (record,) = messages(bench, DUTY)
    assert (record.state, record.attempts) == ("stored", 1)
    duty.free_memory()
    bench.run(1300)
    assert (record.state, record.attempts) == ("delivered", 2)


def test_an_alert_without_anything_waiting_does_nothing() -> None:
    bench = Bench()
    bench.line.memory_available()
    bench.run(10_000)
    assert bench.box.deliveries == []


@pytest.mark.parametrize("how", ["off", "coverage", "power"])
def test_an_absent_mobile_gets_its_messages_when_it_comes_back(how: str) -> None:
    bench = Bench()
    duty = bench.phone(DUTY)
    if how == "off":
        duty.switch_off()
    elif how == "coverage":
        duty.lose_coverage()
    else:
        duty.line.lose_power()
    submit(bench, DUTY, "un")
    submit(bench, DUTY, "deux", 2)
    bench.run(3 * 60 * MINUTE_MS)
    assert [record.state for record in messages(bench, DUTY)] == ["stored", "stored"]
    duty.regain_coverage()
    duty.switch_on()
    bench.run(8000)
    assert [text.text for text in duty.texts] == ["un", "deux"]


def test_retries_grow_for_a_deaf_mobile() -> None:
    bench = Bench()
    bench.phone(DUTY)
    bench.network.set_deaf(DUTY, True)
    submit(bench, DUTY, "bonjour")
    (record,) = messages(bench, DUTY)
    tried = []
    for _ in range(50):
        before = record.attempts
        bench.run(MINUTE_MS)
        if record.attempts != before:
            tried.append(bench.timeline.now_ms // MINUTE_MS)
    assert tried == [1, 2, 7, 17, 47]
    bench.network.set_deaf(DUTY, False)
    bench.run(60 * MINUTE_MS)
    assert record.state == "delivered"


def test_an_offer_that_is_never_answered_is_made_again() -> None:
    bench = Bench()
    bench.network.service_centre.send_text(CALLER, BOX, "bonjour")
    bench.run(3000)
    (first,) = bench.box.deliveries
    bench.run(15_000 + MINUTE_MS + 1000)
    assert len(bench.box.deliveries) == 2
    first.answer(DeliverAnswer.ACCEPTED)  # too late: the network no longer listens
    bench.run(0)
    (record,) = messages(bench)
    assert record.state == "stored"
    bench.box.deliveries[1].answer(DeliverAnswer.ACCEPTED)
    bench.box.deliveries[1].answer(DeliverAnswer.MEMORY_FULL)
    bench.run(0)
    assert (record.state, record.attempts, len(record.deliveries_ms)) == ("delivered", 2, 1)


def test_the_status_report_tells_that_it_was_received() -> None:
    bench = Bench()
    bench.phone(CALLER).send_text(BOX, "bonjour", report=True)
    bench.run(10_000)
    assert bench.phone(CALLER).sent[0].reports == []
    bench.box.deliveries[0].answer(DeliverAnswer.ACCEPTED)
    bench.run(10_000)
    assert messages(bench)[0].state == "delivered"
    assert bench.phone(CALLER).sent[0].reports == [STATUS_RECEIVED]


def test_three_protocol_errors_end_a_message_and_let_the_next_one_through() -> None:
    bench = Bench()
    bench.phone(CALLER).send_text(BOX, "un", report=True)
    bench.phone(CALLER).send_text(BOX, "deux", report=True)
    for wait_ms in (10_000, 1 * MINUTE_MS, 5 * MINUTE_MS):
        bench.run(wait_ms + 2000)
        bench.box.deliveries.pop().answer(DeliverAnswer.PROTOCOL_ERROR)
    bench.run(5000)
    assert messages(bench)[0].attempts == 3
    assert messages(bench)[0].state == "failed"
    assert bench.phone(CALLER).sent[0].reports == [STATUS_REJECTED]
    bench.box.deliveries.pop().answer(DeliverAnswer.ACCEPTED)
    bench.run(5000)
    assert bench.phone(CALLER).sent[1].reports == [STATUS_RECEIVED]


def test_a_report_names_the_reference_the_recipient_and_the_times() -> None:
    bench = Bench()
    bench.phone(DUTY)
    submit(bench, "0601020304", "bonjour", 77, report_requested=True)
    (report,) = accept_all(bench)
    assert isinstance(report, StatusReport)
    assert (report.reference, report.recipient, report.status) == (77, DUTY, STATUS_RECEIVED)
    assert timedelta(seconds=0) < report.discharged - report.submitted < timedelta(seconds=10)


@pytest.mark.parametrize("to", ["0601999999", DUTY])
def test_a_recipient_that_cannot_receive_is_reported(to: str) -> None:
    bench = Bench()
    bench.network.subscribe(DUTY, Profile(short_messages=False))
    submit(bench, to, "bonjour", report_requested=True)
    (report,) = accept_all(bench)
    assert isinstance(report, StatusReport)
    assert report.status == STATUS_NOT_OBTAINABLE
    assert next(iter(bench.network.ledger.messages.values())).state == "failed"


def test_a_message_expires_and_the_next_one_does_not_wait_for_it() -> None:
    bench = Bench()
    duty = bench.phone(DUTY)
    duty.switch_off()
    submit(bench, DUTY, "vite", 1, validity=timedelta(minutes=5), report_requested=True)
    submit(bench, DUTY, "plus tard", 2)
    bench.run(5 * MINUTE_MS)
    (report,) = accept_all(bench)
    assert isinstance(report, StatusReport)
    assert report.status == STATUS_EXPIRED
    assert [record.state for record in messages(bench, DUTY)] == ["expired", "stored"]
    duty.switch_on()
    bench.run(5000)
    assert [text.text for text in duty.texts] == ["plus tard"]


def test_the_centres_own_validity_ends_what_asks_for_none() -> None:
    bench = Bench(centre=ServiceCentreBehaviour(validity_ms=10 * MINUTE_MS))
    bench.phone(DUTY).switch_off()
    submit(bench, DUTY, "bonjour")
    bench.run(30 * MINUTE_MS)
    assert messages(bench, DUTY)[0].state == "expired"
    assert bench.network.service_centre.waiting() == {}


@pytest.mark.parametrize("cause", [RpCause.NETWORK_OUT_OF_ORDER, RpCause.CONGESTION])
def test_the_network_refuses_a_submission(cause: RpCause) -> None:
    bench = Bench()
    bench.phone(DUTY)
    bench.network.subscriber(BOX).conditions.sms_errors.append(cause)
    (refused,) = submit(bench, DUTY, "bonjour")
    assert (refused.accepted, refused.cause) == (False, cause)
    assert messages(bench, DUTY) == []
    (accepted,) = submit(bench, DUTY, "bonjour")
    assert accepted.accepted
    assert accepted.report[:2] == b"\x01\x00"


def test_a_lost_answer_leaves_the_message_with_the_centre() -> None:
    bench = Bench()
    duty = bench.phone(DUTY)
    bench.network.subscriber(BOX).conditions.submit_answers_lost = 1
    answers = submit(bench, DUTY, "bonjour")
    assert answers == []
    bench.run(40_000)
    assert answers == [SubmitResult(timed_out=True)]
    assert not answers[0].accepted
    assert len(duty.texts) == 1


def test_a_repeat_is_refused_only_where_the_mobile_asks_for_that() -> None:
    bench = Bench()
    bench.phone(DUTY).switch_off()
    submit(bench, DUTY, "bonjour", 5)
    (repeated,) = submit(bench, DUTY, "bonjour", 5)
    assert repeated.accepted
    (refused,) = submit(bench, DUTY, "bonjour", 5, reject_duplicates=True)
    assert (refused.cause, refused.failure_cause) == (RpCause.TRANSFER_REJECTED, 0xC5)
    assert len(messages(bench, DUTY)) == 2


@pytest.mark.parametrize(
    ("tpdu", "centre", "cause"),
    [
        (b"\x01", None, RpCause.INVALID_MESSAGE),
        (b"", None, RpCause.FACILITY_REJECTED),
        (b"\x02\x00\x00\x00\x00", None, RpCause.FACILITY_REJECTED),
        (b"\x01\x00\x01\x81\xf1", "+33600000000", RpCause.UNASSIGNED_NUMBER),
        (b"\x01\x00\x01\x81\xf1", "junk", RpCause.INVALID_MESSAGE),
        (b"\x01\x00\x00\x81\x00\x00\x00", None, RpCause.UNASSIGNED_NUMBER),
    ],
)
def test_what_a_centre_cannot_take(tpdu: bytes, centre: str | None, cause: RpCause) -> None:
    bench = Bench()
    answers: list[SubmitResult] = []
    bench.line.submit(tpdu, centre, answers.append)
    bench.run(1000)
    assert [answer.cause for answer in answers] == [cause]
    assert bench.network.ledger.messages == {}


def test_a_submission_without_network_or_subscription() -> None:
    bench = Bench(Profile(short_messages=False))
    (refused,) = submit(bench, DUTY, "bonjour")
    assert refused.cause is RpCause.FACILITY_NOT_SUBSCRIBED
    answers: list[SubmitResult] = []
    bench.line.submit(b"", None, answers.append)
    bench.line.detach()
    bench.run(60_000)
    assert answers == []
