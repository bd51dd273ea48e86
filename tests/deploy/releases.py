"""`make test-deb`: the package's whole life in a fresh root of each Debian release it is made for.

Not collected by `make test`: making the roots takes minutes and Debian's archive. Each root is kept
under `.cache/roots`; the package itself is installed with no route to anywhere.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from deploy.package import build as builder
from tests.deploy.test_package import HERE, renumbered
from tests.simulation.sites import SAMPLE

CACHE = builder.ROOT / ".cache/roots"
INCLUDED = "python3,systemd,passwd"  # what Raspberry Pi OS Lite has of what the package needs
STORY = (
    "mount -t tmpfs none {folder} && mkdir {folder}/root && tar -C {folder}/root -xf {root}"
    " && exec sh {story} {folder}/root {old} {new} {site}"
)


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return builder.build(tmp_path_factory.mktemp("deb"))


@pytest.mark.parametrize("release", ["bookworm", "trixie"])
def test_it_lives_on_a_bare_system(release: str, package: Path, tmp_path: Path) -> None:
    root = CACHE / f"{release}.tar"
    if not root.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        draft = root.with_suffix(".draft.tar")
        options = ["--quiet", "--variant=apt", f"--include={INCLUDED}"]
        subprocess.run(["mmdebstrap", *options, release, draft], check=True)
        draft.replace(root)
    site = tmp_path / "site.toml"
    site.write_text(SAMPLE)
    folder = tmp_path / "fresh"
    folder.mkdir()
    script = STORY.format(
        folder=folder,
        root=root,
        story=HERE / "story.sh",
        old=package,
        new=renumbered(package, "9.9.9", tmp_path),
        site=site,
    )
    done = subprocess.run(
        ["unshare", "-mn", "sh", "-c", script], capture_output=True, text=True, check=False
    )
    assert done.stdout.rstrip().endswith("== done"), done.stdout + done.stderr


def test_lintian_finds_no_error(package: Path) -> None:
    done = subprocess.run(
        ["lintian", "--allow-root", "--fail-on", "error", package],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
