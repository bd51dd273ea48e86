"""The newest lines of the journal, in this request's words."""

from __future__ import annotations

from firmware.record import JournalKind
from web.box import box
from web.journal_words import Line, journal_line
from web.language import N_
from web.reader import languages, name_of

HIDDEN = N_("a hidden number")
SOMEBODY = N_("somebody")


def newest_lines(
    limit: int, kind: JournalKind | None = None, before_id: int | None = None
) -> list[Line]:
    words = languages()
    return [
        journal_line(
            stored.id,
            stored.entry,
            name_of=name_of,
            hidden=words.gettext(HIDDEN),
            somebody=words.gettext(SOMEBODY),
        )
        for stored in box().journal(limit, kind, before_id)
    ]
