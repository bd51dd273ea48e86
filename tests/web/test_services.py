"""Services, their words and their contacts on the page."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from firmware.alphabet.gsm import segments
from firmware.rota import AlertTexts, Contact, OpeningHours, Rota, Service
from firmware.rota.grammar import GrammarFault, parse_clock, parse_name
from firmware.rota.sms_texts import TEXT_KINDS
from tests.web.house import CALLER, SITE, House
from tests.web.visitor import Visitor, words_of
from web import create_app
from web.box import EXTENSION, Box
from web.services import preview
from web.services.contact_list import decoded, read_list, written
from web.services.contacts import LIST_MAX

PAGE, CONTACTS, LIST = "/services/service?name=Ambulance", "/services/contacts", (
    "/services/contacts/list"
)


@pytest.fixture
def app(house: House) -> Flask:
    return create_app(house.data_dir, clock=house.clock)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


def rota_of(visitor: Visitor) -> Rota:
    found: Box = visitor.client.application.extensions[EXTENSION]
    with visitor.client.application.app_context():
        rota = found.rota()
    assert rota is not None
    return rota


def send(visitor: Visitor, path: str, page: str, **values: str) -> TestResponse:
    version = re.search(r'name="version" value="(\d+)"', visitor.get(page).text)
    assert version is not None
    return visitor.press(path, page, **{"version": version[1], **values})


# Services

SETTINGS = {
    "name": "Ambulance", "service_name": "Ambulance", "mode": "divert", "minutes": "5",
    "confirm_divert": "y",
}  # fmt: skip


def test_the_escalation_is_told_in_its_order(visitor: Visitor) -> None:
    said = visitor.read(PAGE)
    steps = [said.index(each) for each in ("Niveau 1", "Niveau 2", "Encore deux fois", "Alarme")]
    assert steps == sorted(steps)
    assert "sans réponse en 5 minutes" in said


def test_saved_as_it_is_nothing_changes(visitor: Visitor) -> None:
    before = rota_of(visitor)
    assert send(visitor, "/services/service", PAGE, **SETTINGS).status_code == 303
    assert rota_of(visitor) == before


def test_settings_and_a_new_name_everywhere(visitor: Visitor) -> None:
    before = rota_of(visitor)
    values = {**SETTINGS, "service_name": "Urgences", "mode": "alert", "minutes": "7"}
    del values["confirm_divert"]
    assert send(visitor, "/services/service", PAGE, **values).status_code == 303
    rota = rota_of(visitor)
    assert rota.services[0] == Service("Urgences", None, "alert", 420, False)
    assert {each.service for each in rota.rotations} == {"Urgences", "Taxi conventionné"}
    assert [each.people for each in rota.rotations] == [each.people for each in before.rotations]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"minutes": "0"}, "de 1 à 120"),
        ({"minutes": "121"}, "de 1 à 120"),
        ({"minutes": "cinq"}, ""),
        ({"service_name": ""}, "Ce champ"),
        ({"service_name": "taxi CONVENTIONNE"}, "déjà"),
        ({"mode": "shout"}, ""),
    ],
)
def test_settings_that_cannot_be(visitor: Visitor, values: dict[str, str], told: str) -> None:
    before = rota_of(visitor)
    answer = send(visitor, "/services/service", PAGE, **{**SETTINGS, **values})
    assert answer.status_code == 422
    assert told in words_of(answer.text)
    assert 'class="wrong"' in answer.text
    assert rota_of(visitor) == before


def test_own_words_are_kept_and_shown_as_they_leave(visitor: Visitor) -> None:
    own = "{caller} a sonné à {clock}. Répondez OK {reference}."
    sheet = "Clé : boîte 3.\nVéhicule 2 au contrôle."
    answer = send(
        visitor, "/services/words", PAGE, name="Ambulance", diverted=own, information=sheet
    )
    assert answer.status_code == 303
    service = rota_of(visitor).services[0]
    assert service.texts == AlertTexts(diverted=own)
    assert service.information == sheet
    said = visitor.read(PAGE)
    assert "+33612345678 (Mme Leroy, EHPAD) a sonné à 23:58. Répondez OK 8F2." in said
    assert "Clé : boite 3. Véhicule 2 au controle." in said
    send(visitor, "/services/words", PAGE, name="Ambulance")
    assert rota_of(visitor).services[0].texts == AlertTexts()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Bonjour OK {reference}", "{caller} doit"),
        ("{caller} {reference}", "Le mot OK"),
        ("{caller} {reference} OK {patient}", "{patient}"),
        ("{caller} {reference} OK {", "accolades"),
        ("{caller} {reference} OK \u202e", "U+202E"),
        ("{caller} {reference} OK " + "x" * 480, "480"),
    ],
)
def test_words_that_would_tell_nobody_what_to_do(visitor: Visitor, text: str, told: str) -> None:
    before = rota_of(visitor)
    answer = send(visitor, "/services/words", PAGE, name="Ambulance", missed=text)
    assert answer.status_code == 422
    assert told in words_of(answer.text)
    assert text in unescape(answer.text)
    assert rota_of(visitor) == before
    shown = visitor.client.get(
        "/services/preview", query_string={"name": "Ambulance", "kind": "missed", "missed": text}
    )
    assert shown.status_code == 200
    assert told in words_of(shown.text)


def test_the_cost_is_that_of_the_text_that_leaves(visitor: Visitor) -> None:
    rota = rota_of(visitor)
    for kind in TEXT_KINDS:
        shown = preview.of_alert(rota, rota.services[0], kind, "")
        assert shown.count == segments(shown.text)
    emoji = preview.of_alert(rota, rota.services[0], "missed", "🚑 {caller} OK {reference}")
    assert (emoji.costly, emoji.count) == ("🚑", 1)
    assert preview.of_sheet(rota, rota.services[0], "ç" * 200).costly == "", "ç is folded to c"
    assert preview.of_sheet(rota, rota.services[0], "سلام " * 40).count == 5


def test_opening_hours_added_and_taken_away(visitor: Visitor) -> None:
    before = rota_of(visitor)
    fields = {"name": "Ambulance", "start": "08:00", "end": "18:00", "number": "03 88 11 22 33"}
    answer = send(visitor, "/services/hours", PAGE, **fields, days="mon")
    assert answer.status_code == 303
    added = OpeningHours("Ambulance", ("mon",), parse_clock("08:00"), parse_clock("18:00"),
                         "+33388112233")  # fmt: skip
    assert rota_of(visitor).opening_hours == (*before.opening_hours, added)
    place = str(len(before.opening_hours))
    gone = send(visitor, "/services/hours/remove", PAGE, name="Ambulance", place=place)
    assert gone.status_code == 303
    assert rota_of(visitor) == before
    wrong = send(visitor, "/services/hours", PAGE, **{**fields, "number": "0899 70 12 34"},
                 days="mon")  # fmt: skip
    assert wrong.status_code == 422
    assert "surtaxé" in words_of(wrong.text)
    none = send(visitor, "/services/hours", PAGE, **fields)
    assert "au moins un jour" in words_of(none.text)
    assert rota_of(visitor) == before


# Contacts one by one


def test_a_contact_is_added_changed_and_removed(visitor: Visitor) -> None:
    fields = {"number": "03 88 00 00 01", "contact_name": "Mme Leroy", "note": "EHPAD"}
    assert send(visitor, CONTACTS, CONTACTS, **fields).status_code == 303
    assert rota_of(visitor).contacts == (Contact("+33388000001", "Mme Leroy", "EHPAD"),)
    moved = {**fields, "number": "03 88 00 00 09", "before": "+33388000001"}
    assert send(visitor, CONTACTS, CONTACTS, **moved).status_code == 303
    assert rota_of(visitor).contacts == (Contact("+33388000009", "Mme Leroy", "EHPAD"),)
    assert "Mme Leroy" in visitor.read(f"{CONTACTS}?q=leroy")
    assert "0 contact trouvé" in visitor.read(f"{CONTACTS}?q=weber")
    wrong = send(visitor, CONTACTS, CONTACTS, **{**fields, "number": "03 88", "note": "a\u202eb"})
    assert wrong.status_code == 422
    assert words_of(wrong.text).count("7 à 15 chiffres") == 1
    assert 'value="03 88"' in wrong.text
    send(visitor, f"{CONTACTS}/remove", CONTACTS, number="+33388000009")
    assert rota_of(visitor).contacts == ()


# Lists

EXCEL = "Numéro;Nom;Note\r\n03 88 00 00 01;Mme Müller-Œuf;EHPAD « Les Lilas »\r\n"
WANTED = (Contact("+33388000001", "Mme Müller-Œuf", "EHPAD « Les Lilas »"),)


@pytest.mark.parametrize(
    "data",
    [
        EXCEL.encode("cp1252"),
        EXCEL.encode("utf-8"),
        EXCEL.encode("utf-8-sig"),
        EXCEL.encode("utf-16"),
        EXCEL.replace(";", "\t").encode("utf-16"),
        EXCEL.replace(";", ",").replace("\r\n", "\n").encode(),
        EXCEL.splitlines()[1].encode("cp1252"),
        b"\r\n\r\n" + EXCEL.encode("cp1252"),
        '"Note";"Nom";"N\xb0";"T\xe9l\xe9phone"\n'.encode("cp1252")
        + "EHPAD « Les Lilas »;\"Mme Müller-Œuf\";7;0388000001\n".encode("cp1252"),
    ],
)  # fmt: skip
def test_lists_as_offices_have_them(data: bytes) -> None:
    read = read_list(decoded(data), "33")
    assert (read.contacts, read.faults) == (WANTED, ())


def test_each_fault_of_a_list_is_told_with_its_line() -> None:
    text = (
        "numero;nom;note\n"
        "03 88 00 00 01;Mme Leroy;\n"
        "\n"
        '03 88 00 00 02;"deux\nlignes";\n'
        "0388;Court;\n"
        "03 88 00 00 03;;\n"
        "03 88 00 00 01;Encore;\n"
    )
    read = read_list(text, "33")
    assert [each.line for each in read.faults] == [4, 6, 7, 8]
    assert read_list("nom;note\na;b\n", "33").faults[0].line == 1
    assert read_list("\x00;\x00" * 9, "33").contacts == ()


def test_what_was_exported_changes_nothing(house: House, visitor: Visitor) -> None:
    house.load(SITE + contact_tables())
    before = rota_of(visitor)
    exported = visitor.get("/services/contacts.csv")
    assert exported.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(exported.data.decode("utf-8-sig")), delimiter=";"))
    assert rows[1] == ["06 39 98 00 01", "'=HYPERLINK(1)", ""]
    assert all(cell[:1] not in tuple("=+-@\t\r") for row in rows for cell in row)
    answer = send(visitor, LIST, LIST, text=exported.data.decode(), whole="yes")
    assert "Rien : tout y est déjà" in words_of(answer.text)
    saved = send(visitor, LIST, LIST, text=exported.data.decode(), whole="yes", sure="yes")
    assert saved.status_code == 303
    assert rota_of(visitor) == before


def contact_tables() -> str:
    return "".join(
        f'[[contact]]\nnumber = "{number}"\nname = "{name}"\n'
        for number, name in ((CALLER, "=HYPERLINK(1)"), ("+33388000002", "'+ plus"))
    )


def named(text: str) -> bool:
    try:
        return parse_name(text) == text
    except GrammarFault:
        return False


# What a spreadsheet stumbles over, and letters
NAMES = st.text("=+-@'\"; ,|%éŒ漢ع🚑aB09", min_size=1, max_size=12).filter(named)
NUMBERS = st.builds(
    "+{}{}".format, st.sampled_from((33, 49, 1)), st.integers(200_000_000, 999_999_999)
)


@settings(max_examples=30)
@given(
    st.lists(
        st.builds(Contact, NUMBERS, NAMES, st.just("") | NAMES),
        max_size=5, unique_by=lambda each: each.number,
    )
)  # fmt: skip
def test_any_contacts_come_back(contacts: list[Contact]) -> None:
    data = written(contacts, "33")
    read = read_list(decoded(data), "33")
    assert (read.contacts, read.faults) == (tuple(contacts), ())


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_file_is_read_or_told(data: bytes) -> None:
    read = read_list(decoded(data), "33")
    assert all(each.line >= 1 and each.text.render() for each in read.faults)


def test_a_list_is_shown_first_and_taken_whole_or_not_at_all(visitor: Visitor) -> None:
    before = rota_of(visitor)
    good = "06 12 34 56 78;Mme Leroy;EHPAD\n03 88 00 00 02;Dr Weber;\n"
    wrong = send(visitor, LIST, LIST, text=good + "12;Court;\n", sure="yes")
    assert wrong.status_code == 422
    assert "Ligne 3" in words_of(wrong.text)
    assert "12;Court;" in unescape(wrong.text)
    assert rota_of(visitor) == before
    shown = send(visitor, LIST, LIST, text=good)
    assert words_of(shown.text).count("nouveau") == 2
    assert rota_of(visitor) == before
    assert send(visitor, LIST, LIST, text=good, sure="yes").status_code == 303
    assert len(rota_of(visitor).contacts) == 2
    changed = send(visitor, LIST, LIST, text="06 12 34 56 78;Mme Leroy;Clinique\n", whole="yes")
    said = words_of(changed.text)
    assert "modifié" in said
    assert "avant : Mme Leroy, EHPAD" in said
    assert "retiré" in said


def test_five_megabytes_are_refused_beside_the_field(visitor: Visitor) -> None:
    before = rota_of(visitor)
    answer = send(visitor, LIST, LIST, text="x" * 5_000_000)
    assert answer.status_code == 413
    assert "480 ko au plus" in words_of(answer.text)
    assert 'id="text-wrong"' in answer.text
    just = send(visitor, LIST, LIST, text="06 12 34 56 78;Mme Leroy;EHPAD\n" * (LIST_MAX // 80))
    assert just.status_code == 422, "the same number twice"
    assert rota_of(visitor) == before


def test_thousands_of_contacts_are_taken(visitor: Visitor) -> None:
    rows = "".join(f"+3368{n:07d};Contact {n};\n" for n in range(5_000))
    assert send(visitor, LIST, LIST, text=rows, sure="yes").status_code == 303
    assert len(rota_of(visitor).contacts) == 5_000
    assert "les 200 premiers" in visitor.read(CONTACTS)
    more = send(visitor, LIST, LIST, text=rows + "+33699999999;Encore;\n", sure="yes")
    assert "Plus de 5000 contacts" in words_of(more.text)
