"""The page itself, and the file for the calendar of a telephone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, make_response, request, url_for
from flask.typing import ResponseReturnValue

from firmware.rota import Person, Rota, Shift, shifts
from web.box import box
from web.frame import render_page
from web.language import N_
from web.personal.asked import asked_of
from web.personal.blueprint import blueprint
from web.personal.calendar import MIME_TYPE, calendar_file
from web.personal.door import owner
from web.reader import languages, reader, rota
from web.roles import public
from web.saving import the_rota

SHOWN = timedelta(days=60)
TITLE = N_("Duty %(site)s")
LEVEL = N_("level %(level)s")
# What has just been done, after a redirect: nobody is signed in here who could keep a sentence
DONE = {
    "asked": N_("The question is on its way. Nothing changes until the answer comes."),
    "ok": N_("Agreed: the rota is being changed, and everybody concerned is told by SMS."),
    "non": N_("Declined. Nothing changes."),
    "withdraw": N_("The question is taken back."),
    "pin": N_("The PIN counts from now on."),
}


@dataclass(frozen=True, slots=True)
class Mine:
    """One shift of the person."""

    service: str
    shift: Shift
    is_now: bool


@blueprint.get("/p/<secret>")
@public
def show(secret: str) -> ResponseReturnValue:
    return own_page(secret, owner(secret))


def own_page(
    secret: str, who: Person, code: int = 200, errors: tuple[str, ...] = (), pin_fault: str = ""
) -> Response:
    known, done = the_rota(), DONE.get(request.args.get("done", ""))
    calendar = url_for("personal.calendar", secret=secret, _external=True)
    return render_page(
        "personal/page.html",
        style="people",
        code=code,
        secret=secret,
        person=who,
        mine=own_shifts(known, who.name, reader().now),
        swaps=asked_of(who.name),
        said=done,
        calendar=calendar,
        calendar_link=calendar.replace("https:", "webcal:", 1).replace("http:", "webcal:", 1),
        errors=errors,
        pin=box().pins.of(who.name),
        pin_fault=pin_fault,
    )


def own_shifts(known: Rota, name: str, now: datetime) -> list[Mine]:
    """What the person has before them, the next first; a shift under way with its true start."""
    found = [
        Mine(service.name, shift, shift.start <= now)
        for service in known.services
        for shift in shifts(known, service.name, now - SHOWN, now + SHOWN)
        if shift.person.name == name and shift.end > now
    ]
    return sorted(found, key=lambda each: (each.shift.start, each.service))


@blueprint.get("/p/<secret>/garde.ics")
@public
def calendar(secret: str) -> ResponseReturnValue:
    who, known = owner(secret), rota()
    if known is None:
        return Response("", 404)
    last = box().versions(limit=1)
    translate = languages().in_site_language
    body = calendar_file(
        known,
        who.name,
        reader().now,
        title=translate(TITLE) % {"site": known.site.name},
        level=translate(LEVEL),
        version=last[0].number if last else 0,
        changed_at=last[0].at if last else reader().now,
    )
    response = make_response(body)
    response.headers["Content-Type"] = f"{MIME_TYPE}; charset=utf-8"
    response.headers["Content-Disposition"] = 'inline; filename="garde.ics"'
    response.add_etag()
    return response.make_conditional(request)
