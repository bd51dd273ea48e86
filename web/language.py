"""The reader's language: the site's, or the one chosen on the page; and its message catalogue."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from pathlib import Path

from flask import Flask, Response, g, request

from firmware.wording import LANGUAGES, Wording

TRANSLATIONS = Path(__file__).parent / "translations"
COOKIE = "veilleur_lang"
COOKIE_MAX_AGE_S = 365 * 24 * 3600
DEFAULT = "fr"
NAMES = {"fr": "Français", "en": "English"}


def N_(msgid: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """Mark a sentence for the catalogue without translating it yet."""
    return msgid


class Languages:
    """Both catalogues. ``own_language`` is the account's; ``site_language`` is asked last."""

    def __init__(
        self, site_language: Callable[[], str], own_language: Callable[[], str | None]
    ) -> None:
        self._site_language, self._own_language = site_language, own_language
        self._pages = {
            language: gettext.translation("messages", TRANSLATIONS, [language])
            for language in LANGUAGES
        }
        self._firmware = {language: Wording(language) for language in LANGUAGES}

    def install(self, app: Flask) -> None:
        app.jinja_env.add_extension("jinja2.ext.i18n")
        app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
            self.gettext, self.ngettext, newstyle=True
        )
        app.jinja_env.globals.update(language=self.current, language_names=NAMES)
        app.after_request(self._remember)

    def current(self) -> str:
        """The language of this request."""
        if "language" not in g:
            wanted = (
                request.args.get("lang"),
                self._own_language(),
                request.cookies.get(COOKIE),
                self._site_language(),
            )
            g.language = next((each for each in wanted if each in LANGUAGES), DEFAULT)
        return str(g.language)

    def gettext(self, msgid: str) -> str:
        return self._pages[self.current()].gettext(msgid)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return self._pages[self.current()].ngettext(singular, plural, number)

    def in_site_language(self, msgid: str) -> str:
        """For words that leave the page and reach people by SMS."""
        return self._pages[self._site_language()].gettext(msgid)

    def alarm(self, cause: str, values: Mapping[str, str]) -> str:
        """An alarm's cause, a sentence of the daemon's own catalogue, in this language.

        An alarm recorded by another version of the program may name values that its sentence
        no longer has, or the reverse: then the sentence itself is still shown.
        """
        try:
            said = self._firmware[self.current()].say(cause, **values)
        except (KeyError, IndexError, ValueError):
            said = cause
        return said[:1].upper() + said[1:]

    def _remember(self, response: Response) -> Response:
        chosen = request.args.get("lang")
        if chosen in LANGUAGES:
            response.set_cookie(
                COOKIE,
                str(chosen),
                max_age=COOKIE_MAX_AGE_S,
                samesite="Lax",
                httponly=True,
                secure=request.is_secure,
            )
        return response
