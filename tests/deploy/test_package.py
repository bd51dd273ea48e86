"""The Debian package: built, looked at, and lived through in a root file system of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tomllib
from functools import cache
from importlib.metadata import Distribution, PackagePath, distribution
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from packaging.utils import canonicalize_name

from deploy.package import build as builder
from deploy.package.closure import ChangedLibrary, check
from tests.simulation.sites import SAMPLE

HERE = Path(__file__).parent
# What may be shipped with a program under Apache-2.0; another one wants a look first
FREE = {
    "0BSD", "Apache-2.0", "Apache-2.0 OR BSD-3-Clause", "BSD-2-Clause", "BSD-3-Clause", "MIT",
    "OFL-1.1", "PSF-2.0", "ZPL-2.1",
}  # fmt: skip
OVERLAY = (
    "mount -t tmpfs none {folder} && mkdir {folder}/upper {folder}/work {folder}/root"
    " && mount -t overlay none -o lowerdir=/,upperdir={folder}/upper,workdir={folder}/work"
    " {folder}/root && exec sh {story} {folder}/root {old} {new} {site}"
)


@cache
def why_not() -> str:
    """Why a package cannot be installed here; empty where it can."""
    missing = [name for name in ("dpkg-deb", "unshare", "py3compile") if not shutil.which(name)]
    if missing:
        return f"{', '.join(missing)} is not there: not Debian"
    if os.geteuid() != 0:
        return "a root of one's own needs root"
    probe = (
        "mount -t tmpfs none /mnt && cd /mnt && mkdir u w r"
        " && mount -t overlay none -o lowerdir=/,upperdir=u,workdir=w r"
    )
    done = subprocess.run(["unshare", "-mn", "sh", "-c", probe], capture_output=True, check=False)
    return "" if done.returncode == 0 else "no overlay file system can be had here"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("dpkg-deb") is None:
        pytest.skip("dpkg-deb is not there: not Debian")
    return builder.build(tmp_path_factory.mktemp("deb"), compression="gzip")


def renumbered(package: Path, version: str, folder: Path) -> Path:
    """The same package under another version, built in a folder."""
    tree = folder / version
    subprocess.run(["dpkg-deb", "-R", package, tree], check=True)
    control = tree / "DEBIAN/control"
    old = f"Version: {builder.project_version()}"
    control.write_text(control.read_text().replace(old, f"Version: {version}"))
    other = folder / f"veilleur_{version}_all.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "-b", tree, other],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return other


def test_it_lives_and_leaves_nothing(package: Path, tmp_path: Path) -> None:
    """Installed with no network, upgraded, downgraded, removed, purged."""
    if why_not():
        pytest.skip(why_not())
    site = tmp_path / "site.toml"
    site.write_text(SAMPLE)
    folder = tmp_path / "overlay"
    folder.mkdir()
    script = OVERLAY.format(
        folder=folder,
        story=HERE / "story.sh",
        old=package,
        new=renumbered(package, "9.9.9", tmp_path),
        site=site,
    )
    done = subprocess.run(
        ["unshare", "-mn", "sh", "-c", script], capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert done.stdout.rstrip().endswith("== done"), said
    assert "drwxrws--- veilleur veilleur" in said
    who = [json.loads(line) for line in said.splitlines() if line.startswith('{"service"')]
    assert [one["on_duty"][0]["level"] for one in who] == [1, 1]


def test_the_same_commit_gives_the_same_bytes(package: Path, tmp_path: Path) -> None:
    assert builder.build(tmp_path, compression="gzip").read_bytes() == package.read_bytes()


@pytest.fixture(scope="module")
def unpacked(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
    return folder


def bill_of(unpacked: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (unpacked / "usr/share/doc/veilleur/sbom.cdx.json").read_text()
    )
    return found


def test_the_bill_of_materials_names_what_is_inside(unpacked: Path) -> None:
    library, bill = unpacked / "usr/lib/veilleur", bill_of(unpacked)
    named = {one["purl"] for one in bill["components"]}
    released = [Distribution.at(path) for path in library.glob("*.dist-info")]
    vendored = tomllib.loads((library / "web/static/vendor/manifest.toml").read_text())["file"]
    names = {canonicalize_name(one.name) for one in released}
    assert {"flask", "waitress", "pyserial", "apscheduler", "phonenumberslite"} <= names
    assert named == (
        {f"pkg:pypi/{canonicalize_name(one.name)}@{one.version}" for one in released}
        | {f"pkg:npm/{quote(one['package'])}@{one['version']}" for one in vendored}
    )
    assert not list(library.rglob("*.so"))
    # Each need of a part is a part, and the program needs all of them
    needs = {one["ref"]: set(one["dependsOn"]) for one in bill["dependencies"]}
    assert needs.pop(bill["metadata"]["component"]["bom-ref"]) == named
    assert needs.keys() == named
    assert set().union(*needs.values()) < named
    assert "pkg:pypi/werkzeug" in " ".join(needs[next(n for n in named if "/flask@" in n)])


def test_nothing_of_others_is_without_its_licence(unpacked: Path) -> None:
    """Every file in the package is ours by its place, or a stanza of the copyright names it, its
    licence and a text that is there."""
    about = (unpacked / "usr/share/doc/veilleur/copyright").read_text()
    stanzas = [dict(re.findall(r"^(\w+): (.*)$", one, re.M)) for one in about.split("\n\n")[2:]]
    licences = {one["licenses"][0]["expression"] for one in bill_of(unpacked)["components"]}
    assert {one["License"] for one in stanzas} == licences
    assert licences <= FREE
    for text in re.findall(r"^ The whole text is in /(.*)$", about, re.M):
        assert (unpacked / text).stat().st_size > 300, text
    assert about.count("The whole text is in") == len(stanzas)
    patterns = [pattern for one in stanzas for pattern in one["Files"].split()]
    for pattern in patterns:
        assert list(unpacked.glob(pattern)), pattern
    library = unpacked / "usr/lib/veilleur"
    ours = {"VERSION", "show-setup-code", *builder.PROGRAM}
    tops = {f"usr/lib/veilleur/{path.name}" for path in library.iterdir() if path.name not in ours}
    assert tops == {
        pattern.removesuffix("/*") for pattern in patterns if "/vendor/" not in pattern
    }


def test_a_library_that_somebody_changed_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = next(
        each for each in distribution("waitress").files or () if each.name == "server.py"
    )
    assert isinstance(file, PackagePath)
    changed = tmp_path / "server.py"
    changed.write_bytes(Path(str(file.locate())).read_bytes() + b"\n")
    with pytest.raises(ChangedLibrary, match="not what was released"):
        check(file, changed)
