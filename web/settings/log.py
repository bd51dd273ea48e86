"""The audit log: who changed what, when, from where. Nothing here can be changed."""

from __future__ import annotations

from flask import current_app, request
from flask.typing import ResponseReturnValue

from firmware.store.account_values import AuditEntry
from web.box import box
from web.frame import EXTENSION, Frame, render_page
from web.numbers import row_number
from web.reader import languages
from web.settings.blueprint import blueprint

LINES_SHOWN = 50


@blueprint.get("/settings/log")
def log() -> ResponseReturnValue:
    before = request.args.get("before", type=row_number)
    lines = box().accounts.audit_log(LINES_SHOWN + 1, before)
    return render_page(
        "settings/log.html",
        active="settings",
        style="settings",
        lines=[(entry, worded(entry)) for _, entry in lines[:LINES_SHOWN]],
        older=lines[LINES_SHOWN - 1][0] if len(lines) > LINES_SHOWN else None,
        before=before,
    )


def worded(entry: AuditEntry) -> str:
    """The line in the reader's language; one that this program does not know, as it stands."""
    frame: Frame = current_app.extensions[EXTENSION]
    message = frame.audit_words.get(entry.what)
    if message is None:
        return " ".join((entry.what, *entry.values.values()))
    try:
        return languages().gettext(message) % entry.values
    except (KeyError, ValueError, TypeError):
        return message
