"""The parts of a long SMS, and the reports on them."""

from __future__ import annotations

import pytest

from firmware.record import Memory, OutgoingState
from firmware.sms.outbox_rules import RANK_ALERT, RETRY_AFTER_S
from firmware.sms.tpdu import ReportOutcome
from tests.alert.bench import Bench
from tests.sms.outbox_bench import ALICE, BRUNO, LONG, handed_over, report, rows, watched

pytestmark = pytest.mark.usefixtures("modem_family")


def test_a_long_text_goes_part_by_part_and_is_delivered_when_all_parts_are() -> None:
    bench = Bench(None)
    bench.outbox.send("call:1", BRUNO, LONG, RANK_ALERT)
    bench.settle()
    assert "".join(text for _, text in handed_over(bench)) == LONG
    assert len(bench.handed_over) == 2
    assert report(bench, 1, ReportOutcome.DELIVERED)
    assert rows(bench)["call:1"].state is OutgoingState.SENT
    assert report(bench, 2, ReportOutcome.PENDING)
    assert report(bench, 2, ReportOutcome.DELIVERED)
    assert rows(bench)["call:1"].state is OutgoingState.DELIVERED
    assert not report(bench, 2, ReportOutcome.DELIVERED)


@pytest.mark.parametrize("before", [0, 5, len(RETRY_AFTER_S) + 1])
def test_each_part_begins_with_the_shortest_wait_unless_the_sms_was_told_to_have_failed(
    before: int,
) -> None:
    """Found by a simulated year: an alert of eight parts took twelve minutes."""
    bench, failed = watched()
    fates = ["+CMS ERROR: 500"] * before + ["", "+CMS ERROR: 500"]
    bench.fate = lambda turn: fates[turn - 1] if turn <= len(fates) else ""
    bench.outbox.is_wanted = lambda message: True
    bench.outbox.send("alert:1:1", BRUNO, LONG, RANK_ALERT, about=1)
    bench.settle()
    for _ in range(1700):
        bench.wait(1)
    assert len(bench.handed_over) == before + 3
    refused_at, taken_at = (at for at, _ in bench.handed_over[-2:])
    told = before > len(RETRY_AFTER_S)
    assert round(taken_at - refused_at) == (RETRY_AFTER_S[-1] if told else RETRY_AFTER_S[0])
    assert len(failed) == told
    assert rows(bench)["alert:1:1"].state is OutgoingState.SENT


def test_a_report_on_the_first_part_while_the_second_is_under_way_is_not_forgotten() -> None:
    bench = Bench(None)
    bench.fate = lambda turn: "" if turn == 1 or report(bench, 1, ReportOutcome.DELIVERED) else None
    bench.outbox.send("call:1", BRUNO, LONG, RANK_ALERT)
    bench.settle()
    assert report(bench, 2, ReportOutcome.DELIVERED)
    assert rows(bench)["call:1"].state is OutgoingState.DELIVERED


def test_a_first_part_that_can_not_be_delivered_ends_the_message() -> None:
    bench, failed = watched()
    bench.fate = lambda turn: "+CMS ERROR: 42" if turn == 2 else ""
    bench.outbox.send("call:1", BRUNO, LONG, RANK_ALERT)
    bench.settle()
    assert report(bench, 1, ReportOutcome.FAILED)
    assert len(failed) == 1
    bench.wait(600)
    assert len(bench.handed_over) == 2


def test_a_part_that_waits_is_not_sent_once_a_report_has_ended_the_message() -> None:
    """Found by a simulated year: it left all the same, and none was on its way by the disk."""
    bench = Bench(None)
    bench.fate = lambda turn: "+CMGS: 1" if turn == 1 else ""   # its OK is lost
    bench.outbox.send("call:1", BRUNO, LONG, RANK_ALERT)
    bench.settle()
    bench.answers_at = False
    while not bench.outbox.book.pending[1].references:
        bench.wait(1)
    assert report(bench, 1, ReportOutcome.FAILED)
    bench.answers_at = True
    for _ in range(60):
        bench.wait(1)
    assert len(bench.handed_over) == 1


def test_after_a_restart_only_the_missing_part_is_sent() -> None:
    bench = Bench(None)
    bench.fate = lambda turn: None if turn == 2 else ""
    bench.outbox.send("call:1", BRUNO, LONG, RANK_ALERT)
    bench.settle()
    again = Bench(None, Memory(outgoing=tuple(rows(bench).values())))
    first, second = handed_over(bench)
    assert handed_over(again) == [second]
    assert first != second


def test_a_report_is_put_to_the_newest_message_of_that_number() -> None:
    """Our references come round after 256; a report in national form is the same number."""
    bench = Bench(None)
    for number in range(257):
        bench.outbox.send(f"call:{number}", BRUNO, "Un", RANK_ALERT)
    bench.outbox.send("other", ALICE, "Un", RANK_ALERT)
    bench.settle()
    bench.ledger.take()
    assert report(bench, 1, ReportOutcome.DELIVERED, "0605060708")
    assert list(rows(bench)) == ["call:256"]
    assert not report(bench, 1, ReportOutcome.DELIVERED, "+33699999999")
