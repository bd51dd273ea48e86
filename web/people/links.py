"""The secret address of a person's own page: made, shown once, closed."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from web.audit import audit
from web.box import box
from web.language import N_
from web.people.blueprint import blueprint
from web.people.person import person_page
from web.saving import account_name, wanted_person

CLOSED = N_("The personal page is closed: its address opens nothing any more.")


@blueprint.post("/people/link")
def new_link() -> ResponseReturnValue:
    """A new address; the one before it dies. It is shown now and never again."""
    who = wanted_person()
    secret = box().people.new_link(who.name, account_name(), box().clock())
    audit("people.link", person=who.name)
    address = url_for("personal.show", secret=secret, _external=True)
    return person_page(who, new_address=address)


@blueprint.post("/people/link/revoke")
def revoke_link() -> ResponseReturnValue:
    who = wanted_person()
    box().people.revoke_link(who.name)
    audit("people.link_revoked", person=who.name)
    flash(CLOSED)
    return redirect(url_for("people.person", name=who.name), 303)
