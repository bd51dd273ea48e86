"""All services: mode, who is asked in which order, and what happens when nobody answers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import StringField

from firmware.rota import Person, Rota, Service, administrators
from firmware.rota.local_time import last_instant
from web.audit import audit
from web.editing import Edit
from web.forms import Form, at_most, required, stripped
from web.frame import render_page
from web.language import N_
from web.reader import reader, rota
from web.saving import place_faults, present_version, save
from web.services.blueprint import blueprint
from web.services.words import MODES

ADDED = N_("Service %(service)s added")
ADDED_NOW = N_("Added. Its rota is still empty: nobody is on duty for it.")


@dataclass(frozen=True, slots=True)
class Step:
    """One level of the escalation: everybody who takes turns in it."""

    level: int
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    service: Service
    steps: tuple[Step, ...]
    minutes: int
    has_office: bool


class NewServiceForm(Form):
    service_name = StringField(filters=[stripped], validators=[required(), at_most(200)])


@blueprint.get("/services")
def show() -> ResponseReturnValue:
    return _page(NewServiceForm(formdata=None))


@blueprint.post("/services")
def add() -> ResponseReturnValue:
    form = NewServiceForm()
    if not form.validate():
        return _page(form, code=422)
    name = form.service_name.data
    done = save(
        lambda rota: replace(rota, services=(*rota.services, Service(name))), ADDED, service=name
    )
    if done.done:
        audit("services.added", service=name)
        flash(ADDED_NOW)
        return redirect(url_for("services.service", name=name), 303)
    faults = place_faults(done, {"name": form.service_name}, form)
    return _page(form, done, faults, code=422)


def _page(
    form: NewServiceForm, done: Edit | None = None, faults: list[str] | None = None, code: int = 200
) -> ResponseReturnValue:
    known = rota()
    return render_page(
        "services/list.html",
        active="services",
        style="services",
        code=code,
        loaded=known is not None,
        lines=[line_of(known, each) for each in known.services] if known is not None else [],
        alarmed=alarmed(known) if known is not None else (),
        contacts=len(known.contacts) if known is not None else 0,
        modes=MODES,
        form=form,
        done=done,
        faults=faults or [],
        version=done.version if done is not None else present_version(),
    )


def line_of(known: Rota, service: Service) -> Line:
    now, zone = reader().now, reader().zone
    levels: dict[int, dict[str, None]] = {}
    for each in known.rotations:
        over = each.end is not None and last_instant(each.end, zone) <= now
        if each.service == service.name and not over:
            levels.setdefault(each.level, {}).update(dict.fromkeys(each.people))
    steps = tuple(Step(level, tuple(people)) for level, people in sorted(levels.items()))
    minutes = max(round(service.acknowledge_within_s / 60), 1)
    office = any(each.service == service.name for each in known.opening_hours)
    return Line(service, steps, minutes, office)


def alarmed(known: Rota) -> tuple[Person, ...]:
    return administrators(known)
