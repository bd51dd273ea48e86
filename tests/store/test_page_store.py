"""What the page shows and asks."""

from __future__ import annotations

from typing import Any

import pytest

from firmware.record import (
    Alarm,
    AlertCause,
    AlertState,
    CallOutcome,
    JournalKind,
    OutgoingState,
    RequestDone,
    RequestKind,
)
from firmware.store.database import Database
from firmware.store.page_store import ABANDONED_SHOWN_DAYS, CallBackReason, PageStore
from firmware.store.row_store import RowStore
from tests.store.samples import CALLER, NOW, ago, alert, call, line, outgoing


@pytest.fixture
def store(database: Database) -> RowStore:
    return RowStore(database)


@pytest.fixture
def page(database: Database) -> PageStore:
    return PageStore(database)


def abandoned(number: int, /, **changes: Any) -> Any:
    values = {"number": CALLER, "outcome": CallOutcome.ABANDONED, "ended_at": NOW, **changes}
    return call(number, **values)


def test_a_new_box(page: PageStore) -> None:
    assert page.unsettled_alerts() == ()
    assert page.call_back_list(NOW) == ()
    assert page.open_alarms() == ()
    assert page.outgoing_waiting() == 0


def test_alerts_that_wait_for_an_answer_the_newest_first(store: RowStore, page: PageStore) -> None:
    store.record([alert(n, state=state) for n, state in enumerate(AlertState, start=1)])
    assert [found.state for found in page.unsettled_alerts()] == [
        AlertState.EXHAUSTED,
        AlertState.OPEN,
    ]


def test_the_call_back_list(store: RowStore, page: PageStore) -> None:
    store.record(
        [
            alert(1, cause_id=90, opened_at=ago(minutes=4), number=CALLER),
            alert(2, cause=AlertCause.SMS, opened_at=ago(days=30), text="Venez",
                  state=AlertState.EXHAUSTED),
            alert(3, cause=AlertCause.DIVERTED, cause_id=91, opened_at=ago(minutes=2)),
            alert(4, cause=AlertCause.REMINDER),
            alert(5, cause=AlertCause.RELAY, state=AlertState.EXHAUSTED),
            alert(6, cause_id=92, state=AlertState.ACKNOWLEDGED),
            abandoned(50, started_at=ago(minutes=1)),
        ]
    )  # fmt: skip
    lines = page.call_back_list(NOW)
    assert [(line.reason, line.at) for line in lines] == [
        (CallBackReason.ABANDONED, ago(minutes=1)),
        (CallBackReason.ASKING, ago(minutes=2)),
        (CallBackReason.ASKING, ago(minutes=4)),
        (CallBackReason.UNANSWERED, ago(days=30)),
    ]
    assert lines[0].call == abandoned(50, started_at=ago(minutes=1))
    assert lines[3].text == "Venez"
    assert [line.alert.id for line in lines if line.alert] == [3, 1, 2]


@pytest.mark.parametrize(
    "other",
    [
        alert(1, cause_id=50, state=AlertState.ACKNOWLEDGED),
        alert(1, cause=AlertCause.DIVERTED, cause_id=50, state=AlertState.CLOSED),
        call(51, number=CALLER, started_at=ago(hours=1), outcome=CallOutcome.DIVERTED),
        call(51, number=CALLER, started_at=ago(hours=1), outcome=CallOutcome.ALERTED),
    ],
)
def test_an_abandoned_call_that_was_followed_up(
    store: RowStore, page: PageStore, other: Any
) -> None:
    store.record([abandoned(50, started_at=ago(hours=2))])
    assert len(page.call_back_list(NOW)) == 1
    store.record([other])
    assert page.call_back_list(NOW) == ()


@pytest.mark.parametrize(("days", "is_shown"), [(2, True), (4, False), (None, True)])
def test_an_abandoned_call_of_before_the_time_was_known(
    store: RowStore, page: PageStore, days: int | None, is_shown: bool
) -> None:
    """As old as the next call: who gave up last night is still to be rung back."""
    wrong = NOW.replace(year=1970)
    store.record([abandoned(50, started_at=wrong, ended_at=wrong)])
    if days is not None:
        store.record([call(51, started_at=ago(days=days), number="+33198765432")])
    shown = [each.call.id for each in page.call_back_list(NOW) if each.call is not None]
    assert shown == [50] * is_shown


@pytest.mark.parametrize("days", [2, 4])
def test_such_a_call_leaves_the_list_where_no_other_follows(
    store: RowStore, page: PageStore, days: int
) -> None:
    wrong = NOW.replace(year=1970)
    store.record([abandoned(50, started_at=wrong, ended_at=wrong), line(key="call:50", at=wrong)])
    store.record([line(kind=JournalKind.HEALTH, at=ago(days=days))])
    assert len(page.call_back_list(NOW)) == (days < ABANDONED_SHOWN_DAYS)


def test_a_refused_call_settles_nothing(store: RowStore, page: PageStore) -> None:
    refused = call(51, number=CALLER, outcome=CallOutcome.REFUSED, ended_at=NOW)
    store.record([abandoned(50, started_at=ago(hours=2)), refused])
    (line,) = page.call_back_list(NOW)
    assert line.call is not None
    assert line.call.id == 50


def test_an_sms_of_the_same_number_does_not_settle_a_call(
    store: RowStore, page: PageStore
) -> None:
    store.record([abandoned(50), alert(1, cause=AlertCause.SMS, cause_id=50,
                                       state=AlertState.ACKNOWLEDGED)])  # fmt: skip
    assert len(page.call_back_list(NOW)) == 1


def test_one_line_for_a_caller_who_gave_up_three_times(store: RowStore, page: PageStore) -> None:
    store.record([abandoned(n, started_at=ago(minutes=9 - n)) for n in (1, 2, 3)])
    (line,) = page.call_back_list(NOW)
    assert line.call is not None
    assert line.call.id == 3


def test_abandoned_calls_without_a_number_or_of_last_week_are_not_a_task(
    store: RowStore, page: PageStore
) -> None:
    store.record([abandoned(1, number=None, withheld=True), abandoned(2, started_at=ago(days=4))])
    assert page.call_back_list(NOW) == ()


def test_alarms_that_are_up_and_sms_that_wait(store: RowStore, page: PageStore) -> None:
    up, newer = Alarm("a", ago(days=1), "modem_mute"), Alarm("b", NOW, "sim_pin", {"left": "2"})
    store.record([up, newer, Alarm("c", NOW, "modem_mute", until=NOW)])
    assert page.open_alarms() == (newer, up)
    store.record([outgoing(n, state=state) for n, state in enumerate(OutgoingState, start=1)])
    assert page.outgoing_waiting() == 2


def test_a_double_click_is_one_wish(store: RowStore, page: PageStore) -> None:
    first = page.ask(RequestKind.SEND_TEST, {"mobile": CALLER}, by="Alice", at=NOW)
    assert page.ask(RequestKind.SEND_TEST, {"mobile": CALLER}, by="Alice", at=NOW) == first
    other = page.ask(RequestKind.SEND_TEST, {"mobile": "+33601020304"}, by="Alice", at=NOW)
    assert other != first
    store.record([RequestDone(first, NOW)])
    assert page.ask(RequestKind.SEND_TEST, {"mobile": CALLER}, by="Alice", at=NOW) > other
    assert not page.is_done(other)
    assert not page.is_done(999)
