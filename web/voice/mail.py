"""What callers have left on the voicemail: heard here, or by ringing the box's own number."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from firmware.record import RequestKind, Voicemail
from firmware.store.account_values import Role
from web.audit import audit
from web.box import box
from web.frame import render_page
from web.language import N_
from web.numbers import row_number
from web.reader import reader
from web.roles import allow
from web.saving import account_name, the_rota
from web.voice.blueprint import blueprint
from web.voice.sound import path_of, sound_file

DELETED = N_("The message is being deleted.")
SHOWN_MAX = 200


@blueprint.get("/voicemail")
@allow(Role.STAFF)
def mail() -> ResponseReturnValue:
    known = the_rota()
    found = box().store.voicemails(SHOWN_MAX)
    return render_page(
        "voice/mail.html",
        active="call_back",
        style="voice",
        messages=found,
        going=box().store.going_voicemails(),
        contacts={
            each.number: known.contact(each.number) for each in found if each.number is not None
        },
        there={each.id for each in found if _is_there(each)},
        days=known.retention.voicemail_days,
    )


@blueprint.get("/voicemail/<int:number>.wav")
@allow(Role.STAFF)
def sound(number: int) -> ResponseReturnValue:
    """The recording. Each listening is in the audit log; the pieces that a player fetches of one
    are not told again."""
    message = _message(number)
    answer = sound_file(message.name)
    if request.method == "GET" and _from_the_start():
        audit("voicemail.heard", caller=_caller(message), left=_left(message))
        if message.heard_at is None:
            values = {"voicemail": str(number)}
            box().store.ask(
                RequestKind.VOICEMAIL_HEARD, values, by=account_name(), at=box().clock()
            )
    return answer


@blueprint.post("/voicemail/delete")
@allow(Role.STAFF)
def delete() -> ResponseReturnValue:
    message = _message(request.form.get("voicemail", 0, type=row_number))
    values = {"voicemail": str(message.id)}
    box().store.ask(RequestKind.DELETE_VOICEMAIL, values, by=account_name(), at=box().clock())
    audit("voicemail.deleted", caller=_caller(message), left=_left(message))
    flash(DELETED)
    return redirect(url_for("voice.mail"), 303)


def _message(number: int) -> Voicemail:
    found = box().store.voicemail(number)
    if found is None or found.deleted_at is not None or found.seconds <= 0:
        abort(404)
    return found


def _from_the_start() -> bool:
    asked = request.range
    return asked is None or any(start in (0, None) for start, _ in asked.ranges)


def _is_there(message: Voicemail) -> bool:
    path = path_of(message.name)
    return path is not None and path.is_file()


def _caller(message: Voicemail) -> str:
    return message.number or ""


def _left(message: Voicemail) -> str:
    return reader().date_clock(message.at)
