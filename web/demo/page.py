"""The demo's virtual telephones. Registered only where `create_app` was given some."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from web.language import N_
from web.live import live_page
from web.reader import rota
from web.roles import signed_in
from web.virtual_phones import EXTENSION, Phone, PhoneFault, VirtualPhones

blueprint = Blueprint("demo", __name__)
TEXT_MAX = 1000  # some seven parts of an SMS
MESSAGES_SHOWN = 4
QUICK_ANSWER = "OK"
FAULT_SHOWN_S = 10
KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#")
END_HEADER = "X-Sound-End"
STATUS_WORDS = {
    "idle": N_("idle"),
    "dialling": N_("is calling"),
    "ringing": N_("is ringing"),
    "talking": N_("on the phone"),
    "busy": N_("busy"),
    "unreachable": N_("unreachable"),
}


def phones() -> VirtualPhones:
    found: VirtualPhones = current_app.extensions[EXTENSION]
    return found


@blueprint.get("/demo")
@signed_in
def show() -> Response:
    return _page("")


@blueprint.get("/demo/<number>/sound")
@signed_in
def sound(number: str) -> Response:
    """What the phone has heard since place ``after``: raw PCM, asked for again and again."""
    if all(phone["number"] != number for phone in phones().state()["phones"]):
        abort(404)
    after = request.args.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) < 15):
        abort(400)
    end, pcm = phones().heard(number, int(after))
    response = Response(pcm, mimetype="application/octet-stream")
    response.headers[END_HEADER] = str(end)
    return response


@blueprint.post("/demo/<number>/<action>")
@signed_in
def act(number: str, action: str) -> ResponseReturnValue:
    """One tap on a phone. What the phone cannot do now is said above the phones."""
    if all(phone["number"] != number for phone in phones().state()["phones"]):
        abort(404)
    do = _actions().get(action)
    if do is None:
        abort(404)
    try:
        do(number)
    except PhoneFault as fault:
        return _page(str(fault))
    return redirect(url_for("demo.show"), 303)


def _actions() -> dict[str, Callable[[str], None]]:
    line = phones()
    return {
        "call": line.call,
        "hangup": line.hangup,
        "answer": line.answer,
        "busy": line.busy,
        "unreachable": line.unreachable,
        "available": line.available,
        "press": lambda number: _press(line, number),
        "sms": lambda number: _send(line, number),
    }


def _press(line: VirtualPhones, number: str) -> None:
    key = request.form.get("key", "")
    if key not in KEYS:
        abort(400)
    line.press(number, key)


def _send(line: VirtualPhones, number: str) -> None:
    text = request.form.get("text", "").strip()
    if not 0 < len(text) <= TEXT_MAX:
        abort(400)
    line.sms(number, text)


def _page(fault: str) -> Response:
    state = phones().state()
    known = rota()
    staff: list[Phone] = []
    callers: list[Phone] = []
    for phone in state["phones"]:
        person = known.person_with(phone["number"]) if known is not None else None
        (callers if person is None else staff).append(phone)
    return live_page(
        "demo/demo.html",
        endpoint="demo.show",
        pause_s=FAULT_SHOWN_S if fault else None,
        active="demo",
        fault=fault,
        box_number=state["box"]["number"],
        staff=[(phone, _messages(phone)) for phone in staff],
        callers=[(phone, _messages(phone)) for phone in callers],
        phone_names={phone["number"]: phone.get("name") for phone in state["phones"]},
        status_words=STATUS_WORDS,
        quick_answer=QUICK_ANSWER,
        keys=KEYS,
    )


def _messages(phone: Phone) -> list[dict[str, object]]:
    """The last messages, oldest first as on a phone."""
    return [
        {
            "from": message["from"],
            "text": message["text"],
            "at": datetime.fromisoformat(message["at"]) if "at" in message else None,
            "sent": message.get("sent", False),
        }
        for message in phone["messages"][-MESSAGES_SHOWN:]
    ]
