"""Attacks from another site, opened in the same browser."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.house import CALLER, House
from tests.web.telephones import Telephones
from tests.web.visitor import Visitor, parsed
from web import create_app
from web.guard import CONTENT_SECURITY_POLICY

PAGES = ["/", "/call-back", "/journal", "/demo", "/nothing-here", "/static/app.css"]
ACTION = "/alerts/1/taken-care-of"


@pytest.fixture
def visitor(house: House) -> Visitor:
    house.alert(1)
    app = create_app(
        house.data_dir, phones=Telephones(), clock=house.clock, names=["Planning.Dupont.lan"]
    )
    return Visitor(app)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "localhost:8080",
        "127.0.0.1:8080",
        "192.168.1.20",
        "[fe80::1]:8080",
        "[::1]",
        "veilleur.local",
        "VEILLEUR.local.:80",
        "planning.dupont.lan",
    ],
)
def test_addresses_and_known_names_are_answered(visitor: Visitor, host: str) -> None:
    assert visitor.get("/sign-in", Host=host).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "veilleur.local.evil.example",
        "127.0.0.1.evil.example",
        "localhost@evil.example",
        "evil.example#localhost",
        "localhost:80:80",
        "localhost:port",
        "local host",
        "[::1",
        "2130706433.evil",
        "",
    ],
)
def test_any_other_name_is_refused_before_anything_is_read(visitor: Visitor, host: str) -> None:
    answer = visitor.get("/", Host=host)
    assert answer.status_code in (400, 421)
    assert "Alice" not in answer.text
    assert "Dupont" not in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_headers(visitor: Visitor, path: str) -> None:
    headers = visitor.get(path).headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Server" not in headers or "Werkzeug" not in headers["Server"]


def test_the_policy_allows_nothing_inline_and_nobody_else() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY
    assert "frame-ancestors 'none'" in CONTENT_SECURITY_POLICY
    assert "*" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY


@pytest.mark.parametrize("path", PAGES[:5])
def test_no_page_has_an_inline_script_or_style(visitor: Visitor, path: str) -> None:
    for tag, attributes in parsed(visitor.get(path).text).tags:
        assert tag != "style"
        assert tag != "script" or attributes.get("src")
        assert "style" not in attributes
        assert not any(name.startswith(("on", "hx-on")) for name in attributes)


def test_pages_are_not_kept_by_caches(visitor: Visitor) -> None:
    assert visitor.get("/").headers["Cache-Control"] == "no-store"
    assert visitor.get("/static/app.css").headers["Cache-Control"] == "no-store"
    kept = visitor.get("/static/app.css?v=1").headers["Cache-Control"]
    assert "immutable" in kept


def test_a_change_needs_the_token(house: House, visitor: Visitor) -> None:
    headers = {"Origin": "http://localhost"}
    good = visitor.token("/call-back")
    for token in ("", "0" * 64, good[:-1] + ("0" if good[-1] != "0" else "1"), "é" * 64):
        answer = visitor.client.post(ACTION, data={"csrf_token": token}, headers=headers)
        assert answer.status_code == 403
    assert visitor.client.post(ACTION, headers=headers).status_code == 403
    assert house.wishes() == []


def test_the_token_of_another_visitor_is_worth_nothing(house: House, visitor: Visitor) -> None:
    other = Visitor(visitor.client.application)
    token = other.token("/call-back")
    visitor.get("/call-back")
    answer = visitor.client.post(
        ACTION, data={"csrf_token": token}, headers={"Origin": "http://localhost"}
    )
    assert answer.status_code == 403
    assert house.wishes() == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "https://localhost"},
        {"Origin": "http://localhost:81"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://evil.example", "Sec-Fetch-Site": "same-origin"},
    ],
)
def test_a_change_from_elsewhere_is_refused_even_with_a_token(
    house: House, visitor: Visitor, headers: dict[str, str]
) -> None:
    data = {"csrf_token": visitor.token("/call-back")}
    assert visitor.client.post(ACTION, data=data, headers=headers).status_code == 403
    assert house.wishes() == []


def test_the_token_may_come_as_a_header(house: House, visitor: Visitor) -> None:
    headers = {"Origin": "http://localhost", "X-CSRF-Token": visitor.token("/call-back")}
    assert visitor.client.post(ACTION, headers=headers).status_code == 303
    assert len(house.wishes()) == 1


def test_cookies_are_closed_to_scripts_and_other_sites(visitor: Visitor) -> None:
    cookies = visitor.get("/call-back?lang=en").headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=" in cookie
    assert any("veilleur_visit" in cookie and "SameSite=Strict" in cookie for cookie in cookies)


def test_a_forged_visit_cookie_is_replaced(visitor: Visitor) -> None:
    visitor.client.set_cookie("veilleur_visit", "<script>")
    assert "veilleur_visit=" in visitor.get("/call-back").headers["Set-Cookie"]


def test_no_change_hides_behind_a_get(visitor: Visitor) -> None:
    for rule in visitor.client.application.url_map.iter_rules():
        methods = (rule.methods or set()) - {"OPTIONS", "HEAD"}
        assert methods in ({"GET"}, {"POST"})
    assert visitor.get(ACTION).status_code == 405


def test_every_change_in_the_url_map_is_guarded(house: House, visitor: Visitor) -> None:
    """A route added later is attacked here without anybody having to remember."""
    for rule in visitor.client.application.url_map.iter_rules():
        if "POST" not in (rule.methods or ()):
            continue
        values = {"alert_id": 1, "number": CALLER, "action": "call", "secret": "x"}
        url = rule.build({name: values.get(name, 1) for name in rule.arguments})
        assert url is not None
        answer = visitor.client.post(url[1], headers={"Origin": "http://localhost"})
        assert answer.status_code == 403, rule


def test_a_body_too_large_is_refused(house: House, visitor: Visitor) -> None:
    data = {"csrf_token": visitor.token("/call-back"), "by": "x" * 100_000}
    answer = visitor.client.post(ACTION, data=data, headers={"Origin": "http://localhost"})
    assert answer.status_code == 413
    assert house.wishes() == []


def test_a_mistake_of_ours_tells_nothing(tmp_path: Path, house: House) -> None:
    def broken() -> str:
        raise RuntimeError("secret of the house")

    app = create_app(house.data_dir, clock=house.clock)
    app.add_url_rule("/broken", "broken", broken)
    app.logger.disabled = True
    answer = Visitor(app).get("/broken")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "La page a commis une erreur." in answer.text
