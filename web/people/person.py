"""One person: added, changed, taken out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from firmware.rota import NumberFault, Person, Rota, normalise_number, on_duty
from firmware.rota.local_time import last_instant
from web.audit import audit
from web.box import box
from web.editing import Edit, Refused
from web.forms import fault
from web.frame import render_page
from web.language import N_
from web.people.absences import absences_of
from web.people.blueprint import blueprint
from web.people.forms import (
    CHOICES,
    AbsenceForm,
    CodeForm,
    NewPersonForm,
    NumberForm,
    PersonForm,
)
from web.reader import languages, reader
from web.saving import (
    given_version,
    now_wall,
    place_faults,
    present_version,
    save,
    the_rota,
    wanted_person,
    with_person,
)

ADDED, CHANGED = N_("%(person)s added"), N_("%(person)s changed")
REMOVED, HAS_LEFT = N_("%(person)s removed"), N_("%(person)s has left")
SAVED = N_("Saved.")
SAVED_NEW = N_("Saved. Now verify the mobile: until then nobody can put this person on duty.")
GONE = N_("Taken out of the staff.")
ON_DUTY_NOW = N_("%(person)s is on duty now. Put somebody else on duty first.")
STILL_PLANNED = N_("%(person)s is still in the rota of %(service)s. Take them out there first.")
LAST_ADMIN = N_("%(person)s is the only administrator: alarms would reach nobody.")
USED_BY = N_("%(number)s is the number of %(person)s already.")


@blueprint.get("/people/new")
def new() -> ResponseReturnValue:
    return _new_page(NewPersonForm(formdata=None, role="staff"))


@blueprint.post("/people/new")
def add() -> ResponseReturnValue:
    form = NewPersonForm()
    if not form.validate():
        return _new_page(form, code=422)
    known = the_rota()
    number = readable_number(form.mobile.data, known)
    taken = holder_of(number, known)
    if taken is not None:
        fault(form.mobile, _say(USED_BY, number=reader().phone(number), person=taken.name))
        return _new_page(form, code=422)
    person = Person(form.person_name.data, number, form.role.data)
    done = save(
        lambda rota: replace(rota, people=(*rota.people, person)), ADDED, person=person.name
    )
    if done.done:
        audit("people.added", person=person.name)
        flash(SAVED_NEW)
        return redirect(url_for("people.person", name=person.name), 303)
    return _new_page(form, done, place_faults(done, _fields(form), form))


@blueprint.get("/people/person")
def person() -> ResponseReturnValue:
    who = wanted_person()
    return person_page(who, PersonForm(formdata=None, person_name=who.name, role=who.role))


@blueprint.post("/people/person")
def change() -> ResponseReturnValue:
    who, form = wanted_person(), PersonForm()
    if not form.validate():
        return person_page(who, form, code=422)
    name, role = form.person_name.data, form.role.data
    done = save(
        with_person(who.name, lambda old: _checked(replace(old, name=name, role=role))),
        CHANGED,
        person=name,
    )
    if done.done:
        audit("people.changed", person=name)
        flash(SAVED)
        return redirect(url_for("people.person", name=name), 303)
    return person_page(who, form, done, place_faults(done, _fields(form), form), code=422)


def _checked(person: Person) -> Person:
    known = the_rota()
    others = [each for each in known.people if each.role == "admin" and not each.former]
    if person.role != "admin" and [each.mobile for each in others] == [person.mobile]:
        raise Refused(LAST_ADMIN, key="role", person=person.name)
    return person


@blueprint.post("/people/remove")
def remove() -> ResponseReturnValue:
    who = wanted_person()
    past = _is_named(the_rota(), who.name)
    done = save(
        lambda rota: _without(rota, who), HAS_LEFT if past else REMOVED, person=who.name
    )
    if done.done:
        audit("people.left" if past else "people.removed", person=who.name)
        flash(GONE)
        return redirect(url_for("people.show"), 303)
    form = PersonForm(formdata=None, person_name=who.name, role=who.role)
    return person_page(who, form, done, removal=place_faults(done, {}, form), code=422)


def _without(rota: Rota, who: Person) -> Rota:
    """The rota without the person; whom the past names stays in it as somebody who has left."""
    now = box().clock()
    for service in rota.services:
        if any(duty.person.name == who.name for duty in on_duty(rota, service.name, now)):
            raise Refused(ON_DUTY_NOW, person=who.name)
    planned = next(_planned(rota, who.name, now), None)
    if planned is not None:
        raise Refused(STILL_PLANNED, person=who.name, service=planned)
    if who.role == "admin" and sum(p.role == "admin" and not p.former for p in rota.people) == 1:
        raise Refused(LAST_ADMIN, person=who.name)
    if not _is_named(rota, who.name):
        return replace(rota, people=tuple(each for each in rota.people if each != who))
    left = replace(who, former=True)
    return replace(rota, people=tuple(left if each == who else each for each in rota.people))


def _planned(rota: Rota, name: str, now: datetime) -> Iterator[str]:
    """The services in whose rules, now or to come, the person comes on duty."""
    zone = reader().zone
    for rotation in rota.rotations:
        ended = rotation.end is not None and last_instant(rotation.end, zone) <= now
        if name in rotation.people and not ended:
            yield rotation.service
    for each in rota.overrides:
        if each.in_ == name and last_instant(each.end, zone) > now:
            yield each.service


def _is_named(rota: Rota, name: str) -> bool:
    return any(name in each.people for each in rota.rotations) or any(
        name in (each.in_, each.out) for each in rota.overrides
    )


def readable_number(text: str, rota: Rota) -> str:
    """E.164 where it can be read; else as it was typed, for the check to say what is wrong."""
    try:
        return normalise_number(text, rota.site.country_code)
    except NumberFault:
        return text


def holder_of(number: str, rota: Rota, but: str = "") -> Person | None:
    found = rota.person_with(number)
    return found if found is not None and found.name != but else None


def _fields(form: PersonForm) -> dict[str, object]:
    return {"name": form.person_name, "mobile": getattr(form, "mobile", None), "role": form.role}


def _say(message: str, **values: str) -> str:
    return languages().gettext(message) % values


def _new_page(
    form: NewPersonForm,
    done: Edit | None = None,
    faults: list[str] | None = None,
    code: int = 200,
) -> Response:
    return render_page(
        "people/new.html",
        active="people",
        style="people",
        code=422 if done is not None else code,
        form=form,
        choices=CHOICES,
        done=done,
        faults=faults or [],
        version=done.version if done is not None else present_version(),
    )


def person_page(
    who: Person,
    form: PersonForm | None = None,
    done: Edit | None = None,
    faults: list[str] | None = None,
    removal: list[str] | None = None,
    code: int = 200,
    **values: object,
) -> Response:
    """The page of one person. ``done`` is an edit that was refused, ``faults`` what to say."""
    known = the_rota()
    given = given_version() if request.method == "POST" else -1
    return render_page(
        "people/person.html",
        active="people",
        style="people",
        code=code,
        person=who,
        form=form or PersonForm(formdata=None, person_name=who.name, role=who.role),
        proofs=box().people.verified(),
        link=box().people.link_of(who.name),
        pin=box().pins.of(who.name),
        absences=absences_of(known, who.name),
        made=now_wall().isoformat(timespec="minutes"),
        done=done,
        faults=faults or [],
        removal=removal or [],
        given=given,
        version=done.version if done is not None else present_version(),
        **{**_empty_forms(), **values},
    )


def _empty_forms() -> dict[str, object]:
    return {
        "choices": CHOICES,
        "pin_fault": "",
        "number_form": NumberForm(formdata=None),
        "code_form": CodeForm(formdata=None),
        "code_for": request.args.get("code_for", ""),
        "absence_form": AbsenceForm(formdata=None),
    }
