"""The outbox: order, retries; against a model for any order of arrivals and errors."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.record import WITHDRAWN, Memory, OutgoingState
from firmware.sms.outbox_rules import (
    PERMANENT_CMS,
    RANK_ALERT,
    RANK_ANSWER,
    RANK_NOTICE,
    RETRY_AFTER_S,
    STUCK_AFTER,
)
from firmware.sms.refusals import GARBLED_MAX
from firmware.sms.tpdu import ReportOutcome
from tests.alert.bench import START, Bench
from tests.sms.outbox_bench import (
    ALICE,
    ALICES,
    BRUNO,
    BRUNOS,
    CLAIRE,
    LONG,
    handed_over,
    report,
    rows,
    watched,
)
from tests.sms.patience import patient

pytestmark = pytest.mark.usefixtures("modem_family")

def test_one_cause_is_one_sms() -> None:
    bench = Bench(None)
    assert bench.outbox.send("call:1", BRUNO, "Un", RANK_ALERT) is not None
    assert bench.outbox.send("call:1", BRUNO, "Un", RANK_ALERT) is None
    bench.settle()
    assert bench.outbox.send("call:1", BRUNO, "Encore", RANK_ALERT) is None
    bench.settle()
    assert handed_over(bench) == [(BRUNO, "Un")]


def test_one_cause_is_one_sms_after_a_restart_too() -> None:
    bench = Bench(None)
    bench.outbox.send("call:1", BRUNO, "Un", RANK_ALERT)
    bench.settle()
    again = Bench(None, Memory(outgoing=tuple(rows(bench).values())))
    assert again.outbox.send("call:1", BRUNO, "Un", RANK_ALERT) is None
    again.settle()
    assert handed_over(again) == []


def test_it_is_on_disk_as_sending_before_the_modem_hears_of_it() -> None:
    bench = Bench(None)
    bench.outbox.send("call:1", BRUNO, "Un", RANK_ALERT)
    bench.outbox.tick()
    assert rows(bench)["call:1"].state is OutgoingState.SENDING
    assert bench.handed_over == []


@pytest.mark.parametrize("code", sorted(PERMANENT_CMS))
def test_a_permanent_error_is_final_at_once(code: int) -> None:
    bench, failed = watched()
    bench.fate = lambda turn: f"+CMS ERROR: {code}"
    bench.outbox.send("call:1", BRUNO, "Un", RANK_ALERT)
    bench.settle()
    assert [message.state for message in failed] == [OutgoingState.FAILED]
    bench.wait(3600)
    assert len(bench.handed_over) == 1


@pytest.mark.parametrize("fate", ["+CMS ERROR: 42", "+CMS ERROR: 500", "ERROR", "+CME ERROR: 100"])
def test_other_errors_are_tried_again_after_growing_delays(fate: str) -> None:
    bench, failed = watched()
    bench.fate = lambda turn: fate
    bench.outbox.send("call:1", BRUNO, "Un", RANK_ALERT)
    bench.settle()
    for _ in range(1200):
        bench.wait(1)
    times = [at for at, _ in bench.handed_over]
    waits = [round(after - before) for before, after in pairwise(times)]
    assert waits == list(RETRY_AFTER_S)
    assert len(failed) == 1
    assert failed[0].attempts == len(RETRY_AFTER_S) + 1
    assert bench.outbox.book.waiting == 0


GARBLED = "+CMS ERROR: 304"   # 27.005 3.2.5: invalid PDU mode parameter


def test_what_the_line_has_garbled_goes_again_at_once() -> None:
    """Also behind tries that failed for the network's sake: nothing was sent, nobody refused it."""
    bench = Bench(None)
    fates = ["+CMS ERROR: 42"] * 5 + [GARBLED] * GARBLED_MAX
    bench.fate = lambda turn: fates[turn - 1] if turn <= len(fates) else ""
    bench.outbox.send("alert:1:1", BRUNO, "Un", RANK_ALERT, about=1)
    bench.settle()
    for wait_s in RETRY_AFTER_S[:5]:
        bench.wait(wait_s)
    assert [at for at, _ in bench.handed_over[5:]] == [bench.ledger.moment.monotonic_s] * 4
    message = rows(bench)["alert:1:1"]
    assert (message.state, message.attempts) == (OutgoingState.SENT, 5)


