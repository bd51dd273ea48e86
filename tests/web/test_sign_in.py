"""Attacks on signing in, and on the sessions of those who are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from firmware.store import password
from firmware.store.account_store import AccountStore
from firmware.store.account_values import Account, Role
from firmware.store.password import Cost, hashed
from tests.web.house import House
from tests.web.visitor import NAMES, Visitor, words_of
from web import create_app
from web.box import EXTENSION, Box
from web.sessions import COOKIE, LIMITS, digest_of

SECRET = "trois petits chats"  # noqa: S105 - of accounts that live for one test
CHEAP = Cost(n_log2=4, r=1, p=1)
WRONG = "Ce nom et ce mot de passe ne vont pas ensemble."


@pytest.fixture
def app(house: House) -> Flask:
    return create_app(house.data_dir, clock=house.clock)


@pytest.fixture
def accounts(app: Flask) -> AccountStore:
    box: Box = app.extensions[EXTENSION]
    return box.accounts


@pytest.fixture
def sophie(house: House, accounts: AccountStore) -> Account:
    return accounts.add("Sophie", Role.ADMIN, house.now, password_hash=hashed(SECRET, CHEAP))


def stranger(app: Flask, address: str = "192.168.1.7") -> Visitor:
    visitor = Visitor(app, role=None)
    visitor.client.environ_base["REMOTE_ADDR"] = address
    return visitor


def try_it(visitor: Visitor, name: str, secret: str, after: str = "") -> TestResponse:
    return visitor.press("/sign-in", "/sign-in", name=name, password=secret, next=after)


@pytest.mark.usefixtures("sophie")
def test_the_right_password_opens_the_page_that_was_wanted(app: Flask) -> None:
    visitor = stranger(app)
    door = visitor.get("/journal?kind=call").headers["Location"]
    assert door == "/sign-in?next=/journal?kind%3Dcall"
    assert 'value="/journal?kind=call"' in visitor.get(door).text
    answer = try_it(visitor, " sophie ", SECRET, "/journal?kind=call")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/journal?kind=call")
    assert "Journal" in visitor.read("/journal")


@pytest.mark.usefixtures("sophie")
def test_signing_in_never_leads_to_another_host(app: Flask) -> None:
    assert try_it(stranger(app), "Sophie", SECRET, "//evil.example/").headers["Location"] == "/"


def test_an_unknown_name_is_the_same_answer_after_the_same_work(
    house: House, app: Flask, accounts: AccountStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts.add("Known", Role.ADMIN, house.now, password_hash=hashed(SECRET))
    gone = accounts.add("Gone", Role.STAFF, house.now, password_hash=hashed(SECRET))
    accounts.change(replace(gone, disabled_at=house.now))
    accounts.add("Without", Role.STAFF, house.now)
    work: list[Cost] = []
    reckon = password._scrypt

    def counted(secret: str, salt: bytes, cost: Cost) -> bytes:
        work.append(cost)
        return reckon(secret, salt, cost)

    monkeypatch.setattr(password, "_scrypt", counted)
    answers = {}
    tries = [("Known", "wrong"), ("Nobody", "wrong"), ("Gone", SECRET), ("Without", "x")]
    for name, secret in tries:
        work.clear()
        lines = len(accounts.audit_log(100))
        answer = try_it(stranger(app), name, secret)
        written = len(accounts.audit_log(100)) - lines
        answers[name] = (answer.status_code, words_of(answer.text), list(work), written)
    assert len(set(map(str, answers.values()))) == 1, answers
    assert answers["Nobody"][0] == 403
    assert WRONG in answers["Nobody"][1]
    assert answers["Nobody"][2:] == ([Cost()], 1)


@pytest.mark.usefixtures("sophie")
def test_tries_are_throttled_even_across_a_restart(house: House, app: Flask) -> None:
    for _ in range(5):
        assert try_it(stranger(app), "SOPHIE", "wrong").status_code == 403
    answer = try_it(stranger(app), "Sophie", SECRET)
    assert answer.status_code == 429
    assert "Trop d’essais. Attendez 30 s, puis réessayez." in words_of(answer.text)
    anew = create_app(house.data_dir, clock=house.clock)
    assert try_it(stranger(anew), "Sophie", SECRET).status_code == 429
    # Sophie herself, at her own desk, is not locked out by it
    assert try_it(stranger(anew, "192.168.1.20"), "Sophie", SECRET).status_code == 303
    house.now += timedelta(seconds=31)
    assert try_it(stranger(anew), "Sophie", SECRET).status_code == 303


@pytest.mark.usefixtures("sophie")
def test_an_unknown_name_is_throttled_in_the_same_way(app: Flask) -> None:
    codes = [try_it(stranger(app), "Nobody", "wrong").status_code for _ in range(6)]
    assert codes == [403] * 5 + [429]


@pytest.mark.parametrize("secret", ["", "x" * 201, "é" * 300, "\x00", "🚑" * 60])
@pytest.mark.usefixtures("sophie")
def test_any_password_is_answered(app: Flask, secret: str) -> None:
    assert try_it(stranger(app), "Sophie", secret).status_code in (403, 422)
    assert try_it(stranger(app), secret, SECRET).status_code in (403, 422)


@pytest.mark.usefixtures("sophie")
def test_a_planted_session_is_worth_nothing_after_signing_in(app: Flask) -> None:
    visitor = stranger(app)
    visitor.client.set_cookie(COOKIE, "planted-by-somebody")
    token_before = visitor.token("/sign-in")
    try_it(visitor, "Sophie", SECRET)
    cookie = visitor.client.get_cookie(COOKIE)
    assert cookie is not None
    assert cookie.value != "planted-by-somebody"
    assert len(cookie.value) >= 43  # 256 bits in base 64
    thief = stranger(app)
    thief.client.set_cookie(COOKIE, "planted-by-somebody")
    assert thief.get().status_code == 303
    # A token fetched before counts no more either
    answer = visitor.client.post(
        "/sign-out", data={"csrf_token": token_before}, headers={"Origin": "http://localhost"}
    )
    assert answer.status_code == 403


def test_signing_in_again_ends_the_session_of_before(
    app: Flask, accounts: AccountStore, sophie: Account
) -> None:
    visitor = stranger(app)
    try_it(visitor, "Sophie", SECRET)
    first = visitor.client.get_cookie(COOKIE)
    try_it(visitor, "Sophie", SECRET)
    second = visitor.client.get_cookie(COOKIE)
    assert first is not None and second is not None  # noqa: PT018
    assert first.value != second.value
    digests = [each.digest for each in accounts.sign_ins(sophie.id)]
    assert digests == [digest_of(second.value)]


@pytest.mark.usefixtures("sophie")
def test_the_cookie_is_closed_to_scripts_and_to_other_sites_and_secure_under_tls(
    app: Flask,
) -> None:
    visitor = stranger(app)
    (cookie,) = (
        each
        for each in try_it(visitor, "Sophie", SECRET).headers.getlist("Set-Cookie")
        if each.startswith(COOKIE)
    )
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert "Max-Age" not in cookie  # an administrator's ends with the browser
    tls = app.test_client()
    page = tls.get("/sign-in", base_url="https://localhost").text
    data = {
        "csrf_token": page.split('name="csrf_token" value="')[1].split('"')[0],
        "name": "Sophie",
        "password": SECRET,
    }
    answer = tls.post(
        "/sign-in", data=data, base_url="https://localhost", headers={"Origin": "https://localhost"}
    )
    assert answer.status_code == 303
    assert all("Secure" in each for each in answer.headers.getlist("Set-Cookie"))


@pytest.mark.usefixtures("sophie")
def test_what_lies_in_the_store_opens_nothing(app: Flask, accounts: AccountStore) -> None:
    visitor = stranger(app)
    try_it(visitor, "Sophie", SECRET)
    (known,) = accounts.sign_ins(1)
    for stolen in (known.digest, "", "x", "é", "%00", "../../etc/passwd", "0" * 4000):
        thief = stranger(app)
        thief.client.set_cookie(COOKIE, stolen)
        assert thief.get().status_code == 303


def test_signing_out_makes_the_cookie_worthless(app: Flask) -> None:
    visitor = Visitor(app)
    kept = visitor.client.get_cookie(COOKIE)
    assert kept is not None
    assert visitor.press("/sign-out", "/account").status_code == 303
    assert visitor.client.get_cookie(COOKIE) is None
    visitor.client.set_cookie(COOKIE, kept.value)
    assert visitor.get().status_code == 303


def test_another_site_signs_nobody_out(app: Flask) -> None:
    visitor = Visitor(app)
    for headers in ({"Origin": "http://evil.example"}, {"Host": "evil.example"}):
        refused = visitor.client.post("/sign-out", headers=headers)
        assert refused.status_code in (403, 421)
        assert not any(COOKIE in each for each in refused.headers.getlist("Set-Cookie"))
    assert visitor.get().status_code == 200


def sign_in_as(app: Flask, house: House, accounts: AccountStore, role: Role) -> Visitor:
    accounts.add(f"A {role}", role, house.now, password_hash=hashed(SECRET, CHEAP))
    if not accounts.has_administrator():
        accounts.add("Somebody", Role.ADMIN, house.now)
    visitor = stranger(app)
    assert try_it(visitor, f"A {role}", SECRET).status_code == 303
    return visitor


@pytest.mark.parametrize("role", list(Role))
def test_a_session_ends_when_nobody_does_anything(
    app: Flask, house: House, accounts: AccountStore, role: Role
) -> None:
    visitor = sign_in_as(app, house, accounts, role)
    step = LIMITS[role].idle - timedelta(seconds=1)
    house.now += step
    assert visitor.get().status_code == 200
    house.now += step
    assert visitor.get().status_code == 200
    house.now += LIMITS[role].idle + timedelta(seconds=1)
    assert visitor.get().status_code == 303


@pytest.mark.parametrize("role", list(Role))
def test_a_session_ends_however_busy_it_is(
    app: Flask, house: House, accounts: AccountStore, role: Role
) -> None:
    visitor = sign_in_as(app, house, accounts, role)
    end = house.now + LIMITS[role].whole
    while house.now + LIMITS[role].idle / 2 < end:
        house.now += LIMITS[role].idle / 2
        assert visitor.get().status_code == 200
    house.now = end
    assert visitor.get().status_code == 303


@pytest.mark.parametrize("role", list(Role))
def test_a_page_that_fetches_itself_again_is_nobody_s_tap_but_a_reader_s(
    app: Flask, house: House, accounts: AccountStore, role: Role
) -> None:
    visitor = sign_in_as(app, house, accounts, role)
    for _ in range(3):
        house.now += LIMITS[role].idle / 2
        answer = visitor.get("/", HX_Request="true", HX_Target="live")
    assert answer.status_code == (200 if role is Role.READER else 401)


def test_whoever_is_disabled_or_changed_is_out_at_once(
    app: Flask, house: House, accounts: AccountStore
) -> None:
    Visitor(app)  # an administrator stays
    for change in ({"disabled_at": house.now}, {"role": Role.READER}, {"hash": "another"}):
        visitor = Visitor(app, Role.STAFF)
        account = accounts.named(NAMES[Role.STAFF])
        assert account is not None
        assert visitor.get().status_code == 200
        accounts.change(replace(account, **change))
        assert visitor.get().status_code == 303, change
        accounts.change(replace(account, disabled_at=None))


def test_every_try_is_in_the_audit_log(app: Flask, accounts: AccountStore, sophie: Account) -> None:
    try_it(stranger(app), "Sophie", "wrong")
    try_it(stranger(app), "Nobody", "my own password, typed into the wrong field")
    try_it(stranger(app), "Sophie", SECRET)
    lines = [entry for _, entry in accounts.audit_log(10)]
    assert [(entry.what, entry.name, entry.values) for entry in lines] == [
        ("sign_in", "Sophie", {}),
        ("sign_in.failed", "", {"account": "?"}),
        ("sign_in.failed", "", {"account": sophie.name}),
    ]
    assert {entry.address for entry in lines} == {"192.168.1.7"}
