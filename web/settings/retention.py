"""How long things are kept: the site file's table [retention]."""

from __future__ import annotations

from dataclasses import replace

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField
from wtforms.validators import InputRequired

from web.forms import Form
from web.language import N_
from web.reader import rota
from web.settings.blueprint import blueprint
from web.settings.saving import save, show

CHANGED = N_("How long things are kept changed")


class RetentionForm(Form):
    sms_text_days = IntegerField(validators=[InputRequired()])
    voicemail_days = IntegerField(validators=[InputRequired()])
    call_log_months = IntegerField(validators=[InputRequired()])
    audit_months = IntegerField(validators=[InputRequired()])


@blueprint.get("/settings/retention")
def retention() -> ResponseReturnValue:
    known = rota()
    if known is None:
        return redirect(url_for("setup.go_on"), 303)
    return show("retention", RetentionForm(formdata=None, obj=known.retention))


@blueprint.post("/settings/retention")
def save_retention() -> ResponseReturnValue:
    form = RetentionForm()
    return save(
        "retention",
        form,
        lambda known: replace(
            known,
            retention=replace(known.retention, **{field.name: field.data for field in form}),
        ),
        CHANGED,
    )
