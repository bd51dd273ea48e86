"""The `veilleur.toml` that the box last served with, kept beside it.

A text file that somebody edits is empty, or full of NULs, where the power goes before it is on the
disk; a bad sector is not read at all; and a slip of the pen is seen at the next start, by night. A
box that does not start passes no calls: it goes on with the settings that were good, and says so.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from firmware.command.settings import (
    FILE,
    Settings,
    SettingsFault,
    load_profile,
    parse_settings,
    read_settings,
)
from firmware.shell.watchdog import complain
from firmware.update.places import write_durably

KEPT = ".veilleur.toml.kept"
PRIVATE = 0o600   # a PIN may be in it
_HEAD = "# of state "


@dataclass(frozen=True, slots=True)
class Found:
    """``fault`` is why `veilleur.toml` cannot be used: these are the settings of before, then."""

    settings: Settings
    fault: str = ""


def settings_to_serve_with(data_dir: Path, profile: str | None = None) -> Found:
    """``profile`` is the command line's, and has the last word; who drives no modem names any.
    Raises `SettingsFault` where the file cannot be used and none was kept."""
    path = data_dir / FILE
    try:
        if _was_emptied(path):
            raise SettingsFault(f"{path}: is empty, and was not")
        settings = read_settings(data_dir)
        load_profile(profile or settings.profile or "generic")
    except SettingsFault as fault:
        before = _kept(path, profile)
        if before is None:
            raise
        return Found(before, str(fault).removeprefix(f"{path}: "))
    return Found(settings)


def keep(data_dir: Path, found: Found) -> None:
    """The file as it is where it was found good; none where there is none. A disk that takes
    nothing must not keep the telephone from being answered."""
    if found.fault:
        return
    path = data_dir / FILE
    try:
        written = read_settings(data_dir).pin_written
        if not written:
            (data_dir / KEPT).unlink(missing_ok=True)
            return
        text = f"{_HEAD}{written}\n{path.read_text(encoding='utf-8-sig')}"
        if text != _text_of(data_dir / KEPT):
            write_durably(data_dir / KEPT, text.encode(), PRIVATE)
    except (OSError, ValueError) as fault:
        complain(f"{path}: no copy of it can be kept: {fault}")


def _kept(path: Path, profile: str | None) -> Settings | None:
    """The PIN's one try is that of the file that it was read from."""
    written, text = _kept_text(path)
    if not written:
        return None
    with suppress(SettingsFault):
        settings = parse_settings(path, text, written, open_to_others=False)
        load_profile(profile or settings.profile or "generic")
        return settings
    return None


def _was_emptied(path: Path) -> bool:
    """By a power cut: somebody who wants the settings of the first day deletes the file."""
    with suppress(OSError):
        return os.path.getsize(path) == 0 and bool(_kept_text(path)[1].strip())
    return False


def _kept_text(path: Path) -> tuple[str, str]:
    """The state of the file that it was, and its text; empty without any."""
    head, _, text = (_text_of(path.with_name(KEPT)) or "").partition("\n")
    return (head.removeprefix(_HEAD), text) if head.startswith(_HEAD) else ("", "")


def _text_of(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
