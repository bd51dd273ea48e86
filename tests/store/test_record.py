"""One step is one transaction: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.record import Fact, JournalKind, RequestDone, RequestKind, RotaOverride, Row
from firmware.rota import Override, Person, Rota, Service, Site
from firmware.store import journal
from firmware.store.database import Database, open_database
from firmware.store.errors import BusyDatabase, RefusedRow, UnwritableDatabase
from firmware.store.page_store import PageStore
from firmware.store.rota_store import RotaStore
from firmware.store.row_store import RowStore
from tests.store.samples import NOW, alert, call, incoming, line, one_of_each, outgoing, part

ROTA = Rota(
    Site("Ambulances Dupont"),
    people=(Person("Alice", "+33601020304"), Person("Bruno", "+33601020305")),
    services=(Service("Ambulance"),),
)


def dump(database: Database) -> list[str]:
    return list(database.connection.iterdump())


def without_unkeyed(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if getattr(row, "key", "") is not None]


def test_recording_a_step_again_changes_nothing(database: Database) -> None:
    rows = without_unkeyed(one_of_each())
    RowStore(database).record(rows)
    before = dump(database)
    RowStore(database).record(rows)
    assert dump(database) == before


def test_an_entry_without_a_key_is_a_line_of_its_own_each_time(database: Database) -> None:
    RowStore(database).record([line(), line()])
    assert [stored.id for stored in journal.entries(database)] == [1, 2]


def test_no_rows_are_no_transaction(database: Database) -> None:
    before = database.connection.total_changes
    RowStore(database).record([])
    assert database.connection.total_changes == before


@pytest.mark.parametrize("position", range(len(one_of_each()) + 1))
def test_a_fault_anywhere_leaves_nothing(database: Database, position: int) -> None:
    store = RowStore(database)
    store.record([outgoing(7, cause="taken")])
    before = dump(database)
    rows = list(one_of_each())
    rows.insert(position, outgoing(8, cause="taken"))
    with pytest.raises(RefusedRow, match=r"outgoing_message\.cause"):
        store.record(rows)
    assert dump(database) == before
    store.record(one_of_each())
    assert store.load_memory(NOW).calls == (one_of_each()[2],)


def test_two_sms_of_one_cause_cannot_exist(database: Database) -> None:
    store = RowStore(database)
    with pytest.raises(RefusedRow):
        store.record([outgoing(1, cause="handover:5"), outgoing(2, cause="handover:5")])
    assert store.load_memory(NOW).outgoing == ()


def test_one_pdu_delivered_twice_is_one_part(database: Database) -> None:
    store = RowStore(database)
    store.record([part("same"), part("same", message_id=4), part("other")])
    parts = {found.fingerprint: found.message_id for found in store.load_memory(NOW).parts}
    assert parts == {"same": 4, "other": None}


def test_a_full_disk_leaves_nothing_and_is_named(database: Database) -> None:
    store = RowStore(database)
    (pages,) = database.connection.execute("PRAGMA page_count").fetchone()
    database.connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    before = dump(database)
    big = [incoming(number, text="x" * 2000) for number in range(1, 50)]
    with pytest.raises(UnwritableDatabase, match="no space left"):
        store.record([call(), *big])
    assert dump(database) == before
    database.connection.execute(f"PRAGMA max_page_count = {pages + 5000}")
    store.record([call(), *big])
    assert store.load_memory(NOW).last_ids == {"Call": 1, "IncomingMessage": 49}


def test_a_lock_held_too_long_is_named(database: Database, path: Path) -> None:
    with open_database(path, create=False) as other:
        database.connection.execute("PRAGMA busy_timeout = 1")
        with other.transaction(), pytest.raises(BusyDatabase, match="locked"):
            RowStore(database).record([call()])
    RowStore(database).record([call()])


def test_a_wish_of_the_page_is_done_once(database: Database) -> None:
    store, page = RowStore(database), PageStore(database)
    wish = page.ask(RequestKind.TAKE_CARE, {"alert": "3"}, by="Alice", at=NOW)
    (open_wish,) = store.open_requests()
    assert (open_wish.id, open_wish.kind) == (wish, RequestKind.TAKE_CARE)
    assert open_wish.values == {"alert": "3", "by": "Alice"}
    assert store.load_memory(NOW).requests == (open_wish,)
    assert not page.is_done(wish)
    store.record([RequestDone(wish, NOW), RequestDone(wish, NOW), RequestDone(99, NOW)])
    assert page.is_done(wish)
    assert store.open_requests() == ()


def relay(**changes: object) -> RotaOverride:
    values = {
        "service": "Ambulance",
        "level": 1,
        "start": datetime(2026, 3, 29, 3, 0),  # noqa: DTZ001 - wall clock
        "end": datetime(2026, 3, 30, 8, 0),  # noqa: DTZ001 - wall clock
        "out": "Alice",
        "in_": "Bruno",
        "entered_at": NOW,
        "entered_by": "Bruno",
    }
    return RotaOverride(**{**values, **changes})  # type: ignore[arg-type]


def test_a_relay_by_sms_becomes_the_last_override(database: Database) -> None:
    rotas = RotaStore(database)
    instant = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    earlier = Override("Ambulance", 1, instant, datetime(2026, 10, 25, 7, tzinfo=UTC), in_="Alice")
    rota = Rota(ROTA.site, ROTA.people, ROTA.services, overrides=(earlier,))
    rotas.replace_rota(rota, "import", NOW)
    version = rotas.version()
    RowStore(database).record([relay(), relay()])
    loaded = rotas.load_rota()
    assert loaded is not None
    row = relay()
    last = Override(row.service, row.level, row.start, row.end, row.out, row.in_)
    assert loaded.overrides == (earlier, last)
    assert rotas.version() == version + 1


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"service": "Taxi"}, ["Taxi"]),
        ({"out": "Zoe"}, ["Zoe"]),
        ({"in_": "Zoe", "out": None}, ["Zoe"]),
        ({"service": "Taxi", "out": "Zoe", "in_": "Yan"}, ["Taxi", "Zoe", "Yan"]),
    ],
)
def test_a_relay_of_somebody_just_removed_is_told_and_costs_no_other_row(
    database: Database, changes: dict[str, object], missing: list[str]
) -> None:
    rotas, store = RotaStore(database), RowStore(database)
    rotas.replace_rota(ROTA, "import", NOW)
    store.record([Fact("a", 1), relay(**changes), alert(1)])
    assert rotas.load_rota() == ROTA
    memory = store.load_memory(NOW)
    assert (memory.facts, memory.alerts) == ({"a": 1}, (alert(1),))
    told = journal.entries(database)[-1].entry
    assert (told.kind, told.outcome) == (JournalKind.EDIT, "refused")
    assert told.detail["not_in_rota"] == missing
    store.record([relay(**changes)])
    assert len(journal.entries(database)) == 2
