"""The site's own settings: name, language, time zone, bank holidays."""

from __future__ import annotations

from dataclasses import replace

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, SelectField, StringField

from web.forms import Form, at_most, required, stripped
from web.language import N_, NAMES
from web.reader import rota
from web.settings.blueprint import blueprint
from web.settings.saving import save, show
from web.site_words import HOLIDAYS, ZONES, said

NAME_MAX = 60
CHANGED = N_("Settings of the site changed")


def _zones() -> list[tuple[str, str]]:
    known = rota()
    return said(ZONES, known.site.time_zone if known is not None else None)


class SiteForm(Form):
    name = StringField(filters=[stripped], validators=[required(), at_most(NAME_MAX)])
    language = SelectField(choices=lambda: list(NAMES.items()))
    time_zone = SelectField(choices=_zones)
    holidays = SelectField(choices=lambda: said(HOLIDAYS))
    good_friday = BooleanField()


@blueprint.get("/settings/site")
def site() -> ResponseReturnValue:
    known = rota()
    if known is None:
        return redirect(url_for("setup.go_on"), 303)
    return show("site", SiteForm(formdata=None, obj=known.site))


@blueprint.post("/settings/site")
def save_site() -> ResponseReturnValue:
    form = SiteForm()
    return save(
        "site",
        form,
        lambda known: replace(
            known,
            site=replace(
                known.site,
                name=form.name.data,
                language=form.language.data,
                time_zone=form.time_zone.data,
                holidays=form.holidays.data,
                good_friday=form.good_friday.data,
            ),
        ),
        CHANGED,
    )
