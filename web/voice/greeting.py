"""One greeting: its text, its recording, how it sounds in the browser and on a telephone."""

from __future__ import annotations

from dataclasses import replace

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField

from firmware.record import RequestKind
from firmware.rota import Greeting, Rota, UnknownNameError
from firmware.rota.values import GREETING_TIMES
from firmware.speech.convert import UPLOAD_MAX, ConversionFault
from firmware.speech.engine import find_engine
from firmware.speech.greeting import is_by_telephone, keep_upload
from firmware.store.throttle import Limit
from firmware.wording import voice_messages
from web.audit import audit
from web.box import box
from web.editing import Edit
from web.forms import Form, at_most
from web.frame import render_page
from web.guard import body_max
from web.language import N_
from web.reader import languages, reader
from web.saving import account_name, place_faults, present_version, save, the_rota
from web.voice.blueprint import blueprint
from web.voice.show import TYPED_MAX, builtin, why_not
from web.voice.words import TIMES, UPLOAD_FAULTS

CHANGED = N_("Greeting of %(service)s changed")
REMOVED = N_("Greeting of %(service)s taken away")
SAVED = N_("Saved.")
FULL = N_("The recording could not be written: see what the start page says of the disk.")
CALLING = N_("The box rings %(number)s and plays the greeting. The journal tells what came of it.")
WAIT = N_("Too many calls. Please wait %(delay)s.")
FREE_CALLS = 5   # a quarter of an hour: each may cost money


class GreetingForm(Form):
    text = TextAreaField(validators=[at_most(TYPED_MAX)])


@blueprint.get("/voice/greeting")
def greeting() -> ResponseReturnValue:
    return _page(*_wanted())


@blueprint.post("/voice/greeting")
@body_max(UPLOAD_MAX + 64 * 1024)
def save_greeting() -> ResponseReturnValue:
    service, when = _wanted()
    form = GreetingForm()
    known = _known(the_rota(), service, when)
    kept = "" if request.form.get("drop") else (known.recording if known else None) or ""
    if not form.validate():
        return _page(service, when, form, code=422)
    sent = request.files.get("sound")
    if sent is not None and sent.filename:
        try:
            kept = keep_upload(box().data_dir / "voice", sent.stream.read(UPLOAD_MAX + 1))
        except ConversionFault as wrong:
            return _page(service, when, form, upload=UPLOAD_FAULTS[wrong.why], code=422)
        except OSError:
            return _page(service, when, form, upload=FULL, code=503)
    new = Greeting(service, when, form.text.data.strip() or None, kept or None)  # type: ignore[arg-type]
    done = save(lambda rota: _with(rota, new), CHANGED, service=service)
    if done.done:
        audit("voice.greeting", service=service, when=when)
        flash(SAVED)
        return redirect(url_for("voice.greeting", service=service, when=when), 303)
    faults = place_faults(done, {"text": form.text}, form)
    return _page(service, when, form, done, faults, code=422)


@blueprint.post("/voice/greeting/remove")
def remove_greeting() -> ResponseReturnValue:
    service, when = _wanted()

    def without(rota: Rota) -> Rota:
        gone = _known(rota, service, when)
        return replace(rota, greetings=tuple(each for each in rota.greetings if each != gone))

    done = save(without, REMOVED, service=service)
    if not done.done:
        return _page(service, when, done=done, faults=place_faults(done, {}, GreetingForm()),
                     code=422)  # fmt: skip
    audit("voice.greeting_removed", service=service, when=when)
    flash(SAVED)
    return redirect(url_for("voice.show"), 303)


@blueprint.post("/voice/greeting/call")
def call_me() -> ResponseReturnValue:
    """ "Call me and let me hear it": the daemon rings one of the staff's own numbers."""
    service, when = _wanted()
    number = request.form.get("number", "")
    person = the_rota().person_with(number)
    if person is None:
        abort(404)
    limits = [Limit(f"voice-call:{account_name()}", FREE_CALLS)]
    wait = box().throttle.take(limits, box().clock())
    if wait:
        said = languages().gettext(WAIT) % {"delay": reader().delay(wait)}
        return _page(service, when, faults=[said], code=429)
    values = {"service": service, "when": when, "number": number}
    box().store.ask(RequestKind.PLAY_GREETING, values, by=account_name(), at=box().clock())
    audit("voice.played", service=service, number=number)
    flash(languages().gettext(CALLING) % {"number": reader().phone(number)})
    return redirect(url_for("voice.greeting", service=service, when=when), 303)


def _wanted() -> tuple[str, str]:
    service, when = request.values.get("service", ""), request.values.get("when", "always")
    try:
        the_rota().service(service)
    except UnknownNameError:
        abort(404)
    if when not in GREETING_TIMES:
        abort(404)
    return service, when


def _known(rota: Rota, service: str, when: str) -> Greeting | None:
    return next(
        (each for each in rota.greetings if (each.service, each.when) == (service, when)), None
    )


def _with(rota: Rota, new: Greeting) -> Rota:
    old = _known(rota, new.service, new.when)
    if old is None:
        return replace(rota, greetings=(*rota.greetings, new))
    return replace(rota, greetings=tuple(new if each == old else each for each in rota.greetings))


def _page(
    service: str,
    when: str,
    form: GreetingForm | None = None,
    done: Edit | None = None,
    faults: list[str] | None = None,
    upload: str = "",
    code: int = 200,
) -> ResponseReturnValue:
    rota = the_rota()
    known = _known(rota, service, when)
    return render_page(
        "voice/greeting.html",
        active="settings",
        style="voice",
        code=code,
        service=service,
        when=when,
        time=TIMES[when],
        known=known,
        dictated=known is not None and is_by_telephone(known.recording or ""),
        recorded=box().recorded_as(known.recording) if known and known.recording else None,
        form=form or GreetingForm(formdata=None, text=(known.text if known else None) or ""),
        done=done,
        faults=faults or [],
        upload=upload,
        version=done.version if done is not None else present_version(),
        people=[each for each in rota.people if not each.former],
        welcome=builtin(rota, voice_messages.WELCOME, site=rota.site.name),
        emergency=rota.voice.emergency or builtin(rota, voice_messages.EMERGENCY),
        why=why_not(),
        speaks=find_engine() is not None,
    )
