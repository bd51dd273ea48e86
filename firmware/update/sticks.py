"""A stick named VEILLEUR: a bundle is taken from it, a sealed backup is left on it.

As root, because somebody has to mount it, and therefore with as little as can be: read-only but for
the moment in which a backup is written, never with programs, devices or other users' rights from
it, only the kinds of file systems that sticks have, and of its files those alone named here.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from firmware.crypto.minisign import PublicKey
from firmware.update.bundle import SUFFIX, copy_package, known_keys, read_manifest
from firmware.update.machine import CommandFailed, Machine
from firmware.update.outcome import Refused, What
from firmware.update.places import PUBLIC, Places, put_in_place, sync_folder, write_durably
from firmware.update.receive import check, open_bundle, refusal

LABEL = "VEILLEUR"
KINDS = {"vfat": "", "exfat": "", "ext4": ",noload"}   # no journal is played into it
SAFE = "nosuid,nodev,noexec"
MOUNT_POINT = Path("/run/veilleur-stick")
PASSPHRASE = "stick-passphrase"  # noqa: S105 - the name of the page's file in the data directory
KEPT = 3
# With NAME among the columns it tells a tree; in a flat list only the disk itself is on USB, and
# the partition that has the name is not
LSBLK = ("lsblk", "--json", "--output", "NAME,PATH,LABEL,FSTYPE,TRAN")
_OURS = re.compile(r"veilleur-[0-9]{8}T[0-9]{6}Z\.age")
_COMMAND_S = 60


@dataclass(frozen=True, slots=True)
class Stick:
    device: Path
    kind: str


def sticks(told: str) -> list[Stick]:
    """Those named VEILLEUR on USB, of what `lsblk --json` tells."""
    found: list[Stick] = []

    def look(devices: Sequence[dict[str, object]], on_usb: bool) -> None:
        for device in devices:
            usb = on_usb or device.get("tran") == "usb"
            if usb and device.get("label") == LABEL and device.get("fstype") in KINDS:
                found.append(Stick(Path(str(device["path"])), str(device["fstype"])))
            children = device.get("children")
            look(children if isinstance(children, list) else [], usb)

    look(json.loads(told)["blockdevices"], False)
    return found


def plugged_in() -> list[Stick]:
    return sticks(_run(*LSBLK))


@contextmanager
def mounted(stick: Stick, point: Path = MOUNT_POINT, *, writable: bool = False) -> Iterator[Path]:
    """Its files, for as long as it takes. Raises `CommandFailed`."""
    point.mkdir(mode=0o700, exist_ok=True)
    how = f"rw,{SAFE}" if writable else f"ro,{SAFE}{KINDS[stick.kind]}"
    _run("mount", "-t", stick.kind, "-o", how, str(stick.device), str(point))
    try:
        yield point
    finally:
        with suppress(CommandFailed):    # one that was pulled out
            _run("umount", "--lazy", str(point))


def take_bundle(
    folder: Path,
    where: Places,
    machine: Machine,
    keys: Callable[[], Sequence[PublicKey]] = known_keys,
) -> bool:
    """Lay the bundle that a stick holds where the update takes it; false if there is none, or none
    that is new. Raises ``Refused``: nothing was changed."""
    try:
        found = [path for path in folder.iterdir() if path.name.endswith(SUFFIX)]
        if len(found) > 1:
            raise Refused(What.TWO_FILES)
        if not found:
            return False
        return _copy_bundle(found[0], where, machine, keys)
    except OSError as fault:
        raise refusal(fault, where) from fault


def _copy_bundle(
    path: Path, where: Places, machine: Machine, keys: Callable[[], Sequence[PublicKey]]
) -> bool:
    draft = where.incoming.with_name(f".{where.incoming.name}.stick")
    try:
        with open_bundle(path) as bundle, draft.open("wb") as target:
            manifest = read_manifest(bundle, keys())
            installed = machine.installed()
            if manifest.version == installed:
                return False   # a stick that was left in after its update
            check(manifest, installed, machine)
            with open(os.devnull, "wb") as nowhere:
                copy_package(bundle, manifest, nowhere)
            bundle.seek(0)
            shutil.copyfileobj(bundle, target)
            target.flush()
            os.fsync(target.fileno())
        put_in_place(draft, where.incoming)
    finally:
        draft.unlink(missing_ok=True)
    return True


# The backup


class NoPassphrase(Exception):  # noqa: N818 - it says what is missing
    """Nobody has set a passphrase on the page: no backup leaves the box."""


def seal_backup(where: Places, machine: Machine) -> Path:
    """A sealed backup, made by the daemon's user in a folder of its own.

    Raises `NoPassphrase`, `CommandFailed`.
    """
    passphrase = _own_file(machine.data_dir / PASSPHRASE)
    target = where.sealing / "backup.age"
    arguments = ("backup", target, "--data", machine.data_dir, "--passphrase-file", "-")
    machine.veilleur(*arguments, text=f"{passphrase}\n")
    return target


def _own_file(path: Path) -> str:
    """The page's file; a link in its place would have root read something else."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as fault:
        raise NoPassphrase(str(fault)) from fault
    with os.fdopen(handle, encoding="utf-8") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise NoPassphrase(f"{path} is no file")
        return file.readline().rstrip("\n")


def write_backup(sealed: Path, folder: Path, now: datetime) -> str:
    """Copy it onto the stick, then let the oldest go; gives its name there. ``OSError`` if the
    stick is full or gone: what lay there before still does."""
    name = f"veilleur-{now:%Y%m%dT%H%M%SZ}.age"
    draft = folder / f".{name}.part"
    source = os.open(sealed, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        with os.fdopen(source, "rb") as data, draft.open("wb") as target:
            shutil.copyfileobj(data, target)
            target.flush()
            os.fsync(target.fileno())
        os.replace(draft, folder / name)
    except OSError:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    sync_folder(folder)
    # Those of a clock that was ahead are the first
    ours = sorted(
        (path for path in folder.iterdir() if _OURS.fullmatch(path.name)),
        key=lambda path: (path.name <= name, path.name),
    )
    for old in ours[:-KEPT]:
        old.unlink(missing_ok=True)
    return name


@dataclass(frozen=True, slots=True)
class StickBackup:
    """``written_at``: when one was last written, however it went since. ``what``: ``written``,
    ``full``, ``failed``, ``two_sticks``, ``no_passphrase`` or ``no_stick``."""

    what: str
    at: datetime
    written_at: datetime | None


def tell_stick(path: Path, what: str) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    known = read_stick(path)
    written = now if what == "written" else known.written_at if known is not None else None
    table = {
        "what": what, "at": now.isoformat(),
        "written_at": None if written is None else written.isoformat(),
    }  # fmt: skip
    write_durably(path, json.dumps(table).encode(), PUBLIC)


def read_stick(path: Path) -> StickBackup | None:
    try:
        table = json.loads(path.read_bytes()[:4096])
        written = table["written_at"]
        at = datetime.fromisoformat(table["at"])
        last = None if written is None else datetime.fromisoformat(written)
        return StickBackup(str(table["what"]), at, last)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def fault_of(fault: OSError) -> str:
    return "full" if fault.errno in (errno.ENOSPC, errno.EDQUOT) else "failed"


def _run(*command: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - names of devices that the kernel told
            command, capture_output=True, text=True, timeout=_COMMAND_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise CommandFailed(f"{command[0]}: {fault}") from fault
    if done.returncode:
        raise CommandFailed(f"{command[0]}: {done.stderr.strip()[-300:]}")
    return done.stdout
