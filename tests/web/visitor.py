"""Somebody with a browser: reads pages as text, presses buttons with the page's own token."""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser

from flask import Flask
from werkzeug.test import TestResponse

from firmware.store.account_values import Role, SignIn
from web.box import EXTENSION, Box
from web.sessions import COOKIE, digest_of

LONG_ENOUGH = timedelta(days=3650)  # a test that moves its clock is not signed out by that
NAMES = {Role.ADMIN: "Sophie Admin", Role.STAFF: "Sam Staff", Role.READER: "Rita Reader"}
VOID = {"meta", "link", "input", "br", "use", "path"}


class _Text(HTMLParser):
    """The words that a reader sees, and the values of given attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def parsed(html: str) -> _Text:
    parser = _Text()
    parser.feed(html)
    return parser


def words_of(html: str) -> str:
    """The text of a page with single blanks, typographic ones included."""
    return " ".join(" ".join(parsed(html).words).split())


def admit(app: Flask, role: Role) -> str:
    """Make an account of that role, if there is none, and sign it in: the cookie's secret."""
    box: Box = app.extensions[EXTENSION]
    account = box.accounts.named(NAMES[role]) or box.accounts.add(NAMES[role], role, box.clock())
    secret = f"secret-of-{role}-{id(app)}"
    begun = box.clock() + LONG_ENOUGH
    box.accounts.begin(SignIn(digest_of(secret), account.id, begun, begun, "127.0.0.1"))
    return secret


class Visitor:
    """A browser without JavaScript, in French unless the page was asked for English.

    Signed in under an account of ``role``, by default an administrator's; None: not signed in.
    """

    def __init__(self, app: Flask, role: Role | None = Role.ADMIN) -> None:
        self.client = app.test_client()
        if role is not None:
            self.client.set_cookie(COOKIE, admit(app, role))

    @property
    def box(self) -> Box:
        """What the page that is visited keeps of its box."""
        found: Box = self.client.application.extensions[EXTENSION]
        return found

    def get(self, path: str = "/", **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        # buffered: a static file is read and closed at once
        return self.client.get(path, headers=named, buffered=True)

    def read(self, path: str = "/") -> str:
        """The words of a page, which must be there."""
        response = self.get(path)
        assert response.status_code == 200, response.text
        return words_of(response.text)

    def token(self, path: str) -> str:
        found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', self.get(path).text)
        assert found is not None, f"{path} offers no change"
        return found[1]

    def press(self, path: str, page: str, **values: str) -> TestResponse:
        """Send the form of ``page`` that goes to ``path``."""
        data = {"csrf_token": self.token(page), **values}
        return self.client.post(path, data=data, headers={"Origin": "http://localhost"})
