"""Who is signed in: Flask-Login on sessions that lie in the store, not in the cookie.

The cookie holds a random secret and nothing else, the store its SHA-256: a session can be revoked
at once, a backup lets nobody in, and there is no key to keep on disk. Every sign-in begins a new
session under a new secret, so that a cookie planted beforehand is worth nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask, Request, Response, g, request, session
from flask.sessions import SessionInterface, SessionMixin
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.datastructures import CallbackDict

from firmware.store.account_values import Account, Role, SignIn
from web.box import box

COOKIE = "veilleur_session"
SECRET_OCTETS = 32
TOUCH_EVERY = timedelta(minutes=1)  # "last seen" costs a write to the SD card
DEVICE_MAX = 120
_FLASK_LOGIN_S = ("_user_id", "_id", "_fresh")


@dataclass(frozen=True, slots=True)
class Limits:
    """A session ends ``idle`` after the last thing a person did, and ``whole`` after it began."""

    idle: timedelta
    whole: timedelta


# An administrator's page on an office desk is a key left in the door: it closes after half an hour
# without a tap, and asks again each day. Staff look at the rota on their own telephones; asking
# them daily would only teach them easy passwords. A reader's page hangs on a wall.
LIMITS = {
    Role.ADMIN: Limits(timedelta(minutes=30), timedelta(hours=12)),
    Role.STAFF: Limits(timedelta(hours=24), timedelta(days=14)),
    Role.READER: Limits(timedelta(days=14), timedelta(days=90)),
}
LONGEST = max(limits.whole for limits in LIMITS.values())


class User(UserMixin):  # type: ignore[misc]
    """An account as Flask-Login wants it."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def get_id(self) -> str:
        return str(self.account.id)


class BrowserSession(CallbackDict[str, object], SessionMixin):
    """What the page remembers of one browser while somebody is signed in there."""

    def __init__(self, secret: str) -> None:
        super().__init__({}, BrowserSession._changed)
        self.secret = secret
        self.known: SignIn | None = None
        self.account: Account | None = None
        self.modified = False
        self.begins = self.looked_up = False

    def _changed(self) -> None:
        self.modified = True

    def load(self, now: datetime) -> None:
        """Look the cookie up; called once the request's host has been checked."""
        self.looked_up = True
        if not self.secret:
            return
        found = box().accounts.sign_in(digest_of(self.secret))
        if found is None or not is_alive(*found, now):
            return
        self.known, self.account = found
        self.update(self.known.values)
        self["_user_id"] = str(self.account.id)
        self.modified = False


class StoreSessions(SessionInterface):
    """Keeps Flask's session in the table ``sign_in``, for signed-in browsers alone."""

    def open_session(self, app: Flask, request: Request) -> BrowserSession:
        return BrowserSession(request.cookies.get(COOKIE, ""))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        browser = cast(BrowserSession, session)
        if "_user_id" not in browser:
            self._end(browser, response)
        elif browser.begins:
            self._begin(browser, response)
        elif browser.known is not None and (browser.modified or _seen_anew(browser.known)):
            box().accounts.touch(
                replace(browser.known, seen_at=_seen_at(browser.known), values=_values(browser))
            )

    def _begin(self, browser: BrowserSession, response: Response) -> None:
        now, secret = box().clock(), secrets.token_urlsafe(SECRET_OCTETS)
        account = current_user.account
        box().accounts.begin(
            SignIn(
                digest=digest_of(secret),
                account=account.id,
                created_at=now,
                seen_at=now,
                address=request.remote_addr or "",
                device=request.user_agent.string[:DEVICE_MAX],
                values=_values(browser),
            ),
            instead_of=browser.known.digest if browser.known is not None else None,
        )
        box().accounts.forget_before(now - LONGEST)
        # An administrator's ends with the browser as well: the office computer is shared
        life = None if account.role is Role.ADMIN else LIMITS[account.role].whole
        response.set_cookie(
            COOKIE, secret, max_age=life, httponly=True, samesite="Lax", secure=request.is_secure
        )

    def _end(self, browser: BrowserSession, response: Response) -> None:
        if browser.known is not None:
            box().accounts.end(browser.known.digest)
        # A request that was refused before anybody looked (another site's) signs nobody out
        if browser.secret and browser.looked_up:
            response.delete_cookie(
                COOKIE, httponly=True, samesite="Lax", secure=request.is_secure
            )


def install(app: Flask, guest: str | None) -> None:
    """``guest`` names the account of whoever is not signed in: the demo's administrator."""
    app.session_interface = StoreSessions()
    manager = LoginManager()
    manager.session_protection = None  # the secret is the session; a telephone changes its address
    manager.init_app(app)

    @manager.user_loader  # type: ignore[untyped-decorator]
    def load(user_id: str) -> User | None:
        account = cast(BrowserSession, session).account
        return User(account) if account is not None and str(account.id) == user_id else None

    @manager.request_loader  # type: ignore[untyped-decorator]
    def load_guest(_: Request) -> User | None:
        account = box().accounts.named(guest) if guest is not None else None
        return User(account) if account is not None else None


def enter(account: Account) -> None:
    """Sign this browser in under a new secret; what was remembered of it before is dropped."""
    session.clear()
    login_user(User(account))
    cast(BrowserSession, session).begins = True
    g.pop("language", None)


def leave() -> None:
    """Sign this browser out; the cookie's secret is worth nothing any more."""
    logout_user()
    session.clear()


def current_account() -> Account | None:
    """Whose request this is."""
    found: Account | None = getattr(current_user, "account", None)
    return found


def own_language() -> str | None:
    """The language that this account has chosen for itself."""
    account = cast(BrowserSession, session).account
    return account.language if account is not None else None


def current_digest() -> str:
    """The key of this browser's session in the store; empty for the demo's guest."""
    known = cast(BrowserSession, session).known
    return known.digest if known is not None else ""


def is_alive(known: SignIn, account: Account, now: datetime) -> bool:
    limits = LIMITS[account.role]
    return (
        account.disabled_at is None
        and now - known.seen_at < limits.idle
        and now - known.created_at < limits.whole
    )


def digest_of(secret: str) -> str:
    """A secret of 256 random bits needs no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _values(browser: BrowserSession) -> dict[str, Any]:
    return {name: value for name, value in browser.items() if name not in _FLASK_LOGIN_S}


def _by_a_person() -> bool:
    """A page that fetches itself again proves nobody's presence, except on a reader's wall."""
    account = cast(BrowserSession, session).account
    by_itself = request.method == "GET" and request.headers.get("HX-Target") == "live"
    return not by_itself or (account is not None and account.role is Role.READER)


def _seen_anew(known: SignIn) -> bool:
    return _by_a_person() and box().clock() - known.seen_at >= TOUCH_EVERY


def _seen_at(known: SignIn) -> datetime:
    return box().clock() if _by_a_person() else known.seen_at