def test_a_pdu_that_is_never_taken_is_refused_and_waits_like_any_other() -> None:
    bench, failed = watched()
    bench.fate = lambda turn: GARBLED
    bench.outbox.send("call:1", BRUNO, "Un", RANK_ALERT)
    bench.settle()
    for _ in range(1200):
        bench.wait(1)
    times = [round(at) for at, _ in bench.handed_over]
    began = dict.fromkeys(times)
    assert [after - before for before, after in pairwise(began)] == list(RETRY_AFTER_S)
    assert {times.count(at) for at in began} == {1 + GARBLED_MAX}
    assert failed[0].attempts == len(RETRY_AFTER_S) + 1
    assert bench.outbox.book.waiting == 0


def test_without_network_nothing_is_tried_and_nothing_fails() -> None:
    bench = Bench(None)
    bench.outbox.ready = False
    bench.outbox.send("call:1", BRUNO, "Un", RANK_ALERT)
    for _ in range(120):
        bench.wait(60)
    assert bench.handed_over == []
    assert bench.outbox.deadline_s is None
    bench.outbox.ready = True
    bench.settle()
    assert handed_over(bench) == [(BRUNO, "Un")]


def test_once_the_network_takes_an_sms_again_the_others_go_at_once() -> None:
    bench = Bench(None)
    bench.fate = lambda turn: "+CMS ERROR: 42"
    for number, person in enumerate((BRUNO, ALICE, BRUNO)):
        bench.outbox.send(f"alert:{number}:1", person, "Un", RANK_ALERT, about=number)
        bench.wait(2)
    for _ in range(240):
        bench.wait(1)
    tried = len(bench.handed_over)
    bench.fate = lambda turn: ""
    for _ in range(60):
        bench.wait(1)
    times = [round(at) for at, _ in bench.handed_over[tried:]]
    assert times == times[:1] * 3


def test_an_sms_that_is_refused_for_its_own_sake_is_not_hurried_by_others() -> None:
    bench, failed = watched()
    bench.fate = lambda turn: "+CMS ERROR: 42" if BRUNOS in bench.handed_over[-1][1] else ""
    bench.outbox.send("call:1", BRUNO, "Un", RANK_ALERT)
    bench.settle()
    for second in range(1200):
        bench.outbox.send(f"call:{second}:2", ALICE, "Deux", RANK_ALERT)
        bench.wait(1)
    times = [at for at, pdu in bench.handed_over if BRUNOS in pdu]
    assert [round(after - before) for before, after in pairwise(times)] == list(RETRY_AFTER_S)
    assert len(failed) == 1


def test_two_that_are_refused_for_their_own_sake_are_not_given_up_for_all_that_leave() -> None:
    """Each SMS that left hurried them to their next try: given up after a minute."""
    bench, failed = watched()
    bench.fate = lambda turn: "" if ALICES in bench.handed_over[-1][1] else "+CMS ERROR: 42"
    bench.outbox.send("call:1", BRUNO, "Un", RANK_ALERT)
    bench.outbox.send("call:2", CLAIRE, "Un", RANK_ALERT)
    for turn in range(120):
        bench.outbox.send(f"call:{turn}:3", ALICE, "Deux", RANK_ALERT)
        bench.wait(5)
        assert not failed, bench.ledger.moment.monotonic_s
    for _ in range(10):
        bench.wait(60)
    assert len(failed) == 2


def test_of_a_lost_answer_the_sms_goes_again_and_of_a_told_one_it_does_not() -> None:
    bench = Bench(None)
    bench.fate = lambda turn: None if turn == 1 else ""
    bench.outbox.send("call:1", BRUNO, "Un", RANK_ALERT)
    bench.settle()
    for _ in range(30):
        bench.wait(10)
    assert handed_over(bench) == [(BRUNO, "Un")] * 2


