"""A newer version of the package, signed by a maker whom the boxes of the test know."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from deploy.package.bundle import bundle
from tests.deploy.test_package import renumbered

NEWER, NEWEST = "9.9.8", "9.9.9"


def public_keys(cache: Path) -> Path:
    """The folder with the public half; the pair is made once."""
    folder, secret = cache / "keys", cache / "maker.key"
    if not secret.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        make = ["minisign", "-G", "-W", "-p", str(folder / "maker.pub"), "-s", str(secret)]
        subprocess.run(make, check=True, stdout=subprocess.DEVNULL)
    return folder


def newer(package: Path, cache: Path, version: str = NEWER) -> Path:
    """The same program as a later version, as a bundle."""
    work = cache / "release" / version
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    keys = public_keys(cache)
    return bundle(renumbered(package, version, work), cache / "maker.key", work, keys=keys)
