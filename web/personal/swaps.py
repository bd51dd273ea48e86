"""Asking a colleague to take a shift, perhaps for one in return; answering such a question."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from firmware.record import RequestKind
from firmware.rota import Person, Rota, Shift
from firmware.store.throttle import Limit
from web.audit import audit
from web.box import box
from web.frame import render_page
from web.language import N_
from web.personal.asked import asked_of
from web.personal.blueprint import blueprint
from web.personal.door import owner
from web.personal.page import Mine, own_page, own_shifts
from web.reader import languages, reader
from web.roles import public
from web.saving import the_rota

FREE_A_DAY = 20
CHOOSE = N_("Choose whom to ask.")
GONE = N_("The rota has changed meanwhile. Choose again.")
TOO_MANY = N_("Too many questions. Please wait %(delay)s.")
ALREADY_ANSWERED = N_("This question has been answered already.")
ANSWERS = ("ok", "non", "withdraw")


@dataclass(frozen=True, slots=True)
class Choice:
    """A colleague, and one of their shifts in return or None. ``value`` is the form's."""

    value: str
    colleague: str
    back: Mine | None


@blueprint.get("/p/<secret>/swap")
@public
def swap(secret: str) -> ResponseReturnValue:
    who = owner(secret)
    return _swap_page(secret, who, _wanted(who))


@blueprint.post("/p/<secret>/swap")
@public
def ask(secret: str) -> ResponseReturnValue:
    who = owner(secret)
    mine, given = _wanted(who), request.form.get("choice", "")
    choice = next((each for each in _choices(the_rota(), who) if each.value == given), None)
    if choice is None:
        return _swap_page(secret, who, mine, CHOOSE if not given else GONE)
    wait = box().throttle.take([Limit(f"swap:{who.mobile}", FREE_A_DAY)], box().clock())
    if wait:
        told = languages().gettext(TOO_MANY) % {"delay": reader().delay(wait)}
        return own_page(secret, who, 429, errors=(told,))
    values = {"other": choice.colleague, **_piece(mine.service, mine.shift, "")}
    if choice.back is not None:
        values |= _piece(choice.back.service, choice.back.shift, "back_")
    box().store.ask(RequestKind.ASK_SWAP, values, by=who.name, at=box().clock())
    audit("personal.swap_asked", person=who.name, other=choice.colleague)
    return redirect(url_for("personal.show", secret=secret, done="asked"), 303)


@blueprint.post("/p/<secret>/swap/answer")
@public
def answer(secret: str) -> ResponseReturnValue:
    who, how = owner(secret), request.form.get("answer", "")
    number = request.form.get("alert", "")
    asked = next((each for each in asked_of(who.name) if str(each.alert) == number), None)
    if asked is None or how not in ANSWERS or asked.by_me != (how == "withdraw"):
        abort(404)
    if not asked.is_open:
        return own_page(secret, who, 409, errors=(languages().gettext(ALREADY_ANSWERED),))
    values = {"alert": number, "answer": how}
    box().store.ask(RequestKind.ANSWER_SWAP, values, by=who.name, at=box().clock())
    audit("personal.swap_answered", person=who.name)
    return redirect(url_for("personal.show", secret=secret, done=how), 303)


def _wanted(who: Person) -> Mine:
    """The shift that the request is about, if it is still the person's."""
    given = (
        request.values.get("service"), request.values.get("level"), request.values.get("start"),
    )  # fmt: skip
    for each in own_shifts(the_rota(), who.name, reader().now):
        shift = each.shift
        if (each.service, str(shift.level), _text(shift.start)) == given:
            return each
    return abort(404)


def _choices(known: Rota, who: Person) -> list[Choice]:
    """Every colleague, each with nothing in return and with each shift that is to come.

    Nobody comes on duty on a number that nobody has proved, by a swap either.
    """
    now, found, proved = reader().now, [], box().people.verified()
    for colleague in known.people:
        if colleague.former or colleague.name == who.name or colleague.mobile not in proved:
            continue
        found.append(Choice(json.dumps([colleague.name]), colleague.name, None))
        for each in own_shifts(known, colleague.name, now):
            if each.is_now:
                continue
            piece = [colleague.name, each.service, each.shift.level, _text(each.shift.start)]
            found.append(Choice(json.dumps(piece), colleague.name, each))
    return found


def _piece(service: str, shift: Shift, prefix: str) -> dict[str, str]:
    values = {
        "service": service,
        "level": str(shift.level),
        "start": _text(shift.start),
        "end": _text(shift.end),
    }
    return {f"{prefix}{name}": value for name, value in values.items()}


def _text(instant: datetime) -> str:
    return instant.isoformat()


def _swap_page(
    secret: str, who: Person, mine: Mine, wrong: str | None = None
) -> ResponseReturnValue:
    return render_page(
        "personal/swap.html",
        style="people",
        code=200 if wrong is None else 422,
        secret=secret,
        person=who,
        mine=mine,
        start=_text(mine.shift.start),
        choices=_choices(the_rota(), who),
        wrong=wrong,
    )
