"""The frame around every page, and the pages that do not keep themselves up to date.

A page that lives is made by `live.live_page`, any other by `render_page`: its template extends
``frame.html``. ``active`` is the page's name among the entries; ``style`` names the page's own
style sheet ``static/STYLE.css``, which no other page loads.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, Response, make_response, render_template

from firmware.store.account_values import Role
from web.box import box
from web.forms import described
from web.gate import may_see
from web.page import Entry, Page
from web.reader import shared
from web.saying import say
from web.sessions import current_account

EXTENSION = "veilleur-frame"


class Frame:
    """All that templates ask of the frame. ``is_demo``: nobody has to sign in here."""

    def __init__(self, pages: Sequence[Page], *, is_demo: bool) -> None:
        self._entries = tuple(page.entry for page in pages if page.entry is not None)
        self._is_demo = is_demo
        self.audit_words = {what: words for page in pages for what, words in page.audit.items()}

    def install(self, app: Flask) -> None:
        app.extensions[EXTENSION] = self
        app.jinja_env.globals.update(
            entries=self.entries,
            current_account=current_account,
            is_demo=self._is_demo,
            described=described,
            is_admin=is_admin,
            rows_left_out=lambda: box().left_out,
            unreadable_accounts=lambda: box().accounts.unreadable(),
            say=say,
        )

    def entries(self) -> list[Entry]:
        """The pages that this account may open."""
        return [entry for entry in self._entries if may_see(entry)]


def is_admin() -> bool:
    """Whether whoever reads may change things."""
    account = current_account()
    return account is not None and account.role == Role.ADMIN


def render_page(
    template: str, *, active: str = "", style: str = "", code: int = 200, **values: object
) -> Response:
    """A page in its frame: ``template`` extends ``frame.html``."""
    values = {**shared(), "active": active, "style": style, **values}
    return make_response(render_template(template, **values), code)
