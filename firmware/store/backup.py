"""One file with everything: made while the box runs, put back whole or not at all.

A zip: `veilleur.db` (a copy that was read through and found sound), `veilleur.toml` without its
secrets, the files of `voice/`, and `manifest.json` with the SHA-256 of each. It holds the staff's
numbers and the accounts' password hashes: mode 0600, and to be kept as such.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from firmware.pulse import StoreState
from firmware.record import JournalEntry, JournalKind
from firmware.rota import SiteFileFaults, read_site_file, write_site_file
from firmware.store import journal, numbers, this_box
from firmware.store.account_store import AccountStore
from firmware.store.daemon_lock import DaemonLock
from firmware.store.database import DATABASE_NAME, FILE_MODE, open_database
from firmware.store.errors import NewerDatabase, StoreError, UnreadableDatabase, UnwritableDatabase
from firmware.store.place import copy_database, open_to_both, put_in_place, sync_folder
from firmware.store.plain import instant_text, json_text, read_time
from firmware.store.pulse_file import runtime_dir
from firmware.store.rota_store import RotaStore
from firmware.store.spool import Spool

FORMAT = 1
MANIFEST, SETTINGS, VOICE = "manifest.json", "veilleur.toml", "voice"
SETTINGS_KEPT = ".veilleur.toml.kept"   # as the box last served with them
SECRETS = ("pin",)
SIZE_MAX = 4 * 1024**3         # what a backup may unfold to: a box's card holds 8 GB and more
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")   # TOML 1.0, Keys
SPOKEN, MAIL = "voice/spoken/", "mail"
_VOICE_FILE = re.compile(r"voice/[\w .-]+(/[\w .-]+)*")


class UnusableBackup(StoreError):  # noqa: N818 - see errors.py
    """The file is damaged, is no backup, or a newer program wrote it; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup file says of itself."""

    made_at: datetime
    files: tuple[str, ...]


# Making one


def write_backup(data_dir: Path, file: Path, now: datetime) -> Backup:
    """Put everything of ``data_dir`` into ``file``, whole or not at all.

    Raises ``StoreError``: a database that is damaged makes no backup, and a full disk none.
    """
    folder = file.absolute().parent
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=folder) as name:
            draft = Path(name)
            copy_database(data_dir / DATABASE_NAME, draft / DATABASE_NAME)
            members = {DATABASE_NAME: draft / DATABASE_NAME}
            settings = _settings_without_secrets(data_dir)
            if settings is not None:
                members[SETTINGS] = draft / SETTINGS
                members[SETTINGS].write_text(settings, encoding="utf-8")
            members |= _voice_files(data_dir)
            whole = draft / "whole.zip"
            with open_database(draft / DATABASE_NAME, create=False) as copy:
                changes = journal.last_change(copy)
            _zip(whole, members, now, changes)
            os.replace(whole, file)
        sync_folder(folder)
    except OSError as fault:
        raise UnwritableDatabase(f"{file} cannot be written: {fault.strerror or fault}") from fault
    return Backup(now, tuple(members))


def _settings_without_secrets(data_dir: Path) -> str | None:
    """Those that the box serves with: the file may have been spoilt since, and would keep the box
    that gets the backup from starting. Without any served with, what the file says."""
    if not os.path.exists(data_dir / SETTINGS):
        return None
    for name in (SETTINGS_KEPT, SETTINGS):
        try:
            table = tomllib.loads((data_dir / name).read_text(encoding="utf-8-sig"))
        except (OSError, ValueError):
            continue   # none, or none that the box could use
        kept = _without_secrets(table)
        return "".join(f"{_key(key)} = {_toml(value)}\n" for key, value in kept.items())
    return None


def _without_secrets(table: Mapping[str, object]) -> dict[str, object]:
    """Wherever somebody has written them."""
    return {
        key: _without_secrets(value) if isinstance(value, dict) else value
        for key, value in table.items()
        if key.casefold() not in SECRETS
    }


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else json.dumps(name)


def _toml(value: object) -> str:
    """A value as TOML has it: as JSON does, but for its tables."""
    if isinstance(value, dict):
        pairs = (f"{_key(key)} = {_toml(each)}" for key, each in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, list):
        return f"[{', '.join(_toml(each) for each in value)}]"
    return json.dumps(value, ensure_ascii=False)


def _voice_files(data_dir: Path) -> dict[str, Path]:
    """By their names in the backup; links are not followed out of the directory. What the box can
    speak again is left out."""
    found = {}
    for path in sorted((data_dir / VOICE).rglob("*")):
        name = path.relative_to(data_dir).as_posix()
        if name.startswith(SPOKEN):
            continue
        if path.is_file() and not path.is_symlink() and _VOICE_FILE.fullmatch(name):
            found[name] = path
    return found


def _zip(file: Path, members: dict[str, Path], now: datetime, changes: int) -> None:
    digests = {}
    with file.open("x+b") as raw:
        os.fchmod(raw.fileno(), 0o600)
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            for name, path in members.items():
                if not _put_in(archive, name, path):
                    continue
                with archive.open(name) as written:   # not the file: a message grows meanwhile
                    digests[name] = _digest(written)
            manifest = {
                "format": FORMAT, "made_at": instant_text(now), "changes": changes,
                "files": digests,
            }  # fmt: skip
            archive.writestr(MANIFEST, json_text(manifest))
        raw.flush()
        os.fsync(raw.fileno())


def _put_in(archive: zipfile.ZipFile, name: str, path: Path) -> bool:
    """False for a message that was deleted, or finished under its name, since it was listed."""
    try:
        archive.write(path, name)
    except FileNotFoundError:
        if name.startswith(f"{VOICE}/"):
            return False
        raise
    return True


def _digest(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := file.read(64 * 1024):
        digest.update(piece)
    return digest.hexdigest()


# Looking into one


def read_backup(file: Path) -> Backup:
    """What a backup holds, once all of it has been read and found sound.

    Raises ``UnusableBackup``.
    """
    with unpacked(file, Path(tempfile.gettempdir())) as (_, backup):
        return backup


def changes_in(file: Path) -> int:
    """How often the journal had been written to by then: of two backups of one box it tells the
    later, whatever its clock was. -1 where the file does not say."""
    try:
        with zipfile.ZipFile(file) as archive:
            return int(json.loads(archive.read(MANIFEST)).get("changes", -1))
    except (OSError, zipfile.BadZipFile, EOFError, ValueError, KeyError, TypeError,
            AttributeError, NotImplementedError):  # fmt: skip
        return -1


@contextmanager
def unpacked(file: Path, near: Path) -> Iterator[tuple[Path, Backup]]:
    """The backup's files in a folder near the place where they will go, all checked."""
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=near) as name:
        folder = Path(name)
        try:
            backup = _unpack(file, folder)
        except (zipfile.BadZipFile, EOFError, ValueError, KeyError, TypeError) as fault:
            raise UnusableBackup(f"{file} is damaged or no backup of Veilleur ({fault})") from fault
        except NotImplementedError as fault:  # an encrypted or exotic zip
            raise UnusableBackup(f"{file} is no backup of Veilleur ({fault})") from fault
        except OSError as fault:
            if fault.errno in (errno.ENOSPC, errno.EDQUOT):   # the backup is none the worse for it
                raise UnwritableDatabase(
                    f"no room to unfold {file.name} in {near}", StoreState.FULL
                ) from fault
            raise UnusableBackup(f"{file} cannot be read: {fault.strerror or fault}") from fault
        _check_database(file, folder / DATABASE_NAME)
        yield folder, backup