def test_what_nobody_wants_any_more_is_withdrawn() -> None:
    bench, failed = watched()
    bench.outbox.ready = False
    bench.outbox.send("alert:1:1", BRUNO, "Un", RANK_ALERT, about=1)
    bench.outbox.send("alert:2:1", BRUNO, "Deux", RANK_ALERT, about=2)
    bench.outbox.withdraw(1)
    bench.outbox.ready = True
    bench.settle()
    assert handed_over(bench) == [(BRUNO, "Deux")]
    assert rows(bench)["alert:1:1"].error == WITHDRAWN
    assert failed == []


def test_what_was_tried_in_vain_and_is_wanted_no_more_is_not_tried_again() -> None:
    bench = Bench(None)
    bench.fate = lambda turn: "+CMS ERROR: 42"
    bench.outbox.send("alert:1:1", BRUNO, "Un", RANK_ALERT, about=1)
    bench.settle()
    bench.outbox.is_wanted = lambda message: False
    bench.wait(60)
    assert len(bench.handed_over) == 1
    assert rows(bench)["alert:1:1"].error == WITHDRAWN


def test_a_text_that_nobody_can_encode_fails_once_and_holds_up_nobody() -> None:
    bench, failed = watched()
    bench.outbox.send("bad", "no number", "Un", RANK_ALERT)
    bench.outbox.send("good", ALICE, "Deux", RANK_ALERT)
    bench.settle()
    assert [message.cause for message in failed] == ["bad"]
    assert handed_over(bench) == [(ALICE, "Deux")]


def test_what_is_forgotten_leaves_memory_but_nothing_that_waits() -> None:
    bench = Bench(None)
    bench.outbox.send("sent", BRUNO, "Un", RANK_ALERT)
    bench.settle()
    bench.outbox.ready = False
    bench.outbox.send("waits", BRUNO, "Deux", RANK_ALERT)
    moment = bench.ledger.moment
    bench.ledger.moment = replace(moment, utc=START + timedelta(days=9))
    bench.outbox.book.forget_before_days(8)
    assert not report(bench, 1, ReportOutcome.DELIVERED)
    bench.outbox.ready = True
    bench.settle()
    assert handed_over(bench)[-1] == (BRUNO, "Deux")


def test_what_was_sent_before_the_time_was_known_is_not_forgotten_as_if_it_were_of_1970() -> None:
    bench = Bench(None)
    bench.ledger.moment = replace(bench.ledger.moment, utc=START.replace(year=1970))
    bench.outbox.send("sent", BRUNO, "Un", RANK_ALERT)
    bench.settle()
    bench.ledger.moment = replace(bench.ledger.moment, utc=START)
    bench.outbox.book.forget_before_days(8)
    assert bench.outbox.book.knows("sent")
    assert report(bench, 1, ReportOutcome.DELIVERED)


SENDS = st.lists(
    st.tuples(
        st.sampled_from([ALICE, BRUNO]),
        st.sampled_from([RANK_ALERT, RANK_ANSWER, RANK_NOTICE]),
        st.sampled_from(["court", LONG]),
    ),
    min_size=1,
    max_size=8,
)


@patient
@given(SENDS, st.sets(st.integers(1, 24), max_size=STUCK_AFTER - 1))
def test_order_for_each_recipient_whatever_fails(
    sends: list[tuple[str, int, str]], failing: set[int]
) -> None:
    """Queued while there was no network: alerts, then answers, then notices; within a rank as
    they came; no part missing, none twice, though some attempts fail (none so often that the SMS
    counts as refused for its own sake)."""
    bench = Bench(None)
    bench.fate = lambda turn: "+CMS ERROR: 42" if turn in failing else ""
    bench.outbox.ready = False
    wanted: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for number, (recipient, rank, text) in enumerate(sends):
        said = f"{number} {text}"
        bench.outbox.send(f"cause:{number}", recipient, said, rank)
        wanted[recipient].append((rank, number, said))
    bench.outbox.ready = True
    for _ in range(400):
        bench.wait(3)
    arrived: dict[str, str] = defaultdict(str)
    for turn, (recipient, text) in enumerate(handed_over(bench), start=1):
        if turn not in failing:
            arrived[recipient] += text
    for recipient, messages in wanted.items():
        assert arrived[recipient] == "".join(said for _, _, said in sorted(messages))
    assert bench.outbox.book.waiting == 0
