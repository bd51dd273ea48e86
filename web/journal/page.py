"""The journal: what happened, the newest first, live; searched, exported, told, counted."""

from __future__ import annotations

from itertools import groupby
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, request, url_for

from firmware.record import JournalKind
from firmware.store.account_values import Role
from firmware.store.journal_search import place_of
from web.box import box
from web.journal.export import csv_file
from web.journal.figures import NEVER, PERIODS, figures
from web.journal.filters import Wanted, place_text, wanted
from web.journal.outcome_names import OUTCOME_NAMES
from web.journal.steps import steps
from web.journal_lines import HIDDEN, found_lines, in_words
from web.journal_words import KIND_NAMES, SENTENCES
from web.language import N_
from web.live import live_page
from web.reader import languages, name_of, reader, rota
from web.roles import allow

blueprint = Blueprint("journal", __name__)
LINES_SHOWN = 40
LEFT_OPEN = dict.fromkeys(("caller", "to", "person", "reference", "level"), "…")
PATTERNS = ("passed", "texted", "missed")
PATTERN_WORDS = {
    "passed": N_("passed on"),
    "texted": N_("alerted by SMS"),
    "missed": N_("gave up or was refused"),
}


@blueprint.get("/journal")
@allow(Role.STAFF)
def show() -> Response:
    asked = wanted(request.args, rota(), reader().zone)
    stored = () if asked.faults else box().search(asked.search, LINES_SHOWN + 1, asked.after)
    lines = found_lines(stored[:LINES_SHOWN])
    zone = reader().zone
    days = [
        (reader().day(of_day[0].at), of_day)
        for _, group in groupby(lines, key=lambda line: line.at.astimezone(zone).date())
        if (of_day := list(group))
    ]
    last = stored[LINES_SHOWN - 1] if len(stored) > LINES_SHOWN else None
    return live_page(
        "journal/journal.html",
        active="journal",
        style="journal",
        days=days,
        asked=asked,
        kinds=KIND_NAMES,
        outcomes=_outcomes(asked.search.kind),
        people=[person.name for person in known.people] if (known := rota()) else [],
        link=_link,
        older=place_text(place_of(last)) if last is not None else None,
    )


@blueprint.get("/journal/journal.csv")
@allow(Role.STAFF)
def export() -> Response:
    asked = wanted(request.args, rota(), reader().zone)
    if asked.faults:
        abort(400)
    return csv_file(asked.search)


@blueprint.get("/journal/<int:line_id>")
@allow(Role.STAFF)
def story(line_id: int) -> Response:
    """What came of one call or one SMS, step by step."""
    stored = box().line(line_id) if line_id < 2**62 else None
    told = box().story(stored.entry) if stored is not None else None
    if stored is None or told is None:
        abort(404)
    (line,) = found_lines((stored,))
    hidden = languages().gettext(HIDDEN)
    return live_page(
        "journal/story.html",
        active="journal",
        style="journal",
        line=line,
        number=stored.entry.number,
        steps=steps(stored.entry, told, lambda number: name_of(number) if number else hidden),
        open_alerts=[alert for alert in told.alerts if alert.due_at is not None],
        in_words=in_words,
    )


@blueprint.get("/journal/figures")
@allow(Role.STAFF)
def count() -> Response:
    days = request.args.get("days", "", type=str)
    period = next((each for each in PERIODS if str(each.days) == days), PERIODS[1])
    return live_page(
        "journal/figures.html",
        pause_s=60,
        active="journal",
        style="journal",
        period=period,
        periods=PERIODS,
        shown=figures(box(), reader().now, reader().zone, period.days),
        patterns=PATTERNS,
        pattern_words=PATTERN_WORDS,
        nobody=NEVER,
    )


def _link(asked: Wanted, endpoint: str = "journal.show", **changes: str | None) -> str:
    """The journal with this filter, changed; None takes one away."""
    values = {**asked.typed, **changes}
    query = urlencode({name: value for name, value in values.items() if value})
    return f"{url_for(endpoint)}?{query}" if query else url_for(endpoint)


def _outcomes(kind: JournalKind | None) -> dict[JournalKind, dict[str, str]]:
    """What can be chosen, in words; an outcome without a short name by its sentence."""
    text = languages().gettext
    return {
        each: {
            outcome: text(OUTCOME_NAMES[each].get(outcome) or words.sentence) % LEFT_OPEN
            for outcome, words in of_kind.items()
        }
        for each, of_kind in SENTENCES.items()
        if kind in (None, each)
    }


