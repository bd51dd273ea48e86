"""Proved numbers and secret links: who vouches, what survives an edit, what a link opens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from firmware.rota import Person, Rota, Site
from firmware.store.database import Database
from firmware.store.people_store import SECRET_BYTES, PeopleStore
from firmware.store.rota_store import RotaStore
from tests.store.samples import NOW

ALICE = Person("Alice", "+33601020304", other_numbers=("+33701020304",))
BRUNO = Person("Bruno", "+33601020305")
ROTA = Rota(Site("Dupont"), (ALICE, BRUNO))


@pytest.fixture
def people(database: Database) -> PeopleStore:
    RotaStore(database).replace_rota(ROTA, "root", NOW, vouched=True)
    return PeopleStore(database)


def test_an_import_vouches_for_every_number_and_an_edit_for_none(
    database: Database, people: PeopleStore
) -> None:
    found = people.verified()
    assert set(found) == {*ALICE.numbers, BRUNO.mobile}
    assert {(each.how, each.by) for each in found.values()} == {("import", "root")}
    chloe = Person("Chloé", "+33601020306")
    edited = replace(ROTA, people=(*ROTA.people, chloe))
    RotaStore(database).replace_rota(edited, "Zoé", NOW)
    assert chloe.mobile not in people.verified()
    # an import that changes something else does not vouch for what the page let in
    RotaStore(database).replace_rota(replace(edited, site=Site("D")), "root", NOW, vouched=True)
    assert chloe.mobile not in people.verified()


def test_a_link_opens_one_page_and_a_new_one_ends_it(people: PeopleStore) -> None:
    first = people.new_link("Alice", "Zoé", NOW)
    assert len(first) == SECRET_BYTES * 4 // 3
    assert people.open_link(first, NOW) == "Alice"
    second = people.new_link("Alice", "Zoé", NOW)
    assert people.open_link(first, NOW) is None
    assert people.open_link(second, NOW) == "Alice"
    people.revoke_link("Alice")
    assert people.open_link(second, NOW) is None
    assert people.link_of("Alice") is None


def test_the_secret_is_nowhere_in_the_store(database: Database, people: PeopleStore) -> None:
    secret = people.new_link("Alice", "Zoé", NOW)
    people.open_link(secret, NOW)
    assert all(secret not in line for line in database.connection.iterdump())


def test_a_link_tells_the_day_it_was_used_on(people: PeopleStore) -> None:
    secret = people.new_link("Bruno", "Zoé", NOW)
    people.open_link(secret, NOW)
    people.open_link(secret, NOW + timedelta(minutes=1))
    link = people.link_of("Bruno")
    assert link is not None
    assert link.used_at == NOW


def test_a_link_follows_a_new_name_and_ends_with_the_person(
    database: Database, people: PeopleStore
) -> None:
    alice = people.new_link("Alice", "Zoé", NOW)
    bruno = people.new_link("Bruno", "Zoé", NOW)
    married = replace(ROTA, people=(replace(ALICE, name="Alice Petit"), BRUNO))
    RotaStore(database).replace_rota(married, "Zoé", NOW)
    assert people.open_link(alice, NOW) == "Alice Petit"
    RotaStore(database).replace_rota(replace(ROTA, people=(ALICE,)), "Zoé", NOW)
    assert people.open_link(bruno, NOW) is None
    # somebody new under the old name does not inherit the page
    RotaStore(database).replace_rota(ROTA, "Zoé", NOW)
    assert people.open_link(bruno, NOW) is None
