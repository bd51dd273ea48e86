"""The demo's telephones, and their absence everywhere else."""

from __future__ import annotations

import pytest

from tests.web.house import ALICE, BOX_NUMBER, BRUNO, CALLER, CHLOE, STRANGER, House
from tests.web.telephones import Telephones
from tests.web.visitor import Visitor
from web import create_app


@pytest.fixture
def telephones() -> Telephones:
    return Telephones()


@pytest.fixture
def visitor(house: House, telephones: Telephones) -> Visitor:
    return Visitor(create_app(house.data_dir, phones=telephones, clock=house.clock))


def test_without_phones_there_is_no_demo(house: House) -> None:
    real = Visitor(create_app(house.data_dir, clock=house.clock))
    assert real.get("/demo").status_code == 404
    assert "/demo" not in real.get("/").text


def test_callers_and_staff_are_told_apart(visitor: Visitor) -> None:
    page = visitor.read("/demo")
    assert "Le numéro de garde est le 07 00 11 22 33" in page
    callers, staff = page.rsplit("Équipe", 1)
    assert "Mme Klein" in callers
    assert "06 39 98 00 02" in callers
    assert "Bruno Petit" in staff
    assert "Mme Klein" not in staff


@pytest.mark.parametrize(
    ("number", "action"),
    [
        (CALLER, "call"),
        (CALLER, "hangup"),
        (ALICE, "busy"),
        (ALICE, "unreachable"),
        (BRUNO, "available"),
    ],
)
def test_each_key_reaches_its_phone(
    visitor: Visitor, telephones: Telephones, number: str, action: str
) -> None:
    assert visitor.press(f"/demo/{number}/{action}", "/demo").status_code == 303
    assert telephones.taps == [(action, number)]


def test_a_phone_that_rings_shows_who_calls_and_is_answered(
    visitor: Visitor, telephones: Telephones
) -> None:
    telephones.ring(CHLOE, CALLER)
    assert "sonne Mme Klein" in visitor.read("/demo")
    visitor.press(f"/demo/{CHLOE}/answer", "/demo")
    assert "en ligne Mme Klein" in visitor.read("/demo")


def test_a_text_goes_out_as_it_was_written(visitor: Visitor, telephones: Telephones) -> None:
    visitor.press(f"/demo/{STRANGER}/sms", "/demo", text="  Bonjour 👋 <b>  ")
    assert telephones.taps == [("sms", STRANGER, "Bonjour 👋 <b>")]
    assert "Bonjour 👋 <b>" in visitor.read("/demo")


def test_received_texts_are_on_the_screen(visitor: Visitor, telephones: Telephones) -> None:
    telephones.receive(CHLOE, "Ambulance : SMS de 06 39 98 00 02. Réf 8F2.")
    assert "Ambulance : SMS de 06 39 98 00 02. Réf 8F2." in visitor.read("/demo")


def test_what_a_phone_cannot_do_is_said(visitor: Visitor) -> None:
    answer = visitor.press(f"/demo/{ALICE}/answer", "/demo")
    assert answer.status_code == 200
    assert "Le téléphone ne peut pas faire cela maintenant." in answer.text
    assert "nothing rings" in answer.text
    assert 'hx-get="/demo?seen=' in answer.text


@pytest.mark.parametrize(
    ("path", "text", "status"),
    [
        (f"/demo/{BOX_NUMBER}/call", "", 404),
        ("/demo/+33999999999/sms", "hello", 404),
        (f"/demo/{CALLER}/explode", "", 404),
        (f"/demo/{CALLER}/state", "", 404),
        (f"/demo/{CALLER}/sms", "   ", 400),
        (f"/demo/{CALLER}/sms", "x" * 1001, 400),
    ],
)
def test_nonsense_is_refused(
    visitor: Visitor, telephones: Telephones, path: str, text: str, status: int
) -> None:
    assert visitor.press(path, "/demo", text=text).status_code == status
    assert telephones.taps == []


def test_what_a_telephone_hears_and_its_keys(house: House) -> None:
    telephones = Telephones()
    visitor = Visitor(create_app(house.data_dir, phones=telephones, clock=house.clock))
    first = visitor.get(f"/demo/{CALLER}/sound?after=99999999999999")
    place = first.headers["X-Sound-End"]
    more = visitor.get(f"/demo/{CALLER}/sound?after={place}")
    assert len(more.data) == 2 * (int(more.headers["X-Sound-End"]) - int(place))
    for wrong in ("-1", "x", "9" * 15):
        assert visitor.get(f"/demo/{CALLER}/sound?after={wrong}").status_code == 400
    assert visitor.get("/demo/+33100000000/sound").status_code == 404
    assert visitor.press(f"/demo/{CALLER}/press", "/demo", key="#").status_code == 303
    assert visitor.press(f"/demo/{CALLER}/press", "/demo", key="12").status_code == 400
    assert telephones.taps == [("press", CALLER, "#")]
