"""The pulse in a RAM file: written often, never to the SD card, believed only if whole."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from firmware.pulse import Pulse
from firmware.store.errors import UnsafeDirectory
from firmware.store.plain import from_plain, json_text, to_plain

PULSE_NAME = "pulse.json"
SIZE_MAX = 64 * 1024
_FOLDER_MODE = 0o750  # the page reads as a member of the daemon's group
_FILE_MODE = 0o640


def runtime_dir(data_dir: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Where the box of ``data_dir`` keeps what need not outlive a power cut.

    Below ``VEILLEUR_RUNTIME``, systemd's ``RUNTIME_DIRECTORY`` (its first), ``XDG_RUNTIME_DIR`` or
    a folder of the user's own among the temporary files; two boxes never share one. The daemon
    makes it when it writes. Raises ``UnsafeDirectory`` when that last one is somebody else's.
    """
    name = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:16]
    for variable in ("VEILLEUR_RUNTIME", "RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR"):
        base = environ.get(variable, "").split(":")[0]
        if base and Path(base).is_absolute():
            return Path(base) / f"veilleur-{name}"
    return _own_temporary_dir() / f"veilleur-{name}"


def _own_temporary_dir() -> Path:
    """A folder that nobody else can have prepared: ours, no link, closed to others."""
    path = Path(tempfile.gettempdir()) / f"veilleur-{os.geteuid()}"
    try:
        path.mkdir(mode=0o700, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise UnsafeDirectory(f"{path} cannot be used: {error.strerror}") from error
    safe = (
        stat.S_ISDIR(found.st_mode)
        and found.st_uid == os.geteuid()
        and not found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    )
    if not safe:
        raise UnsafeDirectory(f"{path} is not a private folder of this user: remove it")
    return path


def write_pulse(folder: Path, pulse: Pulse) -> None:
    """Publish the pulse: a reader sees the old one or the new one, never half. ``OSError`` if not.

    Not synchronised to the disk: it is RAM, and a pulse from before a power cut is worth nothing.
    """
    folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)
    draft = folder / f".{PULSE_NAME}.{os.getpid()}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    handle = os.open(draft, flags, _FILE_MODE)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(json_text(to_plain(pulse)))
    draft.replace(folder / PULSE_NAME)


def read_pulse(folder: Path) -> Pulse | None:
    """The last pulse, or None when there is none or it is not one; never raises.

    Whether it is fresh enough to be believed is for the reader to say (``PULSE_STALE_S``).
    """
    try:
        # Not blocked by a pipe in its place
        handle = os.open(folder / PULSE_NAME, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            data = file.read(SIZE_MAX + 1)
        if len(data) > SIZE_MAX:
            return None
        pulse: Pulse = from_plain(Pulse, json.loads(data))
    except (OSError, ValueError, RecursionError):
        return None
    return pulse if pulse.at.tzinfo is not None else None
