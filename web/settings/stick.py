"""The passphrase of the backups on a stick, and when one was last written there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from firmware.store.place import sync_folder
from firmware.store.sealed_backup import PASSPHRASE_MAX, PASSPHRASE_MIN
from firmware.update.sticks import PASSPHRASE
from web.audit import audit
from web.box import box
from web.language import N_
from web.settings.backup import show_backup
from web.settings.blueprint import blueprint

SET = N_(
    "The passphrase is set. Write it down and keep it away from the stick: without it the backups"
    " on the stick are worth nothing."
)
FORGOTTEN = N_("The passphrase is gone from the box: no more backups are left on sticks.")
TOO_SHORT = N_("Use 12 characters or more, such as four words that nobody would guess.")
NOT_TWICE = N_("The two passphrases are not the same.")
FULL = N_("The passphrase could not be written: see what the start page says of the disk.")

@blueprint.post("/settings/stick/passphrase")
def set_passphrase() -> ResponseReturnValue:
    """Kept in a file that only this user and root can read; never shown again, in no backup."""
    given = request.form.get("passphrase", "").strip()
    if not PASSPHRASE_MIN <= len(given) <= PASSPHRASE_MAX or not given.isprintable():
        return show_backup(stick_said=TOO_SHORT, code=422)
    if given != request.form.get("again", "").strip():
        return show_backup(stick_said=NOT_TWICE, code=422)
    try:
        _write(box().data_dir / PASSPHRASE, given)
    except OSError:
        return show_backup(stick_said=FULL, code=503)
    audit("stick.passphrase")
    flash(SET)
    return redirect(url_for("settings.backup"), 303)


@blueprint.post("/settings/stick/forget")
def forget_passphrase() -> ResponseReturnValue:
    (box().data_dir / PASSPHRASE).unlink(missing_ok=True)
    audit("stick.forgotten")
    flash(FORGOTTEN)
    return redirect(url_for("settings.backup"), 303)


def _write(path: Path, passphrase: str) -> None:
    handle, name = tempfile.mkstemp(prefix=".passphrase-", dir=path.parent)   # mode 0600
    draft = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{passphrase}\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
        sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)
