"""Signing in and out.

A wrong name and a wrong password get the same words after the same work. Tries are counted in the
store: for a name at one address few, for a name or an address alone more, so that nobody can lock
an administrator out from elsewhere with a handful of requests. While an account cannot be read, the
page says so to everybody (`templates/accounts/unreadable.html`).
"""

from __future__ import annotations

import ipaddress

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, PasswordField, StringField

from firmware.store.account_values import Account
from firmware.store.password import NOBODY, matches
from firmware.store.throttle import Limit
from web.accounts.blueprint import blueprint
from web.audit import audit
from web.box import box
from web.forms import Form, at_most, required, stripped
from web.frame import render_page
from web.gate import own_path
from web.language import N_
from web.reader import languages, reader
from web.roles import public, signed_in
from web.sessions import current_account, enter, leave

NAME_MAX, PASSWORD_MAX = 60, 200
FREE_HERE, FREE_FOR_NAME, FREE_FOR_ADDRESS = 5, 40, 40
UNKNOWN = "?"
WRONG = N_("This name and this password do not go together.")
WAIT = N_("Too many tries. Please wait %(delay)s, then try again.")


class SignInForm(Form):
    name = StringField(filters=[stripped], validators=[required(), at_most(NAME_MAX)])
    password = PasswordField(validators=[required(), at_most(PASSWORD_MAX)])
    next = HiddenField()


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    if not box().accounts.has_administrator():
        return redirect(url_for("setup.begin"), 303)
    return _page(SignInForm(next=request.args.get("next", "")))


@blueprint.post("/sign-in")
@public
def try_to_sign_in() -> ResponseReturnValue:
    form = SignInForm()
    if not form.validate():
        return _page(form, code=422)
    limits = sign_in_limits(form.name.data)
    wait = box().throttle.take(limits, box().clock())
    if wait:
        said = languages().gettext(WAIT) % {"delay": reader().delay(wait)}
        return _page(form, said, 429)
    account = _checked(form.name.data, form.password.data)
    if account is None:
        return _page(form, languages().gettext(WRONG), 403)
    box().throttle.give_back(limits)
    enter(account)
    audit("sign_in")
    return redirect(own_path(form.next.data or "") or url_for("status.show"), 303)


@blueprint.post("/sign-out")
@signed_in
def sign_out() -> ResponseReturnValue:
    audit("sign_out")
    leave()
    return redirect(url_for("accounts.sign_in"), 303)


def sign_in_limits(name: str) -> list[Limit]:
    """What a try at this name from this address counts against."""
    folded, place = name.casefold(), request_place()
    return [
        Limit(f"sign-in:{folded}@{place}", FREE_HERE, cleared=True),
        Limit(f"sign-in:{folded}", FREE_FOR_NAME),
        Limit(f"sign-in@{place}", FREE_FOR_ADDRESS),
    ]


def request_place() -> str:
    """This request's address, as it is counted."""
    return place_of(request.remote_addr or "")


def place_of(address: str) -> str:
    """An address as it is counted: of IPv6 the network, whose owner has addresses without end."""
    try:
        found = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped or ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _checked(name: str, password: str) -> Account | None:
    """The account, if the password is its own and it is not disabled; always the same work."""
    account = box().accounts.named(name)
    right = matches(password, account.hash if account is not None else NOBODY)
    if account is not None and right and account.disabled_at is None:
        return account
    # For an unknown name as well: the answer must not come sooner
    if account is None and box().accounts.is_unreadable(name):
        audit("sign_in.unreadable", account=_as_it_is_kept(name))
    else:
        audit("sign_in.failed", account=account.name if account is not None else UNKNOWN)
    return None


def _as_it_is_kept(name: str) -> str:
    """The name of an account that cannot be read: never what somebody typed, it may be a password
    in the wrong field."""
    kept = (each for each in box().accounts.unreadable() if each.casefold() == name.casefold())
    return next(kept, UNKNOWN)


def _page(form: SignInForm, said: str = "", code: int = 200) -> Response:
    account = current_account()
    return render_page(
        "accounts/sign_in.html",
        form=form,
        said=said,
        unsaved="unsaved" in request.args,
        account=account,
        code=code,
    )
