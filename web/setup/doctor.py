"""The box looks at itself: what `veilleur doctor` finds, for whoever has no keyboard at the box.

The page may ask neither modem nor machine: it leaves a wish, the daemon has its helper examine the
box, and the page shows what was found since it asked.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from firmware.record import RequestKind
from firmware.store.plain import instant_text, read_time
from web.audit import audit
from web.box import box
from web.live import live_page
from web.reader import languages, reader, rota
from web.sessions import current_account
from web.setup.blueprint import blueprint
from web.setup.draft import load
from web.setup.frame import steps

ASKED = "setup-doctor"
PATIENCE = timedelta(minutes=2)   # it takes seconds; the night's backup may come first


@blueprint.get("/setup/doctor")
def doctor() -> ResponseReturnValue:
    if rota() is None:
        return redirect(url_for("setup.go_on"), 303)
    asked_at, found = _asked_at(), box().report(languages().current())
    if found is not None and asked_at is not None and found.at < asked_at:
        found = None   # it is of before
    waiting = found is None and asked_at is not None and reader().now - asked_at < PATIENCE
    return live_page(
        "setup/doctor.html",
        style="setup",
        step="doctor",
        steps=steps(load()),
        found=found,
        waiting=waiting,
        wrong=found is not None and any(line.level == "wrong" for line in found.lines),
    )


@blueprint.post("/setup/doctor")
def examine() -> ResponseReturnValue:
    ask_doctor()
    audit("setup.doctor")
    return redirect(url_for("setup.doctor"), 303)


def ask_doctor() -> None:
    """Leave the wish, and remember since when an answer counts."""
    account, now = current_account(), box().clock()
    by = account.name if account is not None else ""
    box().store.ask(RequestKind.EXAMINE, {}, by=by, at=now)
    box().drafts.put(ASKED, {"at": instant_text(now)}, now)


def _asked_at() -> datetime | None:
    stored = box().drafts.get(ASKED).get("at")
    return read_time(stored) if isinstance(stored, str) else None
