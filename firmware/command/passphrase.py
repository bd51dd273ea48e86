"""The passphrase of a sealed backup: from a file, from standard input, or asked for."""

from __future__ import annotations

import getpass
import sys

from firmware.command.settings import SettingsFault
from firmware.store.sealed_backup import PASSPHRASE_MAX, PASSPHRASE_MIN

STANDARD_INPUT = "-"


def read_passphrase(place: str) -> str:
    """The first line of a file, or of standard input for ``-``. Raises `SettingsFault`."""
    try:
        if place == STANDARD_INPUT:
            line = sys.stdin.readline()
        else:
            with open(place, encoding="utf-8") as file:
                line = file.readline(PASSPHRASE_MAX + 2)
    except UnicodeDecodeError as fault:
        raise SettingsFault(f"passphrase: {place}: not UTF-8 text") from fault
    except OSError as fault:
        raise SettingsFault(f"passphrase: {place}: {fault.strerror}") from fault
    return line.rstrip("\r\n")


def new_passphrase(place: str) -> str:
    """One to seal with. Raises `SettingsFault` for one that is too short."""
    found = read_passphrase(place)
    if not PASSPHRASE_MIN <= len(found) <= PASSPHRASE_MAX:
        raise SettingsFault(
            f"passphrase: {PASSPHRASE_MIN} characters or more are needed, in one line"
        )
    return found


def passphrase_of(place: str | None) -> str | None:
    """One to open with; asked for where somebody sits at a terminal, else None."""
    if place is not None:
        return read_passphrase(place)
    if sys.stdin.isatty():
        return getpass.getpass("Passphrase of the backup: ")
    return None
