"""The numbers of a person: added, ordered, taken away, proved by a code that went there by SMS."""

from __future__ import annotations

from dataclasses import replace

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from firmware.record import RequestKind
from firmware.rota import NumberFault, Person
from firmware.rota.dialling import check_diallable
from firmware.store.code_store import SMS_LIVES, CodeUsed, new_sms_code
from firmware.store.throttle import Limit
from web import fault_words
from web.audit import audit
from web.box import box
from web.editing import Refused
from web.forms import fault
from web.language import N_
from web.people.blueprint import blueprint
from web.people.forms import CodeForm, NumberForm
from web.people.person import CHANGED, SAVED, USED_BY, holder_of, person_page, readable_number
from web.reader import languages, reader
from web.saving import account_name, place_faults, save, the_rota, wanted_person, with_person
from web.saying import say

FREE_FOR_NUMBER, FREE_FOR_ACCOUNT = 3, 20
ONE_LEFT = N_("The last number cannot be taken away.")
SENT = N_("The code is on its way. It counts for 15 minutes.")
WAITS = N_("The box does not run now: the SMS leaves as soon as it does.")
WRONG_CODE = N_("This code is wrong, too old or used. Look at the last SMS, or send a new code.")
WAIT = N_("Too many codes. Please wait %(delay)s, then try again.")
VERIFIED = N_("The number is verified.")


@blueprint.post("/people/number/add")
def add_number() -> ResponseReturnValue:
    who, form, known = wanted_person(), NumberForm(), the_rota()
    if not form.validate():
        return person_page(who, number_form=form, code=422)
    number = readable_number(form.number.data, known)
    taken = holder_of(number, known)
    if taken is not None:
        said = {"number": reader().phone(number), "person": taken.name}
        fault(form.number, languages().gettext(USED_BY) % said)
        return person_page(who, number_form=form, code=422)
    done = save(
        with_person(who.name, lambda old: replace(old, other_numbers=(*old.other_numbers, number))),
        CHANGED,
        person=who.name,
    )
    if done.done:
        return _saved(who)
    faults = place_faults(done, {"other_numbers": form.number}, form)
    return person_page(who, done=done, faults=faults, number_form=form, code=422)


@blueprint.post("/people/number/first")
def make_first() -> ResponseReturnValue:
    who, number = wanted_person(), request.form.get("number", "")
    return _reordered(who, (number, *(each for each in who.numbers if each != number)))


@blueprint.post("/people/number/remove")
def remove_number() -> ResponseReturnValue:
    who, number = wanted_person(), request.form.get("number", "")
    return _reordered(who, tuple(each for each in who.numbers if each != number))


def _reordered(who: Person, numbers: tuple[str, ...]) -> ResponseReturnValue:
    def change(old: Person) -> Person:
        if not numbers or not set(numbers) <= set(old.numbers):
            raise Refused(ONE_LEFT)
        return replace(old, mobile=numbers[0], other_numbers=numbers[1:])

    done = save(with_person(who.name, change), CHANGED, person=who.name)
    if done.done:
        return _saved(who)
    faults = place_faults(done, {}, NumberForm(formdata=None))
    return person_page(who, done=done, number_faults=faults, code=422)


def _saved(who: Person) -> ResponseReturnValue:
    audit("people.changed", person=who.name)
    flash(SAVED)
    return redirect(url_for("people.person", name=who.name), 303)


@blueprint.post("/people/number/code")
def send_code() -> ResponseReturnValue:
    who, number = wanted_person(), _own_number()
    now, limits = box().clock(), (
        Limit(f"code:number:{number}", FREE_FOR_NUMBER),
        Limit(f"code:account:{account_name()}", FREE_FOR_ACCOUNT),
    )
    try:
        check_diallable(number, the_rota().site.country_code)
    except NumberFault as wrong:
        return person_page(who, number_faults=[say(fault_words.words(wrong.text))], code=422)
    wait = box().throttle.take(limits, now)
    if wait:
        told = languages().gettext(WAIT) % {"delay": reader().delay(wait)}
        return person_page(who, number_faults=[told], code=429)
    code = new_sms_code()
    box().codes.put(_purpose(number), code, now, now + SMS_LIVES)
    values = {"mobile": number, "code": code}
    box().store.ask(RequestKind.SEND_CODE, values, by=account_name(), at=now)
    audit("people.code", number=number, person=who.name)
    flash(SENT if box().state(now).answers else WAITS)
    return redirect(url_for("people.person", name=who.name, code_for=number), 303)


@blueprint.post("/people/number/verify")
def verify() -> ResponseReturnValue:
    who, number, form = wanted_person(), _own_number(), CodeForm()
    now = box().clock()
    typed = "".join(each for each in form.code.data or "" if each.isdigit())
    right = form.validate() and box().codes.check(_purpose(number), typed, now)
    if right:
        try:
            box().people.prove(right, number, account_name(), now)
        except CodeUsed:
            right = False
    if not right:
        if not form.code.errors:
            fault(form.code, languages().gettext(WRONG_CODE))
        return person_page(who, code_form=form, code_for=number, code=422)
    audit("people.verified", number=number, person=who.name)
    flash(VERIFIED)
    return redirect(url_for("people.person", name=who.name), 303)


def _own_number() -> str:
    number = request.form.get("number", "")
    if number not in wanted_person().numbers:
        abort(404)
    return number


def _purpose(number: str) -> str:
    return f"number:{number}"
