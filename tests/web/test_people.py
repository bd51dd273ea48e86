"""The staff on the page: numbers proved, absences with their effect, nobody lost by a mistake."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from firmware.rota import Rota
from firmware.rota.site_file import read_site_file
from tests.web.house import ALICE, BRUNO, NOW, SITE, House
from tests.web.visitor import Visitor, words_of
from web import create_app
from web.box import EXTENSION, Box

ZOE = "+33699887766"
NEW, ALICES, BRUNOS = "/people/new", "/people/person?name=Alice+Martin", (
    "/people/person?name=Bruno+Petit"
)


@pytest.fixture
def app(house: House) -> Flask:
    house.wake()
    return create_app(house.data_dir, clock=house.clock)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


def rota_of(visitor: Visitor) -> Rota:
    with visitor.client.application.app_context():
        found: Box = visitor.client.application.extensions[EXTENSION]
        rota = found.rota()
    assert rota is not None
    return rota


def send(visitor: Visitor, path: str, page: str, **values: str) -> TestResponse:
    """Press a button of ``page`` as it stands: with the version that it shows."""
    html = visitor.get(page).text
    version = re.search(r'name="version" value="(\d+)"', html)
    assert version is not None
    return visitor.press(path, page, **{"version": version[1], **values})


def add(visitor: Visitor, name: str = "Zoé Neuve", mobile: str = "06 99 88 77 66") -> TestResponse:
    return send(visitor, NEW, NEW, person_name=name, mobile=mobile, role="staff")


def test_added_proved_by_code_and_only_then_put_on_duty(house: House, visitor: Visitor) -> None:
    answer = add(visitor)
    assert answer.status_code == 303
    page = answer.headers["Location"]
    assert "non vérifié" in visitor.read(page)
    put_on_duty = "/people/number/code"
    assert send(visitor, put_on_duty, page, name="Zoé Neuve", number=ZOE).status_code == 303
    (wish,) = house.wishes()
    assert (wish["mobile"], wish["by"]) == (ZOE, "Sophie Admin")
    assert re.fullmatch("[0-9]{6}", wish["code"])
    wrong = f"{(int(wish['code']) + 1) % 10**6:06d}"
    verify = "/people/number/verify"
    answer = send(visitor, verify, page, name="Zoé Neuve", number=ZOE, code=wrong)
    assert answer.status_code == 422
    assert "Ce code est faux" in words_of(answer.text)
    spoken = f"{wish['code'][:3]} {wish['code'][3:]}"
    answer = send(visitor, verify, page, name="Zoé Neuve", number=ZOE, code=spoken)
    assert answer.status_code == 303
    assert "vérifié par code" in visitor.read(page)
    answer = send(visitor, verify, page, name="Zoé Neuve", number=ZOE, code=wish["code"])
    assert answer.status_code == 422, "a code works once"


def test_a_code_dies_after_a_quarter_of_an_hour(house: House, visitor: Visitor) -> None:
    page = add(visitor).headers["Location"]
    send(visitor, "/people/number/code", page, name="Zoé Neuve", number=ZOE)
    (wish,) = house.wishes()
    house.now += timedelta(minutes=15)
    answer = send(
        visitor, "/people/number/verify", page, name="Zoé Neuve", number=ZOE, code=wish["code"]
    )
    assert answer.status_code == 422


def test_codes_to_one_number_are_throttled(house: House, visitor: Visitor) -> None:
    page = add(visitor).headers["Location"]
    codes = [
        send(visitor, "/people/number/code", page, name="Zoé Neuve", number=ZOE).status_code
        for _ in range(4)
    ]
    assert codes == [303, 303, 303, 429]
    assert len(house.wishes()) == 3


@pytest.mark.parametrize(
    ("name", "mobile", "told"),
    [
        ("", "06 99 88 77 66", "Ce champ"),
        ("Zoé", "", "Ce champ"),
        ("Zoé", "06 99", "7 à 15 chiffres"),
        ("Zoé", "0899 70 12 34", "surtaxé"),
        ("Zoé", "15", "0 ou"),
        ("Zoé", "+1 212 555 0100", "pays"),
        ("Zoé", "06 01 02 03 04", "déjà le numéro de Alice Martin"),
        ("Zoé", "06 99 88 77 6O", "chiffre"),
        ("alice  MARTIN", "06 99 88 77 66", "déjà"),
        ("x" * 81, "06 99 88 77 66", "80"),
        ("\u202eZoé", "06 99 88 77 66", ""),
    ],
)
def test_what_cannot_be_taken_is_told_beside_its_field_and_kept(
    visitor: Visitor, name: str, mobile: str, told: str
) -> None:
    before = rota_of(visitor)
    answer = add(visitor, name, mobile)
    if name.startswith("\u202e"):  # a control that turns the writing is taken off, not obeyed
        assert answer.status_code == 303
        assert rota_of(visitor).people[-1].name == "Zoé"
        return
    assert answer.status_code == 422
    assert told in words_of(answer.text)
    assert 'class="wrong"' in answer.text
    kept = unescape(answer.text)
    assert f'value="{" ".join(name.split())}"' in kept
    assert f'value="{mobile}"' in kept
    assert rota_of(visitor) == before


def test_names_in_any_script_are_taken_as_they_are(visitor: Visitor) -> None:
    for number, name in enumerate(("Zoé 🚑", "محمد علي", "Łukasz Ÿ")):
        assert add(visitor, name, f"06 99 88 77 0{number}").status_code == 303
    assert [each.name for each in rota_of(visitor).people[-3:]] == [
        "Zoé 🚑", "محمد علي", "Łukasz Ÿ",
    ]  # fmt: skip


def test_a_new_mobile_is_proved_before_it_becomes_the_first(
    house: House, visitor: Visitor
) -> None:
    first, number = "/people/number/first", "/people/number/add"
    taken = send(visitor, number, ALICES, name="Alice Martin", number="06 05 06 07 08")
    assert "Bruno Petit" in words_of(taken.text)
    assert send(visitor, number, ALICES, name="Alice Martin", number=ZOE).status_code == 303
    answer = send(visitor, first, ALICES, name="Alice Martin", number=ZOE)
    assert answer.status_code == 422
    assert "vérifiez ce numéro avant" in words_of(answer.text)
    send(visitor, "/people/number/code", ALICES, name="Alice Martin", number=ZOE)
    code = house.wishes()[0]["code"]
    send(visitor, "/people/number/verify", ALICES, name="Alice Martin", number=ZOE, code=code)
    assert send(visitor, first, ALICES, name="Alice Martin", number=ZOE).status_code == 303
    assert rota_of(visitor).people[0].numbers == (ZOE, ALICE)
    gone = send(visitor, "/people/number/remove", ALICES, name="Alice Martin", number=ALICE)
    assert gone.status_code == 303
    last = send(visitor, "/people/number/remove", ALICES, name="Alice Martin", number=ZOE)
    assert "dernier numéro" in words_of(last.text)
    assert rota_of(visitor).people[0].numbers == (ZOE,)


def test_a_new_name_is_followed_everywhere(visitor: Visitor) -> None:
    answer = send(
        visitor, "/people/person", BRUNOS, name="Bruno Petit", person_name="Bruno Grand",
        role="staff",
    )  # fmt: skip
    assert answer.status_code == 303
    rota = rota_of(visitor)
    assert rota == read_site_file(SITE.replace("Bruno Petit", "Bruno Grand"))


def test_nobody_who_is_needed_can_be_taken_out(visitor: Visitor) -> None:
    before, remove = rota_of(visitor), "/people/remove"
    on_duty = send(visitor, remove, ALICES, name="Alice Martin")
    assert "est de garde en ce moment" in words_of(on_duty.text)
    chloe = "/people/person?name=Chlo%C3%A9+Durand-Lef%C3%A8vre"
    planned = send(visitor, remove, chloe, name="Chloé Durand-Lefèvre")
    assert "encore dans le planning de Ambulance" in words_of(planned.text)
    demoted = send(
        visitor, "/people/person", ALICES, name="Alice Martin", person_name="Alice Martin",
        role="staff",
    )  # fmt: skip
    assert "les alarmes n’atteindraient plus personne" in words_of(demoted.text)
    assert rota_of(visitor) == before


def test_whom_the_past_names_stays_in_it_and_is_known_no_more(
    house: House, visitor: Visitor
) -> None:
    ended = SITE.replace('people = ["Bruno Petit", "Alice Martin"]', 'people = ["Alice Martin"]')
    ended = ended.replace(
        'people = ["Alice Martin", "Bruno Petit", "Chloé Durand-Lefèvre"]',
        'people = ["Bruno Petit"]\nend = "2026-11-20T08:00"',
    ).replace('"Bruno Petit", "Chloé Durand-Lefèvre", "Alice Martin"', '"Alice Martin"')
    house.load(ended)
    assert send(visitor, "/people/remove", BRUNOS, name="Bruno Petit").status_code == 303
    rota = rota_of(visitor)
    assert rota.person("Bruno Petit").former
    assert rota.person_with(BRUNO) is None
    assert "Bruno Petit" in visitor.read("/people").split("Anciens")[1]
    # The number is free again, the name is not
    assert add(visitor, "Bruno Petit", "06 99 88 77 01").status_code == 422
    assert add(visitor, "Yves Neuf", "06 05 06 07 08").status_code == 303


def test_two_administrators_at_once(visitor: Visitor) -> None:
    version = re.search(r'name="version" value="(\d+)"', visitor.get(NEW).text)
    assert version is not None
    assert add(visitor).status_code == 303
    late = visitor.press(
        NEW, NEW, version=version[1], person_name="Yves", mobile="06 99 88 77 01", role="staff"
    )
    assert late.status_code == 422
    said = words_of(late.text)
    assert "le planning a changé" in said
    assert "Sophie Admin : Zoé Neuve ajouté(e)" in said
    assert 'value="Yves"' in late.text
    again = re.search(r'name="version" value="(\d+)"', late.text)
    assert again is not None
    assert visitor.press(
        NEW, NEW, version=again[1], person_name="Yves", mobile="06 99 88 77 01", role="staff"
    ).status_code == 303  # fmt: skip


ABSENCE = {"name": "Alice Martin", "start": "2026-12-14T08:00", "end": "2026-12-21T08:00"}


def test_an_absence_shows_its_gaps_before_it_is_entered(visitor: Visitor) -> None:
    before = rota_of(visitor)
    shown = send(visitor, "/people/absence", ALICES, **ABSENCE)
    assert shown.status_code == 200
    said = words_of(shown.text)
    gap = "lundi 14 décembre 08:00 – lundi 21 décembre 08:00"
    assert f"trou, personne n’est de garde : {gap}" in said
    assert "gardes de Alice Martin tombent" in said
    assert rota_of(visitor) == before
    assert send(visitor, "/people/absence", ALICES, **ABSENCE, sure="yes").status_code == 303
    new = rota_of(visitor).overrides[len(before.overrides) :]
    assert [(each.service, each.level, each.out, each.in_) for each in new] == [
        ("Ambulance", 1, "Alice Martin", None),
        ("Ambulance", 2, "Alice Martin", None),
        ("Taxi conventionné", 1, "Alice Martin", None),
    ]
    page = visitor.read(ALICES)
    assert "lundi 14 décembre 08:00 – lundi 21 décembre 08:00" in page


def test_an_absence_taken_back_and_one_that_has_begun(house: House, visitor: Visitor) -> None:
    before = rota_of(visitor)
    send(visitor, "/people/absence", ALICES, **ABSENCE, sure="yes")
    written = {"name": "Alice Martin", "start": "2026-12-14T08:00:00", "end": "2026-12-21T08:00:00"}
    assert send(visitor, "/people/absence/end", ALICES, **written).status_code == 303
    assert rota_of(visitor) == before
    send(visitor, "/people/absence", ALICES, **ABSENCE, sure="yes")
    house.now = NOW + timedelta(days=22)
    visitor = Visitor(create_app(house.data_dir, clock=house.clock))  # signed in anew
    assert "absent(e) jusqu’au" in visitor.read("/people")
    assert send(visitor, "/people/absence/end", ALICES, **written).status_code == 303
    ends = {each.end.isoformat() for each in rota_of(visitor).overrides[len(before.overrides) :]}
    assert ends == {"2026-12-16T19:30:00"}, "the days that were are not rewritten"


def test_the_leave_of_who_takes_no_turns_is_known_to_whoever_looks_for_somebody(
    visitor: Visitor,
) -> None:
    add(visitor, "Zoé Neuve", "06 99 88 77 00")
    page = "/people/person?name=Zoé+Neuve"
    leave = {**ABSENCE, "name": "Zoé Neuve", "sure": "yes"}
    assert send(visitor, "/people/absence", page, **leave).status_code == 303
    assert "lundi 14 décembre 08:00 – lundi 21 décembre 08:00" in visitor.read(page)
    gap = "service=Ambulance&level=1&start=2026-12-15T08:00&end=2026-12-16T08:00&out=Alice+Martin"
    assert "Absents à ce moment-là : Zoé Neuve" in visitor.read(f"/rota/change?{gap}")


def test_somebody_is_ill_from_now_on(house: House, visitor: Visitor) -> None:
    """The effect is read, and somebody rung: minutes, in which "now" has passed."""
    made = re.search(r'name="made" value="([^"]*)"', visitor.get(ALICES).text)
    assert made is not None
    ill = {"name": "Alice Martin", "start": "2026-11-24T19:30", "end": "2026-11-27T08:00"}
    for minutes, sure in ((5, {}), (5, {"sure": "yes"})):
        house.now += timedelta(minutes=minutes)
        answer = send(visitor, "/people/absence", ALICES, **ill, made=made[1], **sure)
        assert answer.status_code == (303 if sure else 200), words_of(answer.text)
    assert {each.start.isoformat() for each in rota_of(visitor).overrides[2:]} == {
        "2026-11-24T19:40:00"
    }
    late = {**ill, "start": "2026-11-24T19:40"}
    house.now += timedelta(hours=1)
    visitor = Visitor(create_app(house.data_dir, clock=house.clock))  # signed in anew
    answer = send(visitor, "/people/absence", ALICES, **late, made=late["start"], sure="yes")
    assert answer.status_code == 422, "another effect than the one that was shown"


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("2026-12-21T08:00Z", "2026-12-14T08:00", "La fin doit"),
        ("2026-12-21T08:00", "2026-12-14T08:00", "La fin doit"),
        ("2026-11-20T08:00", "2026-12-14T08:00", "passé"),
        ("2026-12-14T08:00", "2028-12-14T08:00", "Un an au plus"),
        ("14/12/2026", "2026-12-21T08:00", "une date et une heure"),
        ("", "2026-12-21T08:00", "Ce champ"),
    ],
)
def test_an_absence_that_cannot_be(visitor: Visitor, start: str, end: str, told: str) -> None:
    before = rota_of(visitor)
    for sure in ({}, {"sure": "yes"}):
        answer = send(
            visitor, "/people/absence", ALICES, name="Alice Martin", start=start, end=end, **sure
        )
        assert answer.status_code == 422
        assert told in words_of(answer.text)
        assert f'value="{start}"' in answer.text
    assert rota_of(visitor) == before


@settings(
    max_examples=20, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(name=st.text(max_size=90), mobile=st.text(max_size=20) | st.from_regex(r"\+?[0-9 ]{2,16}"))
def test_any_text_is_saved_or_told(app: Flask, name: str, mobile: str) -> None:
    """Never a mistake of ours, and never a half."""
    visitor = Visitor(app)
    before = len(rota_of(visitor).people)
    name, mobile = (_sendable(text) for text in (name, mobile))
    answer = add(visitor, name, mobile)
    assert answer.status_code in (303, 422)
    assert len(rota_of(visitor).people) == before + (answer.status_code == 303)


def _sendable(text: str) -> str:
    """What a browser can send: UTF-8 holds no half of a surrogate pair."""
    return text.encode("utf-8", "replace").decode()
