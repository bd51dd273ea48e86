"""One's own mobile: proved by a code, it gives a lost password back."""

from __future__ import annotations

from dataclasses import replace

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from firmware.rota.dialling import check_diallable
from firmware.rota.number import NumberFault, normalise_number
from firmware.store.code_store import CodeUsed
from web.accounts.blueprint import blueprint
from web.accounts.codes import purpose_of, read_digits, send_code, send_limits, try_limits
from web.accounts.own import MobileCodeForm, MobileForm, own_account, own_page
from web.accounts.sign_in import WAIT
from web.audit import audit
from web.box import box
from web.fault_words import words
from web.forms import fault
from web.language import N_
from web.reader import languages, reader, rota
from web.roles import signed_in
from web.saying import say

MOBILE = "mobile"
WRONG = N_("This code does not count, or no longer. Ask for a new one.")
PROVED = N_("Your mobile is verified: it can give you a lost password back.")


@blueprint.post("/account/mobile")
@signed_in
def change_mobile() -> ResponseReturnValue:
    """Note the number and send the code; until it comes back the number proves nothing."""
    form, account = MobileForm(), own_account()
    if not form.validate():
        return own_page(mobile=form, code=422)
    known = rota()
    country_code = known.site.country_code if known is not None else "33"
    try:
        number = check_diallable(normalise_number(form.mobile.data, country_code), country_code)
    except NumberFault as wrong:
        fault(form.mobile, say(words(wrong.text)))
        return own_page(mobile=form, code=422)
    wait = box().throttle.take(send_limits(MOBILE, account.name), box().clock())
    if wait:
        fault(form.mobile, languages().gettext(WAIT) % {"delay": reader().delay(wait)})
        return own_page(mobile=form, code=429)
    changed = replace(account, mobile=number, mobile_verified_at=None)
    box().accounts.change(changed)
    send_code(changed, purpose_of(MOBILE, account.id))
    audit("mobile.asked")
    return redirect(url_for("accounts.show") + "#mobile-title", 303)


@blueprint.post("/account/mobile/code")
@signed_in
def prove_mobile() -> ResponseReturnValue:
    form, account = MobileCodeForm(), own_account()
    if not form.validate():
        return own_page(mobile_code=form, code=422)
    limits = try_limits(MOBILE, account.name)
    wait = box().throttle.take(limits, box().clock())
    if wait:
        fault(form.code, languages().gettext(WAIT) % {"delay": reader().delay(wait)})
        return own_page(mobile_code=form, code=429)
    purpose, now = purpose_of(MOBILE, account.id), box().clock()
    code = box().codes.check(purpose, read_digits(form.code.data), now)
    try:
        if code is None:
            raise CodeUsed("no such code")
        box().codes.prove_mobile(code, account, now)
    except CodeUsed:
        fault(form.code, languages().gettext(WRONG))
        return own_page(mobile_code=form, code=422)
    box().throttle.give_back(limits)
    audit("mobile.proved")
    flash(PROVED)
    return redirect(url_for("accounts.show"), 303)
