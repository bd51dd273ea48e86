"""Rotations edited as sentences, the balance, and the month on paper."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from firmware.record import Intervention
from firmware.rota import on_duty
from firmware.rota.past import rewrites_the_past
from firmware.store.account_values import Role
from tests.web.house import House
from tests.web.test_duty import names_at, rota_of
from tests.web.visitor import Visitor, words_of
from web import create_app

WEEKLY = {
    "service": "Ambulance",
    "level": "1",
    "start": "2026-11-30T08:00",
    "count": "1",
    "unit": "week",
    "duty_type": "astreinte",
    "end": "",
    "version": "1",
}
PEOPLE = ["Chloé Durand-Lefèvre", "Bruno Petit"]


def send(
    visitor: Visitor,
    act: str,
    people: list[str] | None = None,
    path: str = "/rota/rules/0",
    more: dict[str, str | list[str]] | None = None,
) -> TestResponse:
    action, _, at = act.partition("-")
    token = visitor.token("/account")
    form: MultiDict[str, str] = MultiDict({**WEEKLY, action: at or "1", "csrf_token": token})
    for name in PEOPLE if people is None else people:
        form.add("person", name)
    for key, value in (more or {}).items():
        form.setlist(key, value if isinstance(value, list) else [value])
    return visitor.client.post(path, data=form, headers={"Origin": "http://localhost"})


def order_in(answer: TestResponse) -> list[str]:
    return re.findall(r'name="person" value="([^"]*)"', answer.text)


def test_rotations_are_sentences(visitor: Visitor) -> None:
    text = visitor.read("/rota/rules")
    assert (
        "chaque semaine à partir du lundi 2 novembre 08:00, dans cet ordre : Alice Martin,"
        " Bruno Petit, Chloé Durand-Lefèvre" in text
    )
    english = visitor.read("/rota/rules?lang=en")
    assert "each day from Monday 2 November 08:00, in this order: Bruno Petit" in english


def test_the_form_begins_at_the_next_handover_with_the_next_in_line(visitor: Visitor) -> None:
    page = visitor.get("/rota/rules/0")
    assert 'value="2026-11-30T08:00"' in page.text
    assert order_in(page) == ["Bruno Petit", "Chloé Durand-Lefèvre", "Alice Martin"]


def test_people_are_moved_added_and_taken_out_before_anything_is_saved(visitor: Visitor) -> None:
    assert order_in(send(visitor, "down-0")) == PEOPLE[::-1]
    assert order_in(send(visitor, "up-1")) == PEOPLE[::-1]
    assert order_in(send(visitor, "up-0")) == PEOPLE
    assert order_in(send(visitor, "leave-0")) == PEOPLE[1:]
    joined = send(visitor, "join", more={"joins": "Alice Martin"})
    assert order_in(joined) == [*PEOPLE, "Alice Martin"]
    assert "days-0" in send(visitor, "widen").text
    assert len(visitor.box.versions()) == 1


def test_the_effect_comes_first_and_the_past_stays(visitor: Visitor) -> None:
    looked = send(visitor, "look")
    assert "Voici l’effet" in looked.text
    assert "SMS à :" in words_of(looked.text)
    assert len(visitor.box.versions()) == 1
    assert send(visitor, "save").status_code == 303
    first, second = rota_of(visitor).rotations[:2]
    assert (first.end, second.start) == (datetime(2026, 11, 30, 8),) * 2  # noqa: DTZ001
    assert names_at(visitor, datetime(2026, 11, 29, 12, tzinfo=UTC)) == ["Alice Martin"]
    assert names_at(visitor, datetime(2026, 12, 1, 12, tzinfo=UTC)) == [PEOPLE[0]]
    assert "Tour de garde Ambulance" in visitor.read("/rota/history")
    assert "1 tour de garde terminé" not in visitor.read("/rota/rules")


def test_hours_by_days(visitor: Visitor) -> None:
    hours: dict[str, str | list[str]] = {
        "days-0": ["mon", "tue", "wed", "thu", "fri"], "from-0": "18:00", "to-0": "08:00",
        "days-1": ["sat", "sun", "holiday"], "from-1": "08:00", "to-1": "08:00",
    }  # fmt: skip
    assert send(visitor, "save", more=hours).status_code == 303
    text = visitor.read("/rota/rules")
    assert "lundi au vendredi, 18:00 – 08:00" in text
    assert "samedi, dimanche, jours fériés, 24 heures à partir de 08:00" in text
    assert names_at(visitor, datetime(2026, 12, 1, 12, tzinfo=UTC)) == []


def test_a_second_rotation_of_the_level_is_told_unless_it_is_meant(visitor: Visitor) -> None:
    new = "/rota/rules/new"
    refused = send(visitor, "save", path=new)
    assert refused.status_code == 422
    assert "Un autre tour de ce niveau prévoit déjà quelqu’un" in refused.text
    assert order_in(refused) == PEOPLE
    assert len(visitor.box.versions()) == 1
    assert send(visitor, "save", path=new, more={"together": "on"}).status_code == 303
    assert len(names_at(visitor, datetime(2026, 12, 1, 12, tzinfo=UTC))) == 2
    assert send(visitor, "save", path=new, more={"level": "3", "version": "2"}).status_code == 303


@pytest.mark.parametrize(
    ("changes", "beside", "words"),
    [
        ({"start": "2026-11-24T19:29"}, "start", "C’est passé."),
        ({"start": ""}, "start", "Indiquez une date"),
        ({"count": "0"}, "every", "un nombre de 1 à"),
        ({"count": "x"}, "every", "un nombre d’heures"),
        ({"unit": "century"}, "every", "un nombre d’heures"),
        ({"level": "0"}, "level", "de 1 à 99"),
        ({"end": "2026-11-30T08:00"}, "end", "La fin doit venir après"),
        ({"end": "2026-11-29T08:00"}, "end", "La fin doit venir après"),
        ({"people": []}, "people", "au moins une personne"),
        ({"people": ["Zoé"]}, "people", "Zoé"),
        ({"service": "Soins"}, "service", "Soins"),
        ({"from-0": "18:00", "to-0": "08:00"}, "window-0", "au moins un jour"),
        ({"days-0": ["mon"], "from-0": "25:00", "to-0": "08:00"}, "window-0", "Indiquez une heure"),
        ({"days-0": ["mon", "holiday", "not-holiday"], "from-0": "18:00", "to-0": "08:00"},
         "window-0", "à la fois inclus et exclus"),
    ],
)  # fmt: skip
def test_bad_input_gets_a_sentence_beside_its_field(
    visitor: Visitor, changes: dict[str, str | list[str]], beside: str, words: str
) -> None:
    people = changes.get("people", PEOPLE)
    assert isinstance(people, list)
    more = {key: value for key, value in changes.items() if key != "people"}
    answer = send(visitor, "save", people, more=more)
    assert answer.status_code in (409, 422)
    assert re.search(rf'id="{beside}-wrong-1">.*?{re.escape(words)}', answer.text, re.DOTALL)
    assert len(visitor.box.versions()) == 1
    assert order_in(answer) == people


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.dictionaries(
        st.sampled_from(
            [*WEEKLY, "days-0", "from-0", "to-0", "days-1", "from-1", "together", "joins", "ends"]
        ),
        st.one_of(
            st.text(max_size=30),
            st.sampled_from([*WEEKLY.values(), "mon", "sun", "holiday", "08:00", "24:00"]),
        ),
    ),
    st.lists(st.one_of(st.text(max_size=20), st.sampled_from(PEOPLE)), max_size=4),
    st.sampled_from(["look", "save", "finish", "up-1", "leave-9", "narrow-0", "widen", "join"]),
)
def test_no_form_whatever_breaks_the_page_or_the_past(
    visitor: Visitor, more: dict[str, str], people: list[str], act: str
) -> None:
    before, version = rota_of(visitor), visitor.box.rota_with_version()[1]
    sent: dict[str, str | list[str]] = {"version": str(version), **more}
    assert send(visitor, act, people, more=sent).status_code in (200, 303, 409, 422)
    assert not rewrites_the_past(before, rota_of(visitor), visitor.box.clock())
    assert visitor.get("/rota").status_code == 200


def test_two_browsers_at_once(house: House) -> None:
    app = create_app(house.data_dir, clock=house.clock)
    first, second = Visitor(app), Visitor(app)
    assert send(first, "save").status_code == 303
    late = send(second, "save", PEOPLE[::-1])
    assert late.status_code in (409, 422)
    assert order_in(late) == PEOPLE[::-1]
    assert len(rota_of(first).rotations) == 4


def test_a_rotation_ends_when_it_is_told_to(visitor: Visitor) -> None:
    assert send(visitor, "finish", more={"ends": "2026-11-24T08:00"}).status_code == 422
    assert send(visitor, "finish", more={"ends": "soon"}).status_code == 422
    assert send(visitor, "finish", more={"ends": "2026-12-07T08:00"}).status_code == 303
    assert names_at(visitor, datetime(2026, 12, 6, 12, tzinfo=UTC)) == ["Bruno Petit"]
    assert names_at(visitor, datetime(2026, 12, 7, 12, tzinfo=UTC)) == []
    assert "Fin du tour de garde Ambulance" in visitor.read("/rota/history")
    assert visitor.get("/rota/rules/17").status_code == 404


def test_the_balance_of_a_month_and_a_quarter(visitor: Visitor) -> None:
    month = visitor.read("/rota/balance?month=2026-11")
    quarter = visitor.read("/rota/balance?month=2026-11&by=quarter")
    assert "Équilibre : novembre 2026" in month
    assert "octobre 2026 – décembre 2026" in quarter
    assert "Nuits" in month
    now = datetime(2026, 11, 11, 12, tzinfo=UTC)
    assert on_duty(rota_of(visitor), "Ambulance", now)[0].person.name == "Bruno Petit"
    row = month.split("Bruno Petit")[1].split("Chloé")[0]
    assert re.search(r"1 24 h", row)  # the armistice


def test_the_sheet_has_the_numbers_and_the_code_of_the_page(visitor: Visitor) -> None:
    page = visitor.get("/rota/print?month=2026-12&all=1")
    text = words_of(page.text)
    assert "Bruno Petit 06 05 06 07 08" in text
    assert "http://localhost/rota?service=Ambulance" in text
    assert "<svg" in page.text
    assert "style=" not in page.text  # the Content-Security-Policy would refuse it
    assert "15 ou 112" in text

def test_the_hours_of_a_month_with_its_interventions(house: House, visitor: Visitor) -> None:
    """What staff mark by DEBUT and FIN is what the monthly document is made of."""
    night = datetime(2026, 11, 23, 1, 10, tzinfo=UTC)
    house.record(
        Intervention(1, "Alice Martin", night, night + timedelta(hours=1, minutes=30)),
        Intervention(2, "Bruno Petit", night - timedelta(days=5)),
    )
    page = visitor.read("/rota/hours")
    assert "Heures : novembre 2026" in page
    assert "Jusqu’à maintenant, mardi 24 novembre 19:30 : le mois n’est pas fini." in page
    assert re.search(r"Alice Martin \d+ h( \d\d)? 1 \(1 h 30\) 1 h 30", page)
    assert "Interventions : Alice Martin lundi 23 novembre 02:10 – 03:40 · 1 h 30" in page
    assert "02:10, toujours en cours : aucun FIN n’est arrivé plus de 12 h : à vérifier" in page
    assert "Personne n’a été de garde ce mois-là." in visitor.read("/rota/hours?month=2027-02")
    assert "/rota/hours" in visitor.get("/rota").text
    staff = Visitor(visitor.client.application, Role.STAFF)
    assert staff.get("/rota/hours").status_code == 403
    assert "/rota/hours" not in staff.get("/rota").text
