"""`veilleur import` and `veilleur export`."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path

from firmware.command.data import open_data, read_site
from firmware.command.settings import SettingsFault
from firmware.rota import write_site_file
from firmware.store.rota_store import RotaStore


def import_site(path: Path, data_dir: Path) -> int:
    """Check a site file whole, then load it in one transaction."""
    rota = read_site(path)
    with open_data(data_dir, create=True) as database:
        changed = RotaStore(database).replace_rota(
            rota, who(), datetime.now(UTC), vouched=True
        )
    print(f"{path}: {'loaded' if changed else 'nothing has changed'}", file=sys.stderr)
    return 0


def export_site(data_dir: Path) -> int:
    with open_data(data_dir) as database:
        rota = RotaStore(database).load_rota()
    if rota is None:
        raise SettingsFault(f"{data_dir}: no site file has been imported")
    sys.stdout.write(write_site_file(rota))
    return 0


def who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in some containers
        return "import"
