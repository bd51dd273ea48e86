"""The month of one service, and the week of all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import request
from flask.typing import ResponseReturnValue

from firmware.rota import Rota, gaps
from firmware.rota.balance import month_after, today
from firmware.store.rota_history import Version
from web.box import box
from web.duty.blueprint import blueprint, present, service_of, staff
from web.duty.board import DAY, Lane, Piece, holidays_of, lanes
from web.duty.words import HOLIDAYS
from web.frame import render_page
from web.numbers import row_number
from web.reader import reader
from web.roles import signed_in

GAPS_AHEAD = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar, with a row for each lane. ``tone``: past, today or coming."""

    day: date
    holiday: str | None
    tone: str
    is_other_month: bool
    rows: tuple[tuple[Lane, tuple[Piece, ...]], ...]


@blueprint.get("/rota")
@signed_in
def month() -> ResponseReturnValue:
    """A service's month, from the Monday of its first to the Sunday of its last week."""
    rota, version = present()
    service = service_of(rota)
    first = day_asked(rota).replace(day=1)
    after = month_after(first)
    start = first - first.weekday() * DAY
    days = (after - start).days + (-(after - start).days % 7)
    return render_page(
        "duty/month.html",
        active="duty",
        style="duty",
        services=[each.name for each in rota.services],
        service=service,
        first=first,
        previous=month_after(first, -1),
        following=after,
        days=days_of(rota, [service], start, days, month=first.month),
        gaps=_gaps_ahead(rota, service),
        is_short=first == today(rota, reader().now).replace(day=1) and "all" not in request.args,
        people=staff(rota),
        version=version,
        saved=_saved(),
    )


@blueprint.get("/rota/week")
@signed_in
def week() -> ResponseReturnValue:
    """Seven days of all services."""
    rota, version = present()
    day = day_asked(rota)
    start = day - day.weekday() * DAY
    return render_page(
        "duty/week.html",
        active="duty",
        style="duty",
        services=[each.name for each in rota.services],
        service=service_of(rota),
        first=start,
        last=start + 6 * DAY,
        previous=start - 7 * DAY,
        following=start + 7 * DAY,
        days=days_of(rota, [each.name for each in rota.services], start, 7),
        people=staff(rota),
        version=version,
        saved=_saved(),
    )


def days_of(
    rota: Rota, services: list[str], start: date, days: int, month: int = 0
) -> list[Day]:
    """The days with what each lane holds; ``month`` marks those of other months."""
    now = reader().now
    here = today(rota, now)
    found = lanes(rota, services, start, days, now)
    holidays = holidays_of(rota, start, days)
    return [
        Day(
            day=(day := start + turn * DAY),
            holiday=HOLIDAYS.get(holidays.get(day, "")),
            tone="past" if day < here else "today" if day == here else "coming",
            is_other_month=bool(month) and day.month != month,
            rows=tuple((lane, lane.cells[turn].pieces) for lane in found),
        )
        for turn in range(days)
    ]


def day_asked(rota: Rota) -> date:
    """The day that the address names, today without it or where it is none."""
    for name in ("day", "month"):
        text = request.args.get(name, "")
        try:
            found = date.fromisoformat(text if len(text) > 7 else f"{text}-01")
        except ValueError:
            continue
        if 1971 <= found.year <= 2198:
            return found
    return today(rota, reader().now)


def _gaps_ahead(rota: Rota, service: str) -> list[Piece]:
    """The next stretches in which nobody can be reached, whichever month is shown."""
    now = reader().now
    found = gaps(rota, service, now, now + GAPS_AHEAD, office_counts=True)
    return [Piece(service, 1, gap.start, gap.end, None) for gap in found]


def _saved() -> Version | None:
    """The change that was just made, to be taken back with one tap."""
    number = request.args.get("saved", type=row_number)
    return box().version(number) if number is not None else None

