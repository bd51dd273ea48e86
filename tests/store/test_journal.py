"""The journal: order, following, one line a call, the promised JSON, and a flat cost."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from firmware.record import JournalKind
from firmware.store import journal
from firmware.store.database import Database
from firmware.store.journal import StoredEntry
from firmware.store.row_store import RowStore
from tests.store.samples import CALLER, NOW, line


def numbers(found: tuple[StoredEntry, ...]) -> list[int]:
    return [stored.id for stored in found]


def test_pages_forward_and_backward(database: Database) -> None:
    kinds = [JournalKind.CALL, JournalKind.SMS_IN]
    RowStore(database).record([line(kind=kinds[n % 2]) for n in range(7)])
    assert numbers(journal.entries(database)) == [1, 2, 3, 4, 5, 6, 7]
    assert numbers(journal.entries(database, after_id=3, limit=2)) == [4, 5]
    assert numbers(journal.entries(database, after_id=3, kind=JournalKind.CALL)) == [5, 7]
    assert journal.entries(database, after_id=7) == ()
    assert numbers(journal.latest(database, 3)) == [7, 6, 5]
    assert numbers(journal.latest(database, 3, before_id=5)) == [4, 3, 2]
    assert numbers(journal.latest(database, kind=JournalKind.SMS_IN)) == [6, 4, 2]


def test_a_call_stays_one_line_and_comes_again_with_its_outcome(database: Database) -> None:
    store = RowStore(database)
    store.record([line(key="call:1", outcome="ringing")])
    start = journal.last_change(database)
    assert journal.changes(database, start) == ()
    store.record([line(kind=JournalKind.SMS_OUT), line(key="call:1", outcome="diverted")])
    changed = journal.changes(database, start)
    assert [(one.id, one.entry.outcome) for one in changed] == [(2, None), (1, "diverted")]
    assert [one.change for one in changed] == [start + 1, start + 2]
    assert numbers(journal.entries(database)) == [1, 2]
    assert journal.changes(database, journal.last_change(database)) == ()


def test_following_in_small_bites_misses_nothing(database: Database) -> None:
    RowStore(database).record([line(key=f"call:{n % 3}", detail={"n": n}) for n in range(9)])
    seen, change = [], 0
    while found := journal.changes(database, change, limit=1):
        seen.append(found[0].entry.detail["n"])
        change = found[-1].change
    assert seen == [6, 7, 8]


def test_the_same_line_again_is_no_change(database: Database) -> None:
    store = RowStore(database)
    store.record([line(key="call:1", detail={"a": 1})])
    before = journal.last_change(database)
    store.record([line(key="call:1", detail={"a": 1})])
    assert journal.last_change(database) == before


def test_numbers_of_lines_and_changes_outlive_a_purge(database: Database) -> None:
    RowStore(database).record([line(), line()])
    with database.transaction() as connection:
        connection.execute("DELETE FROM journal")
    journal.append(database, line(kind=JournalKind.EDIT))
    (only,) = journal.entries(database)
    assert (only.id, only.change) == (3, 3)


def test_the_promised_json() -> None:
    paris = timezone(timedelta(hours=2))
    entry = line(
        at=datetime(2026, 3, 29, 3, 0, 0, 999999, tzinfo=paris),
        service="Ambulance",
        number=CALLER,
        person="Zoé",
        outcome="diverted",
        detail={"target": "+33601020304", "since": NOW},
        key="call:17",
    )
    found = journal.entry_as_json(StoredEntry(5, 9, entry))
    assert list(found) == [
        "id", "at", "kind", "service", "number", "person", "outcome", "detail"
    ]  # fmt: skip
    assert found == {
        "id": 5,
        "at": "2026-03-29T01:00:00Z",
        "kind": "call",
        "service": "Ambulance",
        "number": CALLER,
        "person": "Zoé",
        "outcome": "diverted",
        "detail": {"target": "+33601020304", "since": "2026-03-29T01:00:00.123456Z"},
    }
    assert json.loads(json.dumps(found)) == found


def test_before_the_year_1000_the_json_keeps_its_form() -> None:
    entry = line(at=datetime(7, 1, 1, tzinfo=UTC))
    assert journal.entry_as_json(StoredEntry(1, 1, entry))["at"] == "0007-01-01T00:00:00Z"


def fill(database: Database, rows: int) -> None:
    with database.transaction() as connection:
        connection.execute("DELETE FROM journal")
        connection.execute("UPDATE counter SET value = ? WHERE name = 'journal_change'", (rows,))
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
            " INSERT INTO journal (id, change, at, kind, detail, key) SELECT i, i,"
            " '2026-03-29T01:00:00.000000Z', CASE i % 50 WHEN 0 THEN 'edit' ELSE 'call' END, '{}',"
            " 'call:' || i FROM n",
            (rows,),
        )


def steps(database: Database, work: Callable[[], object]) -> int:
    """How many instructions SQLite's machine takes: a cost that no busy machine disturbs."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    database.connection.set_progress_handler(tick, 1)
    try:
        work()
    finally:
        database.connection.set_progress_handler(None, 1)
    return count


def test_a_line_that_cannot_be_read_is_one_for_whoever_follows_too(database: Database) -> None:
    for number in (1, 2, 3):
        journal.append(database, line(number=f"+3361234567{number}"))
    database.connection.execute("UPDATE journal SET detail = '{' WHERE id = 2")
    shown = [journal.entry_as_json(each) for each in journal.changes(database, 0)]
    assert [(each["id"], each["outcome"], each["number"]) for each in shown] == [
        (1, None, "+33612345671"),
        (2, journal.UNREADABLE, "+33612345672"),
        (3, None, "+33612345673"),
    ]


@pytest.mark.parametrize(
    "work",
    [
        lambda database, rows: journal.entries(database, rows - 10, 10),
        lambda database, rows: journal.entries(database, rows - 200, 10, JournalKind.EDIT),
        lambda database, rows: journal.latest(database, 10),
        lambda database, rows: journal.latest(database, 4, kind=JournalKind.EDIT),
        lambda database, rows: journal.changes(database, rows - 10, 10),
        lambda database, rows: journal.last_change(database),
        lambda database, rows: journal.append(database, line()),
        lambda database, rows: journal.append(database, line(key=f"call:{rows}", outcome="x")),
    ],
)
def test_the_cost_does_not_grow_with_the_journal(
    database: Database, work: Callable[[Database, int], object]
) -> None:
    costs = []
    for rows in (1_000, 50_000):
        fill(database, rows)
        costs.append(steps(database, lambda rows=rows: work(database, rows)))  # type: ignore[misc]
    assert costs[0] == costs[1]
