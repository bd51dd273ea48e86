"""Nobody opens what is not for them: the whole URL map, walked as each role."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from firmware.record import CallOutcome
from firmware.store.account_values import Role
from tests.web.house import CALLER, House
from tests.web.telephones import Telephones
from tests.web.visitor import Visitor
from web import create_app
from web.gate import own_path
from web.roles import roles_of

# Whoever reaches the page may open these, signed in or not. Everything else asks for an account:
# a view that is added and forgotten here is either closed or makes this test red.
PUBLIC = {
    "static",
    "accounts.sign_in",
    "accounts.try_to_sign_in",
    "accounts.lost",
    "accounts.send_lost",
    "accounts.use_code",
    "setup.begin",
    "setup.make_administrator",
    # behind a secret of its own
    "metrics.show",
    "personal.show",
    "personal.calendar",
    "personal.swap",
    "personal.ask",
    "personal.answer",
    "personal.set_pin",
}
VALUES: dict[str, Any] = {"alert_id": 1, "number": CALLER, "action": "call"}


@pytest.fixture
def app(house: House) -> Flask:
    house.alert(1)
    app = create_app(house.data_dir, phones=Telephones(), clock=house.clock)
    Visitor(app)  # there is an administrator
    return app


def asked(visitor: Visitor, rule: Rule) -> Any:
    """Ask for a view with the page's own token, as somebody who knows the address would."""
    _, path = rule.build({name: VALUES.get(name, 1) for name in rule.arguments}) or ("", "")
    if "GET" in (rule.methods or ()):
        return visitor.get(path)
    token = visitor.token("/sign-in")
    return visitor.client.post(
        path, data={"csrf_token": token}, headers={"Origin": "http://localhost"}
    )


def test_only_the_doors_are_public(app: Flask) -> None:
    found = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint == "static" or roles_of(app.view_functions[rule.endpoint]) is None
    }
    assert found == PUBLIC


def test_without_an_account_every_view_leads_to_the_door(house: House, app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint in PUBLIC:
            continue
        answer = asked(Visitor(app, role=None), rule)
        assert answer.status_code == 303, rule
        assert answer.headers["Location"].startswith("/sign-in"), rule
        assert "Martin" not in answer.text
    assert house.wishes() == []


@pytest.mark.parametrize("role", [Role.STAFF, Role.READER])
def test_a_role_opens_what_is_declared_for_it_and_nothing_else(
    house: House, app: Flask, role: Role
) -> None:
    refused = set()
    for rule in app.url_map.iter_rules():
        roles = roles_of(app.view_functions[rule.endpoint])
        if rule.endpoint in PUBLIC or roles is None:
            continue
        answer = asked(Visitor(app, role), rule)
        if role in roles:
            assert answer.status_code not in (401, 403), rule
        else:
            assert answer.status_code == 403, rule
            refused.add(rule.endpoint)
    if role is Role.READER:
        assert {"journal.show", "call_back.taken_care_of"} <= refused
        assert house.wishes() == []


def test_a_view_without_a_declaration_is_for_administrators(house: House, app: Flask) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret of the house")
    assert Visitor(app).get("/forgotten").text == "secret of the house"
    for role in (Role.STAFF, Role.READER, None):
        answer = Visitor(app, role).get("/forgotten")
        assert answer.status_code == (403 if role else 303)
        assert "secret" not in answer.text


def test_pages_that_one_may_not_open_are_not_offered(app: Flask) -> None:
    assert 'id="nav-journal"' in Visitor(app, Role.STAFF).get().text
    assert 'id="nav-journal"' not in Visitor(app, Role.READER).get().text


def test_the_screen_on_the_wall_shows_nothing_that_callers_wrote(house: House, app: Flask) -> None:
    house.call(1, CallOutcome.ALERTED, 5)
    assert "Derniers événements" in Visitor(app, Role.STAFF).read()
    page = Visitor(app, Role.READER).read()
    assert "Derniers événements" not in page
    assert "06 39 98 00 01" not in page
    assert "De garde maintenant Alice Martin" in page


def test_a_live_part_without_a_session_sends_the_window_to_the_door(app: Flask) -> None:
    answer = Visitor(app, role=None).get(
        "/?seen=x",
        HX_Request="true", HX_Target="live", HX_Current_URL="http://localhost/journal?kind=call",
    )  # fmt: skip
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/journal"
    assert answer.text == ""


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example",
        "javascript:alert(1)", "/a\nSet-Cookie: x", "journal", "", "/" + "x" * 600,
        "///evil.example",
    ],
)  # fmt: skip
def test_signing_in_leads_to_no_other_host(address: str) -> None:
    assert own_path(address) == ""


def test_signing_in_leads_back_to_the_page_that_was_asked_for() -> None:
    assert own_path("/journal?kind=call") == "/journal?kind=call"


def test_whoever_was_signed_out_meanwhile_is_told_that_nothing_was_saved(house: House) -> None:
    """A form half filled in, an emergency call, half an hour: the button must not seem to work."""
    app = create_app(house.data_dir, clock=house.clock)
    Visitor(app)  # there is an administrator
    stranger = Visitor(app, role=None)
    form = {"csrf_token": stranger.token("/sign-in"), "name": "Alice Martin", "sure": "yes"}

    def door(came_from: str) -> str:
        headers = {"Origin": "http://localhost", "Referer": came_from}
        answer = stranger.client.post("/people/absence", data=form, headers=headers)
        assert answer.status_code == 303
        return str(answer.headers["Location"])

    told = door("http://localhost/people/person?name=Alice+Martin")
    assert told == "/sign-in?next=/people/person?name%3DAlice%2BMartin&unsaved=1"
    assert "n’a pas été enregistré" in stranger.read(told)
    assert "n’a pas été enregistré" not in stranger.read("/sign-in")
    # the preview of the absence, which only its form can ask for; another site
    for elsewhere in ("http://localhost/people/absence", "http://evil.example/rota", "x"):
        assert door(elsewhere) == "/sign-in?unsaved=1"


TOO_LARGE = "9" * 26  # for SQLite, which cannot even be asked for such a row


def test_a_number_that_no_row_can_have_is_no_mistake_of_the_page(visitor: Visitor) -> None:
    for rule in visitor.client.application.url_map.iter_rules():
        if "<int:" in str(rule):
            path = re.sub(r"<int:\w+>", TOO_LARGE, str(rule))
            if "GET" in (rule.methods or ()):
                assert visitor.get(path).status_code == 404, path
            else:
                assert visitor.press(path, "/account").status_code in (404, 405), path
    for path in ("/rota?saved", "/rota/week?saved", "/rota/history?before", "/settings/log?before"):
        assert visitor.get(f"{path}={TOO_LARGE}").status_code == 200, path
    form = {"kind": "addition", "level": "1", "version": TOO_LARGE}
    assert visitor.press("/rota/change", "/account", **form).status_code == 422
    gone = visitor.press("/voicemail/delete", "/account", voicemail=TOO_LARGE)
    assert gone.status_code == 404
