"""`veilleur backup` and `veilleur restore`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from firmware.command.data import make_data_dir
from firmware.command.passphrase import new_passphrase, passphrase_of
from firmware.command.settings import SettingsFault
from firmware.command.site import who
from firmware.store.backup import restore_backup, write_backup
from firmware.store.sealed_backup import asks_for_passphrase, open_backup, write_sealed_backup


def backup(file: Path, data_dir: Path, passphrase: str | None = None) -> int:
    """Everything in one file, while the box runs; sealed, if ``passphrase`` says where one is."""
    if not data_dir.is_dir():
        raise SettingsFault(f"{data_dir}: no such data directory")
    now = datetime.now(UTC)
    if passphrase is None:
        made = write_backup(data_dir, file, now)
        care = "It holds the staff's numbers: keep it safe."
    else:
        made = write_sealed_backup(data_dir, file, new_passphrase(passphrase), now)
        care = "Without its passphrase it is worth nothing."
    voice = sum(name.startswith("voice/") for name in made.files)
    print(
        f"{file}: {file.stat().st_size // 1024 + 1} KiB, {voice} voice files; without the PIN."
        f" {care}",
        file=sys.stderr,
    )
    return 0


def restore(file: Path, data_dir: Path, passphrase: str | None = None) -> int:
    """Put a backup in the place of the data. Refuses while a daemon runs."""
    make_data_dir(data_dir)
    known = passphrase_of(passphrase) if asks_for_passphrase(file) else None
    with open_backup(file, known, data_dir) as plain:
        done = restore_backup(plain, data_dir, who(), datetime.now(UTC))
    print(f"{file}: restored, as of {done.backup.made_at:%Y-%m-%d %H:%M} UTC", file=sys.stderr)
    if done.aside is not None:
        print(f"the data of before are in {done.aside}", file=sys.stderr)
    if done.settings_kept:
        print(f"{data_dir / 'veilleur.toml'} is kept as it was", file=sys.stderr)
    elif "veilleur.toml" in done.backup.files:
        print(f"write the SIM's PIN into {data_dir / 'veilleur.toml'}, if it has one",
              file=sys.stderr)  # fmt: skip
    return 0
