"""The steps that gather the site: company, people, service, turns."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import cast

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TimeField,
)
from wtforms.validators import InputRequired

from firmware.rota import Person, Rota, Service, Site
from firmware.rota.number import NumberFault, normalise_number
from firmware.rota.values import Language, Mode, StepUnit
from web.box import box
from web.editing import Fault, check
from web.fault_words import words
from web.forms import REQUIRED, Form, at_most, fault, required, stripped
from web.language import N_, NAMES
from web.reader import languages, reader
from web.saying import say
from web.sessions import current_account
from web.setup.blueprint import blueprint
from web.setup.draft import SetupDraft, Turns, load, save
from web.setup.frame import next_step, step_page, turned_away
from web.site_words import HOLIDAYS, ZONES, said

NAME_MAX = 60
PEOPLE_MAX = 60
ROWS_SPARE = 3
MODES = (
    ("divert", N_("The call goes on to the mobile of whoever is on duty (recommended)")),
    ("alert", N_("Nobody is rung: whoever is on duty gets an SMS and rings back")),
)
UNITS = (("week", N_("each week")), ("day", N_("each day")))
NAMED_TWICE = N_("This name is there already.")
NO_PEOPLE = N_("At least one person, please.")
NOBODY_TAKES_A_TURN = N_("At least one person has to take a turn.")
NO_ADMINISTRATOR = N_("Somebody has to get the alarms: tick it for one person at least.")


class SiteForm(Form):
    name = StringField(filters=[stripped], validators=[required(), at_most(NAME_MAX)])
    time_zone = SelectField(choices=lambda: said(ZONES))
    language = SelectField(choices=lambda: list(NAMES.items()))
    holidays = SelectField(choices=lambda: said(HOLIDAYS))
    good_friday = BooleanField()


@blueprint.get("/setup/site")
def site() -> ResponseReturnValue:
    known = load().site or Site("", language=cast(Language, languages().current()))
    return turned_away("site") or step_page("site", form=SiteForm(formdata=None, obj=known))


@blueprint.post("/setup/site")
def save_site() -> ResponseReturnValue:
    if (away := turned_away("site")) is not None:
        return away
    form = SiteForm()
    if form.validate():
        known = Site(
            name=form.name.data,
            time_zone=form.time_zone.data,
            language=form.language.data,
            holidays=form.holidays.data,
            good_friday=form.good_friday.data,
        )
        draft = replace(load(), site=known)
        if _accepted(form, draft.rota()):
            return _saved(draft)
    return step_page("site", 422, form=form)


@dataclass(slots=True)
class Row:
    """One person as typed, and what is wrong with it, by field."""

    name: str = ""
    mobile: str = ""
    admin: bool = False
    wrong: dict[str, str] = field(default_factory=dict)


@blueprint.get("/setup/people")
def people() -> ResponseReturnValue:
    known = [Row(each.name, reader().phone(each.mobile), each.role == "admin")
             for each in load().people]  # fmt: skip
    account = current_account()
    if not known and account is not None:
        known = [Row(account.name, "", admin=True)]
    return turned_away("people") or _people_page(known)


@blueprint.post("/setup/people")
def save_people() -> ResponseReturnValue:
    if (away := turned_away("people")) is not None:
        return away
    rows, draft = _typed_rows(), load()
    found = _read(rows, draft)
    if not found or any(row.wrong for row in rows):
        return _people_page(rows, 422, "" if rows else NO_PEOPLE)
    if all(person.role != "admin" for person in found):
        return _people_page(rows, 422, NO_ADMINISTRATOR)
    names = {person.name for person in found}
    turns = draft.turns
    if turns is not None and not names.issuperset(turns.people):
        turns = None  # somebody who took turns is gone: that step is asked again
    draft = replace(draft, people=tuple(found), turns=turns)
    save(draft)
    if "more" in request.form:
        return redirect(url_for("setup.people"), 303)
    return redirect(next_step(draft), 303)


def _typed_rows() -> list[Row]:
    names, mobiles = request.form.getlist("name"), request.form.getlist("mobile")
    ticked = set(request.form.getlist("admin"))
    rows = [
        Row(stripped(name), mobile.strip(), str(index) in ticked)
        for index, (name, mobile) in enumerate(zip(names, mobiles, strict=False))
    ]
    return [row for row in rows[:PEOPLE_MAX] if row.name or row.mobile]


def _read(rows: list[Row], draft: SetupDraft) -> list[Person]:
    """The people typed; what is wrong stands in the rows afterwards."""
    words_of = languages().gettext
    assert draft.site is not None, "the first step comes first"  # noqa: S101
    found: list[Person] = []
    for row in rows:
        if not row.name:
            row.wrong["name"] = words_of(REQUIRED)
        elif any(person.name.casefold() == row.name.casefold() for person in found):
            row.wrong["name"] = words_of(NAMED_TWICE)
        try:
            mobile = normalise_number(row.mobile, draft.site.country_code)
        except NumberFault as wrong:
            row.wrong["mobile"] = say(words(wrong.text)) if row.mobile else words_of(REQUIRED)
            mobile = row.mobile
        found.append(Person(row.name, mobile, "admin" if row.admin else "staff"))
    if not any(row.wrong for row in rows) and rows:
        for each in check_part(replace(draft, people=tuple(found), service=None).rota()):
            if each.table == "person":
                key = each.key if each.key in ("name", "mobile") else "mobile"
                rows[each.index].wrong[key] = say(each.sentence)
    return found


def _people_page(rows: list[Row], code: int = 200, wrong: str = "") -> ResponseReturnValue:
    shown = [*rows, *(Row() for _ in range(ROWS_SPARE))]
    return step_page("people", code, rows=shown, said=wrong)


class ServiceForm(Form):
    name = StringField(filters=[stripped], validators=[required(), at_most(NAME_MAX)])
    mode = RadioField(choices=lambda: said(MODES), validators=[InputRequired()])
    minutes = IntegerField(validators=[InputRequired()])


@blueprint.get("/setup/service")
def service() -> ResponseReturnValue:
    known = load().service or Service("Ambulance")
    form = ServiceForm(
        formdata=None, name=known.name, mode=known.mode, minutes=known.acknowledge_within_s // 60
    )
    return turned_away("service") or step_page("service", form=form)


@blueprint.post("/setup/service")
def save_service() -> ResponseReturnValue:
    if (away := turned_away("service")) is not None:
        return away
    form = ServiceForm()
    if form.validate():
        known = Service(
            form.name.data,
            mode=cast(Mode, form.mode.data),
            acknowledge_within_s=form.minutes.data * 60,
        )
        draft = replace(load(), service=known)
        if _accepted(form, draft.rota(), {"acknowledge_within_s": "minutes"}):
            return _saved(draft)
    return step_page("service", 422, form=form)


class TurnsForm(Form):
    unit = RadioField(choices=lambda: said(UNITS), validators=[InputRequired()])
    day = DateField(validators=[InputRequired()])
    clock = TimeField(validators=[InputRequired()])


@blueprint.get("/setup/turns")
def turns() -> ResponseReturnValue:
    if (away := turned_away("turns")) is not None:
        return away
    draft = load()
    known = draft.turns or Turns(
        _last_monday(), "week", tuple(person.name for person in draft.people)
    )
    form = TurnsForm(
        formdata=None, unit=known.unit, day=known.start.date(), clock=known.start.time()
    )
    places = {name: str(place) for place, name in enumerate(known.people, 1)}
    return step_page("turns", form=form, people=draft.people, places=places)


@blueprint.post("/setup/turns")
def save_turns() -> ResponseReturnValue:
    if (away := turned_away("turns")) is not None:
        return away
    form, draft = TurnsForm(), load()
    places = {
        person.name: request.form.get(f"place-{index}", "")
        for index, person in enumerate(draft.people, 1)
    }
    taking = [name for name, place in places.items() if place.isascii() and place.isdigit()]
    taking.sort(key=lambda name: int(places[name][:4]))
    wrong = "" if taking else NOBODY_TAKES_A_TURN
    if form.validate() and taking:
        start = datetime.combine(form.day.data, form.clock.data)
        known = Turns(start, cast(StepUnit, form.unit.data), tuple(taking))
        draft = replace(draft, turns=known)
        if _accepted(form, draft.rota(), {"start": "day"}):
            return _saved(draft)
    return step_page("turns", 422, form=form, people=draft.people, places=places, said=wrong)


def _last_monday() -> datetime:
    """So that somebody is on duty from the first moment on."""
    now = reader().now.astimezone(reader().zone).replace(tzinfo=None)
    monday = now - timedelta(days=now.weekday())
    handover = monday.replace(hour=8, minute=0, second=0, microsecond=0)
    return handover if handover <= now else handover - timedelta(days=7)


def check_part(rota: Rota) -> tuple[Fault, ...]:
    """What a site file would be refused for, as far as this rota has come."""
    return check(rota, rota, box().clock())


def _accepted(form: Form, rota: Rota, fields: dict[str, str] | None = None) -> bool:
    """Whether the site file would take it; else each fault stands beside its field."""
    faults = check_part(rota)
    for each in faults:
        name = (fields or {}).get(each.key, each.key)
        chosen = form[name] if name in form else next(iter(form))
        fault(chosen, say(each.sentence))
    return not faults


def _saved(draft: SetupDraft) -> ResponseReturnValue:
    save(draft)
    return redirect(next_step(draft), 303)


