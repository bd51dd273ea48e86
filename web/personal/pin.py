"""One's own PIN for the telephone, behind one's own address."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from firmware.store.pin_store import WeakPin
from web import fault_words
from web.audit import audit
from web.box import box
from web.personal.blueprint import blueprint
from web.personal.door import owner
from web.personal.page import own_page
from web.roles import public
from web.saying import say


@blueprint.post("/p/<secret>/pin")
@public
def set_pin(secret: str) -> ResponseReturnValue:
    who = owner(secret)
    try:
        box().pins.set(who.name, request.form.get("pin", ""), who.name, box().clock())
    except WeakPin as weak:
        return own_page(secret, who, 422, pin_fault=say(fault_words.words(weak.text)))
    audit("personal.pin", person=who.name)
    return redirect(url_for("personal.show", secret=secret, done="pin"), 303)
