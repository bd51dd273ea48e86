"""Lets nobody past who may not open a page: looks at every request after `guard`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from web.box import box
from web.page import Entry
from web.roles import roles_of
from web.sessions import BrowserSession, current_account

PATH_MAX = 500


def protect(app: Flask) -> None:
    app.before_request(_check)


def _check() -> ResponseReturnValue | None:
    if request.endpoint == "static":
        return None
    cast(BrowserSession, session).load(box().clock())
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return None  # there is no such page, for nobody
    roles = roles_of(view)
    if roles is None:
        return None
    account = current_account()
    if account is None:
        return _ask_to_sign_in()
    if account.role not in roles:
        abort(403)
    return None


def may_open(view: Callable[..., Any] | None) -> bool:
    """Whether this request's account may open the view; asked by `guard`, before it is checked."""
    if view is None:
        return False
    cast(BrowserSession, session).load(box().clock())
    roles, account = roles_of(view), current_account()
    return roles is None or (account is not None and account.role in roles)


def may_open_page(endpoint: str) -> bool:
    """Whether this request's account may open the page behind an endpoint."""
    return may_open(current_app.view_functions.get(endpoint))


def _ask_to_sign_in() -> ResponseReturnValue:
    if not box().accounts.has_administrator():
        return _elsewhere(url_for("setup.begin"))
    # Whoever was signed out while filling in a form must not believe that it was saved
    unsaved = None if request.method in ("GET", "HEAD") else "1"
    return _elsewhere(url_for("accounts.sign_in", next=_wanted() or None, unsaved=unsaved))


def _elsewhere(address: str) -> ResponseReturnValue:
    """Send the whole window there, also when only a part of the page was asked for."""
    if request.headers.get("HX-Request"):
        return Response("", 401, {"HX-Redirect": address})
    return redirect(address, 303)


def _wanted() -> str:
    """The page to come back to: the one that is open, if a part of it or a change was asked for."""
    if request.headers.get("HX-Request"):
        seen = urlsplit(request.headers.get("HX-Current-URL", ""))
        return own_path(seen.path)
    return own_path(request.full_path.rstrip("?")) if request.method == "GET" else _page_of_form()


def _page_of_form() -> str:
    """The page whose form was sent, if it can be opened again: some are answers to a form."""
    seen = urlsplit(request.referrer or "")
    if seen.netloc != request.host:
        return ""
    try:
        current_app.url_map.bind(request.host).match(seen.path, method="GET")
    except HTTPException:
        return ""
    return own_path(f"{seen.path}?{seen.query}".rstrip("?"))


def own_path(address: str) -> str:
    """``address`` if it is a path of this page and of no other host, else nothing."""
    parts = urlsplit(address)
    safe = (
        address.startswith("/")
        and not address.startswith(("//", "/\\"))
        and not parts.scheme
        and not parts.netloc
        and len(address) <= PATH_MAX
        and address.isprintable()
        and "\\" not in address
    )
    return address if safe and parts.path != "/" else ""


def may_see(entry: Entry) -> bool:
    account = current_account()
    return account is not None and (account.role == "admin" or account.role in entry.roles)