def _unpack(file: Path, folder: Path) -> Backup:
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read(MANIFEST))
        if int(manifest["format"]) > FORMAT:
            raise UnusableBackup(f"{file} was written by a newer Veilleur: install that version")
        digests = {str(name): str(digest) for name, digest in manifest["files"].items()}
        if DATABASE_NAME not in digests:
            raise ValueError("it holds no database")
        if sum(archive.getinfo(name).file_size for name in digests) > SIZE_MAX:
            raise ValueError("it unfolds to more than a box can hold")
        for name, digest in digests.items():
            _unpack_one(archive, name, folder, digest)
    return Backup(read_time(manifest["made_at"]), tuple(digests))


def _unpack_one(archive: zipfile.ZipFile, name: str, folder: Path, digest: str) -> None:
    """Only our own names: a path that leads elsewhere is no voice file."""
    is_voice = _VOICE_FILE.fullmatch(name) is not None and ".." not in name.split("/")
    if name not in (DATABASE_NAME, SETTINGS) and not is_voice:
        raise ValueError(f"{name!r} has no place in a backup")
    target = folder / name
    target.parent.mkdir(0o770, parents=True, exist_ok=True)
    with archive.open(name) as source, target.open("xb") as copy:
        shutil.copyfileobj(source, copy)
        copy.flush()
        os.fsync(copy.fileno())
    with target.open("rb") as whole:
        found = _digest(whole)
    if found != digest:
        raise ValueError(f"{name} is not what was put in")


