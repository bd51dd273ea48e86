"""A bundle comes in: looked at, copied to where nobody else writes, and made the update that is
under way. Until then nothing of the box has changed, and whatever is wrong is told in one sentence.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from firmware.crypto.minisign import PublicKey
from firmware.update.bundle import PACKAGE_MAX, Manifest, copy_package, known_keys, read_manifest
from firmware.update.guide import write_guide
from firmware.update.machine import PACKAGE, CommandFailed, Machine
from firmware.update.outcome import Refused, What
from firmware.update.places import Places, put_in_place
from firmware.update.state import State, Step, write_state

BUNDLE_MAX = PACKAGE_MAX + 64 * 1024
MEGABYTE = 1_000_000
SPARE = 24 * MEGABYTE         # that a box must not go below, whatever an update needs
# Of the packed size: old and new package; what is unpacked, twice while dpkg is at it
PACKED, UNPACKED = 3, 16


def receive(
    bundle: BinaryIO,
    where: Places,
    machine: Machine,
    keys: Callable[[], Sequence[PublicKey]] = known_keys,
) -> State:
    """Verify the bundle and make it the update that is under way: a `State` on the disk.

    Raises ``Refused``: nothing was changed.
    """
    try:
        manifest = read_manifest(bundle, keys())
        before = machine.installed()
        check(manifest, before, machine)
        check_room(manifest, where, machine)
        shutil.rmtree(where.work, ignore_errors=True)
        where.work.mkdir(mode=0o700)
        with _written(where.new_package) as package:
            copy_package(bundle, manifest, package)
        _check_package(where.new_package, manifest, machine)
        write_guide(where)
        state = State(Step.VERIFIED, manifest.version, before, manifest.sha256)
        write_state(where.state, state)
    except Refused:
        shutil.rmtree(where.work, ignore_errors=True)
        raise
    except CommandFailed as fault:
        shutil.rmtree(where.work, ignore_errors=True)
        raise Refused(What.CHANGED) from fault
    except OSError as fault:
        shutil.rmtree(where.work, ignore_errors=True)
        raise refusal(fault, where) from fault
    return state


def check(manifest: Manifest, before: str, machine: Machine) -> None:
    """Whether it is for this box. Raises ``Refused``."""
    known = {"version": manifest.version, "before": before}
    if manifest.architecture not in machine.architectures():
        raise Refused(What.ARCHITECTURE, **known, architecture=manifest.architecture)
    if before and not machine.is_newer(manifest.version, before):
        raise Refused(What.OLDER, **known)
    if before and machine.is_older(before, manifest.minimum):
        raise Refused(What.TOO_FAR, **known, minimum=manifest.minimum)


def check_room(manifest: Manifest, where: Places, machine: Machine) -> None:
    """Whether every step will find the room it needs. Raises ``Refused``."""
    database = machine.data_dir / "veilleur.db"
    saved = 2 * database.stat().st_size if database.exists() else 0
    needs = [
        (where.folder, PACKED * manifest.size),
        (machine.data_dir if machine.data_dir.exists() else where.folder, saved),
        (machine.root / "usr", UNPACKED * manifest.size),
    ]
    by_disk: dict[int, tuple[Path, int]] = {}
    for folder, need in needs:
        disk = folder.stat().st_dev
        by_disk[disk] = folder, by_disk.get(disk, (folder, SPARE))[1] + need
    for folder, need in by_disk.values():
        free = _free(folder)
        if free < need:
            raise Refused(What.NO_ROOM, free=_mb(free), needed=_mb(need))


@contextmanager
def open_bundle(path: Path) -> Iterator[BinaryIO]:
    """A file that somebody else may have laid there: no link, no pipe, not too long.

    Raises ``Refused``, and ``OSError`` where it cannot be read.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode) or found.st_size > BUNDLE_MAX:
            raise Refused(What.NOT_A_BUNDLE)
        yield file


@contextmanager
def _written(path: Path) -> Iterator[BinaryIO]:
    """A new file, on the disk under its name once all of it is there."""
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("xb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
    put_in_place(draft, path)


def _check_package(package: Path, manifest: Manifest, machine: Machine) -> None:
    said = machine.fields(package)
    wanted = {
        "Package": PACKAGE, "Version": manifest.version, "Architecture": manifest.architecture,
    }  # fmt: skip
    if said != wanted:
        raise Refused(What.CHANGED)


def refusal(fault: OSError, where: Places) -> Refused:
    """The disk of the box is full, or what the bundle lies on is gone."""
    if fault.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
        return Refused(What.NO_ROOM, free=_mb(_free(where.folder)), needed=_mb(SPARE))
    return Refused(What.STICK_GONE)


def _free(folder: Path) -> int:
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def _mb(octets: int) -> str:
    return str(octets // MEGABYTE)
