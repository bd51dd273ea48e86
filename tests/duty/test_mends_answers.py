"""Whose answer is about which alert: the last one asked, a changed mobile, a take-over, a NON."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.record import RequestKind
from tests.simulation.sites import ADMIN, ALICE, BRUNO, CALLER, CHLOE, SAMPLE
from tests.simulation.world import World

pytestmark = pytest.mark.usefixtures("modem_family")

NEW = "+33612000000"
OTHER = "+33688770000"


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path, SAMPLE, start=datetime(2026, 3, 10, 9, 0, tzinfo=UTC))
    world.run(60)
    return world


def reference(text: str) -> str:
    found = re.search(r"[Rr]éf (\w{3})", text)
    assert found is not None, text
    return found[1]


def says(world: World, mobile: str, text: str) -> str:
    world.text(mobile, text)
    world.run(30)
    return world.texts(mobile)[-1]


def test_a_bare_ok_to_an_alert_that_another_has_taken_takes_no_older_one(world: World) -> None:
    world.text(CALLER, "hier soir")
    world.run(2400)
    old = reference(world.texts(BRUNO)[-1])
    assert "alert:1" in world.alarms()
    world.run(3600)
    world.text(OTHER, "ce matin")
    world.run(320)
    new = reference(world.texts(CHLOE)[-1])
    says(world, CHLOE, f"OK {new}")
    answer = says(world, BRUNO, "OK")
    assert f"{new} : déjà pris par Chloé Durand" in answer
    assert f"Attendent encore : {old}" in answer
    assert "alert:1" in world.alarms()


def test_a_bare_ok_is_for_no_question_that_has_not_left(world: World) -> None:
    """It was written before: whoever sent it has never heard of the second."""
    world.text(CALLER, "Un")
    world.run(30)
    asked = reference(world.texts(BRUNO)[-1])
    conditions = world.network.subscriber(world.number).conditions
    conditions.congested = True
    world.text(OTHER, "Deux")
    world.run(30)
    world.text(BRUNO, "OK")
    world.run(30)
    conditions.congested = False
    world.run(60)
    told = world.texts(BRUNO)
    assert any(f"Noté : réf {asked}" in text for text in told)
    assert any("Deux" in text for text in told)
    assert len(world.journal("ack")) == 1


def test_a_bare_ok_is_for_a_question_whose_sending_was_not_answered(world: World) -> None:
    world.network.subscriber(world.number).conditions.submit_answers_lost = 1
    world.text(CALLER, "Un")
    world.run(20)
    asked = reference(world.texts(BRUNO)[-1])
    world.text(BRUNO, "OK")
    world.run(120)
    assert any(f"Noté : réf {asked}" in text for text in world.texts(BRUNO))


def test_the_alarm_counts_as_asked_when_it_was_sent(world: World) -> None:
    world.text(CALLER, "hier soir")
    world.run(2400)
    alarm = world.texts(ADMIN)[-1]
    assert "personne n'a répondu" in alarm
    assert f"Noté : réf {reference(alarm)}" in says(world, ADMIN, "OK")


def test_the_same_ok_twice_takes_one_alert(world: World) -> None:
    world.text(CALLER, "Un")
    world.text(OTHER, "Deux")
    world.run(30)
    first = says(world, BRUNO, "OK")
    assert says(world, BRUNO, "OK") == first
    assert len(world.journal("ack")) == 1


def test_a_person_whose_mobile_was_changed_in_mid_alert_takes_it(world: World) -> None:
    world.text(CALLER, "Au secours")
    world.run(30)
    world.change_rota(SAMPLE.replace(BRUNO, NEW))
    world.run(5)
    world.phone(NEW)
    assert "Noté" in says(world, NEW, "OK")
    world.run(900)
    assert world.texts(CHLOE) == []
    assert not any("pris par" in text for text in world.texts(BRUNO))


def test_who_takes_the_duty_over_is_asked_before_the_next_level(world: World) -> None:
    world.text(CALLER, "Au secours")
    world.run(30)
    world.text(ALICE, "RELAIS")
    world.run(320)
    assert "Au secours" in world.texts(ALICE)[-1]
    assert world.texts(CHLOE) == []
    says(world, ALICE, "NON")
    assert "Au secours" in world.texts(CHLOE)[-1]


def test_a_non_when_nobody_is_left_does_not_promise_a_next_person(world: World) -> None:
    world.text(CALLER, "Au secours")
    world.run(30)
    assert "passe à la personne suivante" in says(world, BRUNO, "NON")
    last = says(world, CHLOE, "NON")
    assert "reste ouverte, les administrateurs sont alertés" in last
    assert "reste ouverte" in says(world, BRUNO, "NON")


def test_an_offer_put_aside_on_the_page_is_told_to_the_giver(world: World) -> None:
    says(world, BRUNO, "RELAIS Alice")
    wish = {"alert": "1", "by": "page"}
    world.page.ask(RequestKind.TAKE_CARE, wish, by="page", at=world.moment.utc)
    world.page_wishes()
    world.run(60)
    assert world.texts(BRUNO)[-1] == "Alice Martin n'a pas répondu. Vous restez de garde."
    assert "déjà pris par page" in says(world, ALICE, "OK")
