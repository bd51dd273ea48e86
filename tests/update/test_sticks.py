"""Sticks named VEILLEUR: what is taken from them, what is left on them, what goes wrong."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.command.stick import serve
from firmware.store.sealed_backup import open_backup
from firmware.update import sticks
from firmware.update.bundle import known_keys
from firmware.update.machine import Machine
from firmware.update.outcome import Refused, What, read_outcome
from firmware.update.sticks import (
    KEPT,
    PASSPHRASE,
    NoPassphrase,
    Stick,
    mounted,
    read_stick,
    seal_backup,
    take_bundle,
    write_backup,
)
from tests.update.conftest import WORDS, Made
from tests.update.workshop import Box

NOW = datetime(2026, 3, 3, 2, 30, tzinfo=UTC)


def told(*devices: Mapping[str, object]) -> str:
    return json.dumps({"blockdevices": list(devices)})


def usb(name: str, label: str | None = "VEILLEUR", kind: str = "vfat") -> dict[str, object]:
    part = {"path": f"/dev/{name}1", "label": label, "fstype": kind, "tran": None}
    whole = {"path": f"/dev/{name}", "label": None, "fstype": None, "tran": "usb"}
    return {**whole, "children": [part]}


def test_a_stick_is_told_by_its_name_on_usb_alone() -> None:
    card = {"path": "/dev/mmcblk0", "label": "VEILLEUR", "fstype": "ext4", "tran": None}
    whole = {"path": "/dev/sdc", "label": "VEILLEUR", "fstype": "exfat", "tran": "usb"}
    found = sticks.sticks(
        told(card, usb("sda"), usb("sdb", "PHOTOS"), whole, usb("sdd", kind="ntfs"))
    )
    assert found == [Stick(Path("/dev/sda1"), "vfat"), Stick(Path("/dev/sdc"), "exfat")]


def test_lsblk_itself_tells_which_disk_a_partition_is_on(tmp_path: Path) -> None:
    """On a made-up /sys, where lsblk knows neither names nor USB: those two are put in."""
    disk = tmp_path / "sys/block/sda"
    for folder, number, sectors in ((disk, "8:0", 9000), (disk / "sda1", "8:1", 8000)):
        folder.mkdir(parents=True)
        (folder / "dev").write_text(f"{number}\n")
        (folder / "size").write_text(f"{sectors}\n")
        by_number = tmp_path / "sys/dev/block" / number
        by_number.parent.mkdir(parents=True, exist_ok=True)
        by_number.symlink_to(folder)
    (disk / "sda1/partition").write_text("1\n")
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/sda1").write_text("ID_FS_TYPE=vfat\n")
    said = subprocess.run(
        [*sticks.LSBLK, "--sysroot", tmp_path], capture_output=True, text=True, check=True
    )
    seen = json.loads(said.stdout)
    seen["blockdevices"][0]["tran"] = "usb"
    seen["blockdevices"][0]["children"][0]["label"] = "VEILLEUR"
    assert sticks.sticks(json.dumps(seen)) == [Stick(Path("/dev/sda1"), "vfat")]


def test_the_bundle_is_laid_down_for_the_update(made: Made, box: Box, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    assert not take(box, stick)
    shutil.copy(made.bundle, stick / "veilleur.bundle")
    assert take(box, stick)
    assert box.update(box.where.incoming) is What.INSTALLED
    box.where.incoming.unlink()
    assert not take(box, stick)   # left in, at the next start
    assert os.listdir(box.where.incoming.parent) == []


def take(box: Box, stick: Path) -> bool:
    return take_bundle(stick, box.where, box.machine, lambda: known_keys(box.public_keys))


def test_two_files_a_link_and_half_a_file_are_refused(
    made: Made, box: Box, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / "a.bundle").write_bytes(made.bundle.read_bytes()[:9000])
    assert refused(box, stick) is What.CUT_OFF
    shutil.copy(made.bundle, stick / "b.bundle")
    assert refused(box, stick) is What.TWO_FILES
    (stick / "b.bundle").unlink()
    (stick / "a.bundle").unlink()
    (stick / "a.bundle").symlink_to("/etc/shadow")
    assert refused(box, stick) is What.STICK_GONE
    assert os.listdir(box.where.incoming.parent) == []


def refused(box: Box, stick: Path) -> What:
    with pytest.raises(Refused) as found:
        take(box, stick)
    return found.value.what


def test_two_sticks_are_one_too_many(box: Box) -> None:
    before = box.picture()
    both = [Stick(Path("/dev/sda1"), "vfat"), Stick(Path("/dev/sdb1"), "vfat")]
    assert serve(box.where, box.machine, both) == 1
    outcome, backup = read_outcome(box.where.outcome), read_stick(box.where.stick)
    assert outcome is not None
    assert outcome.what is What.TWO_STICKS
    assert backup is not None
    assert backup.what == "two_sticks"
    box.where.stick.unlink()
    assert box.picture() == before


# The backup


def test_a_backup_is_sealed_and_only_the_passphrase_opens_it(
    box: Box, machine: Machine, tmp_path: Path
) -> None:
    sealed = seal_backup(box.where, machine)
    name = write_backup(sealed, tmp_path, NOW)
    assert name == "veilleur-20260303T023000Z.age"
    with open_backup(tmp_path / name, WORDS, tmp_path) as plain:
        assert plain.read_bytes().startswith(b"PK")
    assert b"PK\x03\x04" not in (tmp_path / name).read_bytes()


def test_without_a_passphrase_nothing_leaves_the_box(box: Box, machine: Machine) -> None:
    path = machine.data_dir / PASSPHRASE
    path.unlink()
    with pytest.raises(NoPassphrase):
        seal_backup(box.where, machine)
    path.symlink_to("/etc/hostname")   # a page that was broken into must not have root read for it
    with pytest.raises(NoPassphrase):
        seal_backup(box.where, machine)


def test_the_last_ones_stay_and_other_files_are_let_alone(tmp_path: Path) -> None:
    sealed, stick = tmp_path / "sealed", tmp_path / "stick"
    sealed.write_bytes(b"x" * 1000)
    stick.mkdir()
    (stick / "holiday.jpg").touch()
    names = [write_backup(sealed, stick, NOW + timedelta(days=day)) for day in range(KEPT + 2)]
    assert sorted(os.listdir(stick)) == sorted(["holiday.jpg", *names[-KEPT:]])


# A real file system on a loop device; the kernel here has no FAT


def options_of(point: Path) -> set[str]:
    lines = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    return next(set(line[3].split(",")) for line in lines if line[1] == str(point))


def test_it_is_mounted_with_no_right_that_it_does_not_need(
    stick: tuple[Stick, Path], tmp_path: Path
) -> None:
    safe = {"nosuid", "nodev", "noexec"}
    with mounted(stick[0], tmp_path / "mnt") as point:
        assert options_of(point) >= {"ro", *safe}
        with pytest.raises(OSError, match="Read-only"):
            (point / "x").touch()
    with mounted(stick[0], tmp_path / "mnt", writable=True) as point:
        assert options_of(point) >= {"rw", *safe}
    with pytest.raises(StopIteration):
        options_of(tmp_path / "mnt")


def test_backups_of_a_clock_that_was_ahead_are_the_first_to_go(tmp_path: Path) -> None:
    sealed = tmp_path / "backup.age"
    sealed.write_bytes(b"sealed")
    stick = tmp_path / "stick"
    stick.mkdir()
    for day in range(KEPT):
        write_backup(sealed, stick, NOW + timedelta(days=300 + day))
    names = [write_backup(sealed, stick, NOW + timedelta(days=day)) for day in range(KEPT)]
    assert sorted(path.name for path in stick.iterdir()) == names


def test_by_day_a_bundle_and_a_backup_by_night_a_backup_alone(
    made: Made, box: Box, machine: Machine, stick: tuple[Stick, Path], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    keys = known_keys(box.public_keys)
    monkeypatch.setattr(sticks.take_bundle, "__defaults__", (lambda: keys,))
    with mounted(stick[0], tmp_path / "mnt", writable=True) as point:
        shutil.copy(made.bundle, point / "new.bundle")
    one = [stick[0]]
    assert serve(box.where, machine, one, at_night=True) == 0
    assert not box.where.incoming.exists()
    assert serve(box.where, machine, one) == 0
    assert box.where.incoming.read_bytes() == made.bundle.read_bytes()
    state = read_stick(box.where.stick)
    assert state is not None
    assert state.what == "written"
    with mounted(stick[0], tmp_path / "mnt") as point:
        assert [path.suffix for path in point.glob("veilleur-*")] != []
    assert serve(box.where, machine, [], at_night=True) == 0
    later = read_stick(box.where.stick)
    assert later is not None
    assert (later.what, later.written_at) == ("no_stick", state.written_at)


def test_a_stick_that_is_pulled_out_while_it_is_read(
    made: Made, box: Box, stick: tuple[Stick, Path], tmp_path: Path
) -> None:
    """The blocks are gone from under the mounted file system: the kernel's own EIO."""
    with mounted(stick[0], tmp_path / "mnt", writable=True) as point:
        shutil.copy(made.bundle, point / "new.bundle")
    before = box.picture()
    with mounted(stick[0], tmp_path / "mnt") as point:
        os.listdir(point)
        os.truncate(stick[1], 0)
        subprocess.run(["blockdev", "--flushbufs", stick[0].device], check=True)
        assert refused(box, point) is What.STICK_GONE
    assert box.picture() == before
