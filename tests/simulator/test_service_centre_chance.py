"""What befalls messages by chance on their way, and what a telephone makes of them."""

from __future__ import annotations

from hw.simulator.causes import RpCause
from hw.simulator.store_and_forward import ServiceCentreBehaviour
from hw.simulator.terminal import DeliverAnswer
from hw.simulator.tpdu import (
    STATUS_EXPIRED,
    Deliver,
    StatusReport,
    decode_from_centre,
)
from tests.simulator.centre_bench import LONG, MINUTE_MS, accept_all, messages, submit
from tests.simulator.network_bench import BOX, CALLER, DUTY, Bench


def test_parts_out_of_order_and_lost_on_purpose() -> None:
    bench = Bench()
    duty = bench.phone(DUTY)
    centre = bench.network.service_centre
    centre.send_text(CALLER, DUTY, LONG, order=(3, 1, 2), wide_reference=True)
    bench.run(20_000)
    assert [text.text for text in duty.texts] == [LONG]
    group = centre.send_text(CALLER, DUTY, LONG, lost_parts=(2,))
    bench.run(20_000)
    assert len(duty.texts) == 1
    states = [record.state for record in bench.network.ledger.group(group)]
    assert states == ["delivered", "lost", "delivered"]


def test_duplicates_reordering_and_losses_by_chance() -> None:
    doubled = Bench(centre=ServiceCentreBehaviour(duplicate=1.0))
    doubled.phone(DUTY)
    submit(doubled, DUTY, "bonjour", report_requested=True)
    doubled.run(30_000)
    assert [text.text for text in doubled.phone(DUTY).texts] == ["bonjour"] * 2
    assert len(messages(doubled, DUTY)[0].deliveries_ms) == 2

    swapped = Bench(centre=ServiceCentreBehaviour(reorder=1.0, delay_ms=(5000, 5000)))
    for text in ("un", "deux"):
        swapped.network.service_centre.send_text(CALLER, BOX, text)
    taken = accept_all(swapped)
    assert [each.user_data.text for each in taken if isinstance(each, Deliver)] == ["deux", "un"]

    lossy = Bench(centre=ServiceCentreBehaviour(loss=1.0))
    lossy.phone(DUTY)
    (result,) = submit(lossy, DUTY, "bonjour")
    assert result.accepted
    assert messages(lossy, DUTY)[0].state == "lost"

    silent = Bench(centre=ServiceCentreBehaviour(report_loss=1.0))
    silent.phone(DUTY)
    silent.phone(CALLER).send_text(DUTY, "bonjour", report=True)
    silent.run(30_000)
    assert (len(silent.phone(DUTY).texts), silent.phone(CALLER).sent[0].reports) == (1, [])


def test_a_repeat_that_cannot_be_delivered_takes_nothing_back() -> None:
    centre = ServiceCentreBehaviour(duplicate=1.0, validity_ms=10 * MINUTE_MS)
    bench = Bench(centre=centre)
    duty = bench.phone(DUTY)
    duty.on_text = lambda phone, _: phone.switch_off()
    submit(bench, DUTY, "bonjour", report_requested=True)
    reports = accept_all(bench)
    bench.run(60 * MINUTE_MS)
    reports += accept_all(bench)
    assert [each.status for each in reports if isinstance(each, StatusReport)].count(
        STATUS_EXPIRED
    ) == 0
    assert messages(bench, DUTY)[0].state == "delivered"
    assert bench.network.service_centre.waiting() == {}


def test_a_message_does_not_profit_from_the_one_before_it() -> None:
    bench = Bench(centre=ServiceCentreBehaviour(delay_ms=(10_000, 10_000)))
    duty = bench.phone(DUTY)
    centre = bench.network.service_centre
    centre.send_text(CALLER, DUTY, "un")
    bench.run(9000)
    centre.send_text(CALLER, DUTY, "deux")
    bench.run(30_000)
    assert [text.received_ms for text in duty.texts] == [11_000, 20_000]


def test_octets_and_raw_tpdus_go_through_as_they_are() -> None:
    bench = Bench()
    centre = bench.network.service_centre
    centre.send_octets(CALLER, BOX, b"\x00\x01\x02")
    centre.send_tpdu(CALLER, BOX, b"\xff\xff")
    bench.run(10_000)
    first = bench.box.deliveries.pop()
    decoded = decode_from_centre(first.tpdu)
    assert isinstance(decoded, Deliver)
    assert decoded.user_data.octets == b"\x00\x01\x02"
    first.answer(DeliverAnswer.ACCEPTED)
    bench.run(10_000)
    assert bench.box.deliveries[0].tpdu == b"\xff\xff"


def test_a_phone_that_is_told_nonsense_refuses_it_for_good() -> None:
    bench = Bench()
    bench.phone(DUTY)
    bench.network.service_centre.send_tpdu(CALLER, DUTY, b"\xff\xff")
    bench.run(10 * MINUTE_MS)
    assert (messages(bench, DUTY)[0].state, messages(bench, DUTY)[0].attempts) == ("failed", 3)


def test_a_phone_reacts_to_texts_and_sends_one_after_another() -> None:
    bench = Bench()
    duty = bench.phone(DUTY)
    duty.on_text = lambda phone, text: phone.send_text(text.sender, "OK " + text.text[:3])
    caller = bench.phone(CALLER)
    for number in range(3):
        caller.send_text(DUTY, f"{number:03d}")
    bench.run(60_000)
    assert [text.text for text in caller.texts] == ["OK 000", "OK 001", "OK 002"]


def test_a_phone_knows_why_its_text_was_refused() -> None:
    bench = Bench()
    caller = bench.phone(CALLER)
    caller.subscriber.conditions.sms_errors.append(RpCause.CONGESTION)
    caller.send_text(DUTY, LONG)
    bench.run(10_000)
    (sent,) = caller.sent
    assert not sent.accepted
    assert sent.failed is not None
    assert sent.failed.cause is RpCause.CONGESTION
