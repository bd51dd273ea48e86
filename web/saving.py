"""What the forms about people share: whom they are about, and how an edit ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from flask import abort, request
from wtforms import Field

from firmware.rota import Person, Rota
from firmware.rota.local_time import wall_clock
from firmware.rota.past import minute
from web import editing
from web.box import box
from web.editing import Edit, Sentence
from web.forms import Form, fault
from web.language import N_
from web.reader import reader, rota
from web.saying import say
from web.sessions import current_account

# As long as an effect is read, or whoever is to come is rung, before the button is pressed
READ_WITHIN = timedelta(minutes=30)
NEW_MEANWHILE = N_("Somebody else has changed the rota since this page was opened.")


def the_rota() -> Rota:
    """The rota; without a site file there is nobody to speak of."""
    found = rota()
    if found is None:
        abort(404)
    return found


def wanted_person() -> Person:
    """The person that the request names in ``name``."""
    name = request.values.get("name", "")
    found = next((each for each in the_rota().people if each.name == name), None)
    if found is None:
        abort(404)
    return found


def given_version() -> int:
    """The version of the rota that the form was made from."""
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1


def save(change: Callable[[Rota], Rota], sentence: str, **values: str) -> Edit:
    return editing.edit(
        change, version=given_version(), sentence=Sentence(sentence, values), by=account_name()
    )


def now_wall() -> datetime:
    """Now on the site's clock, in whole minutes: the first instant that an edit may touch."""
    return wall_clock(minute(reader().now), reader().zone)


def begun_meanwhile(start: datetime, made: datetime | None, now: datetime) -> datetime:
    """``now`` where ``start`` has passed since its form was made, else ``start`` (wall clock).

    Not for a form that lay open for long: what it would do is no longer what it showed.
    """
    passed = made is not None and made <= start < now <= start + READ_WITHIN
    return now if passed else start


def with_person(name: str, change: Callable[[Person], Person]) -> Callable[[Rota], Rota]:
    """An edit of one person, also in every rule that names them when the name changes."""

    def changed(rota: Rota) -> Rota:
        old = rota.person(name)
        new = change(old)
        people = tuple(new if each == old else each for each in rota.people)
        if new.name == old.name:
            return replace(rota, people=people)
        names = {old.name: new.name}
        return replace(
            rota,
            people=people,
            rotations=tuple(
                replace(each, people=tuple(names.get(one, one) for one in each.people))
                for each in rota.rotations
            ),
            overrides=tuple(
                replace(each, out=names.get(each.out or "", each.out),
                        in_=names.get(each.in_ or "", each.in_))
                for each in rota.overrides
            ),
        )  # fmt: skip

    return changed


def account_name() -> str:
    account = current_account()
    return account.name if account is not None else ""


def place_faults(done: Edit, fields: Mapping[str, Field], form: Form) -> list[str]:
    """Put each fault beside its field; the sentences that belong to none are given back."""
    whole = []
    for each in done.faults:
        field = fields.get(each.key)
        if field is not None:
            fault(field, say(each.sentence))
        else:
            whole.append(say(each.sentence))
    return whole


def present_version() -> int:
    return box().rota_with_version()[1]
