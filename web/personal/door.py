"""Whose page a secret opens; whoever tries secrets out is held back."""

from __future__ import annotations

from flask import abort, make_response, render_template, request

from firmware.rota import Person
from firmware.store.throttle import Limit
from web.box import box
from web.language import N_
from web.reader import rota

CLOSED = N_(
    "This address opens no page, or no longer. Ask whoever keeps the rota for a new one."
)
FREE_FOR_ADDRESS = 20  # wrong addresses: a message cut short by a telephone, tried again


def owner(secret: str) -> Person:
    """The person whose page it is; 404 for nobody's, 429 for the many who guess."""
    now, known = box().clock(), rota()
    name = box().people.open_link(secret, now)
    people = known.people if known is not None else ()
    found = next((each for each in people if each.name == name and not each.former), None)
    if found is None:
        limits = [Limit(f"link:address:{request.remote_addr}", FREE_FOR_ADDRESS)]
        if box().throttle.take(limits, now):
            abort(429)
        abort(make_response(render_template("fault.html", what=CLOSED, why=""), 404))
    return found
