"""The Debian package: built, looked at, and lived through in a root file system of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from functools import cache
from importlib.metadata import PackagePath, distribution
from pathlib import Path

import pytest

from deploy.package import build as builder
from deploy.package.closure import ChangedLibrary, check
from tests.simulation.sites import SAMPLE

HERE = Path(__file__).parent
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


def test_the_bill_of_materials_names_what_is_inside(package: Path, tmp_path: Path) -> None:
    subprocess.run(["dpkg-deb", "-x", package, tmp_path], check=True)
    bill = json.loads((tmp_path / "usr/share/doc/veilleur/sbom.cdx.json").read_text())
    library = tmp_path / "usr/lib/veilleur"
    inside = {path.name for path in library.iterdir() if path.is_dir()}
    named = {one["name"].lower().replace("-", "_") for one in bill["components"]}
    found = {name.split("-")[0].lower() for name in inside if name.endswith(".dist-info")}
    assert named == found
    assert {"flask", "waitress", "pyserial", "apscheduler", "phonenumberslite"} <= named
    assert not list(library.rglob("*.so"))
    copyright_ = (tmp_path / "usr/share/doc/veilleur/copyright").read_text()
    assert all(one["name"] in copyright_ for one in bill["components"])


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
