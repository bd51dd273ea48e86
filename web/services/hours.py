"""Opening hours: when calls go to the office telephone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice

from firmware.rota import OpeningHours, Rota, Service
from firmware.rota.grammar import GrammarFault, parse_clock, parse_days
from firmware.rota.number import NumberFault, normalise_number
from web import fault_words
from web.audit import audit
from web.editing import Refused
from web.forms import Form, at_most, fault, required, stripped
from web.language import N_
from web.saving import place_faults, save, the_rota
from web.saying import say
from web.services.blueprint import blueprint
from web.services.service import SAVED, service_page, wanted_service
from web.services.words import DAYS

CHANGED = N_("Opening hours of %(service)s changed")
GONE = N_("These hours have been changed meanwhile.")


class HoursForm(Form):
    days = SelectMultipleField(choices=[SelectChoice(day) for day in DAYS])
    start = StringField(validators=[required(), at_most(20)])
    end = StringField(validators=[required(), at_most(20)])
    number = StringField(filters=[stripped], validators=[required(), at_most(200)])


@blueprint.post("/services/hours")
def add_hours() -> ResponseReturnValue:
    known, form = wanted_service(), HoursForm()
    hours = _read(known, form)
    if hours is None:
        return service_page(known, hours_form=form, code=422)
    done = save(
        lambda rota: replace(rota, opening_hours=(*rota.opening_hours, hours)),
        CHANGED,
        service=known.name,
    )
    if done.done:
        return _saved(known)
    fields = {"days": form.days, "from": form.start, "to": form.end, "number": form.number}
    faults = place_faults(done, fields, form)
    return service_page(known, done, faults, hours_form=form, code=422)


@blueprint.post("/services/hours/remove")
def remove_hours() -> ResponseReturnValue:
    known, place = wanted_service(), request.form.get("place", "")

    def without(rota: Rota) -> Rota:
        kept = list(rota.opening_hours)
        if not place.isascii() or not place.isdigit() or int(place) >= len(kept):
            raise Refused(GONE)
        del kept[int(place)]
        return replace(rota, opening_hours=tuple(kept))

    done = save(without, CHANGED, service=known.name)
    if done.done:
        return _saved(known)
    return service_page(known, done, place_faults(done, {}, HoursForm(formdata=None)), code=422)


def _saved(known: Service) -> ResponseReturnValue:
    audit("services.hours", service=known.name)
    flash(SAVED)
    return redirect(url_for("services.service", name=known.name) + "#hours", 303)


def _read(known: Service, form: HoursForm) -> OpeningHours | None:
    """The hours that were entered; None, with each fault beside its field."""
    form.validate()
    found: dict[str, object] = {}
    readers: dict[str, Callable[[], object]] = {
        "days": lambda: parse_days(",".join(form.days.data or [])),
        "start": lambda: parse_clock(form.start.data or ""),
        "end": lambda: parse_clock(form.end.data or ""),
        "number": lambda: normalise_number(form.number.data, the_rota().site.country_code),
    }
    for name, read in readers.items():
        try:
            found[name] = read()
        except (GrammarFault, NumberFault) as wrong:
            if not form[name].errors:
                fault(form[name], say(fault_words.words(wrong.text)))
    if form.errors:
        return None
    return OpeningHours(service=known.name, **found)  # type: ignore[arg-type]
