"""The site file in tables: what goes in comes out, and the same again writes nothing."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.record import JournalKind, RotaOverride
from firmware.rota import (
    AlertTexts,
    Contact,
    Greeting,
    Health,
    OpeningHours,
    Override,
    Person,
    Retention,
    Rota,
    Rotation,
    Service,
    Site,
    Step,
    VoiceRules,
    Window,
)
from firmware.rota.site_file import read_site_file
from firmware.rota.site_text import write_site_file
from firmware.store import journal, rota_history
from firmware.store.database import Database
from firmware.store.errors import RefusedRow
from firmware.store.rota_store import Conflict, RotaStore
from firmware.store.row_store import RowStore
from tests.store.samples import NOW

SITES = sorted((Path(__file__).parent.parent / "rota" / "sites").glob("*.toml"))
SUMMER = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


GREETINGS = (
    Greeting("Ambulance", "holiday", "Jour férié.", "greeting/3"),
    Greeting("Ambulance", text="Bonjour."),
)


def sample() -> Rota:
    return Rota(
        Site("Ambulances Dupont", good_friday=True, holidays="FR-67"),
        people=(
            Person("Zoé Martin", "+33601020304", "admin"),
            Person("Alice", "+33601020305", other_numbers=("+33701020305", "+33801020305")),
            Person("Bruno", "+33601020306"),
        ),
        services=(
            Service(
                "Taxi", "2", "alert", 600, False, AlertTexts(sms="{caller} « ê »"), "Clé :\nau mur"
            ),
            Service("Ambulance", "1"),
        ),
        rotations=(
            Rotation(
                "Taxi",
                2,
                datetime(2026, 1, 31, 8, 0),  # noqa: DTZ001 - wall clock
                Step(1, "month"),
                ("Bruno", "Alice", "Bruno"),
                "garde",
                datetime(2026, 12, 31, 8, 0),  # noqa: DTZ001 - wall clock
                (
                    Window(("sat", "holiday"), *2 * (SUMMER.time(),)),
                    Window(("mon",), SUMMER.time(), NOW.time().replace(microsecond=0)),
                ),
            ),
            Rotation(
                "Ambulance",
                1,
                datetime(2026, 1, 5, 8, 0),  # noqa: DTZ001 - wall clock
                Step(1, "week"),
                ("Alice",),
            ),
        ),
        overrides=(
            Override("Taxi", 2, SUMMER, SUMMER + timedelta(hours=7), out="Alice"),
            Override(
                "Ambulance",
                1,
                datetime(2026, 3, 14, 18, 0),  # noqa: DTZ001 - wall clock
                datetime(2026, 3, 15, 8, 0),  # noqa: DTZ001 - wall clock
                out="Alice",
                in_="Bruno",
            ),
        ),
        opening_hours=(
            OpeningHours("Ambulance", ("mon", "tue"), SUMMER.time(), SUMMER.time(), "+33388112233"),
        ),
        health=Health(weekly_sms=False, credit_code="#123#", credit_pattern="{amount} EUR"),
        retention=Retention(sms_text_days=14, audit_months=24),
        voice=VoiceRules(rings=0, voicemail=False, emergency="Le 15 ou le 112."),
        greetings=GREETINGS,
        contacts=(
            Contact("+33388000001", "Mme Leroy", "EHPAD"), Contact("+33388000000", "Dr Émile 🚑"),
        ),
    )


@pytest.fixture
def rotas(database: Database) -> RotaStore:
    return RotaStore(database)


def dump(database: Database) -> list[str]:
    return list(database.connection.iterdump())


def test_before_the_first_site_file(rotas: RotaStore) -> None:
    assert rotas.load_rota() is None
    assert rotas.version() == 0


def test_everything_in_its_order(rotas: RotaStore) -> None:
    assert rotas.replace_rota(sample(), "import", NOW)
    assert rotas.load_rota() == sample()


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.stem)
def test_each_sample_site_and_its_export(
    rotas: RotaStore, database: Database, site: Path
) -> None:
    rota = read_site_file(site.read_text(encoding="utf-8"))
    assert rotas.replace_rota(rota, "import", NOW)
    loaded = rotas.load_rota()
    assert loaded == rota
    before = dump(database)
    exported = read_site_file(write_site_file(loaded))
    assert not rotas.replace_rota(exported, "import", NOW + timedelta(days=1))
    assert dump(database) == before


def test_the_same_again_leaves_no_trace(rotas: RotaStore, database: Database) -> None:
    rotas.replace_rota(sample(), "import", NOW)
    before, version = dump(database), rotas.version()
    assert not rotas.replace_rota(sample(), "somebody else", NOW + timedelta(days=1))
    assert dump(database) == before
    assert rotas.version() == version


def test_each_edit_is_told_and_counted(rotas: RotaStore, database: Database) -> None:
    rotas.replace_rota(sample(), "import", NOW)
    changed = dataclasses.replace(
        sample(),
        services=tuple(reversed(sample().services)),
        overrides=sample().overrides[:1],
    )
    assert rotas.replace_rota(changed, "Zoé Martin", NOW)
    assert rotas.load_rota() == changed
    assert rotas.version() == 2
    first, second = (stored.entry for stored in journal.entries(database))
    assert (first.kind, first.outcome, first.person) == (JournalKind.EDIT, "loaded", "import")
    assert (second.kind, second.outcome, second.person) == (
        JournalKind.EDIT,
        "changed",
        "Zoé Martin",
    )
    assert second.detail == {
        "rota": 2,
        "changed": ["services", "overrides"],
        "sentence": rota_history.REPLACED,
        "values": {},
    }


@pytest.mark.parametrize(
    "broken",
    [
        {"people": sample().people[:2]},
        {"services": sample().services[:1]},
        {"people": sample().people[:1] * 2},
        {"services": sample().services[:1] * 2},
    ],
)
def test_a_rota_that_does_not_hold_together_is_refused(
    rotas: RotaStore, database: Database, broken: dict[str, object]
) -> None:
    rotas.replace_rota(sample(), "import", NOW)
    before = dump(database)
    wrong = dataclasses.replace(sample(), **broken)  # type: ignore[arg-type]
    with pytest.raises(RefusedRow, match="constraint"):
        rotas.replace_rota(wrong, "Alice", NOW)
    assert dump(database) == before


def test_two_administrators_do_not_undo_one_another(rotas: RotaStore) -> None:
    rotas.replace_rota(sample(), "import", NOW)
    seen = rotas.version()
    first = dataclasses.replace(sample(), overrides=())
    second = dataclasses.replace(sample(), opening_hours=())
    assert rotas.replace_rota(first, "Alice", NOW, expected_version=seen)
    with pytest.raises(Conflict):
        rotas.replace_rota(second, "Bruno", NOW, expected_version=seen)
    assert rotas.load_rota() == first
    assert rotas.replace_rota(second, "Bruno", NOW, expected_version=seen + 1)


def test_who_entered_an_override_outlives_other_edits(
    rotas: RotaStore, database: Database
) -> None:
    rotas.replace_rota(sample(), "import", NOW)
    later = NOW + timedelta(days=1)
    until = SUMMER + timedelta(hours=1)
    relay = RotaOverride("Taxi", 2, SUMMER, until, None, "Bruno", later, "SMS")
    RowStore(database).record([relay])
    loaded = rotas.load_rota()
    assert loaded is not None
    edited = dataclasses.replace(
        loaded,
        overrides=(loaded.overrides[2], loaded.overrides[0], loaded.overrides[0]),
    )
    rotas.replace_rota(edited, "Zoé Martin", later + timedelta(days=1))
    found = database.connection.execute(
        "SELECT entered_by, substr(entered_at, 1, 10) FROM override ORDER BY position"
    ).fetchall()
    assert found == [("SMS", "2026-03-30"), ("import", "2026-03-29"), ("Zoé Martin", "2026-03-31")]
    assert rotas.load_rota() == edited
