"""The journal: what happened, the newest first, live."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, Response, request

from firmware.record import JournalKind
from firmware.store.account_values import Role
from web.journal_lines import newest_lines
from web.journal_words import KIND_NAMES
from web.live import live_page
from web.reader import reader
from web.roles import allow

blueprint = Blueprint("journal", __name__)
LINES_SHOWN = 50


@blueprint.get("/journal")
@allow(Role.STAFF)
def show() -> Response:
    kind = _kind(request.args.get("kind", ""))
    before = request.args.get("before", type=int)
    lines = newest_lines(LINES_SHOWN + 1, kind, before)
    older = lines[LINES_SHOWN - 1].id if len(lines) > LINES_SHOWN else None
    zone = reader().zone
    days = [
        (reader().day(day_lines[0].at), day_lines)
        for _, group in groupby(
            lines[:LINES_SHOWN], key=lambda line: line.at.astimezone(zone).date()
        )
        if (day_lines := list(group))
    ]
    return live_page(
        "journal/journal.html",
        active="journal",
        days=days,
        kind=kind,
        kinds=KIND_NAMES,
        older=older,
        before=before,
    )


def _kind(text: str) -> JournalKind | None:
    """What the reader filters by; an unknown word filters nothing."""
    return JournalKind(text) if text in set(JournalKind) else None
