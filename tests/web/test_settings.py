"""Settings: who may open the page, what stands in the site file, what the SIM can do."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from firmware.record import Fact
from firmware.store.account_values import Account, Role
from tests.web.house import ALICE, CALLER, SITE, House
from tests.web.visitor import NAMES, Visitor, words_of
from web import create_app


@pytest.fixture
def app(house: House) -> Flask:
    return create_app(house.data_dir, clock=house.clock)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


def send(visitor: Visitor, page: str, path: str = "", **values: str) -> TestResponse:
    return visitor.press(path or page, page, **values)


def version_on(html: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', html)
    assert found is not None
    return found[1]


# Accounts


def made(visitor: Visitor, name: str = "Bruno", role: str = "staff") -> tuple[Account, str]:
    answer = send(visitor, "/settings/users", name=name, role=role)
    shown = re.search(r'id="shown">([0-9A-Z-]+)<', answer.text)
    assert shown is not None
    account = visitor.box.accounts.named(name)
    assert account is not None
    return account, shown[1]


def test_a_drawn_password_is_shown_once_and_opens_the_page(app: Flask, visitor: Visitor) -> None:
    account, secret = made(visitor)
    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}", secret)
    assert secret not in visitor.get(f"/settings/users/{account.id}").text
    assert secret not in account.hash
    bruno = Visitor(app, role=None)
    answer = bruno.press("/sign-in", "/sign-in", name="Bruno", password=secret, next="")
    assert answer.status_code == 303
    assert bruno.get("/settings").status_code == 403
    assert "dernière connexion" in visitor.read("/settings/users")


def test_a_new_password_ends_the_old_one_and_every_session(app: Flask, visitor: Visitor) -> None:
    account, secret = made(visitor)
    bruno = Visitor(app, role=None)
    bruno.press("/sign-in", "/sign-in", name="Bruno", password=secret, next="")
    page = f"/settings/users/{account.id}"
    send(visitor, page, f"{page}/password")
    assert bruno.get().status_code == 303
    again = bruno.press("/sign-in", "/sign-in", name="Bruno", password=secret, next="")
    assert again.status_code == 403


def test_roles_change_and_accounts_are_locked_out_and_removed(visitor: Visitor) -> None:
    account, _ = made(visitor)
    page = f"/settings/users/{account.id}"
    send(visitor, page, f"{page}/role", role="reader")
    send(visitor, page, f"{page}/disabled", off="1")
    known = visitor.box.accounts.account(account.id)
    assert known is not None
    assert known.role is Role.READER
    assert known.disabled_at is not None
    assert "Laisser se connecter à nouveau" in visitor.read(page)
    send(visitor, page, f"{page}/remove")
    assert visitor.box.accounts.account(account.id) is None
    log = visitor.read("/settings/log")
    for words in ("Compte créé pour Bruno", "Autre rôle pour Bruno",
                  "Bruno ne peut plus se connecter", "Compte de Bruno supprimé"):  # fmt: skip
        assert f"{words} Sophie Admin · 127.0.0.1" in log


@pytest.mark.parametrize(
    ("action", "values"), [("role", {"role": "staff"}), ("disabled", {"off": "1"}), ("remove", {})]
)
def test_the_last_administrator_stays(
    visitor: Visitor, action: str, values: dict[str, str]
) -> None:
    own = visitor.box.accounts.named(NAMES[Role.ADMIN])
    assert own is not None
    page = f"/settings/users/{own.id}"
    answer = send(visitor, page, f"{page}/{action}", **values)
    assert answer.status_code == 409
    assert "C’est le dernier administrateur" in words_of(answer.text)
    assert visitor.box.accounts.account(own.id) == own
    assert visitor.get().status_code == 200


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": "sophie admin", "role": "staff"}, "Quelqu’un porte déjà ce nom."),
        ({"name": " ", "role": "staff"}, "Ce champ est à remplir."),
        ({"name": "x" * 61, "role": "staff"}, "C’est trop long"),
        ({"name": "Bruno", "role": "king"}, "Ce choix n’existe pas."),
    ],
)
def test_what_cannot_be_an_account(visitor: Visitor, values: dict[str, str], said: str) -> None:
    answer = send(visitor, "/settings/users", **values)
    assert answer.status_code == 422
    assert said in words_of(answer.text)
    assert len(visitor.box.accounts.accounts()) == 1


def test_nobody_gives_themselves_a_role(app: Flask, visitor: Visitor) -> None:
    for role in (Role.STAFF, Role.READER):
        other = Visitor(app, role)
        account = visitor.box.accounts.named(NAMES[role])
        assert account is not None
        token = other.token("/account")
        for path in (f"/settings/users/{account.id}/role", "/settings/users"):
            answer = other.client.post(
                path,
                data={"csrf_token": token, "role": "admin", "name": "Second"},
                headers={"Origin": "http://localhost"},
            )
            assert answer.status_code == 403
        assert visitor.box.accounts.account(account.id) == account


# The site file


SITE_VALUES = {"name": "Ambulances Muller", "language": "fr", "time_zone": "Europe/Paris",
               "holidays": "FR-67", "good_friday": "y"}  # fmt: skip


def test_the_site_is_changed_and_kept_in_the_history(visitor: Visitor) -> None:
    version = version_on(visitor.get("/settings/site").text)
    answer = send(visitor, "/settings/site", version=version, **SITE_VALUES)
    assert answer.status_code == 303
    rota = visitor.box.rota()
    assert rota is not None
    assert (rota.site.name, rota.site.holidays) == ("Ambulances Muller", "FR-67")
    assert rota.site.good_friday
    assert visitor.box.versions()[0].by == "Sophie Admin"
    assert "Enregistré." in visitor.read("/settings/site")


def test_two_administrators_at_once_overwrite_nothing(house: House, visitor: Visitor) -> None:
    version = version_on(visitor.get("/settings/site").text)
    house.load(SITE.replace("Bruno Petit", "Bruno Grand"))
    answer = send(visitor, "/settings/site", version=version, **SITE_VALUES)
    assert answer.status_code == 409
    page = words_of(answer.text)
    assert "Quelqu’un d’autre a modifié quelque chose entre-temps." in page
    assert 'value="Ambulances Muller"' in answer.text
    rota = visitor.box.rota()
    assert rota is not None
    assert rota.site.name == "Ambulances Dupont"
    # Once more, on top of theirs
    again = send(visitor, "/settings/site", version=version_on(answer.text), **SITE_VALUES)
    assert again.status_code == 303
    rota = visitor.box.rota()
    assert rota is not None
    assert rota.site.name == "Ambulances Muller"
    assert rota.people[1].name == "Bruno Grand"


HEALTH = {"self_check": "07:45", "silence_alarm": "y", "weekly_day": "fri", "weekly_at": "10:00",
          "sms_loop": "weekly", "credit_code": "#123#", "credit_pattern": "Credit {amount} EUR",
          "credit_below": "8"}  # fmt: skip


def test_what_the_box_watches_over_is_changed(visitor: Visitor) -> None:
    version = version_on(visitor.get("/settings/health").text)
    answer = send(visitor, "/settings/health", version=version, **HEALTH)
    assert answer.status_code == 303, words_of(answer.text)
    rota = visitor.box.rota()
    assert rota is not None
    found = rota.health
    assert (found.self_check.hour, found.weekly_day, found.sms_loop) == (7, "fri", "weekly")
    assert (found.credit_code, found.credit_below, found.weekly_sms) == ("#123#", 8, False)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"credit_code": "*21*0601020304#"}, "Indiquez un code, par exemple"),
        ({"credit_pattern": "Credit"}, "{amount} doit y figurer une fois"),
        ({"self_check": "25:00"}, "Indiquez une heure."),
        ({"weekly_day": "someday"}, "Ce choix n’existe pas."),
        ({"credit_below": "-1"}, "Indiquez un nombre de"),
    ],
)
def test_a_wrong_setting_is_said_beside_its_field(
    visitor: Visitor, changes: dict[str, str], said: str
) -> None:
    before = visitor.box.rota_with_version()
    values = {**HEALTH, **changes, "version": version_on(visitor.get("/settings/health").text)}
    answer = send(visitor, "/settings/health", **values)
    assert answer.status_code == 422
    assert said in words_of(answer.text)
    name = next(iter(changes))
    assert re.search(rf'aria-invalid="true"[^>]*id="{name}"|id="{name}"[^>]*aria-invalid="true"',
                     answer.text)  # fmt: skip
    assert visitor.box.rota_with_version() == before


@given(
    name=st.text(max_size=90),
    version=st.one_of(st.text(max_size=30), st.integers().map(str)),
    zone=st.sampled_from(["Europe/Paris", "", "../etc/passwd", "Europe/Paris\n"]),
)
@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_is_typed_for_the_site_is_answered_and_saved_whole_or_not(
    visitor: Visitor, name: str, version: str, zone: str
) -> None:
    answer = send(
        visitor, "/settings/site", name=name, version=version, language="fr", time_zone=zone,
        holidays="FR",
    )  # fmt: skip
    assert answer.status_code in (303, 409, 422)
    rota = visitor.box.rota()
    assert rota is not None
    assert len(rota.people) == 3


def test_how_long_things_are_kept_is_changed_within_bounds(visitor: Visitor) -> None:
    version = version_on(visitor.get("/settings/retention").text)
    values = {"sms_text_days": "14", "voicemail_days": "20", "call_log_months": "6",
              "audit_months": "24", "version": version}  # fmt: skip
    refused = send(visitor, "/settings/retention", **{**values, "audit_months": "100000"})
    assert refused.status_code == 422
    assert "Indiquez un nombre de" in words_of(refused.text)
    assert send(visitor, "/settings/retention", **values).status_code == 303
    rota = visitor.box.rota()
    assert rota is not None
    assert (rota.retention.sms_text_days, rota.retention.audit_months) == (14, 24)


# The SIM


def test_the_capability_record_says_how_it_was_found_out(house: House, visitor: Visitor) -> None:
    iccid = "8933010000000001234"
    assert "Aucune carte SIM n’a encore été essayée" in visitor.read("/settings/sim")
    house.record(
        Fact(f"capability:{iccid}", {"forwarding": "yes", "deflection": "unknown", "voice": "no"}),
        Fact("forwarding-proof", {"iccid": iccid, "number": CALLER, "mode": "divert",
                                  "at": (house.now - timedelta(minutes=12)).isoformat()}),
        Fact("capability:broken", "not a record"),
    )  # fmt: skip
    page = visitor.read("/settings/sim")
    assert "finissant par 1234" in page
    assert "(renvoi conditionnel) : oui posé dans le réseau puis relu · il y a 12 min" in page
    assert "(AT+CTFR) : inconnu pas essayé" in page
    assert "(son par USB) : non le son a échoué lors de deux appels de suite" in page
    assert "(AT+CHLD=4) : inconnu pas encore essayé" in page
    assert "EG25" in page
    assert iccid not in visitor.get("/settings/sim").text


def test_the_network_is_asked_on_demand(house: House, visitor: Visitor) -> None:
    send(visitor, "/settings/sim", "/settings/sim/check")
    assert house.wishes() == [{"by": "Sophie Admin"}]
    assert "Le boîtier interroge le réseau." in visitor.read("/settings/sim")


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("07 00 00 00 02", "Le boîtier s’écrit à lui-même"),
        ("15", "doit commencer"),
        ("08 99 70 07 00", "surtax"),
    ],
)
def test_the_number_of_the_sim_is_told_and_asked_to_be_proved(
    house: House, visitor: Visitor, number: str, told: str
) -> None:
    house.wake()
    answer = send(visitor, "/settings/sim", "/settings/sim/number", number=number)
    if number.startswith("07"):
        assert house.wishes() == [{"by": "Sophie Admin", "number": "+33700000002"}]
        assert told in visitor.read("/settings/sim")
        return
    assert (house.wishes(), answer.status_code) == ([], 422)
    assert told in words_of(answer.text.split('id="number-wrong-1"')[1].split("</p>")[0])
    assert f'value="{number}"' in answer.text, "what was typed is kept"


def test_a_duty_telephone_is_not_taken_for_the_box_s_number(
    house: House, visitor: Visitor
) -> None:
    house.wake()
    answer = send(visitor, "/settings/sim", "/settings/sim/number", number=ALICE)
    assert house.wishes() == []
    assert "ne doit pas être ignorée" in words_of(answer.text)
