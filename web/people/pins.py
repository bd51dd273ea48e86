"""The PIN with which a person hears the messages by ringing the box's own number."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from firmware.store.pin_store import WeakPin
from web import fault_words
from web.audit import audit
from web.box import box
from web.language import N_
from web.people.blueprint import blueprint
from web.people.person import person_page
from web.saving import account_name, wanted_person
from web.saying import say

SET = N_("The PIN counts from now on.")
GONE = N_("The PIN is taken away: no messages by telephone any more.")


@blueprint.post("/people/pin")
def set_pin() -> ResponseReturnValue:
    who = wanted_person()
    try:
        box().pins.set(who.name, request.form.get("pin", ""), account_name(), box().clock())
    except WeakPin as weak:
        return person_page(who, pin_fault=say(fault_words.words(weak.text)), code=422)
    audit("people.pin", person=who.name)
    flash(SET)
    return redirect(url_for("people.person", name=who.name), 303)


@blueprint.post("/people/pin/remove")
def remove_pin() -> ResponseReturnValue:
    who = wanted_person()
    box().pins.remove(who.name)
    audit("people.pin_removed", person=who.name)
    flash(GONE)
    return redirect(url_for("people.person", name=who.name), 303)
