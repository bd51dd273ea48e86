"""A USB bus of files, and a command that ends when it is told to."""

from __future__ import annotations

import os
from pathlib import Path

DEVICE = "1-1.3"


def made_up_bus(folder: Path) -> Path:
    (folder / "bus/usb/drivers/usb").mkdir(parents=True)
    return folder


def until_told(fifo: Path) -> tuple[str, ...]:
    """A command that ends when something is written there."""
    os.mkfifo(fifo)
    return ("cat", str(fifo))
