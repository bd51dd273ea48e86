from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.update.workshop import NEW, OLD, Box, keys, package, signed, why_not


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
