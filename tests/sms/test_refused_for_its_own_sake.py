"""An SMS that the network refuses again and again holds up nobody else's, and is not given up while
somebody waits for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from firmware.record import OutgoingState
from firmware.sms.outbox_rules import PERMANENT_CMS, RANK_ALERT, RETRY_AFTER_S, STUCK_AFTER
from tests.alert.bench import Bench
from tests.sms.outbox_bench import ALICE, BRUNO, handed_over, rows, watched

pytestmark = pytest.mark.usefixtures("modem_family")

SPAM = "Votre colis : http://colis.example"   # operators' filters refuse what a text says
REFUSED = "+CMS ERROR: 21"   # 24.011 E-2: short message transfer rejected


def spam_is_refused(bench: Bench) -> Callable[[int], str]:
    return lambda turn: REFUSED if handed_over(bench)[-1][1].startswith(SPAM) else ""


def left(bench: Bench, recipient: str) -> list[str]:
    """What the network has taken for them."""
    return [
        text
        for to, text in handed_over(bench)
        if to == recipient and not text.startswith(SPAM)
    ]


def test_an_alert_that_is_refused_for_what_it_says_holds_up_no_other_callers_alert() -> None:
    bench = Bench(None)
    bench.fate = spam_is_refused(bench)
    bench.outbox.send("alert:1:1", BRUNO, SPAM, RANK_ALERT, about=1)
    for _ in range(120):
        bench.wait(1)
    bench.outbox.send("alert:2:1", BRUNO, "Appel de +33611223344", RANK_ALERT, about=2)
    bench.wait(1)
    assert left(bench, BRUNO) == ["Appel de +33611223344"]


def test_it_holds_none_up_for_long_that_came_before_it_was_known_to_be_refused() -> None:
    bench = Bench(None)
    bench.fate = spam_is_refused(bench)
    bench.outbox.send("alert:1:1", BRUNO, SPAM, RANK_ALERT, about=1)
    bench.outbox.send("alert:2:1", BRUNO, "Deux", RANK_ALERT, about=2)
    bench.outbox.send("alert:3:1", BRUNO, "Trois", RANK_ALERT, about=3)
    for _ in range(40):
        bench.wait(1)
    assert left(bench, BRUNO) == ["Deux", "Trois"]


def test_several_such_hold_up_none_either_not_even_one_that_an_outage_has_put_among_them() -> None:
    bench = Bench(None)
    filtered = spam_is_refused(bench)
    bench.fate = lambda turn: REFUSED
    for number in range(1, 6):
        bench.outbox.send(f"alert:{number}:1", BRUNO, f"{SPAM} {number}", RANK_ALERT, about=number)
    bench.outbox.send("alert:6:1", BRUNO, "Six", RANK_ALERT, about=6)
    for _ in range(600):
        bench.wait(1)
    bench.fate = filtered
    for _ in range(600):
        bench.wait(1)
    assert left(bench, BRUNO)[-1:] == ["Six"]
    assert rows(bench)["alert:6:1"].state is OutgoingState.SENT


def test_while_nothing_is_taken_each_number_is_tried_once_a_minute_however_many_wait() -> None:
    """A refusal takes the network seconds; a hundred of them would leave no time for callers."""
    bench = Bench(None)
    bench.fate = lambda turn: "+CMS ERROR: 500"
    for number in range(1, 41):
        bench.outbox.send(f"alert:{number}:1", BRUNO, "Un", RANK_ALERT, about=number)
    for _ in range(4000):
        bench.wait(1)
    tried = len(bench.handed_over)
    for _ in range(1200):
        bench.wait(1)
    assert len(bench.handed_over) - tried <= 1200 / 60 + 1


def test_what_was_refused_a_few_times_still_goes_before_what_was_wanted_later() -> None:
    bench = Bench(None)
    bench.fate = lambda turn: "+CMS ERROR: 42" if turn < STUCK_AFTER else ""
    bench.outbox.send("alert:1:1", BRUNO, "Un", RANK_ALERT, about=1)
    bench.outbox.send("alert:2:1", BRUNO, "Deux", RANK_ALERT, about=2)
    for _ in range(60):
        bench.wait(1)
    assert [text for _, text in handed_over(bench)] == ["Un"] * STUCK_AFTER + ["Deux"]


def test_after_an_outage_all_leave_in_the_order_in_which_they_were_wanted() -> None:
    bench = Bench(None)
    bench.fate = lambda turn: "+CMS ERROR: 42"
    for number in (1, 2, 3):
        bench.outbox.send(f"alert:{number}:1", BRUNO, str(number), RANK_ALERT, about=number)
    for _ in range(1200):
        bench.wait(1)
    tried = len(bench.handed_over)
    bench.fate = lambda turn: ""
    for _ in range(400):
        bench.wait(1)
    texts = [text for _, text in handed_over(bench)[tried:]]
    assert sorted(texts) == ["1", "2", "3"]
    assert texts[1:] == sorted(texts[1:]), "all but the first to be tried, whichever that was"


@pytest.mark.parametrize("code", sorted(PERMANENT_CMS))
def test_an_alert_is_not_given_up_for_what_bars_the_sim_itself(code: int) -> None:
    """No credit, a bill unpaid: somebody else is asked at once, in vain, and minutes later the
    operator lifts the bar. The caller's alert must leave then."""
    bench, failed = watched()
    bench.fate = lambda turn: f"+CMS ERROR: {code}"
    bench.outbox.send("alert:1:1", BRUNO, "Un", RANK_ALERT, about=1)
    bench.settle()
    assert [message.cause for message in failed] == ["alert:1:1"]
    assert bench.outbox.book.has_failed("alert:1:1")
    bench.fate = lambda turn: ""
    for _ in range(RETRY_AFTER_S[-1] + 1):
        bench.wait(1)
    assert rows(bench)["alert:1:1"].state is OutgoingState.SENT
    assert len(failed) == 1


def test_what_is_barred_for_one_number_leaves_for_another_at_once() -> None:
    bench = Bench(None)
    bench.fate = lambda turn: "+CMS ERROR: 1" if handed_over(bench)[-1][0] == BRUNO else ""
    bench.outbox.send("alert:1:1", BRUNO, "Un", RANK_ALERT, about=1)
    bench.outbox.send("alert:1:2", ALICE, "Un", RANK_ALERT, about=1)
    bench.settle()
    assert left(bench, ALICE) == ["Un"]
