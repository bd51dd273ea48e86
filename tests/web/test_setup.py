"""The first start: no default password, one code, steps that can be left, nothing saved by half."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from firmware.record import CallOutcome, JournalEntry, JournalKind
from firmware.rota import on_duty
from firmware.store.code_store import SETUP, new_setup_code, read_setup_code
from firmware.store.pulse_file import runtime_dir
from firmware.store.report_file import Report, ReportLine, read_report, write_reports
from tests.web.house import House
from tests.web.visitor import Visitor, words_of
from web import create_app
from web.box import EXTENSION, Box

SECRET = "trois petits chats"  # noqa: S105 - of accounts that live for one test
CODE = "7K2M-94QX"
ALICE, BRUNO = "06 01 02 03 04", "06 05 06 07 08"


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[House]:
    """A box that has never been set up."""
    with House(tmp_path / "data", site=None) as house:
        house.wake()
        yield house


@pytest.fixture
def app(bare: House) -> Flask:
    app = create_app(bare.data_dir, clock=bare.clock)
    box_of(app).codes.put(SETUP, CODE, bare.now)
    return app


def box_of(app: Flask) -> Box:
    box: Box = app.extensions[EXTENSION]
    return box


def begin(visitor: Visitor, code: str = CODE, **changes: str) -> TestResponse:
    values = {"name": "Alice Martin", "password": SECRET, "again": SECRET, **changes}
    return visitor.press("/setup", "/setup", code=code, **values)


def test_every_door_leads_to_the_first_start(app: Flask) -> None:
    for path in ("/", "/journal", "/account", "/sign-in"):
        assert Visitor(app, role=None).get(path).headers["Location"] == "/setup"


def test_whoever_types_a_password_in_clear_is_told(app: Flask) -> None:
    told = "Cette page n’est pas chiffrée"
    page = Visitor(app, role=None).read("/setup")
    assert told in page
    assert f"veilleur setup-code --data {box_of(app).data_dir}" in page
    assert told not in app.test_client().get("/setup", base_url="https://localhost").text


def test_the_code_makes_the_administrator_once(app: Flask) -> None:
    visitor = Visitor(app, role=None)
    answer = begin(visitor, code=" 7k2m94qx ")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/setup/go-on")
    (account,) = box_of(app).accounts.accounts()
    assert (account.name, account.role) == ("Alice Martin", "admin")
    assert visitor.get("/").status_code == 200
    # Whoever has seen the code comes too late
    late = Visitor(app, role=None)
    assert late.get("/setup").status_code == 303
    token = late.token("/sign-in")
    data = {"csrf_token": token, "code": CODE, "name": "Mallory", "password": SECRET,
            "again": SECRET}  # fmt: skip
    late.client.post("/setup", data=data, headers={"Origin": "http://localhost"})
    assert len(box_of(app).accounts.accounts()) == 1


def test_a_used_code_counts_no_more_even_without_an_administrator(bare: House, app: Flask) -> None:
    codes = box_of(app).codes
    code = codes.check(SETUP, CODE, bare.now)
    assert code is not None
    codes.make_administrator(code, "Alice", "", bare.now, None)
    assert codes.check(SETUP, CODE, bare.now) is None


def test_guessing_is_throttled_across_a_restart_and_kills_the_code(
    bare: House, app: Flask
) -> None:
    for number in range(5):
        answer = begin(Visitor(app, role=None), code=f"0000-000{number}")
        assert answer.status_code == 422
        assert "Ce n’est pas le code d’installation." in words_of(answer.text)
    anew = create_app(bare.data_dir, clock=bare.clock)
    assert begin(Visitor(anew, role=None)).status_code == 429
    for _ in range(5):
        bare.now += timedelta(minutes=16)
        assert begin(Visitor(anew, role=None), code="0000-0000").status_code == 422
    bare.now += timedelta(minutes=16)
    assert begin(Visitor(anew, role=None)).status_code == 422  # the right one, too late
    assert box_of(app).accounts.accounts() == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": "court", "again": "court"}, "Au moins 10 caractères"),
        ({"again": "trois petits chiens"}, "Les deux doivent être identiques."),
        ({"password": "alicemartin1", "again": "alicemartin1"}, "Ne le formez pas avec votre nom"),
        ({"name": "  "}, "Ce champ est à remplir."),
        ({"name": "x" * 61}, "C’est trop long : 60 caractères au plus."),
    ],
)
def test_a_mistake_is_said_beside_the_field_and_costs_no_try(
    app: Flask, changes: dict[str, str], said: str
) -> None:
    visitor = Visitor(app, role=None)
    for _ in range(7):
        answer = begin(visitor, **changes)
        assert answer.status_code == 422
        assert said in words_of(answer.text)
        assert f'value="{CODE}"' in answer.text
        assert SECRET not in answer.text
    assert begin(visitor).status_code == 303


def test_codes_are_read_as_people_type_them() -> None:
    for typed in ("7K2M-94QX", "7k2m94qx", " 7K2M 94QX ", "7K2M--94QX"):
        assert read_setup_code(typed) == "7K2M-94QX"
    assert read_setup_code("oOiL-1234") == "0011-1234"
    for _ in range(50):
        code = new_setup_code()
        assert read_setup_code(code.lower()) == code


def test_with_an_imported_site_only_the_administrator_is_made(house: House) -> None:
    app = create_app(house.data_dir, clock=house.clock)
    box_of(app).codes.put(SETUP, CODE, house.now)
    visitor = Visitor(app, role=None)
    answer = begin(visitor, name="Sophie")
    assert answer.headers["Location"] == "/"
    assert "Alice Martin 06 01 02 03 04" in visitor.read("/")
    for step in ("site", "people", "service", "turns", "check"):
        assert visitor.get(f"/setup/{step}").headers["Location"] == "/setup/test"


# The steps

SITE: dict[str, str] = {
    "name": "Ambulances Dupont", "language": "fr", "time_zone": "Europe/Paris",
    "holidays": "FR-67", "good_friday": "y",
}  # fmt: skip


def send(visitor: Visitor, step: str, values: dict[str, Any]) -> TestResponse:
    data = {"csrf_token": visitor.token(f"/setup/{step}"), **values}
    return visitor.client.post(
        f"/setup/{step}", data=data, headers={"Origin": "http://localhost"}
    )


def people(*rows: tuple[str, str], admins: tuple[str, ...] = ("0",)) -> dict[str, Any]:
    return {"name": [name for name, _ in rows], "mobile": [mobile for _, mobile in rows],
            "admin": list(admins)}  # fmt: skip


def where_to(answer: TestResponse) -> str:
    assert answer.status_code == 303, words_of(answer.text)
    return answer.headers["Location"]


def test_the_whole_first_start(bare: House, app: Flask) -> None:
    visitor = Visitor(app, role=None)
    begin(visitor)
    assert visitor.get("/setup/go-on").headers["Location"] == "/setup/site"
    assert where_to(send(visitor, "site", SITE)) == "/setup/people"
    assert 'value="Alice Martin"' in visitor.get("/setup/people").text
    rows = people(("Alice Martin", ALICE), ("Bruno Petit", BRUNO), ("", ""))
    assert where_to(send(visitor, "people", rows)) == "/setup/service"
    service = {"name": "Ambulance", "mode": "divert", "minutes": "4"}
    assert where_to(send(visitor, "service", service)) == "/setup/turns"
    # The daemon has met nothing of it so far
    assert box_of(app).rota() is None
    turns = {"unit": "week", "day": "2026-11-23", "clock": "08:00", "place-1": "2", "place-2": "1"}
    assert where_to(send(visitor, "turns", turns)) == "/setup/check"
    page = visitor.read("/setup/check")
    assert "maintenant Bruno Petit lundi 08:00 Alice Martin" in page
    assert where_to(visitor.press("/setup/check", "/setup/check")) == "/setup/doctor"
    rota = box_of(app).rota()
    assert rota is not None
    assert (rota.site.holidays, rota.site.good_friday) == ("FR-67", True)
    assert [duty.person.mobile for duty in on_duty(rota, "Ambulance", bare.now)] == ["+33605060708"]
    assert rota.services[0].acknowledge_within_s == 240
    assert [person.role for person in rota.people] == ["admin", "staff"]
    lines = [entry.what for _, entry in box_of(app).accounts.audit_log(9)]
    assert lines == ["setup.site", "setup.administrator"]
    assert visitor.get("/setup/site").headers["Location"] == "/setup/test"


def test_a_box_set_up_on_a_monday_before_work_has_somebody_on_duty_at_once(
    bare: House, app: Flask
) -> None:
    bare.now = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)  # 06:30 in Paris
    box_of(app).codes.put(SETUP, CODE, bare.now)
    visitor = Visitor(app, role=None)
    begin(visitor)
    send(visitor, "site", SITE)
    send(visitor, "people", people(("Alice Martin", ALICE), ("", "")))
    send(visitor, "service", {"name": "Ambulance", "mode": "divert", "minutes": "4"})
    page = visitor.get("/setup/turns").text
    assert 'value="2026-11-16"' in page
    assert 'value="08:00"' in page


def test_the_page_watches_the_test_call_and_the_test_sms(house: House, visitor: Visitor) -> None:
    house.call(1, CallOutcome.DIVERTED, 30)  # before the trial: proves nothing
    page = visitor.read("/setup/test")
    assert "Son numéro, d’après le boîtier : 07 00 00 00 01" in page
    assert "Prenez n’importe quel téléphone" in page
    assert "Le boîtier a vu l’appel." not in page
    house.now += timedelta(seconds=20)
    house.call(2, CallOutcome.RINGING, 0)
    assert "Le boîtier a vu l’appel." in visitor.read("/setup/test")
    answer = visitor.press("/setup/test/sms", "/setup/test", to="Bruno Petit")
    assert answer.status_code == 303
    assert house.wishes() == [{"mobile": "+33605060708", "by": "Sophie Admin"}]
    assert "En route vers Bruno Petit." in visitor.read("/setup/test")
    for outcome in ("sent", "delivered"):
        house.record(
            JournalEntry(house.now, JournalKind.SMS_OUT, number="+33605060708", outcome=outcome,
                         key="sms_out:9")
        )  # fmt: skip
        page = visitor.read("/setup/test")
        assert ("Le téléphone a confirmé le SMS." in page) is (outcome == "delivered")
    assert visitor.press("/setup/done", "/setup/test").status_code == 303
    assert "Le boîtier est en service." in visitor.read("/")


def test_the_page_shows_what_the_doctor_has_found_since_it_was_asked(
    house: House, visitor: Visitor
) -> None:
    folder = runtime_dir(house.data_dir)
    folder.mkdir(exist_ok=True)
    said = ReportLine("wrong", "carte SIM", "absente <b>.", "insérez-la."), ReportLine(
        "ok", "horloge", "à l’heure."
    )
    old = Report(house.now - timedelta(seconds=1), "fr", said, "1 chose à réparer.")
    write_reports(folder, (old,))
    assert "insérez-la." in visitor.read("/setup/doctor")   # nobody has asked: the last one
    answer = visitor.press("/setup/doctor", "/setup/doctor")
    assert where_to(answer) == "/setup/doctor"
    assert house.wishes() == [{"by": "Sophie Admin"}]
    waiting = visitor.read("/setup/doctor")
    assert "Examen du boîtier en cours" in waiting
    assert "insérez-la." not in waiting
    write_reports(folder, (replace(old, at=house.now), replace(old, language="en")))
    page = visitor.read("/setup/doctor")
    assert "1 chose à réparer." in page
    assert "absente <b>." in page                           # words_of has read the entity
    assert "en défaut: carte SIM" in page
    write_reports(folder, ())
    house.now += timedelta(minutes=3)
    assert "Rien n’a encore été examiné" in visitor.read("/setup/doctor")
    (folder / "doctor.json").write_text('{"at": 3')
    assert read_report(folder, "fr") is None


def test_a_test_sms_goes_to_nobody_but_staff(house: House, visitor: Visitor) -> None:
    answer = visitor.press("/setup/test/sms", "/setup/test", to="+33639980001")
    assert answer.status_code == 400
    assert house.wishes() == []


def test_each_step_can_be_left_and_taken_up_after_a_restart(bare: House, app: Flask) -> None:
    visitor = Visitor(app)
    send(visitor, "site", SITE)
    send(visitor, "people", people(("Alice Martin", ALICE)))
    anew = Visitor(create_app(bare.data_dir, clock=bare.clock))
    assert anew.get("/setup/go-on").headers["Location"] == "/setup/service"
    assert 'value="06 01 02 03 04"' in anew.get("/setup/people").text.replace("\xa0", " ")
    assert anew.get("/setup/check").headers["Location"] == "/setup/service"
    assert "Ou renseignez-le ici" in anew.read("/")


def test_more_rows_keep_the_step_open(app: Flask) -> None:
    visitor = Visitor(app)
    send(visitor, "site", SITE)
    rows = {**people(("Alice Martin", ALICE)), "more": "1"}
    assert where_to(send(visitor, "people", rows)) == "/setup/people"
    assert visitor.get("/setup/people").text.count('name="mobile"') == 4


def test_somebody_who_is_taken_out_takes_no_turns(app: Flask) -> None:
    visitor = Visitor(app)
    send(visitor, "site", SITE)
    send(visitor, "people", people(("Alice Martin", ALICE), ("Bruno Petit", BRUNO)))
    send(visitor, "service", {"name": "Ambulance", "mode": "alert", "minutes": "5"})
    turns = {"unit": "day", "day": "2026-11-23", "clock": "08:00", "place-1": "1", "place-2": "2"}
    send(visitor, "turns", turns)
    answer = send(visitor, "people", people(("Alice Martin", ALICE)))
    assert where_to(answer) == "/setup/turns"


@pytest.mark.parametrize(
    ("step", "values", "said"),
    [
        ("site", {**SITE, "name": ""}, "Ce champ est à remplir."),
        ("site", {**SITE, "name": "x" * 61}, "C’est trop long"),
        ("site", {**SITE, "time_zone": "Mars/Olympus"}, "Ce choix n’existe pas."),
        ("people", people(("Alice", "12")), "Le numéro doit commencer par 0 ou par +."),
        ("people", people(("Alice", "")), "Ce champ est à remplir."),
        ("people", people(("", ALICE)), "Ce champ est à remplir."),
        ("people", people(("Alice", ALICE), ("alice", BRUNO)), "Ce nom y est déjà."),
        ("people", people(("Alice", ALICE), ("Bruno", "0601020304")), "est déjà utilisé"),
        ("people", people(("Alice", "0899 70 00 00")), "numéro surtaxé"),
        ("people", people(("Alice", ALICE), admins=()), "Quelqu’un doit recevoir les alarmes"),
        ("people", people(("", "")), "Au moins une personne"),
        ("service", {"name": "A", "mode": "divert", "minutes": "0"}, "Indiquez un nombre"),
        ("service", {"name": "A", "mode": "fax", "minutes": "5"}, "Ce choix n’existe pas."),
        ("service", {"name": "A", "mode": "divert", "minutes": "cinq"}, "Écrivez un nombre"),
        ("turns", {"unit": "week", "day": "2026-11-23", "clock": "08:00"}, "doit prendre des"),
        ("turns", {"unit": "week", "day": "31/02/2026", "clock": "08:00", "place-1": "1"}, "date"),
    ],
)
def test_what_cannot_be_is_said_and_kept_and_not_saved(
    app: Flask, step: str, values: dict[str, Any], said: str
) -> None:
    visitor = Visitor(app)
    send(visitor, "site", SITE)
    if step in ("service", "turns"):
        send(visitor, "people", people(("Alice Martin", ALICE)))
    if step == "turns":
        send(visitor, "service", {"name": "Ambulance", "mode": "divert", "minutes": "5"})
    before = box_of(app).drafts.get("setup")
    answer = send(visitor, step, values)
    assert answer.status_code == 422
    assert said in words_of(answer.text)
    assert box_of(app).drafts.get("setup") == before
    for typed in values.get("name", ()) if isinstance(values.get("name"), list) else ():
        assert f'value="{typed}"' in answer.text


@given(
    names=st.lists(st.text(max_size=80), max_size=5),
    mobiles=st.lists(st.text(max_size=40), max_size=5),
    ticked=st.lists(st.sampled_from(["0", "1", "x", "-1", "9999999999"]), max_size=3),
)
@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_is_typed_for_people_is_answered(
    app: Flask, names: list[str], mobiles: list[str], ticked: list[str]
) -> None:
    visitor = Visitor(app)
    send(visitor, "site", SITE)
    answer = send(visitor, "people", {"name": names, "mobile": mobiles, "admin": ticked})
    assert answer.status_code in (303, 422)
