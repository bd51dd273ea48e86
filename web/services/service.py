"""One service: its settings, its own words, its sheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, Field, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from firmware.rota import AlertTexts, Rota, Service
from firmware.rota.grammar import GrammarFault, parse_text
from firmware.rota.sms_texts import PLACES, TEXT_KINDS, parse_alert_text
from web import fault_words
from web.audit import audit
from web.editing import Edit
from web.forms import Form, at_most, fault, required, stripped
from web.frame import render_page
from web.language import N_
from web.reader import languages
from web.saving import place_faults, present_version, save, the_rota
from web.saying import say
from web.services import preview
from web.services.blueprint import blueprint
from web.services.show import alarmed, line_of
from web.services.words import DAYS, MODES, TEXTS

CHANGED = N_("Service %(service)s changed")
SAVED = N_("Saved.")
MINUTES = (1, 120)
FROM_TO = N_("Enter a number from %(min)s to %(max)s.")
TYPED_MAX = 2_000  # the rota's own check says what is too long


def between(lowest: int, highest: int) -> Callable[[Form, Field], None]:
    """A validator for a number."""

    def check(_: Form, field: Field) -> None:
        if field.data is not None and not lowest <= field.data <= highest:
            said = languages().gettext(FROM_TO) % {"min": lowest, "max": highest}
            raise ValidationError(said)

    return check


class ServiceForm(Form):
    service_name = StringField(filters=[stripped], validators=[required(), at_most(200)])
    mode = SelectField(choices=[SelectChoice(mode) for mode in MODES])
    minutes = IntegerField(
        validators=[InputRequired(), between(*MINUTES)]
    )
    confirm_divert = BooleanField()


class WordsForm(Form):
    diverted = TextAreaField(validators=[at_most(TYPED_MAX)])
    missed = TextAreaField(validators=[at_most(TYPED_MAX)])
    unconfirmed = TextAreaField(validators=[at_most(TYPED_MAX)])
    sms = TextAreaField(validators=[at_most(TYPED_MAX)])
    information = TextAreaField(validators=[at_most(TYPED_MAX)])


def wanted_service() -> Service:
    """The service that the request names in ``name``."""
    name = request.values.get("name", "")
    found = next((each for each in the_rota().services if each.name == name), None)
    if found is None:
        abort(404)
    return found


@blueprint.get("/services/service")
def service() -> ResponseReturnValue:
    return service_page(wanted_service())


@blueprint.post("/services/service")
def change() -> ResponseReturnValue:
    known, form = wanted_service(), ServiceForm()
    if not form.validate():
        return service_page(known, form=form, code=422)
    name = form.service_name.data
    seconds = known.acknowledge_within_s
    if form.minutes.data != max(round(seconds / 60), 1):
        seconds = form.minutes.data * 60  # seconds that a site file gave stay while not touched
    changed = replace(
        known,
        name=name,
        mode=form.mode.data,
        acknowledge_within_s=seconds,
        confirm_divert=bool(form.confirm_divert.data),
    )
    done = save(with_service(known.name, lambda _: changed), CHANGED, service=name)
    if done.done:
        audit("services.changed", service=name)
        flash(SAVED)
        return redirect(url_for("services.service", name=name), 303)
    fields = {"name": form.service_name, "mode": form.mode}
    return service_page(known, done, place_faults(done, fields, form), form=form, code=422)


@blueprint.post("/services/words")
def change_words() -> ResponseReturnValue:
    known, form = wanted_service(), WordsForm()
    valid = form.validate()
    texts = {kind: read_text(form[kind], kind) for kind in TEXT_KINDS}
    information = read_text(form.information, "")
    if not valid or None in texts.values() or information is None:
        return service_page(known, words_form=form, code=422)
    own = AlertTexts(**{kind: text or None for kind, text in texts.items()})
    done = save(
        with_service(known.name, lambda old: replace(old, texts=own, information=information)),
        CHANGED,
        service=known.name,
    )
    if done.done:
        audit("services.changed", service=known.name)
        flash(SAVED)
        return redirect(url_for("services.service", name=known.name) + "#words", 303)
    faults = place_faults(done, {"information": form.information}, form)
    return service_page(known, done, faults, words_form=form, code=422)


def read_text(field: TextAreaField, kind: str) -> str | None:
    """The text of a field as the rota takes it; None, with the fault beside the field."""
    try:
        text = field.data or ""
        return parse_alert_text(kind, text) if kind else parse_text(text)
    except GrammarFault as wrong:
        if not field.errors:
            fault(field, say(fault_words.words(wrong.text)))
        return None


@blueprint.get("/services/preview")
def show_preview() -> ResponseReturnValue:
    """A text as it would be sent, while it is being typed."""
    known, kind = wanted_service(), request.args.get("kind", "")
    if kind not in (*TEXT_KINDS, "information"):
        abort(404)
    form = WordsForm(request.args)
    text = read_text(form[kind], "" if kind == "information" else kind)
    shown = None if text is None else _preview(known, kind, text)
    wrong = form[kind].errors[0] if text is None else ""
    return Response(render_template("services/preview.html", preview=shown, wrong=wrong))


def _preview(known: Service, kind: str, text: str) -> preview.Preview:
    if kind == "information":
        return preview.of_sheet(the_rota(), known, text)
    return preview.of_alert(the_rota(), known, kind, text)


def with_service(name: str, change: Callable[[Service], Service]) -> Callable[[Rota], Rota]:
    """An edit of one service, also in every rule that names it when the name changes."""

    def changed(rota: Rota) -> Rota:
        new = change(rota.service(name))
        services = tuple(new if each.name == name else each for each in rota.services)
        rota = replace(rota, services=services)
        if new.name == name:
            return rota
        return replace(
            rota,
            rotations=tuple(
                replace(each, service=new.name) if each.service == name else each
                for each in rota.rotations
            ),
            overrides=tuple(
                replace(each, service=new.name) if each.service == name else each
                for each in rota.overrides
            ),
            opening_hours=tuple(
                replace(each, service=new.name) if each.service == name else each
                for each in rota.opening_hours
            ),
            greetings=tuple(
                replace(each, service=new.name) if each.service == name else each
                for each in rota.greetings
            ),
        )

    return changed


def service_page(
    known: Service,
    done: Edit | None = None,
    faults: list[str] | None = None,
    form: ServiceForm | None = None,
    words_form: WordsForm | None = None,
    code: int = 200,
    **values: object,
) -> Response:
    """The page of one service; ``done`` is an edit that was refused, ``faults`` what to say."""
    whole, line = the_rota(), line_of(the_rota(), known)
    texts = {kind: getattr(known.texts, kind) or "" for kind in TEXT_KINDS}
    words_form = words_form or WordsForm(formdata=None, information=known.information, **texts)
    shown = {kind: _preview(known, kind, text) for kind, text in texts.items()}
    return render_page(
        "services/service.html",
        active="services",
        style="services",
        code=code,
        service=known,
        line=line,
        alarmed=alarmed(whole),
        modes=MODES,
        kinds=TEXTS,
        days=DAYS,
        places={kind: " ".join(f"{{{name}}}" for name in PLACES[kind]) for kind in TEXT_KINDS},
        ours={kind: preview.our_words(whole, kind) for kind in TEXT_KINDS},
        previews={**shown, "information": _preview(known, "information", known.information)},
        hours=[
            (index, each)
            for index, each in enumerate(whole.opening_hours)
            if each.service == known.name
        ],
        form=form or _filled(known, line.minutes),
        words_form=words_form,
        done=done,
        faults=faults or [],
        version=done.version if done is not None else present_version(),
        **{"hours_form": None, **values},
    )


def _filled(known: Service, minutes: int) -> ServiceForm:
    return ServiceForm(
        formdata=None,
        service_name=known.name,
        mode=known.mode,
        minutes=minutes,
        confirm_divert=known.confirm_divert,
    )


