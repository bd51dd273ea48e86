"""The installed version as a package again: what the box goes back to.

dpkg keeps no packages, and the one that was installed may have come by another way than an update.
So it is put together from what dpkg knows: its files, its control fields, its scripts.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from firmware.update.machine import DPKG_S, PACKAGE, CommandFailed
from firmware.update.places import put_in_place, sync_folder

# Of dpkg's own record, not of the package
_NOT_CONTROL = ("Status:", "Conffiles:", "Config-Version:")
_FAST = ("-Zgzip", "-z1")     # it is kept for some minutes


def repack(root: Path, target: Path) -> None:
    """Write the installed version to ``target``, whole or not at all. Raises `CommandFailed`, and
    ``OSError`` when the disk takes no more."""
    target.parent.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".repack-", dir=target.parent) as name:
        tree, draft = Path(name) / "tree", Path(name) / "old.deb"
        tree.mkdir(mode=0o755)
        _lay_files(root, tree)
        _lay_control(root, tree / "DEBIAN")
        _dpkg("dpkg-deb", "--root-owner-group", *_FAST, "--build", str(tree), str(draft))
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        put_in_place(draft, target)
    sync_folder(target.parent)


def _lay_files(root: Path, tree: Path) -> None:
    for line in _query(root, "--listfiles", PACKAGE).splitlines():
        source, copy = root / line.lstrip("/"), tree / line.lstrip("/")
        if line.strip("/.") == "":
            continue
        if source.is_dir() and not source.is_symlink():
            copy.mkdir(exist_ok=True)
            shutil.copymode(source, copy)
        elif source.is_symlink() or source.is_file():
            shutil.copy2(source, copy, follow_symlinks=False)


def _lay_control(root: Path, control: Path) -> None:
    control.mkdir(mode=0o755)
    lines, own = [], True
    for line in _query(root, "--status", PACKAGE).splitlines():
        own = not line.startswith(_NOT_CONTROL) if not line.startswith(" ") else own
        if own and line:
            lines.append(line)
    (control / "control").write_text("\n".join(lines) + "\n", encoding="utf-8")
    named = _query(root, "--show", "--showformat=${Conffiles}", PACKAGE).splitlines()
    if conffiles := [line.split()[0] for line in named if line.split()]:
        (control / "conffiles").write_text("\n".join(conffiles) + "\n", encoding="utf-8")
    for name in _query(root, "--control-list", PACKAGE).split():
        path = control / name
        path.write_text(_query(root, "--control-show", PACKAGE, name), encoding="utf-8")
        path.chmod(0o755 if name in ("preinst", "postinst", "prerm", "postrm") else 0o644)


def _query(root: Path, *arguments: str) -> str:
    return _dpkg("dpkg-query", f"--admindir={root / 'var/lib/dpkg'}", *arguments)


def _dpkg(*command: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - names of our own
            command, capture_output=True, text=True, timeout=DPKG_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise CommandFailed(f"{command[0]}: {fault}") from fault
    if done.returncode:
        raise CommandFailed(f"{command[0]}: {done.returncode}: {done.stderr.strip()[-300:]}")
    return done.stdout
