"""Whose page a secret opens; whoever tries secrets out is held back."""

from __future__ import annotations

from flask import abort, request

from firmware.rota import Person
from firmware.store.throttle import Limit
from web.box import box
from web.reader import rota

FREE_FOR_ADDRESS = 20  # wrong addresses: a message cut short by a telephone, tried again


def owner(secret: str) -> Person:
    """The person whose page it is; 404 for nobody's, 429 for the many who guess."""
    now, known = box().clock(), rota()
    name = box().people.open_link(secret, now)
    people = known.people if known is not None else ()
    found = next((each for each in people if each.name == name and not each.former), None)
    if found is None:
        limits = [Limit(f"link:address:{request.remote_addr}", FREE_FOR_ADDRESS)]
        abort(429 if box().throttle.take(limits, now) else 404)
    return found
