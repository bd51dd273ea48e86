"""Lines of the journal in this request's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from firmware.record import JournalEntry, JournalKind
from firmware.store.journal import StoredEntry
from firmware.store.rota_history import Sentence
from web.box import box
from web.journal_words import Line, journal_line
from web.language import N_
from web.reader import languages, name_of
from web.saying import say

HIDDEN = N_("a hidden number")
SOMEBODY = N_("somebody")


def newest_lines(
    limit: int, kind: JournalKind | None = None, before_id: int | None = None
) -> list[Line]:
    return found_lines(box().journal(limit, kind, before_id))


def found_lines(stored: Sequence[StoredEntry]) -> list[Line]:
    words = languages()
    hidden, somebody = words.gettext(HIDDEN), words.gettext(SOMEBODY)
    lines = [
        journal_line(each.id, each.entry, name_of=name_of, hidden=hidden, somebody=somebody)
        for each in stored
    ]
    return [
        replace(line, text=_edit(each.entry)) if each.entry.kind is JournalKind.EDIT else line
        for each, line in zip(stored, lines, strict=True)
    ]


def _edit(entry: JournalEntry) -> str:
    """What an edit of the rota did, as its history words it."""
    what, values = entry.detail.get("sentence"), entry.detail.get("values")
    if not isinstance(what, str) or not isinstance(values, dict):
        return ""
    return say(Sentence(what, {str(key): str(value) for key, value in values.items()}))


def in_words(line: Line) -> str:
    """The sentence of a line as plain text."""
    return languages().gettext(line.words.sentence) % line.values
