"""A greeting recorded by telephone: an edit like one of the page, entered once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.record import RecordedGreeting
from firmware.rota import Greeting
from firmware.store import journal, rota_history
from firmware.store.account_store import AccountStore
from firmware.store.database import Database
from firmware.store.rota_store import RotaStore
from firmware.store.row_store import RowStore
from firmware.store.spool import Spool
from tests.store.test_record import ROTA

NOW = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
ROW = RecordedGreeting("Ambulance", "closed", "greeting/tel-12", NOW, "Dora", "+33611223344")


@pytest.fixture
def rotas(database: Database) -> RotaStore:
    rotas = RotaStore(database)
    text = Greeting("Ambulance", "closed", "Bonne nuit.")
    rotas.replace_rota(replace(ROTA, greetings=(text,)), "import", NOW)
    return rotas


def test_it_is_heard_the_text_stays_and_who_did_it_is_known(
    database: Database, rotas: RotaStore
) -> None:
    RowStore(database).record([ROW, ROW])
    RowStore(database).record([ROW])   # once more after a power cut
    rota = rotas.load_rota()
    assert rota is not None
    assert rota.greetings == (Greeting("Ambulance", "closed", "Bonne nuit.", ROW.recording),)
    found = rota_history.recorded_as(database, ROW.recording)
    assert found == rota_history.versions(database)[0]
    assert (found.number, found.by, found.at) == (2, "Dora", NOW)
    assert rota_history.rota_at(database, 2) == rota
    entry = journal.latest(database, 1)[0].entry
    assert (entry.outcome, entry.person, entry.detail["changed"]) == (
        "changed", "Dora", ["greetings"],
    )  # fmt: skip
    ((_, line),) = AccountStore(database).audit_log(9)
    assert (line.what, line.name, line.address) == ("voice.recorded", "Dora", "+33611223344")
    assert rota_history.recorded_as(database, "greeting/12") is None


def test_a_time_without_a_greeting_gets_one_and_an_undo_takes_it_away(
    database: Database, rotas: RotaStore
) -> None:
    before = rotas.load_rota()
    RowStore(database).record([replace(ROW, when="always")])
    after = rotas.load_rota()
    assert before is not None
    assert after is not None
    assert after.greetings[1:] == (Greeting("Ambulance", "always", None, ROW.recording),)
    rotas.replace_rota(before, "Dora", NOW, undoes=2)
    assert rotas.load_rota() == before


def test_a_service_that_is_gone_meanwhile_has_none(database: Database, rotas: RotaStore) -> None:
    RowStore(database).record([replace(ROW, service="Taxi")])
    assert rotas.version() == 1
    assert AccountStore(database).audit_log(9) == ()


def test_a_full_disk_keeps_it_in_the_spool(tmp_path: Path) -> None:
    Spool(tmp_path).add([ROW])
    assert Spool(tmp_path).rows() == (ROW,)
