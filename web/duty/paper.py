"""The month on one sheet of A4: names, telephone numbers, a QR code of the page."""

from __future__ import annotations

import io
from urllib.parse import urljoin

import segno
from flask import request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from firmware.rota import Person
from firmware.rota.balance import month_after
from web.duty.blueprint import blueprint, present, service_of
from web.duty.board import DAY
from web.duty.calendar import Day, day_asked, days_of
from web.frame import render_page
from web.roles import signed_in

# How full a sheet is, in lines of the fullest day of each week: the letters become smaller with it.
# What is more than the smallest holds goes on a second sheet; nothing is cut.
SIZES = ((20, "large"), (26, "medium"), (33, "small"))
SMALLEST = "tiny"
NUMBERS_A_LINE, LINES_BESIDE_CODE = 3, 4
LETTERS_A_LINE, LETTERS_OF_A_TIME = 20, 16


@blueprint.get("/rota/print")
@signed_in
def paper() -> ResponseReturnValue:
    """A service's month (all of them with ``all``), black on white, whatever the screen is."""
    rota, _ = present()
    names = [service.name for service in rota.services]
    shown = names if "all" in request.args else [service_of(rota)]
    first = day_asked(rota).replace(day=1)
    after = month_after(first)
    start = first - first.weekday() * DAY
    days = (after - start).days + (-(after - start).days % 7)
    found = days_of(rota, shown, start, days, month=first.month)
    people = _on_sheet(found)
    address = urljoin(request.host_url, url_for("duty.month", service=shown[0]))
    return render_page(
        "duty/paper.html",
        style="paper",
        services=shown,
        several=len(names) > 1,
        first=first,
        weeks=[found[at : at + 7] for at in range(0, len(found), 7)],
        people=people,
        size=_size(found, len(people)),
        qr=qr_code(address),
        address=address,
    )


def _on_sheet(days: list[Day]) -> list[Person]:
    """Whoever is named on the sheet, once, by name."""
    named = {
        piece.person.name: piece.person
        for day in days
        if not day.is_other_month
        for _, pieces in day.rows
        for piece in pieces
        if piece.person is not None
    }
    return [named[name] for name in sorted(named)]


def _size(days: list[Day], people: int) -> str:
    """Small letters where a week holds many names, so that the sheet stays one."""
    lines = [max(_lines(day) for day in days[at : at + 7]) for at in range(0, len(days), 7)]
    numbers = -(-people // NUMBERS_A_LINE)
    full = sum(lines) + max(numbers - LINES_BESIDE_CODE, 0)
    return next((size for limit, size in SIZES if full <= limit), SMALLEST)


def _lines(day: Day) -> int:
    """The lines that the day takes; a time or a second service stands before the name."""
    if day.is_other_month:
        return 1
    several = len({lane.service for lane, _ in day.rows}) > 1
    letters = [
        len(piece.person.name if piece.person else "")
        + (0 if piece.whole else LETTERS_OF_A_TIME)
        + (len(lane.service) if several else 0)
        for lane, pieces in day.rows
        for piece in pieces
    ]
    return sum(1 + each // LETTERS_A_LINE for each in letters) or 1


def qr_code(address: str) -> Markup:
    """The address as an SVG that needs no style of its own."""
    written = io.BytesIO()
    segno.make(address, error="m").save(
        written, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2, svgclass="qr",
        lineclass=None,
    )  # fmt: skip
    return Markup(written.getvalue().decode())  # noqa: S704 - made here from our own address
