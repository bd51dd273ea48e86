"""Texts for people, kept as English templates so that a catalogue can translate them later.

This room has no language: whoever shows a text gives ``render`` a ``gettext``. The templates are
the first argument of ``Text.of`` and the second of ``Table.fault`` for the catalogue's extractor.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

_SHOWN_MAX = 60


@dataclass(frozen=True, slots=True)
class Text:
    """A template with its values; a value may itself be a text."""

    template: str
    values: tuple[tuple[str, str | Text], ...] = ()

    @classmethod
    def of(cls, template: str, **values: str | int | Text) -> Text:
        """A text of ``template``, whose ``{fields}`` are the names of ``values``."""
        given = ((key, str(v) if isinstance(v, int) else v) for key, v in values.items())
        return cls(template, tuple(given))

    def render(self, translate: Callable[[str], str] = str) -> str:
        """The text in the language of ``translate``, English without it."""
        shown = {
            key: value.render(translate) if isinstance(value, Text) else value
            for key, value in self.values
        }
        return translate(self.template).format(**shown)


class TextError(ValueError):
    """A fault that is told as a ``Text``; ``str()`` of it is English."""

    def __init__(self, template: str, **values: str | int | Text) -> None:
        self.text = Text.of(template, **values)
        super().__init__(self.text.render())


def quoted(value: object) -> str:
    """``value`` in quotes for a message: on one line, shortened, nothing that a terminal obeys."""
    text = str(value)
    if len(text) > _SHOWN_MAX:
        text = text[: _SHOWN_MAX - 1] + "…"
    return "'" + "".join(_visible(c) for c in text) + "'"


def _visible(c: str) -> str:
    if unicodedata.category(c)[0] != "C" and unicodedata.category(c) not in ("Zl", "Zp"):
        return c
    return c.encode("unicode_escape").decode("ascii")
