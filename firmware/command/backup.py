"""`veilleur backup` and `veilleur restore`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from firmware.command.data import make_data_dir
from firmware.command.settings import SettingsFault
from firmware.command.site import who
from firmware.store.backup import restore_backup, write_backup


def backup(file: Path, data_dir: Path) -> int:
    """Everything in one file, while the box runs."""
    if not data_dir.is_dir():
        raise SettingsFault(f"{data_dir}: no such data directory")
    made = write_backup(data_dir, file, datetime.now(UTC))
    voice = sum(name.startswith("voice/") for name in made.files)
    print(
        f"{file}: {file.stat().st_size // 1024 + 1} KiB, {voice} voice files; without the PIN."
        " It holds the staff's numbers: keep it safe.",
        file=sys.stderr,
    )
    return 0


def restore(file: Path, data_dir: Path) -> int:
    """Put a backup in the place of the data. Refuses while a daemon runs."""
    make_data_dir(data_dir)
    done = restore_backup(file, data_dir, who(), datetime.now(UTC))
    print(f"{file}: restored, as of {done.backup.made_at:%Y-%m-%d %H:%M} UTC", file=sys.stderr)
    if done.aside is not None:
        print(f"the data of before are in {done.aside}", file=sys.stderr)
    if done.settings_kept:
        print(f"{data_dir / 'veilleur.toml'} is kept as it was", file=sys.stderr)
    elif "veilleur.toml" in done.backup.files:
        print(f"write the SIM's PIN into {data_dir / 'veilleur.toml'}, if it has one",
              file=sys.stderr)  # fmt: skip
    return 0
