"""Backups: one file to take away, and one to bring back when the box next starts."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from flask import Response, flash, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from firmware.store.backup import UnusableBackup, read_backup, write_backup
from firmware.store.errors import StoreError
from firmware.store.pending_restore import LIVES, PENDING, pending_since
from firmware.store.sealed_backup import PassphraseNeeded, open_backup
from web.audit import audit
from web.bodies import UPLOAD_MAX
from web.box import box
from web.frame import render_page
from web.guard import body_max
from web.language import N_
from web.reader import reader
from web.settings.blueprint import blueprint
from web.settings.stick_state import stick_state

NO_FILE = N_("Choose a file first.")
UNUSABLE = N_("This file is damaged, is no backup of Veilleur, or comes from a newer version. "
              "Nothing was changed.")  # fmt: skip
SEALED = N_(
    "This backup is sealed: enter the passphrase that was set when it was made. Nothing was"
    " changed."
)
FULL = N_("The backup could not be written: see what the start page says of the disk.")
WAITS = N_("The backup is sound. Switch the box off and on again within one hour to put it in "
           "place.")  # fmt: skip
CANCELLED = N_("The backup that waited is gone. The data stay as they are.")


@blueprint.get("/settings/backup")
def backup() -> ResponseReturnValue:
    return _page()


@blueprint.post("/settings/backup/file")
def take_backup() -> ResponseReturnValue:
    """The file is deleted before it is sent: what is open lives on until it is closed."""
    now = box().clock()
    handle, name = tempfile.mkstemp(prefix=".backup-", dir=box().data_dir)
    os.close(handle)
    file = Path(name)
    try:
        write_backup(box().data_dir, file, now)
        whole = file.open("rb")
    except (OSError, StoreError):
        return _page(FULL, 503)
    finally:
        file.unlink(missing_ok=True)
    audit("backup.taken")
    day = f"{now.astimezone(reader().zone):%Y-%m-%d}"
    return send_file(
        whole,
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"veilleur-{day}.zip",
        max_age=0,
    )


@blueprint.post("/settings/restore")
@body_max(UPLOAD_MAX)
def bring_backup() -> ResponseReturnValue:
    """Check the file and lay it ready; the daemon puts it in place when it starts."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _page(NO_FILE, 422)
    try:
        made_at = _laid_ready(sent, request.form.get("words", "").strip() or None)
    except PassphraseNeeded:
        return _page(SEALED, 422)
    except UnusableBackup:
        return _page(UNUSABLE, 422)
    except (OSError, StoreError):
        return _page(FULL, 503)
    audit("backup.brought", made_at=made_at)
    flash(WAITS)
    return redirect(url_for("settings.backup"), 303)


@blueprint.post("/settings/restore/cancel")
def cancel_restore() -> ResponseReturnValue:
    (box().data_dir / PENDING).unlink(missing_ok=True)
    audit("backup.cancelled")
    flash(CANCELLED)
    return redirect(url_for("settings.backup"), 303)


def _laid_ready(sent: FileStorage, passphrase: str | None) -> str:
    """Never under its own name, never executed, and in place only once it was found sound."""
    handle, name = tempfile.mkstemp(prefix=".upload-", dir=box().data_dir)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            sent.save(file)
            file.flush()
            os.fsync(file.fileno())
        with open_backup(draft, passphrase, box().data_dir) as plain:
            found = read_backup(plain)
            now = box().clock().timestamp()
            os.utime(plain, (now, now))
            os.replace(plain, box().data_dir / PENDING)
    finally:
        draft.unlink(missing_ok=True)
    return f"{found.made_at:%Y-%m-%d %H:%M}Z"


def _page(said: str = "", code: int = 200) -> Response:
    return show_backup(said=said, code=code)


def show_backup(*, said: str = "", stick_said: str = "", code: int = 200) -> Response:
    return render_page(
        "settings/backup.html",
        active="settings",
        style="settings",
        said=said,
        since=pending_since(box().data_dir, box().clock()),
        minutes=int(LIVES.total_seconds() // 60),
        stick=stick_state(),
        stick_said=stick_said,
        code=code,
    )
