"""Settings: who may open the page, what stands in the site file, what the SIM can do, the logs."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from firmware.record import AlertCause, CallOutcome, Fact, JournalEntry, JournalKind
from firmware.store.account_store import AccountStore
from firmware.store.account_values import Account, AuditEntry, Role
from firmware.update import version
from tests.web.house import ALICE, CALLER, SITE, STRANGER, House
from tests.web.visitor import NAMES, Visitor, words_of
from web import create_app
from web.box import EXTENSION, Box
from web.page import Page
from web.pages import DEMO_PAGES, PAGES

WEB = Path(__file__).parents[2] / "web"


@pytest.fixture
def app(house: House) -> Flask:
    return create_app(house.data_dir, clock=house.clock)


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    return Visitor(app)


def box_of(visitor: Visitor) -> Box:
    box: Box = visitor.client.application.extensions[EXTENSION]
    return box


def accounts(visitor: Visitor) -> AccountStore:
    return box_of(visitor).accounts


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
    account = accounts(visitor).named(name)
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
    known = accounts(visitor).account(account.id)
    assert known is not None
    assert known.role is Role.READER
    assert known.disabled_at is not None
    assert "Laisser se connecter à nouveau" in visitor.read(page)
    send(visitor, page, f"{page}/remove")
    assert accounts(visitor).account(account.id) is None
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
    own = accounts(visitor).named(NAMES[Role.ADMIN])
    assert own is not None
    page = f"/settings/users/{own.id}"
    answer = send(visitor, page, f"{page}/{action}", **values)
    assert answer.status_code == 409
    assert "C’est le dernier administrateur" in words_of(answer.text)
    assert accounts(visitor).account(own.id) == own
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
    assert len(accounts(visitor).accounts()) == 1


def test_nobody_gives_themselves_a_role(app: Flask, visitor: Visitor) -> None:
    for role in (Role.STAFF, Role.READER):
        other = Visitor(app, role)
        account = accounts(visitor).named(NAMES[role])
        assert account is not None
        token = other.token("/account")
        for path in (f"/settings/users/{account.id}/role", "/settings/users"):
            answer = other.client.post(
                path,
                data={"csrf_token": token, "role": "admin", "name": "Second"},
                headers={"Origin": "http://localhost"},
            )
            assert answer.status_code == 403
        assert accounts(visitor).account(account.id) == account


# The site file


SITE_VALUES = {"name": "Ambulances Muller", "language": "fr", "time_zone": "Europe/Paris",
               "holidays": "FR-67", "good_friday": "y"}  # fmt: skip


def test_the_site_is_changed_and_kept_in_the_history(visitor: Visitor) -> None:
    version = version_on(visitor.get("/settings/site").text)
    answer = send(visitor, "/settings/site", version=version, **SITE_VALUES)
    assert answer.status_code == 303
    rota = box_of(visitor).rota()
    assert rota is not None
    assert (rota.site.name, rota.site.holidays) == ("Ambulances Muller", "FR-67")
    assert rota.site.good_friday
    assert box_of(visitor).versions()[0].by == "Sophie Admin"
    assert "Enregistré." in visitor.read("/settings/site")


def test_two_administrators_at_once_overwrite_nothing(house: House, visitor: Visitor) -> None:
    version = version_on(visitor.get("/settings/site").text)
    house.load(SITE.replace("Bruno Petit", "Bruno Grand"))
    answer = send(visitor, "/settings/site", version=version, **SITE_VALUES)
    assert answer.status_code == 409
    page = words_of(answer.text)
    assert "Quelqu’un d’autre a modifié quelque chose entre-temps." in page
    assert 'value="Ambulances Muller"' in answer.text
    rota = box_of(visitor).rota()
    assert rota is not None
    assert rota.site.name == "Ambulances Dupont"
    # Once more, on top of theirs
    again = send(visitor, "/settings/site", version=version_on(answer.text), **SITE_VALUES)
    assert again.status_code == 303
    rota = box_of(visitor).rota()
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
    rota = box_of(visitor).rota()
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
    before = box_of(visitor).rota_with_version()
    values = {**HEALTH, **changes, "version": version_on(visitor.get("/settings/health").text)}
    answer = send(visitor, "/settings/health", **values)
    assert answer.status_code == 422
    assert said in words_of(answer.text)
    name = next(iter(changes))
    assert re.search(rf'aria-invalid="true"[^>]*id="{name}"|id="{name}"[^>]*aria-invalid="true"',
                     answer.text)  # fmt: skip
    assert box_of(visitor).rota_with_version() == before


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
    rota = box_of(visitor).rota()
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
    rota = box_of(visitor).rota()
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
    assert "(son par USB) : non" in page
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
    send(visitor, "/settings/sim", "/settings/sim/number", number=number)
    wanted = [{"by": "Sophie Admin", "number": "+33700000002"}] if number[0] == "0" else []
    assert house.wishes() == (wanted if number.startswith("07") else [])
    assert told in visitor.read("/settings/sim")


def test_a_duty_telephone_is_not_taken_for_the_box_s_number(
    house: House, visitor: Visitor
) -> None:
    house.wake()
    send(visitor, "/settings/sim", "/settings/sim/number", number=ALICE)
    assert house.wishes() == []
    assert "ne doit pas être ignorée" in visitor.read("/settings/sim")


# The logs


def test_each_line_of_the_audit_log_has_its_words(visitor: Visitor) -> None:
    """Every ``audit("...")`` in the program is worded by its page, and none twice."""
    sources = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted(WEB.rglob("*.py"))
    )
    written = set(re.findall(r'audit\(\s*"([\w.]+)"', sources))
    written |= {"user.role", "user.disabled", "user.enabled"}  # given to a function that audits
    pages: tuple[Page, ...] = (*PAGES, *DEMO_PAGES)
    worded = [what for page in pages for what in page.audit]
    assert len(worded) == len(set(worded))
    assert written - set(worded) == set()


def test_a_line_of_another_version_is_shown_as_it_stands(house: House, visitor: Visitor) -> None:
    for what, values in (("future.thing", {"x": "y"}), ("user.added", {}), ("<b>", {"a": "<i>"})):
        accounts(visitor).audit(AuditEntry(house.now, "Zoé", what, values=values))
    page = visitor.get("/settings/log").text
    assert "future.thing y" in page
    assert "<i>" not in page


def test_the_log_is_read_page_by_page(house: House, visitor: Visitor) -> None:
    for number in range(120):
        accounts(visitor).audit(AuditEntry(house.now, f"Nobody {number}", "sign_in"))
    seen: list[str] = []
    path: str | None = "/settings/log"
    while path is not None:
        html = visitor.get(path).text
        seen += re.findall(r"Nobody \d+", html)
        older = re.search(r'id="older" href="([^"]+)"', html)
        path = older[1] if older else None
    assert seen == [f"Nobody {number}" for number in reversed(range(120))]


def test_the_log_for_support_names_nobody(
    house: House, visitor: Visitor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy site, with a secret in every place where a person may have put one."""
    monkeypatch.setattr(version, "FILE", tmp_path / "VERSION")
    (tmp_path / "VERSION").write_text("7.8.9\n")
    house.call(1, CallOutcome.DIVERTED, 9)
    house.call(2, CallOutcome.ALERTED, 8, caller=STRANGER)
    house.alert(1, cause=AlertCause.SMS, text="Mme Leroy, 4 rue des Lilas, 0388112233")
    house.alarm("reminder:3", "{person} has not answered", person="Bruno Petit")
    house.alarm("sms:+33601020304", "An SMS to {person} failed", person="Alice Martin")
    for kind in JournalKind:
        house.record(
            JournalEntry(
                house.now, kind, "Ambulance", STRANGER, "Chloé Durand-Lefèvre", "Mme Leroy",
                {"text": "Mme Leroy", "what": "rue des Lilas", "why": "+33601020304 Leroy",
                 "reference": "8F1", "level": 2, "reason": "Leroy!", "cause": "sms:0388112233",
                 "to": {"name": "Leroy"}, "key": "Lilas", "state": "denied"},
            )
        )  # fmt: skip
    answer = visitor.get("/settings/support.txt")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "attachment" in answer.headers["Content-Disposition"]
    text = answer.text
    assert text.startswith("veilleur 7.8.9\n")
    for secret in (
        "Leroy", "Lilas", "Martin", "Alice", "Bruno", "Petit", "Chloé", "Durand", "Dupont",
        "Ambulance ", "Taxi", "33601020304", "0601020304", "0388112233", "639980", "609101112",
        "Sophie",
    ):  # fmt: skip
        assert secret not in text, secret
    assert not re.search(r"(?<![\d.:T-])\+?\d{7,}", text)
    assert "level=2" in text
    assert "state=denied" in text
    assert "reason=-" in text
    # Who was asked after whom can still be followed
    assert re.search(r"call diverted S1 N1 P\d ", text)
    assert re.search(r"call alerted S1 N2 - ", text)
    assert "modem: ready" in text