def _check_database(file: Path, database_path: Path) -> None:
    """It opens, it is brought to this program's schema, its pages are sound, and its rota passes
    the gate that a site file has to pass: every number, name and rule."""
    try:
        with open_database(database_path, create=False) as database:
            database.check(thoroughly=True)
            rota = RotaStore(database).load_rota()
        if rota is not None:
            read_site_file(write_site_file(rota))
    except NewerDatabase as fault:
        raise UnusableBackup(f"{file} was written by a newer Veilleur: install it first") from fault
    except UnreadableDatabase as fault:
        raise UnusableBackup(f"{file}: its database is damaged or another program's") from fault
    except SiteFileFaults as faults:
        first = faults.faults[0].message
        raise UnusableBackup(f"{file}: its rota cannot be used: {first}") from faults


# Putting one back


@dataclass(frozen=True, slots=True)
class Restored:
    """``aside`` is where the data of before are; None if there were none."""

    backup: Backup
    aside: Path | None
    settings_kept: bool   # this box has a veilleur.toml already, and keeps it


def restore_backup(file: Path, data_dir: Path, by: str, now: datetime) -> Restored:
    """Put a backup in the place of the data; no daemon may run meanwhile.

    Raises ``UnusableBackup``, ``DataInUse`` or another ``StoreError``; the data are then as they
    were. Pages that are open notice the new file by themselves.
    """
    with DaemonLock(data_dir), unpacked(file, data_dir) as (folder, backup):
        with open_database(folder / DATABASE_NAME, create=False) as database:
            AccountStore(database).end_all()
            numbers.go_on(data_dir / DATABASE_NAME, database)
            this_box.forget(database)
            journal.append(database, _journal_line(file, backup, by, now))
        aside = put_in_place(folder / DATABASE_NAME, data_dir / DATABASE_NAME, now)
        # Rows that the disk before did not take have the numbers of others now
        Spool(runtime_dir(data_dir)).clear()
        settings_kept = (data_dir / SETTINGS).exists()
        if not settings_kept and (folder / SETTINGS).exists():
            (folder / SETTINGS).chmod(0o600)
            os.replace(folder / SETTINGS, data_dir / SETTINGS)
        if (folder / VOICE).is_dir():
            _swap_folder(folder / VOICE, data_dir / VOICE, folder / "voice.before")
        sync_folder(data_dir)
    return Restored(backup, aside, settings_kept)


def _swap_folder(new: Path, place: Path, aside: Path) -> None:
    for path in (new, *new.rglob("*")):  # daemon and page are two users of one group
        if path.is_dir():
            open_to_both(path)
        else:
            path.chmod(FILE_MODE)
    if place.exists():
        os.replace(place, aside)
    os.replace(new, place)
    _keep_messages(aside / MAIL, place / MAIL)


def _keep_messages(before: Path, place: Path) -> None:
    """What callers have said since the backup stays there for as long as any message: the data
    that were put aside tell of it, and no number is given again."""
    if before.is_dir() and not place.exists():
        place.mkdir(0o770)
        open_to_both(place)
    for message in before.iterdir() if before.is_dir() else ():
        if not (place / message.name).exists():
            os.replace(message, place / message.name)


def _journal_line(file: Path, backup: Backup, by: str, now: datetime) -> JournalEntry:
    return JournalEntry(
        at=now,
        kind=JournalKind.EDIT,
        person=by,
        outcome="restored",
        detail={"backup": file.name, "made_at": instant_text(backup.made_at)},
    )
