"""No query walks through a table that grows: each is asked for its plan as it is really run."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import pytest

from firmware.record import JournalKind, RequestDone, RequestKind
from firmware.store import figures, journal, journal_search, story
from firmware.store.database import Database
from firmware.store.journal_search import Place, Search
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
    "interventions": lambda database: PageStore(database).interventions(NOW, NOW),
    "last_call_at": lambda database: PageStore(database).last_call_at(),
    "last_text_at": lambda database: PageStore(database).last_text_at(),
    "outgoing_waiting": lambda database: PageStore(database).outgoing_waiting(),
    "ask": lambda database: PageStore(database).ask(
        RequestKind.SEND_TEST, {"mobile": "+33601020304"}, by="Alice", at=NOW
    ),
    "is_done": lambda database: PageStore(database).is_done(1),
}

NARROW = Search(JournalKind.CALL, "+33612345678", "Alice", "diverted", NOW, NOW)
SEARCHES = {
    "everything": Search(),
    "a day": Search(since=NOW, until=NOW),
    "a kind": Search(kind=JournalKind.CALL),
    "a number": Search(number="+33612345678"),
    "a person and a kind": Search(JournalKind.CALL, person="Alice"),
    "an outcome of a day": Search(outcome="diverted", since=NOW, until=NOW),
    "all at once": NARROW,
}
PATHS |= {
    f"search for {name}": partial(journal_search.found, search=search, limit=9, after=Place(NOW, 7))
    for name, search in SEARCHES.items()
}
PATHS |= {
    "a line": lambda database: journal_search.line(database, 1),
    "calls by hour": lambda database: figures.calls_at(database, NOW, NOW),
    "answer times": lambda database: figures.answer_times(database, NOW, NOW),
    "story of a call": lambda database: story.story_of_call(database, 1, NOW),
    "story of a message": lambda database: story.story_of_message(database, 1, NOW),
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


def test_what_has_no_date_that_can_be_is_not_looked_through_for_each_row(
    database: Database
) -> None:
    """A box that knew no time for a year: its restart, and its night, took minutes."""
    assert [each for each in plans(database, PATHS["load_memory"]) if "CORRELATED" in each] == []


@pytest.mark.parametrize(
    "name",
    ["entries", "latest", "changes", "entries of a kind", *(f"search for {s}" for s in SEARCHES)],
)
def test_the_journal_is_never_sorted(database: Database, name: str) -> None:
    assert [detail for detail in plans(database, PATHS[name]) if "TEMP B-TREE" in detail] == []


def test_the_rule_itself_can_fail(database: Database) -> None:
    def walk(opened: Database) -> object:
        return opened.connection.execute("SELECT * FROM call WHERE target = 'x'").fetchall()

    assert [detail for detail in plans(database, walk) if WALK.search(detail)] == ["SCAN call"]
