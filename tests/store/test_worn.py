"""A card with sectors that cannot be read (EIO): the box starts with what the others give."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from firmware.store.database import open_database
from firmware.store.leftovers import sweep
from firmware.store.mend import mend
from firmware.store.nightly import make_nightly, nightly_backups
from firmware.store.rota_store import RotaStore
from firmware.store.worn import BLOCK, copy_with_log, has_bad_sectors, listed
from tests.daemon.program import ROOT
from tests.store.samples import NOW
from tests.store.test_mend import Box

READS = "pread64,read,sendfile,copy_file_range"
MEND = """
import sys
from pathlib import Path
from firmware.store.mend import mend
from tests.store.samples import NOW
print(mend(Path(sys.argv[1]), NOW))
"""
COPY = """
import sys
from pathlib import Path
from firmware.store.worn import copy_with_log, has_bad_sectors
path = Path(sys.argv[1])
print(has_bad_sectors(path), copy_with_log(path, Path(sys.argv[2])))
"""
SWEEP = """
import sys
from pathlib import Path
from firmware.store.leftovers import sweep
from firmware.store.mend import mend
from tests.store.samples import NOW
print(sweep(Path(sys.argv[1]), NOW), mend(Path(sys.argv[1]), NOW))
"""


def under_faults(program: str, place: Path, faults: list[str], *arguments: Path) -> str:
    """What a program says in which the kernel refuses these calls about ``place``."""
    strace = shutil.which("strace")
    probe = [strace or "strace", "-o", "/dev/null", "true"]
    if strace is None or subprocess.run(probe, check=False).returncode:
        pytest.skip("strace makes the kernel's errors")
    calls = ",".join(fault.partition(":")[0] for fault in faults)
    done = subprocess.run(
        [strace, "-f", "-o", "/dev/null", "-P", place, "-e", f"trace={calls}",
         *(f"--inject={fault}" for fault in faults),
         sys.executable, "-c", program, *arguments],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout


@pytest.fixture
def box(tmp_path: Path) -> Box:
    folder = tmp_path / "data"
    folder.mkdir()
    return Box(folder)


def test_what_can_be_read_is_copied_and_the_rest_is_zeros(tmp_path: Path) -> None:
    path, copy = tmp_path / "a", tmp_path / "b"
    path.write_bytes(b"x" * (3 * BLOCK + 7))
    faults = ["sendfile:error=EIO", "copy_file_range:error=EIO", "read:error=EIO",
              "pread64:error=EIO:when=2"]  # fmt: skip
    said = under_faults(COPY, path, faults, path, copy)
    assert said == f"True {copy}\n"
    assert copy.read_bytes() == b"x" * BLOCK + b"\0" * BLOCK + b"x" * (BLOCK + 7)


def test_a_card_that_refuses_for_another_reason_has_no_bad_sectors(tmp_path: Path) -> None:
    path, copy = tmp_path / "a", tmp_path / "b"
    path.write_bytes(b"x" * 10)
    assert not has_bad_sectors(path)
    assert not has_bad_sectors(tmp_path / "none")
    assert copy_with_log(path, copy) == copy
    with pytest.raises(IsADirectoryError):
        copy_with_log(tmp_path, copy)


def test_a_database_with_bad_sectors_is_mended_like_a_damaged_one(box: Box) -> None:
    make_nightly(box.data, NOW)
    box.of_today()
    faults = [f"{call}:error=EIO" for call in READS.split(",")[1:]]
    said = under_faults(MEND, box.path, [*faults, "pread64:error=EIO:when=8+"], box.data)
    assert said.startswith("Mended(backup_of=")
    assert "aside=PosixPath" in said
    with open_database(box.path, create=False) as database:
        database.check(thoroughly=True)
        assert RotaStore(database).load_rota() is not None


def test_a_folder_that_cannot_be_listed_keeps_a_sound_box_from_nothing(box: Box) -> None:
    make_nightly(box.data, NOW)
    assert len(listed(box.data / "backup")) == len(nightly_backups(box.data)) == 1
    sweep(box.data, NOW)
    for folder in (box.data, box.data / "backup"):
        said = under_faults(SWEEP, folder, ["getdents64:error=EIO"], box.data)
        assert said == "None None\n"


@pytest.mark.parametrize("data", [b"", b"\xa5" * 100_000])
def test_that_the_backups_cannot_be_listed_is_not_that_there_are_none(
    box: Box, data: bytes
) -> None:
    """The box would be new, or its rota gone for good; the next start may list them."""
    make_nightly(box.data, NOW)
    box.path.write_bytes(data)
    for suffix in ("-wal", "-shm"):
        box.path.with_name(box.path.name + suffix).unlink(missing_ok=True)
    with pytest.raises(subprocess.CalledProcessError):
        under_faults(MEND, box.data / "backup", ["getdents64:error=EIO"], box.data)
    assert box.path.read_bytes() == data
    mended = mend(box.data, NOW)
    assert mended is not None
    assert mended.backup_of is not None
