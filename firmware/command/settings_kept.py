"""The `veilleur.toml` that the box last served with, kept beside it.

A text file that somebody edits is empty, or full of NULs, where the power goes before it is on the
disk; a bad sector is not read at all; and a slip of the pen is seen at the next start, by night. A
box that does not start passes no calls: it goes on with the settings that were good, and says so.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from firmware.command.settings import (
    FILE,
    Settings,
    SettingsFault,
    SettingsFile,
    load_profile,
    parse_settings,
    read_file,
    read_settings,
)
from firmware.shell.watchdog import complain
from firmware.store.backup import SETTINGS_KEPT
from firmware.update.places import write_durably

REFUSED = f"{FILE}.refused"
PRIVATE = 0o600   # a PIN may be in it
_HEAD = "# of state "   # to TOML a comment
# However its line was misspelt
_PIN_LINE = re.compile(r"""^[\s"']*[pin]{2,4}["']?\s*[=:]*\s*["'“«]?\s*(\d{3,})""", re.I | re.M)


@dataclass(frozen=True, slots=True)
class Found:
    """``fault`` is why `veilleur.toml` cannot be used: these are the settings of before, then.
    ``file`` is what was read; None where there is none."""

    settings: Settings
    fault: str = ""
    file: SettingsFile | None = None


def settings_to_serve_with(data_dir: Path, profile: str | None = None) -> Found:
    """``profile`` is the command line's, and has the last word; who drives no modem names any.
    Raises `SettingsFault` where the file cannot be used and the box has never served with any."""
    path, file = data_dir / FILE, None
    try:
        file = read_file(data_dir)
        if file is None:
            load_profile(profile or "generic")
            return Found(Settings())
        if not file.text.strip() and _kept_text(path)[1].strip():
            # By a power cut: who wants the settings of the first day deletes the file
            raise SettingsFault(f"{path}: is empty, and was not")
        settings = parse_settings(file)
        load_profile(profile or settings.profile or "generic")
    except SettingsFault as fault:
        if not os.path.exists(path.with_name(SETTINGS_KEPT)):   # nor raises, as Path's does
            raise
        load_profile(profile or "generic")
        before = _kept(path, profile) or Settings()
        if _names_another_pin(file, before.pin):
            before = replace(before, pin=None)   # two tries are all that a SIM can bear
        return Found(before, str(fault).removeprefix(f"{path}: "))
    return Found(settings, file=file)


def keep(data_dir: Path, found: Found) -> None:
    """What was found good, to be served with once it no longer is; none where there is no file. A
    disk that takes nothing must not keep the telephone from being answered."""
    kept = data_dir / SETTINGS_KEPT
    if found.fault:
        return
    try:
        if found.file is None:
            kept.unlink(missing_ok=True)
            return
        text = f"{_HEAD}{found.file.written}\n{found.file.text}"
        if text != _text_of(kept):
            write_durably(kept, text.encode(), PRIVATE)
    except (OSError, ValueError) as fault:
        complain(f"{data_dir / FILE}: no copy of it can be kept: {fault}")
        with suppress(OSError):
            kept.unlink(missing_ok=True)   # with a PIN of before, perhaps


def are_good(data_dir: Path) -> bool:
    """Whether settings that a backup has brought can be used; else they are put aside."""
    try:
        load_profile(read_settings(data_dir).profile or "generic")
    except SettingsFault as fault:
        complain(f"{fault}; put aside")
        (data_dir / FILE).replace(data_dir / REFUSED)
        return False
    return True


def _kept(path: Path, profile: str | None) -> Settings | None:
    """The PIN's one try is that of the file that it was read from."""
    written, text = _kept_text(path)
    if not written:
        return None
    with suppress(SettingsFault):
        settings = parse_settings(SettingsFile(path, text, written))
        load_profile(profile or settings.profile or "generic")
        return settings
    return None


def _names_another_pin(file: SettingsFile | None, pin: str | None) -> bool:
    """The spoilt file: then the PIN of before is refused. One that was cut off names none."""
    if file is None or pin is None:
        return False
    return any(not pin.startswith(digits) for digits in _PIN_LINE.findall(file.text))


def _kept_text(path: Path) -> tuple[str, str]:
    """The state of the file that it was, and its text; empty without any."""
    head, _, text = (_text_of(path.with_name(SETTINGS_KEPT)) or "").partition("\n")
    return (head.removeprefix(_HEAD), text) if head.startswith(_HEAD) else ("", "")


def _text_of(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
