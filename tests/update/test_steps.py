"""An update from end to end, and cut at each of its writes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from firmware.update.guide import write_guide
from firmware.update.outcome import What
from firmware.update.repack import repack
from firmware.update.state import State, Step, read_state, write_state
from firmware.update.steps import TRIES_MAX
from tests.update.conftest import Made
from tests.update.workshop import NEW, OLD, Box, ByVersion, run

EVERY = int(os.environ.get("VEILLEUR_CUTS_EVERY", "13"))   # 1: at each write, for the night


def assert_tidy(box: Box) -> None:
    assert read_state(box.where.state) is None
    assert not box.where.work.exists()
    assert box.state_of_dpkg()[1] == ""


def test_a_good_version_stays(made: Made, box: Box) -> None:
    assert box.update(made.bundle) is What.INSTALLED
    assert box.state_of_dpkg() == (NEW, "")
    assert box.outcome is not None
    assert box.outcome.values == {"version": NEW, "before": OLD}
    assert not (box.root / f"usr/lib/veilleur/only-in-{OLD}").exists()
    assert_tidy(box)


def test_one_that_never_becomes_ready_goes_again(made: Made, box: Box) -> None:
    before = box.picture()
    assert box.update(made.broken) is What.RETURNED
    assert box.state_of_dpkg() == (OLD, "")
    assert_tidy(box)
    changed = {name for name, data in box.picture().items() if before.get(name) != data}
    assert {name for name in changed if "var/lib/dpkg" not in name} == set()
    assert box.update(made.bundle) is What.INSTALLED   # and the way is free for a better one


def test_what_dpkg_has_is_a_package_again(made: Made, box: Box, tmp_path: Path) -> None:
    """With the same files, modes, links and fields as the one that was installed."""
    repack(box.root, tmp_path / "old.deb")
    original = next(made.folder.glob(f"veilleur_{OLD}_*.deb"))
    told = [
        [line.split(maxsplit=5) for line in run("dpkg-deb", "-c", each).splitlines()]
        for each in (original, tmp_path / "old.deb")
    ]
    left_out = (3, 4)   # date and time of folders
    assert [[v for n, v in enumerate(line) if n not in left_out] for line in told[0]] == [
        [v for n, v in enumerate(line) if n not in left_out] for line in told[1]
    ]
    fields = [run("dpkg-deb", "-f", each) for each in (original, tmp_path / "old.deb")]
    assert sorted(fields[0].splitlines()) == sorted(fields[1].splitlines())
    assert run("dpkg-deb", "-I", tmp_path / "old.deb", "conffiles") == "/etc/veilleur.conf\n"


class PowerCut(BaseException):
    """The machine is off: nothing else is done."""


class Fuse:
    """Blows at the n-th thing that is done to the disk or the machine; 0 never."""

    NAMES = ("replace", "fsync", "unlink", "open")

    def __init__(self, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
        self.left, self.seen = number, 0
        for name in self.NAMES[:3]:
            monkeypatch.setattr(os, name, self._fused(getattr(os, name)))
        monkeypatch.setattr(subprocess, "run", self._fused(subprocess.run, also_after=True))

    def _fused(self, do: Callable[..., Any], *, also_after: bool = False) -> Callable[..., Any]:
        def fused(*arguments: Any, **more: Any) -> Any:
            self._count()
            result = do(*arguments, **more)
            if also_after:
                self._count()
            return result

        return fused

    def _count(self) -> None:
        self.seen += 1
        if self.seen == self.left:
            raise PowerCut


def writes_of(made: Made, bundle: Path, folder: Path) -> int:
    """How many things an update does."""
    with pytest.MonkeyPatch.context() as patch:
        fuse = Fuse(patch, 0)
        made.delivered.copied(folder).update(bundle)
    return fuse.seen


@pytest.mark.parametrize("version", ["good", "broken"])
def test_the_power_may_go_at_any_moment(made: Made, tmp_path: Path, version: str) -> None:
    """After the next start the box has the old version or the new one, whole, and says which."""
    bundle = made.bundle if version == "good" else made.broken
    end = (What.INSTALLED, NEW) if version == "good" else (What.RETURNED, OLD)
    count = writes_of(made, bundle, tmp_path / "counted")
    assert count > 30
    ends = set()
    for number in range(1, count + 1, EVERY):
        box = made.delivered.copied(tmp_path / f"cut-{number}")
        with pytest.MonkeyPatch.context() as patch:
            Fuse(patch, number)
            with pytest.raises(PowerCut):
                box.update(bundle)
        box.start_again()
        there, complaints = box.state_of_dpkg()
        outcome = box.outcome.what if box.outcome is not None else None
        ends.add((outcome, there))
        assert complaints == "", number
        assert (outcome, there) in ((None, OLD), end), number
        assert read_state(box.where.state) is None, number
        assert (box.root / f"usr/lib/veilleur/only-in-{there}").exists(), number
        assert box.update(made.bundle) in (What.INSTALLED, What.OLDER), number
        assert_tidy(box)
    assert ends == {(None, OLD), end}


def test_a_version_that_takes_the_machine_down_is_not_tried_for_ever(
    made: Made, box: Box
) -> None:
    box.receive(made.bundle)
    updater = box.updater()
    updater.services = GoesDown(root=box.root)
    for _ in range(TRIES_MAX):
        with pytest.raises(PowerCut):
            updater.go_on()
    assert box.state_of_dpkg() == (NEW, "")
    assert box.start_again() is What.RETURNED
    assert box.state_of_dpkg() == (OLD, "")


class GoesDown(ByVersion):
    def become_ready(self, *, with_modem: bool) -> bool:
        raise PowerCut


def test_where_not_even_the_old_one_can_be_put_back_it_says_so(made: Made, box: Box) -> None:
    box.receive(made.broken)
    updater = box.updater()
    state = read_state(box.where.state)
    assert state is not None
    write_state(box.where.state, State(Step.RETURNING, NEW, OLD, state.sha256))
    box.where.old_package.write_bytes(b"worn out")
    assert updater.go_on() is What.STUCK
    assert box.outcome is not None
    assert box.outcome.what is What.STUCK
    assert updater.services.started[-1] == "restart"  # type: ignore[attr-defined]
    assert box.state_of_dpkg()[0] == OLD


def test_a_package_that_rots_before_it_is_installed_is_not(made: Made, box: Box) -> None:
    box.receive(made.bundle)
    data = bytearray(box.where.new_package.read_bytes())
    data[len(data) // 2] ^= 1
    box.where.new_package.write_bytes(data)
    assert box.updater().go_on() is What.RETURNED
    assert box.state_of_dpkg() == (OLD, "")


def test_the_guide_is_one_file_that_needs_nothing_else(box: Box, tmp_path: Path) -> None:
    """It goes on while the installed program is half of one and half of the other."""
    box.where.work.mkdir()
    write_guide(box.where)
    done = subprocess.run(
        ["/usr/bin/python3", "-I", box.where.updater, "go-on"],
        env={"VEILLEUR_UPDATE_DIR": str(box.where.folder), "PATH": os.environ["PATH"]},
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_state_that_nobody_can_read_is_told_and_holds_no_later_one_up(
    made: Made, box: Box
) -> None:
    """dpkg may have been in the middle; and whoever looks sees an update under way for ever."""
    box.where.state.write_text(json.dumps({"step": "flying"}))
    assert box.start_again() is What.STUCK
    assert not box.where.state.exists()
    assert box.outcome is not None
    assert box.outcome.values == {"version": "?", "before": OLD}
    assert box.update(made.bundle) is What.INSTALLED
    assert sys.version_info >= (3, 11)
