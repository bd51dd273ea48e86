"""PINs for the telephone."""

from __future__ import annotations

import pytest

from firmware.rota import Person, Rota, Site
from firmware.store.database import Database
from firmware.store.pin_store import PinStore, WeakPin
from firmware.store.rota_store import RotaStore
from tests.store.samples import NOW

PIN = "47112095"   # four digits are in a hash by chance now and then


def test_a_pin_is_that_person_s_alone_and_does_not_lie_in_the_file(database: Database) -> None:
    pins = PinStore(database)
    pins.set("Alice", "4711 2095", "Alice", NOW)
    pins.set("Bruno", "8152", "Zoé", NOW)
    assert pins.verify("Alice", PIN)
    assert not pins.verify("Alice", "8152")
    assert not pins.verify("Nobody", PIN)
    assert not any(PIN in line for line in database.connection.iterdump())
    pins.remove("Alice")
    assert not pins.verify("Alice", PIN)
    assert pins.verify("Bruno", "8152")


@pytest.mark.parametrize("pin", ["", "123", "123456789", "0000", "1234", "98765", "12a4", "٤٧١١"])
def test_what_anybody_would_try_first_is_refused(database: Database, pin: str) -> None:
    with pytest.raises(WeakPin):
        PinStore(database).set("Alice", pin, "Alice", NOW)
    assert PinStore(database).of("Alice") is None


def test_a_pin_goes_with_the_name_and_ends_with_the_person(database: Database) -> None:
    pins, rotas = PinStore(database), RotaStore(database)
    alice, bruno = Person("Alice", "+33601020304"), Person("Bruno", "+33601020305")
    rotas.replace_rota(Rota(Site("S"), (alice, bruno)), "import", NOW)
    for name in ("Alice", "Bruno"):
        pins.set(name, "4711", name, NOW)
    married = Person("Alice Martin", alice.mobile)
    rotas.replace_rota(Rota(Site("S"), (married,)), "Alice", NOW)
    assert pins.verify("Alice Martin", "4711")
    assert pins.of("Alice") is None
    assert pins.of("Bruno") is None
