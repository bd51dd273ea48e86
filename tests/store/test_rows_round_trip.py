"""Whatever a row holds, it comes back equal from the file, and written twice it is one row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.record import Fact, JournalEntry, RecordedGreeting, RequestDone, RotaOverride, Row
from firmware.store import journal
from firmware.store.database import Database
from firmware.store.row_store import ROW_TABLES, RowStore
from firmware.store.table import Table
from tests.store.fresh import made_database
from tests.store.samples import NOW, call, incoming, line, one_of_each, outgoing, rows_of

KINDS = sorted(ROW_TABLES, key=lambda kind: kind.__name__)
IDS = st.integers(min_value=1, max_value=2**40)


def fixed_fields(kind: type) -> dict[str, st.SearchStrategy[Any]]:
    fixed: dict[str, st.SearchStrategy[Any]] = {}
    if ROW_TABLES[kind].key == "id":
        fixed["id"] = IDS
    if kind.__name__ == "IncomingMessage":
        fixed["kind"] = st.sampled_from(["stranger", "staff", "unreadable"])
    return fixed


def read_all(database: Database, table: Table[Any]) -> tuple[Any, ...]:
    return table.select(database.connection, "")


def test_every_row_type_has_its_place() -> None:
    others = {JournalEntry, RequestDone, RotaOverride, RecordedGreeting}
    assert set(ROW_TABLES) | others == set(Row.__args__)
    assert {type(row) for row in one_of_each()} == set(ROW_TABLES) | {JournalEntry}


@pytest.mark.parametrize("kind", KINDS)
def test_any_row_comes_back_equal_and_once(kind: type) -> None:
    table = ROW_TABLES[kind]
    with TemporaryDirectory() as folder:
        database = made_database(Path(folder) / "rows.db")

        @settings(max_examples=60, deadline=None)
        @given(rows_of(kind, **fixed_fields(kind)))
        def check(row: Any) -> None:
            with database.transaction() as connection:
                connection.execute(f"DELETE FROM {table.name}")  # noqa: S608 - our own names
            RowStore(database).record([row])
            assert read_all(database, table) == (row,)
            RowStore(database).record([row, row])
            assert read_all(database, table) == (row,)

        with database:
            check()


def test_any_journal_entry_comes_back_equal(database: Database) -> None:
    @settings(max_examples=60, deadline=None)
    @given(rows_of(JournalEntry))
    def check(entry: JournalEntry) -> None:
        RowStore(database).record([entry])
        (last,) = journal.latest(database, 1) if entry.key is None else _with_key(database, entry)
        assert last.entry == entry

    check()


def _with_key(database: Database, entry: JournalEntry) -> list[journal.StoredEntry]:
    return [stored for stored in journal.entries(database) if stored.entry.key == entry.key]


def test_a_row_written_again_is_replaced_whole(database: Database) -> None:
    store = RowStore(database)
    store.record([outgoing(error="network", references=(1, 2))])
    store.record([outgoing(attempts=3)])
    assert store.load_memory(NOW).outgoing == (outgoing(attempts=3),)


def test_instants_of_other_zones_are_kept_as_utc(database: Database) -> None:
    paris = timezone(timedelta(hours=2))
    store = RowStore(database)
    store.record([call(started_at=datetime(2026, 3, 29, 3, 0, tzinfo=paris))])
    (found,) = store.load_memory(NOW).calls
    assert found.started_at == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert found.started_at.tzinfo is UTC


def test_a_naive_instant_is_refused_and_nothing_is_written(database: Database) -> None:
    store = RowStore(database)
    with pytest.raises(ValueError, match="time zone"):
        store.record([Fact("a", 1), call(started_at=datetime(2026, 3, 29, 3, 0))])  # noqa: DTZ001
    assert store.load_memory(NOW).facts == {}


def test_half_a_surrogate_pair_does_not_lose_the_message(database: Database) -> None:
    RowStore(database).record(
        [incoming(text="avant \ud83d après"), line(detail={"text": "\udc00"}, key="sms:\ud800")]
    )
    (message,) = read_all(database, ROW_TABLES[type(incoming())])
    assert message.text == "avant \N{REPLACEMENT CHARACTER} après"
    (stored,) = journal.entries(database)
    assert stored.entry.detail == {"text": "\N{REPLACEMENT CHARACTER}"}
    RowStore(database).record([line(outcome="again", key="sms:\ud800")])
    assert len(journal.entries(database)) == 1


def test_a_fact_that_is_no_json_is_refused(database: Database) -> None:
    with pytest.raises(TypeError):
        RowStore(database).record([Fact("when", NOW)])
    with pytest.raises(ValueError, match="JSON"):
        RowStore(database).record([Fact("level", float("nan"))])
