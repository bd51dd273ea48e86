"""Where an update's files lie, and what is written there so that a power cut leaves it whole."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

UPDATE_DIR = Path("/var/lib/veilleur-update")   # root's own; made by tmpfiles.d
DATA_DIR = Path("/var/lib/veilleur")
RUNTIME_DIR = Path("/run/veilleur")
PUBLIC, PRIVATE = 0o644, 0o600


@dataclass(frozen=True, slots=True)
class Places:
    """Everything below one folder that only root writes, but for what is brought (``incoming``)."""

    folder: Path = UPDATE_DIR

    @property
    def state(self) -> Path:
        """How far an update has come; there is none while there is no such file."""
        return self.folder / "state.json"

    @property
    def outcome(self) -> Path:
        """What came of the last one."""
        return self.folder / "outcome.json"

    @property
    def stick(self) -> Path:
        """What came of the last backup onto a stick."""
        return self.folder / "stick.json"

    @property
    def incoming(self) -> Path:
        """Where the page and the stick lay a bundle; it is not believed."""
        return self.folder / "incoming" / "update.bundle"

    @property
    def sealing(self) -> Path:
        """Where the daemon's user seals a backup for the stick."""
        return self.folder / "sealing"

    @property
    def new_package(self) -> Path:
        return self.folder / "work" / "new.deb"

    @property
    def old_package(self) -> Path:
        return self.folder / "work" / "old.deb"

    @property
    def updater(self) -> Path:
        """The program that guides this update, whatever dpkg does to the installed one."""
        return self.folder / "work" / "updater.pyz"

    @property
    def work(self) -> Path:
        return self.folder / "work"


def places(environ: Mapping[str, str] = os.environ) -> Places:
    """The box's own, or those of a test's."""
    return Places(Path(environ.get("VEILLEUR_UPDATE_DIR", UPDATE_DIR)))


def write_durably(path: Path, data: bytes, mode: int = PRIVATE) -> None:
    """The old file or the new one, never half, whenever the power goes."""
    draft = path.with_name(f".{path.name}.draft")
    # Not blocking: what others have put there, a pipe for one, is waited for by nobody
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK
    with os.fdopen(os.open(draft, flags, mode), "wb") as file:
        os.fchmod(file.fileno(), mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    put_in_place(draft, path)


def put_in_place(draft: Path, path: Path) -> None:
    """Give a file that is on the disk its name, for good."""
    os.replace(draft, path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_durably(path: Path) -> None:
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


@contextmanager
def alone(places: Places) -> Iterator[None]:
    """One update at a time; the next one waits."""
    handle = os.open(places.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, PRIVATE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
