"""What the daemon knows again after a restart, and what it may forget."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from firmware.record import (
    Alarm,
    AlertState,
    CallOutcome,
    Fact,
    Intervention,
    Memory,
    OutgoingState,
    Row,
)
from firmware.store.database import Database
from firmware.store.row_store import RECENT_MAX, RowStore
from tests.store.samples import NOW, ago, alert, call, incoming, one_of_each, outgoing, part

OLD = ago(days=300)


@pytest.fixture
def store(database: Database) -> RowStore:
    return RowStore(database)


def test_a_new_box_remembers_nothing(store: RowStore) -> None:
    assert store.load_memory(NOW) == Memory()


def test_calls_that_are_not_over(store: RowStore) -> None:
    store.record(
        [
            call(1, started_at=OLD),
            call(2, outcome=CallOutcome.DIVERTED),
            call(3, ended_at=NOW),
            call(4, outcome=CallOutcome.DIVERTED, ended_at=NOW),
        ]
    )
    assert [found.id for found in store.load_memory(NOW).calls] == [1, 2, 3]


def test_alerts_unsettled_or_of_the_last_days(store: RowStore) -> None:
    store.record(
        [
            alert(1, opened_at=OLD),
            alert(2, opened_at=OLD, state=AlertState.EXHAUSTED),
            alert(3, state=AlertState.ACKNOWLEDGED, ended_at=ago(days=2, hours=23)),
            alert(4, state=AlertState.ACKNOWLEDGED, ended_at=ago(days=3, hours=1)),
            alert(5, state=AlertState.CLOSED, opened_at=OLD, ended_at=NOW),
        ]
    )
    assert [found.id for found in store.load_memory(NOW).alerts] == [1, 2, 3, 5]


def test_sms_that_wait_or_whose_report_or_cause_may_come_again(store: RowStore) -> None:
    store.record(
        [
            outgoing(1, created_at=OLD),
            outgoing(2, created_at=OLD, state=OutgoingState.SENDING),
            outgoing(3, created_at=ago(days=2), state=OutgoingState.SENT),
            outgoing(4, created_at=ago(days=4), state=OutgoingState.SENT),
            outgoing(5, created_at=ago(days=2), state=OutgoingState.DELIVERED),
        ]
    )
    assert [found.id for found in store.load_memory(NOW).outgoing] == [1, 2, 3, 5]


def test_parts_of_eight_days_and_those_that_still_wait(store: RowStore) -> None:
    store.record(
        [
            part("waiting", received_at=OLD),
            part("recent", received_at=ago(days=7, hours=23), message_id=1),
            part("old", received_at=ago(days=8, hours=1), message_id=2),
            part("new", message_id=3),
        ]
    )
    found = [found.fingerprint for found in store.load_memory(NOW).parts]
    assert found == ["waiting", "recent", "new"]


def test_what_lasts(store: RowStore) -> None:
    done = Intervention(1, "Alice", OLD, NOW)
    lasting = Intervention(2, "Alice", OLD)
    ended = Alarm("modem", OLD, "modem_mute", until=NOW)
    up = Alarm("sim-pin", OLD, "sim_pin", {"left": "2"})
    store.record([done, lasting, ended, up, Fact("a", [1]), Fact("a", [2]), Fact("b", None)])
    memory = store.load_memory(NOW)
    assert memory.interventions == (lasting,)
    assert memory.alarms == (up,)
    assert memory.facts == {"a": [2], "b": None}


def test_an_alarm_that_comes_back_is_up_again(store: RowStore) -> None:
    store.record([Alarm("modem", OLD, "modem_mute", until=ago(days=1))])
    store.record([Alarm("modem", NOW, "modem_absent")])
    assert store.load_memory(NOW).alarms == (Alarm("modem", NOW, "modem_absent"),)


def test_numbers_are_never_given_again_not_even_after_a_purge(
    store: RowStore, database: Database
) -> None:
    store.record(one_of_each())
    store.record([call(17), incoming(4)])
    last = {
        "Call": 17,
        "Alert": 1,
        "OutgoingMessage": 1,
        "IncomingMessage": 4,
        "Voicemail": 1,
        "Intervention": 1,
    }
    assert store.load_memory(NOW).last_ids == last
    with database.transaction() as connection:
        for table in ("call", "alert", "outgoing_message", "incoming_message", "voicemail",
                      "intervention"):
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
    assert store.load_memory(NOW).last_ids == last


def test_a_wall_clock_of_1970_does_not_load_the_whole_history(store: RowStore) -> None:
    settled = [
        alert(number, state=AlertState.CLOSED, ended_at=OLD + timedelta(minutes=number))
        for number in range(1, RECENT_MAX + 51)
    ]
    store.record([alert(9000, opened_at=OLD), *settled])
    found = store.load_memory(NOW.replace(year=1970)).alerts
    assert [one.id for one in found] == [*range(51, RECENT_MAX + 51), 9000]


@pytest.mark.parametrize("now", [NOW, NOW.replace(year=1970)])
def test_a_wall_clock_of_1970_knows_what_it_wrote_itself(store: RowStore, now: datetime) -> None:
    """However much the box had written before under the date of the day."""
    before = range(1, RECENT_MAX + 51)
    store.record([outgoing(number, state=OutgoingState.SENT) for number in before])
    store.record([part(f"f{number}", received_at=NOW, message_id=number) for number in before])
    wrong = NOW.replace(year=1970)
    store.record([
        alert(9000, opened_at=wrong),
        alert(9001, state=AlertState.CLOSED, opened_at=wrong, ended_at=wrong),
        outgoing(9000, state=OutgoingState.SENT, created_at=wrong),
        part("f9000", received_at=wrong, message_id=9000),
    ])  # fmt: skip
    found = store.load_memory(now)
    assert found.outgoing[-1].id == 9000
    assert [one.id for one in found.alerts] == [9000, 9001]
    assert "f9000" in {one.fingerprint for one in found.parts}


@pytest.mark.parametrize(("days", "is_there"), [(1, True), (20, False), (None, True)])
def test_what_came_before_the_time_was_known_is_as_old_as_what_came_next(
    store: RowStore, days: int | None, is_there: bool
) -> None:
    wrong = NOW.replace(year=1970)

    def rows(number: int, at: datetime) -> list[Row]:
        settled = alert(number, state=AlertState.CLOSED, opened_at=at, ended_at=at)
        sent = outgoing(number, state=OutgoingState.SENT, created_at=at)
        return [settled, sent, part(f"f{number}", received_at=at, message_id=number)]

    store.record(rows(1, wrong))
    if days is not None:
        store.record(rows(2, ago(days=days)))
    found = store.load_memory(NOW)
    assert (1 in {one.id for one in found.alerts}) is is_there
    assert (1 in {one.id for one in found.outgoing}) is is_there
    assert ("f1" in {one.fingerprint for one in found.parts}) is is_there
