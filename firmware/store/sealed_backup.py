"""A backup under a passphrase: what may lie on a stick that somebody loses.

The zip of `backup`, sealed in the format of age (`firmware/crypto/sealed.py`). The open zip is for
a moment in the data directory, which is closed to others, and is never on the stick.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from firmware.crypto.sealed import (
    FIRST_LINE,
    DamagedSealedFile,
    WrongPassphrase,
    is_sealed,
    seal_file,
    unseal_file,
)
from firmware.store.backup import Backup, UnusableBackup, write_backup
from firmware.store.errors import UnwritableDatabase
from firmware.store.place import sync_folder

PASSPHRASE_MIN = 12           # characters; the page and the command ask for as many
PASSPHRASE_MAX = 1000


class PassphraseNeeded(UnusableBackup):
    """The backup is sealed and no passphrase, or another one, was given."""


def write_sealed_backup(
    data_dir: Path, file: Path, passphrase: str, now: datetime, **cost: int
) -> Backup:
    """As `write_backup`, under a passphrase. Raises ``StoreError``: nothing was written then."""
    folder = file.absolute().parent
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=folder) as name:
            plain, draft = Path(name) / "plain.zip", Path(name) / "sealed"
            made = write_backup(data_dir, plain, now)
            with plain.open("rb") as source, draft.open("xb") as target:
                os.fchmod(target.fileno(), 0o600)
                seal_file(source, target, passphrase, **cost)
                target.flush()
                os.fsync(target.fileno())
            os.replace(draft, file)
        sync_folder(folder)
    except OSError as fault:
        raise UnwritableDatabase(f"{file} cannot be written: {fault.strerror or fault}") from fault
    return made


def asks_for_passphrase(file: Path) -> bool:
    """Whether a backup is sealed; false for what cannot be read, which others complain of."""
    try:
        with file.open("rb") as source:
            return is_sealed(source.read(len(FIRST_LINE)))
    except OSError:
        return False


@contextmanager
def open_backup(file: Path, passphrase: str | None, near: Path) -> Iterator[Path]:
    """The backup's zip: ``file`` itself, or what is sealed in it, in a folder near ``near``.

    Raises ``UnusableBackup``, of it ``PassphraseNeeded``.
    """
    if not asks_for_passphrase(file):
        yield file
        return
    if passphrase is None:
        raise PassphraseNeeded(f"{file} is sealed: its passphrase is needed")
    try:
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=near) as name:
            plain = Path(name) / file.name
            with file.open("rb") as source, plain.open("xb") as target:
                os.fchmod(target.fileno(), 0o600)
                unseal_file(source, target, passphrase)
                target.flush()
                os.fsync(target.fileno())
            yield plain
    except WrongPassphrase as fault:
        raise PassphraseNeeded(f"{file}: {fault}") from fault
    except DamagedSealedFile as fault:
        raise UnusableBackup(f"{file} is damaged ({fault})") from fault
    except OSError as fault:
        raise UnusableBackup(f"{file} cannot be read: {fault.strerror or fault}") from fault
