"""How calls are answered by voice: whether it works, what is said when, the times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, IntegerField, TextAreaField
from wtforms.validators import InputRequired

from firmware.record import JournalKind, RequestKind
from firmware.rota import Greeting, Rota, Service, greeting_for
from firmware.rota.values import GREETING_TIMES
from firmware.speech.engine import find_engine
from firmware.wording import Wording, voice_messages
from web.audit import audit
from web.box import box
from web.editing import Edit
from web.forms import Form, at_most
from web.frame import render_page
from web.language import N_
from web.reader import languages, reader
from web.saving import account_name, place_faults, present_version, save, the_rota
from web.voice.blueprint import blueprint
from web.voice.words import ANY_STATE, MEANS, STATES, TIMES

CHANGED = N_("How calls are answered by voice changed")
SAVED = N_("Saved.")
AGAIN = N_("The box tries the voice again with the next call.")
TYPED_MAX = 2_000
CALLS_LOOKED_AT = 50


class RulesForm(Form):
    rings = IntegerField(validators=[InputRequired()])
    ring_s = IntegerField(validators=[InputRequired()])
    accept_s = IntegerField(validators=[InputRequired()])
    rounds = IntegerField(validators=[InputRequired()])
    message_s = IntegerField(validators=[InputRequired()])
    voicemail = BooleanField()
    emergency = TextAreaField(validators=[at_most(TYPED_MAX)])


@dataclass(frozen=True, slots=True)
class Shown:
    """One greeting of a service: ``known`` None where there is none for this time yet."""

    when: str
    known: Greeting | None
    is_now: bool


@dataclass(frozen=True, slots=True)
class ServiceVoice:
    """A service and what its callers hear; ``idle`` greetings can never be heard."""

    service: Service
    greetings: tuple[Shown, ...]
    has_hours: bool
    builtin_is_now: bool


@blueprint.get("/voice")
def show() -> ResponseReturnValue:
    return _page(RulesForm(formdata=None, obj=the_rota().voice))


@blueprint.post("/voice/rules")
def save_rules() -> ResponseReturnValue:
    form = RulesForm()
    if not form.validate():
        return _page(form, code=422)

    def change(known: Rota) -> Rota:
        values: dict[str, Any] = {field.name: field.data for field in form}
        values["emergency"] = (values["emergency"] or "").strip() or None
        return replace(known, voice=replace(known.voice, **values))

    done = save(change, CHANGED)
    if done.done:
        flash(SAVED)
        return redirect(url_for("voice.show"), 303)
    return _page(form, done, place_faults(done, dict(form._fields), form), code=422)


@blueprint.post("/voice/again")
def try_again() -> ResponseReturnValue:
    """The voice was given up after two failures; somebody has mended something."""
    box().store.ask(RequestKind.TRY_VOICE, {}, by=account_name(), at=box().clock())
    audit("voice.again")
    flash(AGAIN)
    return redirect(url_for("voice.show"), 303)


def _page(
    form: RulesForm, done: Edit | None = None, faults: list[str] | None = None, code: int = 200
) -> ResponseReturnValue:
    known = the_rota()
    return render_page(
        "voice/show.html",
        active="settings",
        style="voice",
        code=code,
        form=form,
        done=done,
        faults=faults or [],
        version=done.version if done is not None else present_version(),
        services=[_service(known, each) for each in known.services],
        times=TIMES,
        transfers=[each.name for each in known.services if each.mode == "transfer"],
        why=why_not(),
        failed=measured() == "voice failed twice",
        is_known=measured() is not None,
        means=MEANS,
        welcome=builtin(known, voice_messages.WELCOME, site=known.site.name),
        emergency=builtin(known, voice_messages.EMERGENCY),
        speaks=find_engine() is not None,
    )


def builtin(known: Rota, sentence: str, **values: object) -> str:
    """A built-in sentence in the language that callers hear."""
    return Wording(known.site.language).say(sentence, **values)


def why_not() -> str:
    """Why calls are not answered by voice, in the reader's words; empty where they are, or where
    nothing is known yet."""
    why = measured()
    if not why:
        return ""
    translate: Callable[[str], str] = languages().gettext
    known = STATES.get(why)
    return translate(known) if known is not None else translate(ANY_STATE) % {"why": why}


def measured() -> str | None:
    """The daemon's word of now, else what the last call that asked for a voice has shown: a
    reason, empty where it worked, None where nothing was measured yet."""
    facts = box().facts("voice:")
    if "why" in facts:
        return str(facts["why"] or "")
    for stored in box().journal(CALLS_LOOKED_AT, JournalKind.CALL):
        detail = stored.entry.detail
        if detail.get("steps") or detail.get("voice"):
            return str(detail.get("voice") or "")
    return None


def _service(known: Rota, service: Service) -> ServiceVoice:
    mine = {each.when: each for each in known.greetings if each.service == service.name}
    now = greeting_for(known, service.name, reader().now)
    shown = tuple(
        Shown(when, mine.get(when), now is not None and now.when == when)
        for when in GREETING_TIMES
    )
    has_hours = any(each.service == service.name for each in known.opening_hours)
    return ServiceVoice(service, shown, has_hours, now is None)
