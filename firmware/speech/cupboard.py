"""Spoken sentences kept as WAV files, under the hash of what is said, in which voice, by whom.

`DIR/voice/spoken/`: whatever has been said once is there at once the next time. What nobody has
asked for in a week is forgotten, because a sentence may hold a caller's number.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from firmware.sound import wav
from firmware.speech.aloud import aloud
from firmware.speech.engine import Engine

FOLDER = Path("voice") / "spoken"
UNUSED_MAX = timedelta(days=7)
FOLDER_MODE, FILE_MODE = 0o2770, 0o660  # the daemon and the page are two users of one group
# Raised with the loudness, the speed or the way of reading aloud: old files are other files
EDITION = "1"


class Cupboard:
    """The kept sentences below one data directory. Any thread; two writers of one file are one."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER

    def get(self, engine: Engine, text: str, language: str) -> bytes | None:
        """The telephone PCM, None where it has to be spoken first (or its file is broken)."""
        path = self._path(engine, text, language)
        try:
            pcm = wav.read_telephone(path.read_bytes())
        except (OSError, wav.WavFault):
            return None
        with suppress(OSError):
            os.utime(path)
        return pcm

    def put(self, engine: Engine, text: str, language: str, pcm: bytes) -> None:
        """Keep it. Raises OSError; what was half written is no file."""
        write_whole(self._path(engine, text, language), wav.write(pcm))

    def _path(self, engine: Engine, text: str, language: str) -> Path:
        engine = engine.of(language)
        said = "\0".join(
            (EDITION, engine.name, engine.voice(language), language, aloud(text, language))
        )
        return self._folder / f"{hashlib.sha256(said.encode()).hexdigest()[:32]}.wav"


def forget_unused(data_dir: Path, now: datetime) -> int:
    """Delete what nobody has asked for in `UNUSED_MAX`; how many files."""
    limit = (now - UNUSED_MAX).timestamp()
    folder = data_dir / FOLDER
    old = [
        path
        for path in (folder.iterdir() if folder.is_dir() else ())
        if path.is_file() and path.lstat().st_mtime < limit
    ]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def write_whole(path: Path, data: bytes) -> None:
    """A file that is there whole or not at all, for both users of the box."""
    make_folder(path.parent)
    handle, name = tempfile.mkstemp(prefix=".part-", dir=path.parent)
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), FILE_MODE)
        os.replace(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def make_folder(folder: Path) -> None:
    """``folder`` and the one above it, open to both users and to nobody else."""
    for each in (folder.parent, folder):
        if not each.exists():
            each.mkdir(exist_ok=True)
            with suppress(PermissionError):  # the other user made it meanwhile
                each.chmod(FOLDER_MODE)
