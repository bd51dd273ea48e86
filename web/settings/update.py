"""Updates: which version this is, what came of the last one, and a signed bundle to bring.

This process may not install, and does not: it lays the bundle into a folder, from where root takes
it and verifies it anew. Looking at it here is for a quick answer.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import IO

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from firmware.update.bundle import copy_package, known_keys, read_manifest
from firmware.update.outcome import Outcome, Refused, read_outcome
from firmware.update.places import places
from firmware.update.state import read_state
from firmware.update.version import own_version
from firmware.wording.update_words import REFUSALS, SENTENCES
from web.alarm_advice import advice_for
from web.audit import audit
from web.bodies import UPDATE_MAX
from web.frame import render_page
from web.guard import body_max
from web.language import N_
from web.reader import languages
from web.settings.blueprint import blueprint

NO_FILE = N_("Choose a file first.")
NOT_HERE = N_("Updates by this page need the Debian package; nothing was changed.")
FULL = N_("The update could not be written: see what the start page says of the disk.")
UNDER_WAY = N_("An update is under way already. Wait until it is over.")
BROUGHT = N_(
    "The update is signed as it should be. The box installs it now; this page is gone for a minute"
    " or two, and calls go on."
)


@blueprint.get("/settings/update")
def update() -> ResponseReturnValue:
    return _page()


@blueprint.post("/settings/update")
@body_max(UPDATE_MAX)
def bring_update() -> ResponseReturnValue:
    """Look at the bundle and lay it where root's service takes it."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _page(NO_FILE, code=422)
    where = places()
    if not os.access(where.incoming.parent, os.W_OK):
        return _page(NOT_HERE, code=503)
    if read_state(where.state) is not None or where.incoming.exists():
        return _page(UNDER_WAY, code=409)
    try:
        version = _laid_down(sent.stream, where.incoming)
    except Refused as fault:
        audit("update.refused", cause=fault.what.value)
        return _page(sentence=_said(fault.what, fault.values), cause=fault.what, code=422)
    except OSError:
        return _page(FULL, code=503)
    audit("update.brought", version=version)
    flash(BROUGHT)
    return redirect(url_for("settings.update"), 303)


def _laid_down(sent: IO[bytes], place: Path) -> str:
    """Never under its own name; in its place only once it is whole and on the disk."""
    handle, name = tempfile.mkstemp(prefix=".upload-", dir=place.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb+") as file:
            while piece := sent.read(1024**2):
                file.write(piece)
            file.flush()
            os.fsync(handle)
            file.seek(0)
            manifest = read_manifest(file, known_keys())
            with open(os.devnull, "wb") as nowhere:
                copy_package(file, manifest, nowhere)
        os.replace(draft, place)
    finally:
        draft.unlink(missing_ok=True)
    return manifest.version


def _said(what: str, values: dict[str, str]) -> str:
    """A sentence of the alarms, as the start page words it."""
    return languages().alarm(SENTENCES[what], values) if what in SENTENCES else ""


def _page(said: str = "", *, sentence: str = "", cause: str = "", code: int = 200) -> Response:
    where = places()
    last = read_outcome(where.outcome)
    return render_page(
        "settings/update.html",
        active="settings",
        style="settings",
        said=said,
        sentence=sentence,
        advice=advice_for(SENTENCES[cause]) if cause else None,
        version=own_version(),
        state=read_state(where.state),
        waits=where.incoming.exists(),
        last=last,
        last_words=_last_words(last),
        last_advice=advice_for(SENTENCES[last.what]) if last and last.what in SENTENCES else None,
        is_refusal=last is not None and last.what in REFUSALS,
        code=code,
    )


def _last_words(last: Outcome | None) -> str:
    return "" if last is None else _said(last.what, dict(last.values))
