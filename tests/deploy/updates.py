"""`make test-update`: updates of the real package, cut and taken back, in a root of their own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from deploy.package import build as builder
from tests.deploy.test_package import why_not
from tests.deploy.update_story import STEPS
from tests.simulation.sites import SAMPLE
from tests.update.workshop import keys, run, signed

ONE_ROOT = (
    "mkdir {folder}/{name} {folder}/{name}/upper {folder}/{name}/work {folder}/{name}/root"
    " && mount -t overlay none -o lowerdir=/,upperdir={folder}/{name}/upper,"
    "workdir={folder}/{name}/work {folder}/{name}/root"
)
# A version that opens the data, changes their schema, hears something, and hangs
BROKEN = '''
def run(data_dir: Path, *options: object) -> int:
    import time

    from firmware.record import JournalEntry, JournalKind
    from firmware.store import journal

    with open_data(data_dir, create=True) as database:
        line = JournalEntry(
            datetime.now(UTC), JournalKind.HEALTH, outcome="heard by the broken version"
        )
        journal.append(database, line)
    time.sleep(3600)
    return 0
'''


def changed(package: Path, folder: Path, name: str, public: Path, *, breaks: bool) -> Path:
    """The package as 9.9.9 with the maker's key, whole or broken."""
    tree = folder / name
    subprocess.run(["dpkg-deb", "-R", package, tree], check=True)
    control = tree / "DEBIAN/control"
    version = f"Version: {builder.project_version()}"
    if name != "old":
        control.write_text(control.read_text().replace(version, "Version: 9.9.9"))
    place = tree / "usr/share/veilleur/keys"
    place.mkdir(parents=True)
    shutil.copy(public, place)
    if breaks:
        program = tree / "usr/lib/veilleur/firmware/command/run.py"
        program.write_text(program.read_text() + BROKEN)
        schema = tree / "usr/lib/veilleur/firmware/store/schema"
        last = max(int(path.name[:4]) for path in schema.glob("*.sql"))
        (schema / f"{last + 1:04}_colour.sql").write_text(
            "ALTER TABLE journal ADD COLUMN colour TEXT NOT NULL DEFAULT 'red';\n"
        )
    _write_sums(tree)
    target = folder / f"{name}.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "-b", str(tree), str(target)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return target


def _write_sums(tree: Path) -> None:
    listed = tree / "DEBIAN/conffiles"
    conffiles = listed.read_text() if listed.exists() else ""
    files = [
        str(path.relative_to(tree))
        for path in sorted(tree.rglob("*"))
        if path.is_file() and "DEBIAN" not in path.parts
        and f"/{path.relative_to(tree)}" not in conffiles.split()
    ]
    said = subprocess.run(["md5sum", *files], cwd=tree, check=True, capture_output=True, text=True)
    (tree / "DEBIAN/md5sums").write_text(said.stdout)


def test_an_update_ends_well_whatever_happens(tmp_path: Path) -> None:
    if why_not():
        pytest.skip(why_not())
    key = keys(tmp_path, "ours")
    public = tmp_path / "keys-ours/ours.pub"
    package = builder.build(tmp_path / "built", compression="gzip")
    old, good, broken = (
        changed(package, tmp_path, name, public, breaks=name == "broken")
        for name in ("old", "good", "broken")
    )
    first = builder.project_version()
    bundles = [signed(each, key, tmp_path / each.stem, first) for each in (good, broken)]
    site = tmp_path / "site.toml"
    site.write_text(SAMPLE)
    said = told(tmp_path, "update_story", 1, str(old), *map(str, bundles), str(site))
    print(said)
    assert "== a good version, laid down as the page does: installed in" in said
    assert "== one that never becomes ready: returned in" in said
    cuts = re.findall(r"== cut [0-9.]+ s into (\w+)", said)
    assert Counter(cuts) == {**dict.fromkeys(STEPS, 1), "installing": 3}


def test_a_new_box_has_everything_within_five_minutes(tmp_path: Path) -> None:
    """`deploy/RESTORE.md`, its commands to the letter."""
    if why_not():
        pytest.skip(why_not())
    package = builder.build(tmp_path / "built", compression="gzip")
    site, image = tmp_path / "site.toml", tmp_path / "stick"
    site.write_text(SAMPLE)
    with image.open("wb") as file:
        file.truncate(32 * 1024**2)
    subprocess.run(["mkfs.ext4", "-q", "-L", "VEILLEUR", image], check=True)
    device = run("losetup", "--find", "--show", image).strip()
    try:
        print(told(tmp_path, "restore_story", 2, str(package), str(site), device))
    finally:
        run("losetup", "--detach", device)


def told(tmp_path: Path, story: str, roots: int, *arguments: str) -> str:
    """Run a story in roots of its own, without a network; gives what it printed."""
    folder = tmp_path / "overlay"
    folder.mkdir()
    names = [f"root{number}" for number in range(roots)]
    steps = [f"mount -t tmpfs none {folder}"]
    steps += [ONE_ROOT.format(folder=folder, name=name) for name in names]
    places = [f"{folder}/{name}/root" for name in names]
    program = ["exec", sys.executable, "-m", f"tests.deploy.{story}"]
    steps.append(" ".join([*program, *places, *arguments]))
    done = subprocess.run(
        ["unshare", "-mn", "sh", "-c", " && ".join(steps)], capture_output=True, text=True,
        check=False, cwd=builder.ROOT, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert "== done" in done.stdout, done.stdout + done.stderr
    return done.stdout
