"""A maker of updates and a box that takes them: real dpkg in a root of its own, real signatures.

The package is a small one: what is tried here is the update, not what is in it. Services are told
by the version in place, since systemd does not run here; `releases.py` has the real ones.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from deploy.package import bundle as builder
from firmware.update.bundle import known_keys
from firmware.update.machine import Machine
from firmware.update.outcome import Outcome, Refused, What, read_outcome, tell
from firmware.update.places import Places
from firmware.update.receive import open_bundle, receive
from firmware.update.services import Services
from firmware.update.state import State
from firmware.update.steps import Updater

OLD, NEW = "1.0.0", "1.1.0"
CONTROL = """\
Package: veilleur
Version: {version}
Architecture: {architecture}
Maintainer: Tests <tests@veilleur.invalid>
Description: a small stand-in
 With a second line,
 .
 and a third one.
"""
WORKS = "usr/lib/veilleur/works"


def why_not() -> str:
    """Why no package can be installed here; empty where one can."""
    missing = [name for name in ("dpkg-deb", "minisign") if not shutil.which(name)]
    if missing:
        return f"{', '.join(missing)} is not there (apt-get install minisign; needs Debian)"
    return "" if os.geteuid() == 0 else "dpkg needs root"


def keys(folder: Path, name: str) -> Path:
    """A pair of keys without a password; the public half lies in a folder of its own."""
    public = folder / f"keys-{name}"
    public.mkdir(parents=True)
    secret = folder / f"{name}.key"
    run("minisign", "-G", "-W", "-p", public / f"{name}.pub", "-s", secret)
    return secret


def package(
    folder: Path,
    version: str,
    *,
    works: bool = True,
    architecture: str = "all",
    octets: int = 30_000,
) -> Path:
    tree = folder / f"tree-{version}-{architecture}"
    program = tree / "usr/lib/veilleur"
    program.mkdir(parents=True)
    (tree / WORKS).write_text(f"{works}\n")
    (program / "link").symlink_to("works")
    (program / f"only-in-{version}").write_bytes(bytes(range(250)) * (octets // 250))
    (tree / "etc").mkdir()
    (tree / "etc/veilleur.conf").write_text("# for somebody to change\n")
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN/conffiles").write_text("/etc/veilleur.conf\n")
    (tree / "DEBIAN/control").write_text(
        CONTROL.format(version=version, architecture=architecture)
    )
    target = folder / f"veilleur_{version}_{architecture}_{works}.deb"
    run("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, target)
    shutil.rmtree(tree)
    return target


def run(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@dataclass(slots=True)
class ByVersion(Services):
    """Ready if the version that is in place says so."""

    root: Path = Path()
    started: list[str] = field(default_factory=list)

    def restart(self) -> None:
        self.started.append("restart")

    def stop(self) -> None:
        self.started.append("stop")

    def modem_is_ready(self) -> bool:
        return True

    def become_ready(self, *, with_modem: bool) -> bool:
        assert with_modem
        self.restart()
        return (self.root / WORKS).read_text() == "True\n"


@dataclass(frozen=True, slots=True)
class Box:
    """A root with dpkg's records, the folder of updates, data, and whom it trusts."""

    folder: Path
    public_keys: Path

    @property
    def root(self) -> Path:
        return self.folder / "root"

    @property
    def where(self) -> Places:
        return Places(self.folder / "update")

    @property
    def machine(self) -> Machine:
        program = (sys.executable, "-m", "firmware")
        return Machine(self.folder / "data", self.root, program, user=None)

    def updater(self) -> Updater:
        services = ByVersion(self.folder / "data", root=self.root)
        return Updater(self.where, self.machine, services, said=lambda text: None)

    def set_up(self, old: Path) -> Box:
        for name in ("info", "updates", "triggers"):
            (self.root / "var/lib/dpkg" / name).mkdir(parents=True)
        for name in ("status", "available"):
            (self.root / "var/lib/dpkg" / name).touch()
        for each in (self.folder / "data", self.where.incoming.parent):
            each.mkdir(parents=True)
        self.machine.install(old)
        return self

    def copied(self, folder: Path) -> Box:
        """The same box once more."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Box(folder, self.public_keys)

    def receive(self, bundle: Path) -> State:
        with open_bundle(bundle) as file:
            return receive(file, self.where, self.machine, lambda: known_keys(self.public_keys))

    def update(self, bundle: Path) -> What | None:
        """As `veilleur update` does it."""
        try:
            self.receive(bundle)
        except Refused as fault:
            tell(self.where.outcome, fault.what, fault.values)
            return fault.what
        return self.updater().go_on()

    def start_again(self) -> What | None:
        """As at each boot: what dpkg was at is settled, then the services start."""
        self.updater().settle()
        return self.updater().go_on()

    @property
    def outcome(self) -> Outcome | None:
        return read_outcome(self.where.outcome)

    def picture(self) -> dict[str, str]:
        """Every file of the root and of what is under way, with what is in it."""
        places = [
            path
            for top in (self.root, self.folder / "data", self.where.folder)
            for path in sorted(top.rglob("*"))
            if path.is_file()
        ]
        left_out = ("lock", "outcome.json", "status-old")
        return {
            str(path.relative_to(self.folder)): path.read_bytes().hex()
            for path in places
            if path.name not in left_out
        }

    def state_of_dpkg(self) -> tuple[str, str]:
        """The version in place, and what dpkg has to complain of."""
        root = f"--root={self.root}"
        return self.machine.installed(), run("dpkg", root, "--audit") + run(
            "dpkg", root, "--verify"
        )


def signed(package: Path, key: Path, folder: Path, minimum: str = OLD) -> Path:
    public = key.parent / f"keys-{key.stem}"
    return builder.bundle(package, key, folder, minimum, public)
