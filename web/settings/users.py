"""Who may open the page, and as what.

A password that is given to somebody is drawn by the box and shown once: nobody has to think one up
for somebody else, and it is never one that was used elsewhere.
"""

from __future__ import annotations

import secrets
from dataclasses import replace

from flask import Response, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired

from firmware.store.account_store import LastAdministrator, NameTaken
from firmware.store.account_values import Account, Role
from firmware.store.code_store import SIGNS
from firmware.store.password import hashed
from web.audit import audit
from web.box import box
from web.forms import Form, at_most, fault, required, stripped
from web.frame import render_page
from web.language import N_
from web.reader import languages
from web.sessions import current_account
from web.settings.blueprint import blueprint
from web.site_words import said

NAME_MAX = 60
GROUPS, GROUP_SIGNS = 3, 4  # 60 bits
ROLES = (
    (Role.STAFF.value, N_("Staff: sees the rota and the journal, takes care of alerts")),
    (Role.READER.value, N_("Read only: sees who is on duty, for a screen on the wall")),
    (Role.ADMIN.value, N_("Administrator: changes everything")),
)
ROLE_NAMES = {
    Role.ADMIN: N_("Administrator"), Role.STAFF: N_("Staff"), Role.READER: N_("Read only"),
}  # fmt: skip
TAKEN = N_("Somebody has this name already.")
LAST = N_("This is the last administrator: make somebody else one first.")
SAVED, REMOVED = N_("Saved."), N_("The account is gone.")


class NewForm(Form):
    name = StringField(filters=[stripped], validators=[required(), at_most(NAME_MAX)])
    role = RadioField(choices=lambda: said(ROLES), validators=[InputRequired()])


class RoleForm(Form):
    role = RadioField(choices=lambda: said(ROLES), validators=[InputRequired()])


@blueprint.get("/settings/users")
def users() -> ResponseReturnValue:
    return _list(NewForm(formdata=None, role=Role.STAFF.value))


@blueprint.post("/settings/users")
def add_user() -> ResponseReturnValue:
    form = NewForm()
    if not form.validate():
        return _list(form, 422)
    shown = drawn()
    try:
        account = box().accounts.add(
            form.name.data, Role(form.role.data), box().clock(), password_hash=hashed(shown)
        )
    except NameTaken:
        fault(form.name, languages().gettext(TAKEN))
        return _list(form, 422)
    audit("user.added", account=account.name, role=account.role.value)
    return _one(account, shown=shown)


@blueprint.get("/settings/users/<int:account_id>")
def user(account_id: int) -> ResponseReturnValue:
    return _one(_account(account_id))


@blueprint.post("/settings/users/<int:account_id>/role")
def change_role(account_id: int) -> ResponseReturnValue:
    account, form = _account(account_id), RoleForm()
    if not form.validate():
        return _one(account, form, code=422)
    return _changed(account, replace(account, role=Role(form.role.data)), "user.role", form)


@blueprint.post("/settings/users/<int:account_id>/password")
def give_password(account_id: int) -> ResponseReturnValue:
    account, shown = _account(account_id), drawn()
    changed = replace(account, hash=hashed(shown))
    box().accounts.change(changed)
    audit("user.password", account=account.name)
    return _one(changed, shown=shown)


@blueprint.post("/settings/users/<int:account_id>/disabled")
def disable(account_id: int) -> ResponseReturnValue:
    account = _account(account_id)
    off = request.form.get("off") == "1"
    changed = replace(account, disabled_at=box().clock() if off else None)
    return _changed(account, changed, "user.disabled" if off else "user.enabled")


@blueprint.post("/settings/users/<int:account_id>/remove")
def remove(account_id: int) -> ResponseReturnValue:
    account = _account(account_id)
    try:
        box().accounts.remove(account.id)
    except LastAdministrator:
        return _one(account, said_wrong=LAST, code=409)
    audit("user.removed", account=account.name)
    flash(REMOVED)
    return redirect(url_for("settings.users"), 303)


def drawn() -> str:
    """``7K2M-94QX-H3RT``: drawn by the box, read aloud without mistakes."""
    groups = ("".join(secrets.choice(SIGNS) for _ in range(GROUP_SIGNS)) for _ in range(GROUPS))
    return "-".join(groups)


def _changed(
    account: Account, changed: Account, what: str, form: RoleForm | None = None
) -> ResponseReturnValue:
    try:
        box().accounts.change(changed)
    except LastAdministrator:
        return _one(account, form, said_wrong=LAST, code=409)
    audit(what, account=account.name, role=changed.role.value)
    flash(SAVED)
    return redirect(url_for("settings.user", account_id=account.id), 303)


def _account(account_id: int) -> Account:
    return box().accounts.account(account_id) or abort(404)


def _list(form: NewForm, code: int = 200) -> Response:
    return render_page(
        "settings/users.html",
        active="settings",
        style="settings",
        accounts=box().accounts.accounts(),
        role_names=ROLE_NAMES,
        form=form,
        code=code,
    )


def _one(
    account: Account,
    form: RoleForm | None = None,
    *,
    shown: str = "",
    said_wrong: str = "",
    code: int = 200,
) -> Response:
    own = current_account()
    return render_page(
        "settings/user.html",
        active="settings",
        style="settings",
        account=account,
        form=form or RoleForm(formdata=None, role=account.role.value),
        sign_ins=box().accounts.sign_ins(account.id),
        role_names=ROLE_NAMES,
        is_own=own is not None and own.id == account.id,
        shown=shown,
        said_wrong=said_wrong,
        code=code,
    )
