"""What the box watches over, and when it reports: the site file's table [health]."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, IntegerField, SelectField, StringField, TimeField
from wtforms.validators import InputRequired

from firmware.rota import Rota
from web.forms import Form, at_most, stripped
from web.language import N_
from web.reader import rota
from web.reading import WEEKDAYS
from web.settings.blueprint import blueprint
from web.settings.saving import save, show
from web.site_words import said

CHANGED = N_("What the box watches over changed")
DAYS = tuple(zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), WEEKDAYS, strict=True))
LOOPS = (
    ("once", N_("once, when it is set up")),
    ("weekly", N_("each week")),
    ("daily", N_("each day")),
)


class HealthForm(Form):
    self_check = TimeField(validators=[InputRequired()])
    silence_alarm = BooleanField()
    weekly_sms = BooleanField()
    weekly_day = SelectField(choices=lambda: said(DAYS))
    weekly_at = TimeField(validators=[InputRequired()])
    sms_loop = SelectField(choices=lambda: said(LOOPS))
    credit_code = StringField(filters=[stripped], validators=[at_most(30)])
    credit_pattern = StringField(filters=[stripped], validators=[at_most(160)])
    credit_below = IntegerField(validators=[InputRequired()])


@blueprint.get("/settings/health")
def health() -> ResponseReturnValue:
    known = rota()
    if known is None:
        return redirect(url_for("setup.go_on"), 303)
    return show("health", HealthForm(formdata=None, obj=known.health))


@blueprint.post("/settings/health")
def save_health() -> ResponseReturnValue:
    form = HealthForm()

    def change(known: Rota) -> Rota:
        values: dict[str, Any] = {field.name: field.data for field in form}
        for name in ("credit_code", "credit_pattern"):
            values[name] = values[name] or None
        return replace(known, health=replace(known.health, **values))

    return save("health", form, change, CHANGED)
