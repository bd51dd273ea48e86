"""Settings that stand in the site file: one form, saved through `web.editing`, conflicts shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from firmware.rota import Rota
from firmware.store.rota_history import Sentence
from web.box import box
from web.editing import Edit, edit
from web.forms import Form, fault
from web.frame import render_page
from web.language import N_
from web.saying import say
from web.sessions import current_account

SAVED = N_("Saved.")


def show(name: str, form: Form, code: int = 200, done: Edit | None = None) -> ResponseReturnValue:
    """The page ``settings/NAME.html``; its form carries the version that it was made from."""
    _, version = box().rota_with_version()
    return render_page(
        f"settings/{name}.html",
        active="settings",
        style="settings",
        form=form,
        version=version,
        done=done,
        say=say,
        code=code,
    )


def save(
    name: str, form: Form, change: Callable[[Rota], Rota], sentence: str, **values: Any
) -> ResponseReturnValue:
    """Write what the form holds, or show it again with what is wrong, nothing saved."""
    if not form.validate():
        return show(name, form, 422)
    account = current_account()
    done = edit(
        change,
        version=_version(),
        sentence=Sentence(sentence, {key: str(value) for key, value in values.items()}),
        by=account.name if account is not None else "",
    )
    if done.done:
        flash(SAVED)
        return redirect(url_for(f"settings.{name}"), 303)
    for each in done.faults:
        fault(form[each.key] if each.key in form else next(iter(form)), say(each.sentence))
    return show(name, form, 409 if done.meanwhile else 422, done)


def _version() -> int:
    given = request.form.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 18 else -1
