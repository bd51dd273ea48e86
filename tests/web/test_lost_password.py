"""Attacks on a lost password: whoever asks learns nothing, and guessing leads nowhere."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from firmware.store.account_store import AccountStore
from firmware.store.account_values import Account, Role
from firmware.store.password import Cost, hashed
from tests.web.house import ALICE, CALLER, House
from tests.web.visitor import Visitor, words_of
from web import create_app
from web.box import EXTENSION, Box

OLD, NEW = "trois petits chats", "quatre grands chiens"
CHEAP = Cost(n_log2=4, r=1, p=1)


@pytest.fixture
def app(house: House) -> Flask:
    return create_app(house.data_dir, clock=house.clock)


@pytest.fixture
def accounts(app: Flask) -> AccountStore:
    box: Box = app.extensions[EXTENSION]
    return box.accounts


@pytest.fixture
def sophie(house: House, accounts: AccountStore) -> Account:
    account = accounts.add(
        "Sophie", Role.ADMIN, house.now, password_hash=hashed(OLD, CHEAP), mobile=ALICE
    )
    account = replace(account, mobile_verified_at=house.now)
    accounts.change(account)
    return account


def ask(app: Flask, name: str = "Sophie") -> TestResponse:
    return Visitor(app, role=None).press("/lost-password", "/lost-password", name=name)


def enter(app: Flask, code: str, name: str = "Sophie", new: str = NEW, **more: str) -> TestResponse:
    visitor = Visitor(app, role=None)
    values = {"name": name, "code": code, "new": new, "again": new, **more}
    return visitor.press("/lost-password/code", "/lost-password", **values)


def code_of(house: House) -> str:
    wish = house.wishes()[-1]
    assert wish["mobile"] == ALICE
    assert re.fullmatch(r"\d{6}", wish["code"])
    return wish["code"]


@pytest.mark.usefixtures("sophie")
def test_the_code_gives_a_new_password_and_ends_every_session(house: House, app: Flask) -> None:
    elsewhere = Visitor(app, role=None)
    elsewhere.press("/sign-in", "/sign-in", name="Sophie", password=OLD, next="")
    assert elsewhere.get().status_code == 200
    ask(app)
    code = code_of(house)
    answer = enter(app, f" {code[:3]} {code[3:]}")
    assert answer.status_code == 303
    assert elsewhere.get().status_code == 303
    for secret, status in ((OLD, 403), (NEW, 303)):
        visitor = Visitor(app, role=None)
        answer = visitor.press("/sign-in", "/sign-in", name="Sophie", password=secret, next="")
        assert answer.status_code == status
    assert enter(app, code).status_code == 422  # once


def test_whoever_asks_learns_nothing(
    house: House, app: Flask, accounts: AccountStore, sophie: Account
) -> None:
    accounts.add("Unproved", Role.STAFF, house.now, mobile=CALLER)
    accounts.add("Without", Role.STAFF, house.now)
    gone = accounts.add("Gone", Role.STAFF, house.now, mobile=CALLER)
    accounts.change(replace(gone, mobile_verified_at=house.now, disabled_at=house.now))
    shown = {}
    for name in (sophie.name, "Unproved", "Without", "Gone", "Nobody"):
        lines = len(accounts.audit_log(100))
        answer = ask(app, name)
        written = len(accounts.audit_log(100)) - lines
        shown[name] = (answer.status_code, words_of(answer.text), written)
    assert len(set(shown.values())) == 1
    assert "est en route vers lui" in shown["Nobody"][1]
    assert [wish["mobile"] for wish in house.wishes()] == [ALICE]
    wrong = {words_of(enter(app, "000000", name).text) for name in shown}
    assert len(wrong) == 1


@pytest.mark.usefixtures("sophie")
def test_a_code_lives_for_a_quarter_of_an_hour(house: House, app: Flask) -> None:
    ask(app)
    code = code_of(house)
    house.now += timedelta(minutes=15)
    assert enter(app, code).status_code == 422
    ask(app)
    assert enter(app, code_of(house)).status_code == 303


@pytest.mark.usefixtures("sophie")
def test_a_new_code_replaces_the_one_before_it(house: House, app: Flask) -> None:
    ask(app)
    first = code_of(house)
    ask(app)
    second = code_of(house)
    assert enter(app, first).status_code == (303 if first == second else 422)
    assert enter(app, second).status_code == 303


@pytest.mark.usefixtures("sophie")
def test_guessing_waits_and_does_not_come_back_with_a_restart(house: House, app: Flask) -> None:
    ask(app)
    code = code_of(house)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert [enter(app, wrong).status_code for _ in range(6)] == [422] * 5 + [429]
    anew = create_app(house.data_dir, clock=house.clock)
    assert enter(anew, code).status_code == 429
    house.now += timedelta(seconds=31)
    assert enter(anew, code).status_code == 303


@pytest.mark.usefixtures("sophie")
def test_nobody_s_telephone_is_flooded(house: House, app: Flask) -> None:
    assert [ask(app).status_code for _ in range(5)] == [200] * 3 + [429] * 2
    assert len(house.wishes()) == 3


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "१२३४५६", "0x1234", "-12345"])
@pytest.mark.usefixtures("sophie")
def test_what_is_no_code_is_no_code(app: Flask, code: str) -> None:
    ask(app)
    assert enter(app, code).status_code == 422


@pytest.mark.usefixtures("sophie")
def test_a_bad_new_password_costs_no_try(house: House, app: Flask) -> None:
    ask(app)
    for _ in range(8):
        answer = enter(app, code_of(house), new="court")
        assert "Au moins 10 caractères" in words_of(answer.text)
    assert enter(app, code_of(house), again="another").status_code == 422
    assert enter(app, code_of(house)).status_code == 303


def test_a_mobile_counts_once_its_code_came_back(
    house: House, app: Flask, accounts: AccountStore
) -> None:
    visitor = Visitor(app)
    visitor.press("/account/mobile", "/account", mobile="06 01 02 03 04")
    account = accounts.named("Sophie Admin")
    assert account is not None
    assert (account.mobile, account.mobile_verified_at) == (ALICE, None)
    assert visitor.press("/account/mobile/code", "/account", code="000000x").status_code == 422
    answer = visitor.press("/account/mobile/code", "/account", code=code_of(house))
    assert answer.status_code == 303
    assert "Vérifié : un mot de passe perdu" in visitor.read("/account")
    # Another number has to be proved anew
    visitor.press("/account/mobile", "/account", mobile="06 39 98 00 01")
    account = accounts.named("Sophie Admin")
    assert account is not None
    assert (account.mobile, account.mobile_verified_at) == (CALLER, None)


def test_the_code_for_one_number_proves_no_other(
    house: House, app: Flask, accounts: AccountStore
) -> None:
    visitor = Visitor(app)
    visitor.press("/account/mobile", "/account", mobile="06 01 02 03 04")
    code = code_of(house)
    visitor.press("/account/mobile", "/account", mobile="06 39 98 00 01")
    if code != house.wishes()[-1]["code"]:
        assert visitor.press("/account/mobile/code", "/account", code=code).status_code == 422
    account = accounts.named("Sophie Admin")
    assert account is not None
    assert account.mobile_verified_at is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("12", "Le numéro doit commencer par 0 ou par +."),
        ("0899 70 00 00", "numéro surtaxé"),
        ("+88 1234567", "pays"),
        ("", "Ce champ est à remplir."),
        ("06 01 02 03 04 🚑", "Le numéro contient autre chose que des chiffres."),
    ],
)
def test_what_is_no_mobile_is_said(house: House, app: Flask, typed: str, said: str) -> None:
    answer = Visitor(app).press("/account/mobile", "/account", mobile=typed)
    assert answer.status_code == 422
    assert said in words_of(answer.text)
    assert house.wishes() == []
