"""What the doctor reads of a data directory, its daemon and its settings; it writes nothing.

The database is opened as every command opens it: one of an older program is brought to this
program's schema by that.
"""

from __future__ import annotations

import os
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from firmware.command.data import DATABASE, open_data
from firmware.command.doctor_machine import PROC, disk_facts, file_facts
from firmware.command.doctor_report import Progress
from firmware.command.settings import FILE, Settings, SettingsFault
from firmware.command.settings_kept import settings_to_serve_with
from firmware.doctor.facts import (
    DaemonFacts,
    DatabaseFacts,
    DatabaseState,
    DataFacts,
    SettingsFacts,
)
from firmware.pulse import Pulse
from firmware.store.daemon_lock import LOCK_NAME, daemon_is_running
from firmware.store.errors import (
    BusyDatabase,
    NewerDatabase,
    StoreError,
    UnwritableDatabase,
)
from firmware.store.migrations import known_migrations
from firmware.store.page_store import PageStore
from firmware.store.pulse_file import read_pulse, runtime_dir
from firmware.store.rota_store import RotaStore
from firmware.store.row_store import RowStore
from firmware.wording import doctor_messages as words

READ_THROUGH_MAX = 256 * 1024 * 1024   # bytes; quick_check of more could take a Pi a minute
QUICK_MAX = 16 * 1024 * 1024           # bytes; up to here it is a matter of moments
WRITE, LOOK = os.R_OK | os.W_OK, os.R_OK | os.W_OK | os.X_OK
SYSTEM_RUNTIME = "/run/veilleur"       # systemd's RUNTIME_DIRECTORY of the packaged service
RUNTIME_VARIABLES = ("VEILLEUR_RUNTIME", "RUNTIME_DIRECTORY", "XDG_RUNTIME_DIR")
FILES = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", LOCK_NAME)


# Settings


def settings_of(data_dir: Path) -> tuple[Settings, SettingsFacts]:
    """The settings as far as they can be used, and what is to be said of their file."""
    path = data_dir / FILE
    settings, fault, older = Settings(), None, False
    try:
        found = settings_to_serve_with(data_dir)
        settings, fault, older = found.settings, found.fault or None, bool(found.fault)
    except SettingsFault as refused:
        fault = str(refused)
    facts = SettingsFacts(
        file=file_facts(path, os.R_OK),
        fault=fault,
        older=older,
        holds_pin=settings.pin is not None or _names_a_pin(path),
        pin_written=settings.pin_written,
    )
    return settings, facts


def _names_a_pin(path: Path) -> bool:
    """Also where the program refuses the file, perhaps just because of the PIN."""
    try:
        return "pin" in tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False


# The directory and its database


def data_facts(
    data_dir: Path, settings: SettingsFacts, now: datetime, progress: Progress
) -> DataFacts:
    folder = file_facts(data_dir, LOOK)
    found = DataFacts(path=str(data_dir), folder=folder, settings=settings)
    if folder is None or not folder.usable:
        return found
    runtime, runtime_fault = _runtime(data_dir)
    files = (file_facts(data_dir / name, WRITE) for name in FILES)
    return _with_database(
        replace(
            found,
            files=tuple(file for file in files if file is not None),
            disk=disk_facts(data_dir),
            runtime_dir=str(runtime),
            runtime_fault=runtime_fault,
        ),
        data_dir,
        now,
        progress,
    )


def _with_database(
    facts: DataFacts, data_dir: Path, now: datetime, progress: Progress
) -> DataFacts:
    database = file_facts(data_dir / DATABASE, WRITE)
    if database is None:
        return facts
    if not database.usable:
        return replace(facts, database=DatabaseFacts(DatabaseState.UNREADABLE))
    try:
        size_bytes = (data_dir / DATABASE).stat().st_size
        if size_bytes > QUICK_MAX:
            progress.at(words.L_DATABASE, long=True)
        return _read_database(facts, data_dir, now, checked=size_bytes <= READ_THROUGH_MAX)
    except (StoreError, OSError, ValueError, LookupError) as fault:
        # ValueError and LookupError: rows that hold no value of ours
        return replace(facts, database=DatabaseFacts(_state(fault), str(fault)))


def _read_database(
    facts: DataFacts, data_dir: Path, now: datetime, *, checked: bool
) -> DataFacts:
    with open_data(data_dir) as database:
        if checked:
            database.check()
        return replace(
            facts,
            database=DatabaseFacts(
                DatabaseState.GOOD, schema=len(known_migrations()), checked=checked
            ),
            rota=RotaStore(database).load_rota(),
            alarms=PageStore(database).open_alarms(),
            memory=RowStore(database).load_memory(now).facts,
        )


def _state(fault: Exception) -> DatabaseState:
    match fault:
        case NewerDatabase():
            return DatabaseState.NEWER
        case BusyDatabase():
            return DatabaseState.BUSY
        case UnwritableDatabase():
            return DatabaseState.UNWRITABLE
        case _:
            return DatabaseState.DAMAGED


# The daemon and its pulse


def daemon_facts(data_dir: Path) -> DaemonFacts:
    if not daemon_is_running(data_dir):
        return DaemonFacts(running=False)
    pid = _daemon_pid(data_dir)
    pulses = [read_pulse(folder) for folder in _pulse_folders(data_dir, pid)]
    known: list[Pulse] = [pulse for pulse in pulses if pulse is not None]
    return DaemonFacts(True, pid, max(known, key=lambda pulse: pulse.at, default=None))


def _daemon_pid(data_dir: Path) -> int | None:
    try:
        text = (data_dir / LOCK_NAME).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    return int(text) if text.isdecimal() else None


def _pulse_folders(data_dir: Path, pid: int | None) -> Iterator[Path]:
    """Where the daemon may publish: its environment is seldom that of whoever asks."""
    for environ in (_environ_of(pid), os.environ, {"RUNTIME_DIRECTORY": SYSTEM_RUNTIME}):
        if any(environ.get(name) for name in RUNTIME_VARIABLES):
            yield runtime_dir(data_dir, environ)
    try:
        owner = (data_dir / LOCK_NAME).stat().st_uid
    except OSError:
        owner = os.geteuid()
    yield _temporary(data_dir, owner)


def _environ_of(pid: int | None) -> Mapping[str, str]:
    """Of a process of the same user, or of anybody for root; else empty."""
    try:
        data = (PROC / str(pid) / "environ").read_bytes()
    except OSError:
        return {}
    pairs = (os.fsdecode(part).partition("=") for part in data.split(b"\0"))
    return {name: value for name, equals, value in pairs if equals}


def _temporary(data_dir: Path, owner: int) -> Path:
    """The folder that `runtime_dir` takes without an environment, without making it."""
    base = Path(tempfile.gettempdir()).absolute() / f"veilleur-{owner}"
    return runtime_dir(data_dir, {"VEILLEUR_RUNTIME": str(base)})


def _runtime(data_dir: Path) -> tuple[Path, str | None]:
    """Where a daemon started by this user would publish, and why it could not."""
    if any(os.environ.get(name) for name in RUNTIME_VARIABLES):
        folder = runtime_dir(data_dir)
        return folder, _not_writable(folder, folder.parent)
    folder = _temporary(data_dir, os.geteuid())
    return folder, _not_writable(folder, folder.parent, folder.parent.parent)


def _not_writable(*places: Path) -> str | None:
    """Of a folder and those above it in which it may be made: the first that exists counts."""
    for place in places:
        if os.path.lexists(place):
            usable = place.is_dir() and os.access(place, os.W_OK | os.X_OK, effective_ids=True)
            return None if usable else str(place)
    return str(places[-1])
