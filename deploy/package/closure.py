"""What the program needs at run time, copied out of the environment that the lock file made.

`make` fills that environment by hash from `requirements.lock`; each file copied here is held
against the checksum that came with it, so a package never carries what somebody tried out.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
from importlib.metadata import Distribution, PackagePath, distribution, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = "veilleur"
LEFT_OUT = (".so", ".pyc")


class ChangedLibrary(Exception):  # noqa: N818 - it says what the library is
    """An installed file is not what was released; `make clean` and set up anew."""


def put_libraries(folder: Path) -> None:
    """Lay every library that the program imports into ``folder``. Raises `ChangedLibrary`.

    What a C compiler made is left out: each has its own Python for it, and one package then
    serves every architecture and every Python.
    """
    for name in sorted(closure(PROJECT) - {PROJECT}):
        for file in wanted_files(distribution(name)):
            source = Path(str(file.locate()))
            check(file, source)
            target = folder / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def wanted_files(library: Distribution) -> list[PackagePath]:
    """The library's own files: no command line, nothing compiled, no tests."""
    return [
        file
        for file in library.files or ()
        if not str(file).startswith("..")
        and not str(file).endswith(LEFT_OUT)
        and "tests" not in file.parts
        and file.name not in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")
    ]


def check(file: PackagePath, source: Path) -> None:
    if file.hash is None:
        raise ChangedLibrary(f"{source}: it came without a checksum")
    digest = hashlib.new(file.hash.mode, source.read_bytes()).digest()
    if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != file.hash.value:
        raise ChangedLibrary(f"{source}: not what was released")


def closure(project: str) -> set[str]:
    """The project and all that it needs, on Linux; read from what is installed here."""
    wanted, found = [project], set[str]()
    while wanted:
        name = canonicalize_name(wanted.pop())
        if name in found:
            continue
        found.add(name)
        for line in requires(name) or ():
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                wanted.append(requirement.name)
    return found
