"""`veilleur.toml`: what belongs to this box and to no rota (port, profile, PIN, listen address)."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path

from firmware.at.profile import ModemProfile, ProfileFault, parse_profile
from firmware.command.settings_sections import SectionFault, clock_is_kept, gpio, recovery
from firmware.recovery.hooks import RescueHooks
from firmware.shell.gpio import Pins

FILE = "veilleur.toml"
TEXTS = (
    "port", "audio", "profile", "pin", "listen", "own_number", "metrics_token", "metrics_from",
)  # fmt: skip
TABLES = ("recovery", "clock", "gpio")
KEYS = (*TEXTS, *TABLES)
DEFAULT_LISTEN = "127.0.0.1:8080"
PROFILES = Path(__file__).parents[2] / "hw" / "profiles"
_PIN = re.compile(r"[0-9]{4,8}")
_TOKEN = re.compile(r"[!-~]{16,200}")
_OWN_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")


class SettingsFault(ValueError):  # noqa: N818 - it names the fault, as the store's do
    """A command-line argument or a line of `veilleur.toml` that cannot be used."""


@dataclass(frozen=True, slots=True)
class Settings:
    """``pin_written`` names the state of the file that the PIN was read from."""

    port: str | None = None
    audio: str | None = None
    profile: str | None = None
    pin: str | None = None
    listen: str = DEFAULT_LISTEN
    own_number: str | None = None
    metrics_token: str | None = None
    metrics_from: tuple[str, ...] = ()
    pin_written: str = ""
    recovery: RescueHooks = field(default_factory=RescueHooks)
    clock_is_kept: bool = False   # by somebody else, and never doubted
    pins: Pins = field(default_factory=Pins)


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """`veilleur.toml` as it was read; ``written`` names the state of the file."""

    path: Path
    text: str
    written: str
    open_to_others: bool = False


def read_settings(data_dir: Path) -> Settings:
    """The settings of a data directory; without a file, the defaults. Raises `SettingsFault`."""
    file = read_file(data_dir)
    return parse_settings(file) if file is not None else Settings()


def read_file(data_dir: Path) -> SettingsFile | None:
    """None where there is none. Raises `SettingsFault` for one that cannot be read."""
    path = data_dir / FILE
    try:
        with path.open(encoding="utf-8-sig") as file:
            found = os.fstat(file.fileno())
            text = file.read()
    except FileNotFoundError as fault:
        if path.is_symlink():
            raise SettingsFault(f"{path}: a link that leads nowhere") from fault
        return None
    except OSError as fault:
        raise SettingsFault(f"{path}: cannot be read: {fault.strerror}") from fault
    except UnicodeDecodeError as fault:
        raise SettingsFault(f"{path}: not UTF-8 text") from fault
    open_to_others = os.name == "posix" and bool(stat.S_IMODE(found.st_mode) & 0o077)
    return SettingsFile(path, text, f"{found.st_ino}:{found.st_mtime_ns}", open_to_others)


def parse_settings(file: SettingsFile) -> Settings:
    """What it says. Raises `SettingsFault`."""
    path = file.path
    try:
        table = tomllib.loads(file.text)
    except (ValueError, RecursionError) as fault:
        raise SettingsFault(f"{path}: {fault}") from fault
    for key, value in table.items():
        if key not in KEYS:
            raise SettingsFault(f"{path}: {key}: no such setting; there are {', '.join(KEYS)}")
        if key in TEXTS and not isinstance(value, str):
            raise SettingsFault(f"{path}: {key}: text in quotes is expected")
    pin = table.get("pin")
    if pin is not None and _PIN.fullmatch(pin) is None:
        raise SettingsFault(f"{path}: pin: 4 to 8 digits are expected")
    if pin is not None and file.open_to_others:
        raise SettingsFault(f"{path}: holds the PIN and is open to others; chmod 600 {path}")
    own_number = table.get("own_number")
    if own_number is not None and _OWN_NUMBER.fullmatch(own_number) is None:
        raise SettingsFault(f"{path}: own_number: +, the country and the number are expected")
    token = table.get("metrics_token")
    if token is not None and _TOKEN.fullmatch(token) is None:
        raise SettingsFault(f"{path}: metrics_token: 16 characters or more, no blanks")
    hooks, kept, pins = _tables(path, table)
    return Settings(
        recovery=hooks,
        clock_is_kept=kept,
        pins=pins,
        port=table.get("port"),
        audio=table.get("audio"),
        profile=table.get("profile"),
        pin=pin,
        listen=table.get("listen", DEFAULT_LISTEN),
        own_number=own_number,
        metrics_token=token,
        metrics_from=_networks(path, table.get("metrics_from")),
        pin_written=file.written,
    )


def _networks(path: Path, text: str | None) -> tuple[str, ...]:
    """Addresses and networks, separated by commas."""
    found = tuple(part.strip() for part in (text or "").split(",") if part.strip())
    for part in found:
        try:
            ip_network(part)
        except ValueError as fault:
            raise SettingsFault(f"{path}: metrics_from: {fault}") from fault
    return found


def _tables(path: Path, table: Mapping[str, object]) -> tuple[RescueHooks, bool, Pins]:
    try:
        return (
            recovery(table.get("recovery", {})),
            clock_is_kept(table.get("clock", {})),
            gpio(table.get("gpio", {})),
        )
    except SectionFault as fault:
        raise SettingsFault(f"{path}: {fault}") from fault


def profile_names() -> list[str]:
    return sorted(path.stem for path in PROFILES.glob("*.toml"))


def load_profile(name: str) -> ModemProfile:
    """A modem profile by its name. Raises `SettingsFault`."""
    if name not in profile_names():
        raise SettingsFault(
            f"profile: there is no {name!r}; there are {', '.join(profile_names())}"
        )
    try:
        return parse_profile((PROFILES / f"{name}.toml").read_text(encoding="utf-8"), name)
    except ProfileFault as fault:
        raise SettingsFault(str(fault)) from fault


def host_and_port(listen: str) -> tuple[str, int]:
    """``127.0.0.1:8080`` or ``[::1]:8080``. Raises `SettingsFault`."""
    host, _, port = listen.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 <= int(port) <= 65535:
        raise SettingsFault(f"listen: HOST:PORT is expected, not {listen!r}")
    return host.strip("[]"), int(port)
