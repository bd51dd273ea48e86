"""A USB stick as people buy them: a partition table and one FAT file system with a name.

Made and looked at outside with dosfstools and mtools; a machine has it as long as it is plugged in.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

FIRST_SECTOR, SECTOR = 2048, 512
SIZE = 96 << 20


class Stick:
    """``path``: the file that is the stick; its name without suffix is its name for qemu."""

    def __init__(self, path: Path, label: str = "VEILLEUR") -> None:
        self.path = path
        path.unlink(missing_ok=True)
        with path.open("wb") as file:
            file.truncate(SIZE)
        table = f"label: dos\nstart={FIRST_SECTOR}, type=c\n"
        subprocess.run(["sfdisk", "-q", path], input=table, text=True, check=True)
        blocks = SIZE // 1024 - FIRST_SECTOR * SECTOR // 1024
        subprocess.run(
            ["mkfs.vfat", f"--offset={FIRST_SECTOR}", "-n", label, path, str(blocks)],
            check=True,
            stdout=subprocess.DEVNULL,
        )

    @property
    def _drive(self) -> tuple[str, str]:
        return "-i", f"{self.path}@@{FIRST_SECTOR * SECTOR}"

    def put(self, file: Path) -> None:
        subprocess.run(["mcopy", "-o", *self._drive, file, "::"], check=True)

    def remove(self, name: str) -> None:
        subprocess.run(["mdel", *self._drive, f"::{name}"], check=True)

    def take(self, name: str, to: Path) -> Path:
        subprocess.run(["mcopy", "-n", *self._drive, f"::{name}", to], check=True)
        return to / name

    def names(self) -> list[str]:
        done = subprocess.run(
            ["mdir", "-b", *self._drive, "::"], capture_output=True, text=True, check=True
        )
        return sorted(line.removeprefix("::/") for line in done.stdout.splitlines())
