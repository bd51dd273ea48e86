"""One's own account: language, password, where one is signed in."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, SelectField, StringField

from firmware.store.account_values import Account
from firmware.store.password import hashed, matches
from web.accounts.blueprint import blueprint
from web.accounts.sign_in import PASSWORD_MAX, WAIT, sign_in_limits
from web.audit import audit
from web.box import box
from web.forms import Form, at_most, fault, required, stripped
from web.frame import render_page
from web.language import N_, NAMES
from web.password_rules import fault_of
from web.reader import languages, reader, rota
from web.roles import signed_in
from web.sessions import current_account, current_digest, enter

MOBILE_MAX = 30
NOT_YOURS = N_("This is not your present password.")
NOT_THE_SAME = N_("Both must be the same.")
SAVED_PASSWORD = N_("Your new password counts from now on. Other browsers were signed out.")
SAVED_LANGUAGE = N_("Saved.")
SITE_S = N_("as set for the whole site")


class LanguageForm(Form):
    language = SelectField(choices=lambda: [("", languages().gettext(SITE_S)), *NAMES.items()])


class PasswordForm(Form):
    present = PasswordField(validators=[required(), at_most(PASSWORD_MAX)])
    new = PasswordField(validators=[required(), at_most(PASSWORD_MAX)])
    again = PasswordField(validators=[required(), at_most(PASSWORD_MAX)])


class MobileForm(Form):
    mobile = StringField(filters=[stripped], validators=[required(), at_most(MOBILE_MAX)])


class MobileCodeForm(Form):
    code = StringField(filters=[stripped], validators=[required(), at_most(MOBILE_MAX)])


@blueprint.get("/account")
@signed_in
def show() -> ResponseReturnValue:
    return own_page()


@blueprint.post("/account/language")
@signed_in
def change_language() -> ResponseReturnValue:
    form = LanguageForm()
    if not form.validate():
        return own_page(language=form, code=422)
    account = own_account()
    box().accounts.change(replace(account, language=form.language.data or None))
    audit("language")
    flash(SAVED_LANGUAGE)
    return redirect(url_for("accounts.show"), 303)


@blueprint.post("/account/password")
@signed_in
def change_password() -> ResponseReturnValue:
    form, account = PasswordForm(), own_account()
    if not form.validate():
        return own_page(password=form, code=422)
    limits = sign_in_limits(account.name)
    wait = box().throttle.take(limits, box().clock())
    if wait:
        fault(form.present, languages().gettext(WAIT) % {"delay": reader().delay(wait)})
        return own_page(password=form, code=429)
    if not matches(form.present.data, account.hash):
        fault(form.present, languages().gettext(NOT_YOURS))
        return own_page(password=form, code=422)
    box().throttle.give_back(limits)
    wrong = password_fault(form.new.data, account.name)
    if wrong is not None:
        fault(form.new, languages().gettext(wrong))
    elif form.new.data != form.again.data:
        fault(form.again, languages().gettext(NOT_THE_SAME))
    else:
        changed = replace(account, hash=hashed(form.new.data))
        box().accounts.change(changed)  # signs every browser out
        enter(changed)
        audit("password")
        flash(SAVED_PASSWORD)
        return redirect(url_for("accounts.show"), 303)
    return own_page(password=form, code=422)


@blueprint.post("/account/sign-out-others")
@signed_in
def sign_out_others() -> ResponseReturnValue:
    box().accounts.end_others(own_account().id, current_digest())
    audit("sign_out.others")
    return redirect(url_for("accounts.show"), 303)


def password_fault(password: str, name: str) -> str | None:
    """What is wrong with a new password for ``name``, as a message."""
    known = rota()
    return fault_of(password, name, known.site.name if known is not None else "")


def own_account() -> Account:
    """Whose page this is."""
    account = current_account()
    assert account is not None, "the gate lets nobody in without an account"  # noqa: S101
    return account


def own_page(
    *,
    language: LanguageForm | None = None,
    password: PasswordForm | None = None,
    mobile: MobileForm | None = None,
    mobile_code: MobileCodeForm | None = None,
    code: int = 200,
) -> Response:
    """The account's page; each form as it was sent, or as it stands."""
    account = own_account()
    shown = reader().phone(account.mobile) if account.mobile is not None else ""
    return render_page(
        "accounts/own.html",
        active="own",
        account=account,
        language_form=language or LanguageForm(formdata=None, language=account.language or ""),
        password_form=password or PasswordForm(formdata=None),
        mobile_form=mobile or MobileForm(formdata=None, mobile=shown),
        code_form=mobile_code or MobileCodeForm(formdata=None),
        sign_ins=box().accounts.sign_ins(account.id),
        digest=current_digest(),
        code=code,
    )
