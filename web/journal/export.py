"""The lines of a search as a table for a spreadsheet.

A byte order mark, because without one Excel takes UTF-8 for Latin-1. In French semicolons, because
a French Excel opens a file with commas as one column. Streamed: however long, it is never held in
memory.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from flask import Response, stream_with_context

from firmware.store.journal_search import Place, Search, place_of
from web.box import box
from web.journal_lines import found_lines, in_words
from web.journal_words import KIND_NAMES
from web.language import N_
from web.reader import languages, reader

BATCH = 500
COLUMNS = (
    N_("Date"), N_("Time"), N_("Kind"), N_("What happened"), N_("Service"), N_("Number"),
    N_("Person"), N_("Text"), N_("Reference"),
)  # fmt: skip
SEPARATORS = {"fr": ";"}
BYTE_ORDER_MARK = "\ufeff"
# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"), and full-width
# forms that some versions take for the same
FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def csv_file(search: Search) -> Response:
    """The whole search as a file to keep."""
    name = f"journal-{reader().now.astimezone(reader().zone):%Y-%m-%d}.csv"
    return Response(
        stream_with_context(_table(search)),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def harmless(cell: str) -> str:
    """``cell`` as a text in every spreadsheet; also a number in E.164 form, whose + would go."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell


def _table(search: Search) -> Iterator[str]:
    text = languages().gettext
    separator = SEPARATORS.get(languages().current(), ",")
    yield BYTE_ORDER_MARK + _lines([[text(column) for column in COLUMNS]], separator)
    after: Place | None = None
    while True:
        rows, after = _rows(search, after)
        yield _lines(rows, separator)
        if after is None:
            return


def _rows(search: Search, after: Place | None) -> tuple[list[list[str]], Place | None]:
    stored = box().search(search, BATCH, after)
    read, text = reader(), languages().gettext
    rows = []
    for line, each in zip(found_lines(stored), stored, strict=True):
        local = line.at.astimezone(read.zone)
        number = each.entry.number
        rows.append(
            [
                f"{local:%Y-%m-%d}",
                f"{local:%H:%M:%S}",
                text(KIND_NAMES[line.kind]),
                in_words(line).replace("\u00a0", " "),
                line.service or "",
                read.phone(number).replace("\u00a0", " ") if number else "",
                each.entry.person or "",
                " ".join(line.text.splitlines()),
                line.values["reference"],
            ]
        )
    more = len(stored) == BATCH
    return rows, place_of(stored[-1]) if more else None


def _lines(rows: list[list[str]], separator: str) -> str:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=separator, lineterminator="\r\n")  # RFC 4180
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return file.getvalue()
