"""Lines of the journal in this request's words."""

from __future__ import annotations

from collections.abc import Iterable

from firmware.record import JournalKind
from firmware.store.journal import StoredEntry
from web.box import box
from web.journal_words import Line, journal_line
from web.language import N_
from web.reader import languages, name_of

HIDDEN = N_("a hidden number")
SOMEBODY = N_("somebody")


def newest_lines(
    limit: int, kind: JournalKind | None = None, before_id: int | None = None
) -> list[Line]:
    return found_lines(box().journal(limit, kind, before_id))


def found_lines(stored: Iterable[StoredEntry]) -> list[Line]:
    words = languages()
    hidden, somebody = words.gettext(HIDDEN), words.gettext(SOMEBODY)
    return [
        journal_line(each.id, each.entry, name_of=name_of, hidden=hidden, somebody=somebody)
        for each in stored
    ]


def in_words(line: Line) -> str:
    """The sentence of a line as plain text."""
    return languages().gettext(line.words.sentence) % line.values
