"""Searches against the same lines filtered one by one in Python; figures and stories."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.record import (
    AlertCause,
    AlertState,
    CallOutcome,
    JournalEntry,
    JournalKind,
    OutgoingState,
)
from firmware.store import figures, journal_search
from firmware.store.database import Database, open_database
from firmware.store.journal_search import Place, Search
from firmware.store.row_store import RowStore
from firmware.store.story import story_of_call, story_of_message
from tests.store.samples import CALLER, NOW, ago, alert, call, incoming, line, outgoing

OTHER = "+33699000002"
KINDS = (JournalKind.CALL, JournalKind.ACK)
LINES = [
    line(at=NOW + timedelta(hours=hours), kind=kind, number=number, person=person, outcome=outcome)
    for hours, kind, number, person, outcome in product(
        (0, 30, 30, 5), KINDS, (CALLER, OTHER, None), ("Alice", None), ("diverted", None)
    )
]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Database:
    database = open_database(tmp_path_factory.mktemp("search") / "veilleur.db", create=True)
    RowStore(database).record(LINES)
    return database


def oracle(search: Search) -> list[int]:
    def meets(entry: JournalEntry) -> bool:
        return (
            search.kind in (None, entry.kind)
            and search.number in (None, entry.number)
            and search.person in (None, entry.person)
            and search.outcome in (None, entry.outcome)
            and (search.since is None or entry.at >= search.since)
            and (search.until is None or entry.at < search.until)
        )

    met = [(entry.at, number) for number, entry in enumerate(LINES, 1) if meets(entry)]
    return [number for _, number in sorted(met, reverse=True)]


instants = st.none() | st.sampled_from([NOW + timedelta(hours=h) for h in (-1, 0, 1, 5, 30, 31)])


@given(
    st.builds(
        Search,
        st.sampled_from([None, *KINDS]),
        st.sampled_from([None, CALLER, OTHER, "+1"]),
        st.sampled_from([None, "Alice", "Bruno"]),
        st.sampled_from([None, "diverted"]),
        instants,
        instants,
    ),
    st.integers(1, 20),
)
def test_page_by_page_it_finds_what_meets_it(filled: Database, search: Search, limit: int) -> None:
    seen: list[int] = []
    after: Place | None = None
    while page := journal_search.found(filled, search, limit, after):
        seen += [stored.id for stored in page]
        after = Place(page[-1].entry.at, page[-1].id)
    assert seen == oracle(search)


def test_a_line_by_its_number(filled: Database) -> None:
    found = journal_search.line(filled, 3)
    assert found is not None
    assert found.entry == LINES[2]
    assert journal_search.line(filled, len(LINES) + 1) is None


def test_calls_are_counted_where_they_began(database: Database) -> None:
    RowStore(database).record(
        [
            call(1, started_at=ago(hours=1), outcome=CallOutcome.DIVERTED),
            call(2, started_at=ago(hours=1, minutes=-3), outcome=CallOutcome.DIVERTED),
            call(3, started_at=ago(hours=1), outcome=CallOutcome.ABANDONED),
            call(4, started_at=NOW, outcome=CallOutcome.DIVERTED),
            call(5, started_at=ago(days=9), outcome=CallOutcome.DIVERTED),
        ]
    )
    counted = {
        (each.at, each.outcome): each.count
        for each in figures.calls_at(database, ago(days=8), NOW)
    }
    hour = ago(hours=1).replace(minute=0, second=0, microsecond=0)
    assert counted == {(hour, CallOutcome.DIVERTED): 2, (hour, CallOutcome.ABANDONED): 1}
    by_minutes = figures.calls_at(database, ago(days=8), NOW, whole_hours=False)
    assert [each.at.minute % 10 for each in by_minutes] == [0, 0]
    assert sum(each.count for each in by_minutes) == 3


def test_how_soon_alerts_were_answered_for(database: Database) -> None:
    done = {"state": AlertState.ACKNOWLEDGED, "opened_at": ago(minutes=9)}
    RowStore(database).record(
        [
            alert(1, **done, ended_by="Alice", ended_at=ago(minutes=7, seconds=30.4)),
            alert(2, state=AlertState.EXHAUSTED, opened_at=ago(minutes=8)),
            alert(3, **done, ended_at=NOW, cause=AlertCause.REMINDER),
            alert(4, opened_at=ago(days=3)),
        ]
    )
    assert sorted(figures.answer_times(database, ago(days=1), NOW), key=str) == [
        figures.AnswerTime(AlertState.ACKNOWLEDGED, True, 90),
        figures.AnswerTime(AlertState.EXHAUSTED, False, None),
    ]


def test_a_story_holds_its_own_rows_and_no_others(database: Database) -> None:
    mine = alert(17, cause_id=5, opened_at=ago(minutes=9), reference="8F2", ended_at=NOW)
    asked = outgoing(1, cause="alert:17:0:1", state=OutgoingState.DELIVERED)
    report = line(kind=JournalKind.DELIVERY, at=ago(minutes=8), detail={"cause": asked.cause})
    answer = line(kind=JournalKind.ACK, detail={"reference": "8F2"})
    RowStore(database).record(
        [
            call(5, started_at=ago(minutes=9)),
            call(1, started_at=ago(minutes=9)),
            mine,
            alert(1, cause_id=1, reference="9K4"),
            alert(7, cause_id=5, cause=AlertCause.SMS, reference="7PP"),
            asked,
            outgoing(2, cause="alert:170:0:1"),
            outgoing(3, cause="alert:1:0:1"),
            outgoing(4, cause="taken:17:+33601020304"),
            report,
            answer,
            line(kind=JournalKind.ACK, detail={"reference": "9K4"}),
            line(kind=JournalKind.DELIVERY, detail={"cause": "alert:170:0:1"}),
            line(kind=JournalKind.ACK, at=ago(days=1), detail={"reference": "8F2"}),
        ]
    )
    story = story_of_call(database, 5, NOW)
    assert story is not None
    assert story.alerts == (mine,)
    assert [message.id for message in story.sent] == [1, 4]
    assert story.lines == (report, answer)
    assert story_of_call(database, 6, NOW) is None


def test_a_message_s_story(database: Database) -> None:
    RowStore(database).record([incoming(5), alert(7, cause_id=5, cause=AlertCause.SMS)])
    story = story_of_message(database, 5, NOW)
    assert story is not None
    assert (story.message, story.call) == (incoming(5), None)
    assert [each.id for each in story.alerts] == [7]
    assert story_of_message(database, 6, NOW) is None
