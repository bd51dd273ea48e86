"""No query walks through a table that grows: each is asked for its plan as it is really run."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from firmware.record import JournalKind, RequestDone, RequestKind
from firmware.store import journal
from firmware.store.database import Database
from firmware.store.page_store import PageStore
from firmware.store.row_store import RowStore
from tests.store.samples import NOW, line, one_of_each

GROWING = (
    "journal|call|alert|outgoing_message|incoming_part|incoming_message|intervention|request"
    "|missed|later"
)
# They hold only what is unfinished, so reading all of one is right
PARTIAL = (
    "call_unfinished|alert_unsettled|outgoing_message_waiting"
    "|intervention_open|alarm_open|request_open"
)
WALK = re.compile(rf"SCAN (?:{GROWING})\b(?! USING (?:COVERING )?INDEX (?:{PARTIAL})$)")
PLANNED = ("SELECT", "INSERT", "UPDATE", "DELETE")

PATHS: dict[str, Callable[[Database], object]] = {
    "record": lambda database: RowStore(database).record([*one_of_each(), RequestDone(1, NOW)]),
    "load_memory": lambda database: RowStore(database).load_memory(NOW),
    "open_requests": lambda database: RowStore(database).open_requests(),
    "entries": lambda database: journal.entries(database, 5, 10),
    "entries of a kind": lambda database: journal.entries(database, 5, 10, JournalKind.CALL),
    "latest": lambda database: journal.latest(database, 10),
    "latest of a kind": lambda database: journal.latest(database, 10, 99, JournalKind.CALL),
    "changes": lambda database: journal.changes(database, 5),
    "append": lambda database: journal.append(database, line(key="call:1", outcome="again")),
    "unsettled_alerts": lambda database: PageStore(database).unsettled_alerts(),
    "call_back_list": lambda database: PageStore(database).call_back_list(NOW),
    "open_alarms": lambda database: PageStore(database).open_alarms(),
    "outgoing_waiting": lambda database: PageStore(database).outgoing_waiting(),
    "ask": lambda database: PageStore(database).ask(
        RequestKind.SEND_TEST, {"mobile": "+33601020304"}, by="Alice", at=NOW
    ),
    "is_done": lambda database: PageStore(database).is_done(1),
}


def plans(database: Database, work: Callable[[Database], object]) -> list[str]:
    RowStore(database).record(one_of_each())
    statements: list[str] = []
    database.connection.set_trace_callback(statements.append)
    work(database)
    database.connection.set_trace_callback(None)
    planned = [text for text in statements if text.lstrip().startswith(PLANNED)]
    return [
        detail
        for text in planned
        for *_, detail in database.connection.execute(f"EXPLAIN QUERY PLAN {text}")
    ]


@pytest.mark.parametrize("name", PATHS)
def test_no_walk_through_a_table_that_grows(database: Database, name: str) -> None:
    found = plans(database, PATHS[name])
    assert found, "nothing was asked"
    assert [detail for detail in found if WALK.search(detail)] == []


@pytest.mark.parametrize("name", ["entries", "latest", "changes", "entries of a kind"])
def test_the_journal_is_never_sorted(database: Database, name: str) -> None:
    assert [detail for detail in plans(database, PATHS[name]) if "TEMP B-TREE" in detail] == []


def test_the_rule_itself_can_fail(database: Database) -> None:
    def walk(opened: Database) -> object:
        return opened.connection.execute("SELECT * FROM call WHERE target = 'x'").fetchall()

    assert [detail for detail in plans(database, walk) if WALK.search(detail)] == ["SCAN call"]
