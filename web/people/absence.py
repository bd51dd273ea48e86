"""Leave: first what it does to the rota, then saved."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from firmware.rota import Rota
from firmware.rota.grammar import GrammarFault, parse_wall
from firmware.rota.local_time import first_instant, last_instant
from web import fault_words
from web.audit import audit
from web.box import box
from web.editing import Edit, Refused, check
from web.forms import fault
from web.language import N_
from web.people.absences import (
    Effect,
    effects,
    places_of,
    with_absence,
    without_absence,
)
from web.people.blueprint import blueprint
from web.people.forms import AbsenceForm
from web.people.person import person_page
from web.reader import languages, reader
from web.saving import (
    begun_meanwhile,
    now_wall,
    place_faults,
    present_version,
    save,
    the_rota,
    wanted_person,
)
from web.saying import say

ABSENT = N_("%(person)s is absent from %(from)s to %(to)s")
BACK = N_("Absence of %(person)s taken back")
NOWHERE = N_("There is no service yet: nobody can be absent from one.")
SAVED = N_("The absence is entered.")
ENDED = N_("The absence is taken back.")
TOO_LONG = N_("At most one year at a time.")
YEAR = timedelta(days=366)


@blueprint.post("/people/absence")
def absence() -> ResponseReturnValue:
    """Shows what the leave does; with ``sure`` it is entered."""
    who, form = wanted_person(), AbsenceForm()
    bounds = _bounds(form)
    if bounds is None:
        return person_page(who, absence_form=form, code=422)
    start, end = bounds
    if not request.form.get("sure"):
        return _preview(form, start, end)
    done = save(
        lambda rota: _entered(rota, who.name, start, end),
        ABSENT,
        person=who.name,
        **{"from": start.isoformat(timespec="minutes"), "to": end.isoformat(timespec="minutes")},
    )
    if done.done:
        audit("people.absence", person=who.name)
        flash(SAVED)
        return redirect(url_for("people.person", name=who.name), 303)
    return _refused(form, done)


@blueprint.post("/people/absence/end")
def end_absence() -> ResponseReturnValue:
    who = wanted_person()
    written = (request.form.get("start", ""), request.form.get("end", ""))
    done = save(
        lambda rota: without_absence(rota, who.name, written, box().clock()),
        BACK,
        person=who.name,
    )
    if done.done:
        audit("people.absence_ended", person=who.name)
        flash(ENDED)
        return redirect(url_for("people.person", name=who.name), 303)
    return person_page(who, done=done, faults=place_faults(done, {}, AbsenceForm()), code=422)


def _bounds(form: AbsenceForm) -> tuple[datetime, datetime] | None:
    """The wall-clock times that were entered; None, with the fault beside its field."""
    if not form.validate():
        return None
    found: list[datetime] = []
    for field in (form.start, form.end):
        try:
            found.append(parse_wall(field.data).replace(tzinfo=None))
        except GrammarFault as wrong:
            fault(field, say(fault_words.words(wrong.text)))
    if len(found) == 2 and found[1] - found[0] > YEAR:
        fault(form.end, languages().gettext(TOO_LONG))
        return None
    if len(found) < 2:
        return None
    start = begun_meanwhile(found[0], _made(form), now_wall())
    if start != found[0]:
        form.start.data = start.isoformat(timespec="minutes")
    return start, found[1]


def _made(form: AbsenceForm) -> datetime | None:
    try:
        return parse_wall(form.made.data or "").replace(tzinfo=None)
    except GrammarFault:
        return None


def _entered(rota: Rota, name: str, start: datetime, end: datetime) -> Rota:
    zone = reader().zone
    places = places_of(rota, name, first_instant(start, zone), last_instant(end, zone))
    if not places and not rota.services:
        raise Refused(NOWHERE)
    # Who takes no turns may be asked to stand in: not during their leave
    return with_absence(rota, name, start, end, places or [(rota.services[0].name, 1)])


def _preview(form: AbsenceForm, start: datetime, end: datetime) -> ResponseReturnValue:
    who, before, zone = wanted_person(), the_rota(), reader().zone
    try:
        after = _entered(before, who.name, start, end)
    except Refused as refusal:
        fault(form.start, say(refusal.fault.sentence))
        return person_page(who, absence_form=form, code=422)
    faults = check(before, after, box().clock())
    if faults:
        return _refused(form, Edit(present_version(), faults=faults))
    found: list[Effect] = effects(
        before, after, who.name, first_instant(start, zone), last_instant(end, zone)
    )
    return person_page(who, absence_form=form, absence_effects=found, previewed=True)


def _refused(form: AbsenceForm, done: Edit) -> ResponseReturnValue:
    """An override's fault stands once for each level: it is said once."""
    said = {each.sentence.what: each for each in done.faults}
    once = Edit(done.version, faults=tuple(said.values()), meanwhile=done.meanwhile)
    faults = place_faults(once, {"from": form.start, "to": form.end, "": form.start}, form)
    return person_page(
        wanted_person(), done=done, faults=faults, absence_form=form, code=422
    )
