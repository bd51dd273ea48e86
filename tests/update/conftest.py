from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from firmware.update.machine import Machine
from firmware.update.sticks import PASSPHRASE, Stick
from tests.store.fresh import fresh_database
from tests.update.workshop import NEW, OLD, Box, keys, package, signed, why_not

WORDS = "quatre chevaux à l’écurie"


@dataclass(frozen=True)
class Made:
    """What the maker has: keys, packages, bundles; and a box as it is delivered."""

    folder: Path
    key: Path
    other_key: Path
    new: Path
    bundle: Path
    broken: Path
    delivered: Box


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    if why_not():
        pytest.skip(why_not())
    folder = tmp_path_factory.mktemp("maker")
    key, other = keys(folder, "ours"), keys(folder, "other")
    new, bad = package(folder, NEW), package(folder, NEW, works=False)
    (folder / "box").mkdir()
    return Made(
        folder,
        key,
        other,
        new,
        signed(new, key, folder / "good"),
        signed(bad, key, folder / "bad"),
        Box(folder / "box", folder / "keys-ours").set_up(package(folder, OLD)),
    )


@pytest.fixture
def box(made: Made, tmp_path: Path) -> Box:
    return made.delivered.copied(tmp_path / "box")


@pytest.fixture
def machine(box: Box) -> Machine:
    """With data, and a passphrase as the page writes it."""
    fresh_database(box.machine.data_dir / "veilleur.db").close()
    (box.machine.data_dir / PASSPHRASE).write_text(f"{WORDS}\n", encoding="utf-8")
    box.where.sealing.mkdir()
    return box.machine


@pytest.fixture
def stick(tmp_path: Path) -> Iterator[tuple[Stick, Path]]:
    """An ext4 stick and the file that it lies in."""
    image = tmp_path / "image"
    with image.open("wb") as file:
        file.truncate(4 * 1024**2)
    subprocess.run(["mkfs.ext4", "-q", "-L", "VEILLEUR", image], check=True)
    done = subprocess.run(
        ["losetup", "--find", "--show", image], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("no loop device can be had here")
    device = Path(done.stdout.strip())
    yield Stick(device, "ext4"), image
    subprocess.run(["losetup", "--detach", device], check=True)
