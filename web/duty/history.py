"""Every change of the rota: who, when, what; taking one back."""

from __future__ import annotations

import difflib
from datetime import timedelta
from typing import Any

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from firmware.rota import write_site_file
from firmware.rota.news import DutyNews, duty_news
from firmware.store.account_values import Role
from web.box import box
from web.duty.blueprint import author, blueprint, present
from web.editing import Edit, undo
from web.frame import render_page
from web.numbers import row_number
from web.roles import allow

SHOWN = 30
LOOKED_AT = timedelta(days=62)
LINES_MAX = 200


@blueprint.get("/rota/history")
@allow(Role.STAFF)
def history() -> ResponseReturnValue:
    return _shown()


@blueprint.get("/rota/history/<int:number>")
@allow(Role.STAFF)
def version(number: int) -> ResponseReturnValue:
    """What one change did: whose hours, and which lines of the site file."""
    present()
    known = box().version(number)
    if known is None:
        abort(404)
    before, after = box().rota_before(number), box().rota_at(number)
    news: tuple[DutyNews, ...] = ()
    lines: list[tuple[str, str]] = []
    if before is not None and after is not None:
        news = duty_news(before, after, known.at, known.at + LOOKED_AT)
        lines = _difference(write_site_file(before), write_site_file(after))
    return render_page(
        "duty/version.html", active="duty", style="duty", each=known, news=news, lines=lines
    )


def _place(number: int) -> dict[str, str]:
    """Where in the calendar a change lies, as far as its sentence says it."""
    known = box().version(number)
    values = known.sentence.values if known is not None else {}
    found = {"service": values.get("service", ""), "day": values.get("from", "")[:10]}
    return {name: value for name, value in found.items() if value}


def _difference(before: str, after: str) -> list[tuple[str, str]]:
    """The lines that went and came, each with its sign, without empty ones."""
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    lines = [(line[0], line[1:]) for line in list(found)[2:] if line[:1] in "+-" and line[1:]]
    return lines[:LINES_MAX]


@blueprint.post("/rota/undo/<int:number>")
def take_back(number: int) -> ResponseReturnValue:
    """Take a change back as a new one."""
    present()
    done = undo(number, version=request.form.get("version", -1, type=row_number), by=author())
    if done.done:
        place: dict[str, Any] = {**_place(number), "saved": done.version}
        return redirect(url_for("duty.month", **place), 303)
    return _shown(done, 409)


def _shown(done: Edit | None = None, code: int = 200) -> ResponseReturnValue:
    _, version = present()
    before = request.args.get("before", type=row_number)
    found = box().versions(before=before, limit=SHOWN + 1)
    return render_page(
        "duty/history.html",
        active="duty",
        style="duty",
        code=code,
        versions=[(each, box().undone_by(each.number)) for each in found[:SHOWN]],
        older=found[SHOWN - 1].number if len(found) > SHOWN else None,
        version=version,
        faults=done.faults if done is not None else (),
        meanwhile=done.meanwhile if done is not None else (),
    )
