"""The first administrator: whoever can read the box's setup code.

There is no default password. The code proves that somebody can read what the box itself says; its
account is made and signed in in the same moment, so that the rest of the first start needs no
other rights than an administrator's.
"""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, StringField

from firmware.store.code_store import CodeUsed, read_setup_code
from firmware.store.password import hashed
from firmware.store.throttle import Limit
from web.audit import audit
from web.box import box
from web.forms import Form, at_most, fault, required, stripped
from web.frame import render_page
from web.language import N_
from web.password_rules import fault_of
from web.reader import languages, reader, rota
from web.roles import public
from web.sessions import enter
from web.setup.blueprint import blueprint

NAME_MAX, PASSWORD_MAX, CODE_MAX = 60, 200, 40
# For the whole box: the code is one for all who try
TRIES = [Limit("setup", 5, cleared=True)]
WAIT = N_("Too many tries. Please wait %(delay)s, then try again.")
WRONG_CODE = N_(
    "This is not the setup code. It is on the box's label, or on its screen: a new one at each "
    "start."
)
NOT_THE_SAME = N_("Both must be the same.")


class FirstForm(Form):
    code = StringField(validators=[required(), at_most(CODE_MAX)])
    name = StringField(filters=[stripped], validators=[required(), at_most(NAME_MAX)])
    password = PasswordField(validators=[required(), at_most(PASSWORD_MAX)])
    again = PasswordField(validators=[required(), at_most(PASSWORD_MAX)])


@blueprint.get("/setup")
@public
def begin() -> ResponseReturnValue:
    if box().accounts.has_administrator():
        return redirect(url_for("status.show"), 303)
    return _page(FirstForm())


@blueprint.post("/setup")
@public
def make_administrator() -> ResponseReturnValue:
    if box().accounts.has_administrator():
        return redirect(url_for("status.show"), 303)
    form = FirstForm()
    if not form.validate() or not _password_is_good(form):
        return _page(form, 422)
    now, words = box().clock(), languages()
    wait = box().throttle.take(TRIES, now)
    if wait:
        fault(form.code, words.gettext(WAIT) % {"delay": reader().delay(wait)})
        return _page(form, 429)
    code = box().codes.check_setup(read_setup_code(form.code.data), now)
    if code is None:
        fault(form.code, words.gettext(WRONG_CODE))
        return _page(form, 422)
    chosen = request.cookies.get("veilleur_lang")
    try:
        account = box().codes.make_administrator(
            code, form.name.data, hashed(form.password.data), now,
            words.current() if chosen else None,
        )  # fmt: skip
    except CodeUsed:
        return redirect(url_for("accounts.sign_in"), 303)
    box().throttle.give_back(TRIES)
    enter(account)
    audit("setup.administrator")
    return redirect(url_for("setup.go_on" if rota() is None else "status.show"), 303)


def _password_is_good(form: FirstForm) -> bool:
    known, words = rota(), languages()
    site = known.site.name if known is not None else ""
    wrong = fault_of(form.password.data, form.name.data, site)
    if wrong is not None:
        fault(form.password, words.gettext(wrong))
    elif form.password.data != form.again.data:
        fault(form.again, words.gettext(NOT_THE_SAME))
    else:
        return True
    return False


def _page(form: FirstForm, code: int = 200) -> Response:
    command = f"veilleur setup-code --data {box().data_dir.absolute()}"
    return render_page("setup/first.html", form=form, code=code, setup_code_command=command)
