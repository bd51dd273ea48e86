"""What an update does to the machine: dpkg, and the program's own commands."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from firmware.update.places import DATA_DIR, RUNTIME_DIR

PACKAGE = "veilleur"
DPKG_S, COMMAND_S = 600, 900      # a Pi with an old card is slow
# Of the first no maintainer script restarts a service: see deploy/package/scripts/postinst
GUIDED = {"VEILLEUR_UPDATE": "1", "DEBIAN_FRONTEND": "noninteractive"}


class CommandFailed(Exception):  # noqa: N818 - it says what happened
    """``str()`` is the command and the last lines that it said."""


@dataclass(frozen=True, slots=True)
class Machine:
    """``root`` other than / is a test's. ``user`` None: the program runs as we do."""

    data_dir: Path = DATA_DIR
    root: Path = Path("/")
    program: tuple[str, ...] = ("/usr/bin/veilleur",)
    user: str | None = "veilleur"

    def installed(self) -> str:
        """The version that dpkg has, in whatever state it is; empty if none."""
        form = "-f=${Version}"
        try:
            return self._run(["dpkg-query", self._admin, "-W", form, PACKAGE], DPKG_S).strip()
        except CommandFailed:
            return ""

    def architectures(self) -> set[str]:
        """What can be installed here; ``all`` can everywhere."""
        own = self._run(["dpkg", "--print-architecture"], DPKG_S)
        others = self._run(["dpkg", self._admin, "--print-foreign-architectures"], DPKG_S)
        return {"all", *own.split(), *others.split()}

    def is_newer(self, version: str, than: str) -> bool:
        return self._compares(version, "gt", than)

    def is_older(self, version: str, than: str) -> bool:
        return self._compares(version, "lt", than)

    def install(self, package: Path) -> None:
        """Install it over whatever is there, a version that was half unpacked included."""
        options = ["--force-downgrade", "--force-confold"]
        command = ["dpkg", *self.elsewhere(), *options, "--install", str(package)]
        self._run(command, DPKG_S, GUIDED)

    def elsewhere(self) -> tuple[str, ...]:
        """What tells dpkg of a root other than /. For / nothing: dpkg would change its root to
        where it is, which the shut-in service may not, and no script of the package would run."""
        return () if self.root == Path("/") else (f"--root={self.root}",)

    def fields(self, package: Path) -> dict[str, str]:
        """What the package says of itself."""
        names = ("Package", "Version", "Architecture")
        said = self._run(["dpkg-deb", "-f", str(package), *names], DPKG_S)
        pairs = (line.partition(": ") for line in said.splitlines())
        return {name: value for name, _, value in pairs}

    def veilleur(self, *arguments: str | Path, text: str = "") -> str:
        """The installed program, as the daemon's user. Raises `CommandFailed`."""
        environ = {} if self.user is None else {"VEILLEUR_RUNTIME": str(RUNTIME_DIR)}
        command = [*self.program, *map(str, arguments)]
        return self._run(command, COMMAND_S, environ, user=self.user, text=text)

    @property
    def _admin(self) -> str:
        return f"--admindir={self.root / 'var/lib/dpkg'}"

    def _compares(self, one: str, how: str, other: str) -> bool:
        try:
            self._run(["dpkg", "--compare-versions", one, how, other], DPKG_S)
        except CommandFailed:
            return False
        return True

    def _run(
        self,
        command: Sequence[str],
        within_s: float,
        environ: Mapping[str, str] | None = None,
        *,
        user: str | None = None,
        text: str = "",
    ) -> str:
        as_whom = {} if user is None else {"user": user, "group": PACKAGE, "extra_groups": []}
        try:
            done = subprocess.run(  # noqa: S603 - names of files that we made ourselves
                command, input=text, capture_output=True, text=True, errors="replace",
                timeout=within_s, env={**os.environ, "LC_ALL": "C.UTF-8", **(environ or {})},
                umask=0o007 if user else -1, check=False, cwd="/", **as_whom,
            )  # type: ignore[call-overload]  # fmt: skip
        except (OSError, subprocess.TimeoutExpired, LookupError) as fault:
            raise CommandFailed(f"{command[0]}: {fault}") from fault
        if done.returncode:
            said = (done.stderr or done.stdout).strip().splitlines()[-3:]
            raise CommandFailed(f"{' '.join(command[:3])}: {done.returncode}: {'; '.join(said)}")
        return str(done.stdout)


def complain(text: str) -> None:
    print(f"veilleur: {text}", file=sys.stderr, flush=True)
