"""The data directory as the commands open it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from firmware.command.settings import SettingsFault
from firmware.rota import Rota, SiteFileFaults, read_site_file
from firmware.store.database import Database, open_database
from firmware.store.errors import DamagedDatabase
from firmware.store.nightly import is_lost
from firmware.store.place import open_to_both
from firmware.store.rota_store import RotaStore

DATABASE = "veilleur.db"
VOICE = "voice"


def make_data_dir(data_dir: Path) -> None:
    """The directory with its voice folder; others than owner and group see nothing of it."""
    try:
        data_dir.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as fault:
        raise SettingsFault(f"{data_dir}: cannot be made: {fault.strerror}") from fault
    with suppress(OSError):   # a disk that takes nothing keeps no telephone from being answered
        (data_dir / VOICE).mkdir(mode=0o770, exist_ok=True)
        open_to_both(data_dir / VOICE)   # greetings are the page's, messages the daemon's


def open_data(data_dir: Path, *, create: bool = False) -> Database:
    """The database of a data directory. Raises `SettingsFault` or a `StoreError`.

    With ``create`` a box begins that never had one. One that is lost is for the daemon to bring
    back: a page that was quicker would make a new box of it, and nobody would miss the old one.
    """
    path = data_dir / DATABASE
    if create:
        make_data_dir(data_dir)
        if is_lost(data_dir):
            raise DamagedDatabase(f"{path} is gone: veilleur run loads the last backup of the box")
    elif not data_dir.is_dir():
        raise SettingsFault(f"{data_dir}: no such data directory")
    return open_database(path, create=create)


def rota_of(data_dir: Path | None, site_file: Path | None) -> Rota:
    """The rota of a data directory or of a site file. Raises `SettingsFault`, `SiteFileFaults`
    or a `StoreError`."""
    if site_file is not None:
        return read_site(site_file)
    if data_dir is None:
        raise SettingsFault("--data DIR or --site FILE is needed")
    with open_data(data_dir) as database:
        rota = RotaStore(database).load_rota()
    if rota is None:
        raise SettingsFault(f"{data_dir}: no site file has been imported")
    return rota


class SiteFault(SettingsFault):
    """Every fault of a site file, a line each, as ``FILE:LINE: what is wrong``."""


def read_site(path: Path) -> Rota:
    """The rota in a site file. Raises `SiteFault`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as fault:
        line = path.read_bytes()[: fault.start].count(b"\n") + 1
        raise SiteFault(f"{path}:{line}: not UTF-8 text") from fault
    except OSError as fault:
        raise SiteFault(f"{path}:1: cannot be read: {fault.strerror}") from fault
    try:
        return read_site_file(text)
    except SiteFileFaults as faults:
        raise SiteFault(
            "\n".join(f"{path}:{fault.line}: {fault.message}" for fault in faults.faults)
        ) from faults
