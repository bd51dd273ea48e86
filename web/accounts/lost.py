"""A lost password: a code to the account's own verified mobile, by SMS.

Whoever asks learns nothing: a name without an account, without a mobile or locked out gets the
same page after the same work. Without a mobile, `veilleur password` on the box helps.
"""

from __future__ import annotations

from flask import Response, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, StringField

from firmware.store.account_values import Account
from firmware.store.code_store import Code, CodeUsed
from firmware.store.password import hashed
from web.accounts.blueprint import blueprint
from web.accounts.codes import (
    pretend_to_send,
    purpose_of,
    read_digits,
    send_code,
    send_limits,
    try_limits,
)
from web.accounts.own import NOT_THE_SAME, password_fault
from web.accounts.sign_in import NAME_MAX, PASSWORD_MAX, WAIT
from web.audit import audit
from web.box import box
from web.forms import Form, at_most, fault, required, stripped
from web.frame import render_page
from web.language import N_
from web.reader import languages, reader
from web.roles import public
from web.sessions import enter

LOST = "lost"
CODE_MAX = 20
WRONG = N_("This code does not count, or no longer. Ask for a new one.")


class LostForm(Form):
    name = StringField(filters=[stripped], validators=[required(), at_most(NAME_MAX)])


class CodeForm(Form):
    name = StringField(filters=[stripped], validators=[required(), at_most(NAME_MAX)])
    code = StringField(validators=[required(), at_most(CODE_MAX)])
    new = PasswordField(validators=[required(), at_most(PASSWORD_MAX)])
    again = PasswordField(validators=[required(), at_most(PASSWORD_MAX)])


@blueprint.get("/lost-password")
@public
def lost() -> ResponseReturnValue:
    return _ask(LostForm())


@blueprint.post("/lost-password")
@public
def send_lost() -> ResponseReturnValue:
    form = LostForm()
    if not form.validate():
        return _ask(form, 422)
    wait = box().throttle.take(send_limits(LOST, form.name.data), box().clock())
    if wait:
        fault(form.name, languages().gettext(WAIT) % {"delay": reader().delay(wait)})
        return _ask(form, 429)
    account = _with_mobile(form.name.data)
    if account is not None:
        send_code(account, purpose_of(LOST, account.id))
    else:
        pretend_to_send()
    audit("lost.asked", account=account.name if account is not None else "?")
    return _enter_code(CodeForm(formdata=None, name=form.name.data))


@blueprint.post("/lost-password/code")
@public
def use_code() -> ResponseReturnValue:
    form = CodeForm()
    if not form.validate() or not _password_is_good(form):
        return _enter_code(form, 422)
    limits, words = try_limits(LOST, form.name.data), languages()
    wait = box().throttle.take(limits, box().clock())
    if wait:
        fault(form.code, words.gettext(WAIT) % {"delay": reader().delay(wait)})
        return _enter_code(form, 429)
    account = _with_mobile(form.name.data)
    code = _checked(account, form.code.data)
    if account is None or code is None:
        fault(form.code, words.gettext(WRONG))
        return _enter_code(form, 422)
    try:
        box().codes.change_password(code, account.id, hashed(form.new.data), box().clock())
    except CodeUsed:
        fault(form.code, words.gettext(WRONG))
        return _enter_code(form, 422)
    box().throttle.give_back(limits)
    enter(account)
    audit("lost.password")
    return redirect(url_for("status.show"), 303)


def _checked(account: Account | None, typed: str) -> Code | None:
    """The code, if it is the account's; the same work for a name that has none."""
    purpose = purpose_of(LOST, account.id if account is not None else 0)
    return box().codes.check(purpose, read_digits(typed), box().clock())


def _with_mobile(name: str) -> Account | None:
    account = box().accounts.named(name)
    if account is None or account.disabled_at is not None or account.mobile_verified_at is None:
        return None
    return account


def _password_is_good(form: CodeForm) -> bool:
    wrong = password_fault(form.new.data, form.name.data)
    if wrong is not None:
        fault(form.new, languages().gettext(wrong))
    elif form.new.data != form.again.data:
        fault(form.again, languages().gettext(NOT_THE_SAME))
    else:
        return True
    return False


def _ask(form: LostForm, code: int = 200) -> Response:
    return render_page("accounts/lost.html", form=form, code=code)


def _enter_code(form: CodeForm, code: int = 200) -> Response:
    return render_page("accounts/code.html", form=form, code=code)
