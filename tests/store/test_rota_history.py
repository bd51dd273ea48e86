"""Each change of the rota is kept with who, when and how it stood; nothing of it is rewritten."""

from __future__ import annotations

import dataclasses
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.record import RotaOverride
from firmware.rota import Override, Rota, write_site_file
from firmware.store import rota_history
from firmware.store.database import Database, open_database
from firmware.store.errors import UnreadableDatabase
from firmware.store.rota_history import Sentence
from firmware.store.rota_store import Conflict, RotaStore
from firmware.store.row_store import RowStore
from tests.store.test_record import ROTA, relay
from tests.store.test_rota_store import sample

NOW = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
ABSENCE = Override("Ambulance", 1, datetime(2026, 4, 1, 8), datetime(2026, 4, 2, 8), "Alice")  # noqa: DTZ001 - wall clock


def later(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def with_absence(rota: Rota) -> Rota:
    return dataclasses.replace(rota, overrides=(*rota.overrides, ABSENCE))


def test_who_when_what_and_how_it_stood(database: Database) -> None:
    rotas = RotaStore(database)
    rotas.replace_rota(ROTA, "import", NOW)
    said = Sentence("%(out)s is absent", {"out": "Alice", "from": "2026-04-01T08:00"})
    rotas.replace_rota(with_absence(ROTA), "Dora Émilie", later(1), sentence=said)
    second, first = rota_history.versions(database)
    assert (first.number, first.by, first.at, first.sentence.what) == (
        1, "import", NOW, rota_history.LOADED,
    )  # fmt: skip
    assert (second.number, second.by, second.at) == (2, "Dora Émilie", later(1))
    assert (second.sentence, second.undoes) == (said, None)
    assert rota_history.rota_at(database, 1) == ROTA
    assert rota_history.rota_at(database, 2) == with_absence(ROTA)
    assert rota_history.rota_before(database, 2) == ROTA
    assert rota_history.rota_before(database, 1) is None


def test_an_import_of_the_same_file_leaves_no_version(database: Database) -> None:
    rotas = RotaStore(database)
    rotas.replace_rota(sample(), "import", NOW)
    rotas.replace_rota(sample(), "import", later(1))
    assert [version.number for version in rota_history.versions(database)] == [1]


def test_a_conflict_leaves_no_version_and_tells_the_present_one(database: Database) -> None:
    rotas = RotaStore(database)
    rotas.replace_rota(ROTA, "import", NOW)
    rotas.replace_rota(with_absence(ROTA), "Dora", later(1), expected_version=1)
    with pytest.raises(Conflict) as caught:
        rotas.replace_rota(ROTA, "Émile", later(1), expected_version=1)
    assert caught.value.version == 2
    assert [version.by for version in rota_history.versions(database)] == ["Dora", "import"]


def test_two_who_save_at_the_same_moment(path: Path) -> None:
    """Eight writers that all began at version 1: one is written, seven are told."""
    with open_database(path, create=True) as database:
        RotaStore(database).replace_rota(ROTA, "import", NOW)
    together = threading.Barrier(8)
    ended: list[str] = []

    def save(turn: int) -> None:
        with open_database(path, create=False) as mine:
            longer = dataclasses.replace(ABSENCE, end=ABSENCE.end + timedelta(hours=turn))
            rota = dataclasses.replace(ROTA, overrides=(longer,))
            together.wait()
            try:
                RotaStore(mine).replace_rota(rota, f"{turn}", NOW, expected_version=1)
                ended.append(f"{turn}")
            except Conflict:
                ended.append("told")

    writers = [threading.Thread(target=save, args=(turn,)) for turn in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    (winner,) = [who for who in ended if who != "told"]
    assert len(ended) == 8
    with open_database(path, create=False) as database:
        assert [version.by for version in rota_history.versions(database)] == [winner, "import"]


def test_an_undo_names_what_it_takes_back(database: Database) -> None:
    rotas = RotaStore(database)
    rotas.replace_rota(ROTA, "import", NOW)
    rotas.replace_rota(with_absence(ROTA), "Dora", later(1))
    rotas.replace_rota(ROTA, "Dora", later(2), undoes=2)
    assert [version.undoes for version in rota_history.versions(database)] == [2, None, None]
    found = rota_history.undone_by(database, 2)
    assert found is not None
    assert found.number == 3
    assert rota_history.undone_by(database, 1) is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, rota_history.TAKEN_OVER),
        ({"in_": None}, rota_history.RELIEVED),
        ({"out": None}, rota_history.TAKEN_ON),
    ],
)
def test_a_take_over_by_sms_is_a_version_too(
    database: Database, changes: dict[str, object], words: str
) -> None:
    RotaStore(database).replace_rota(ROTA, "import", NOW)
    row: RotaOverride = relay(**changes)
    RowStore(database).record([row, row])
    last, first = rota_history.versions(database)
    assert (last.by, last.at, last.sentence.what) == (row.entered_by, row.entered_at, words)
    assert last.sentence.values["from"] == "2026-03-29T03:00"
    assert rota_history.rota_at(database, last.number) == RotaStore(database).load_rota()
    assert rota_history.rota_at(database, first.number) == ROTA


def test_what_an_older_program_left_is_kept_before_the_first_change(database: Database) -> None:
    rotas = RotaStore(database)
    rotas.replace_rota(ROTA, "import", NOW)
    database.connection.execute("DELETE FROM rota_history")
    rotas.replace_rota(with_absence(ROTA), "Dora", later(1))
    said = [version.sentence.what for version in rota_history.versions(database)]
    assert said == [rota_history.REPLACED, rota_history.BEFORE_HISTORY]
    assert rota_history.rota_before(database, 2) == ROTA


def test_pages_of_the_history(database: Database) -> None:
    rotas = RotaStore(database)
    for turn in range(5):
        rotas.replace_rota(ROTA if turn % 2 else with_absence(ROTA), "Dora", later(turn))

    def numbers(**which: int) -> list[int]:
        return [version.number for version in rota_history.versions(database, **which)]

    assert numbers(limit=2) == [5, 4]
    assert numbers(limit=2, before=4) == [3, 2]
    assert numbers(after=3) == [5, 4]


@pytest.mark.parametrize("site", [b"rubbish", b"", b"x\x9c"])
def test_a_damaged_version_is_said_and_read_as_nothing_else(
    database: Database, site: bytes
) -> None:
    RotaStore(database).replace_rota(ROTA, "import", NOW)
    database.connection.execute("UPDATE rota_history SET site = ?", (site,))
    with pytest.raises(UnreadableDatabase, match="version 1"):
        rota_history.site_text(database, 1)


def test_a_version_outlives_the_program(path: Path) -> None:
    with open_database(path, create=True) as database:
        RotaStore(database).replace_rota(sample(), "import", NOW)
    with open_database(path, create=False) as database:
        assert rota_history.site_text(database, 1) == write_site_file(sample())
