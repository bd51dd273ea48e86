"""Which browser may speak to the page: host names, origin and token, headers of every answer.

Who may open what is `gate`. What is here keeps other web sites, opened in the same browser, from
reading the page (DNS rebinding) or changing something through it (CSRF).
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, request

from web.gate import may_open
from web.sessions import COOKIE as SESSION_COOKIE

ALWAYS_ALLOWED = frozenset({"localhost", "veilleur.local"})
TOKEN_FIELD = "csrf_token"  # noqa: S105 - the name of a form field
TOKEN_HEADER = "X-CSRF-Token"  # noqa: S105 - the name of a header
VISIT_COOKIE = "veilleur_visit"
BODY_MAX = 64 * 1024
FORM_MEMORY_MAX = 8 * 1024**2
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # same-origin, not no-referrer: with the latter browsers send `Origin: null` with our own forms
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_VISIT = re.compile(r"[0-9a-f]{32}")


View = TypeVar("View", bound=Callable[..., Any])
_BODY_MAX_MARK = "veilleur_body_max"


def body_max(octets: int) -> Callable[[View], View]:
    """Let a view read a longer body than others."""

    def mark(view: View) -> View:
        setattr(view, _BODY_MAX_MARK, octets)
        return view

    return mark


class Guard:
    """Checks each request before any page sees it. ``names`` are host names beside IP addresses."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = ALWAYS_ALLOWED | {_bare(name) for name in names}
        # A new key at each start: nothing secret lies on disk, and pages fetch new tokens as
        # they refresh.
        self._key = secrets.token_bytes(32)

    def protect(self, app: Flask) -> None:
        app.config["MAX_CONTENT_LENGTH"] = BODY_MAX
        app.before_request(self._check)
        app.after_request(self._dress)
        app.jinja_env.globals["csrf_token"] = self.token

    def token(self) -> str:
        """The token that this visitor's changes must carry: another one once signed in."""
        signed_in = request.cookies.get(SESSION_COOKIE, "")
        message = f"{_visit()} {signed_in}".encode("utf-8", "replace")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()

    def host_allowed(self, host: str) -> bool:
        """IP addresses and known names. A rebinding attack needs a name of the attacker's."""
        try:
            name = urlsplit(f"//{host}").hostname
            urlsplit(f"//{host}").port  # noqa: B018 - raises for a port that is no number
        except ValueError:
            return False
        if not name or host != request_host(host):
            return False
        name = name.rstrip(".")
        if name in self._names:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    def _check(self) -> None:
        if not self.host_allowed(request.headers.get("Host", "")):
            abort(421)
        if request.method in SAFE_METHODS:
            return
        if not self._same_origin():
            abort(403)
        self._bound_body()
        given = request.headers.get(TOKEN_HEADER) or request.form.get(TOKEN_FIELD, "")
        if not hmac.compare_digest(given.encode(), self.token().encode()):
            abort(403)

    def _bound_body(self) -> None:
        """A long body only to the view that reads one (`body_max`), by those who may open it."""
        view = current_app.view_functions.get(request.endpoint or "")
        limit = getattr(view, _BODY_MAX_MARK, BODY_MAX)
        if limit > BODY_MAX and not may_open(view):
            limit = BODY_MAX  # a stranger's upload is not even unpacked
        request.max_content_length = limit
        request.max_form_memory_size = min(limit, FORM_MEMORY_MAX)  # files lie on disk

    def _same_origin(self) -> bool:
        """Every browser of this decade sends Origin with a POST; without it, Sec-Fetch-Site."""
        origin = request.headers.get("Origin")
        if origin is not None:
            return origin == f"{request.scheme}://{request.headers.get('Host', '')}"
        return request.headers.get("Sec-Fetch-Site") in ("same-origin", None)

    def _dress(self, response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers[name] = value
        if request.endpoint == "static" and ("v" in request.args or "/vendor/" in request.path):
            # The address changes with the content: see `assets.py`
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        else:
            response.headers["Cache-Control"] = "no-store"
        if "visit" in g and request.cookies.get(VISIT_COOKIE) != g.visit:
            response.set_cookie(
                VISIT_COOKIE, g.visit, httponly=True, samesite="Strict", secure=request.is_secure
            )
        return response


def request_host(host: str) -> str:
    """``host`` when it is nothing but a host and a port, else an empty text."""
    return host if re.fullmatch(r"[A-Za-z0-9.\-_\[\]:]+", host) else ""


def _visit() -> str:
    """The random name of this visitor, from the cookie or new."""
    if "visit" not in g:
        known = request.cookies.get(VISIT_COOKIE, "")
        g.visit = known if _VISIT.fullmatch(known) else secrets.token_hex(16)
    return str(g.visit)


def _bare(name: str) -> str:
    return name.strip().rstrip(".").lower()
