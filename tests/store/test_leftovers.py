"""Drafts that a power cut has left: they would fill the disk, one copy of all after the other."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from firmware.store.leftovers import NOBODY_S_AFTER, sweep
from tests.store.samples import NOW

DRAFTS = (".backup-x1", ".restore-x2", ".mend-x3", ".upload-x4", ".tls-x5", ".veilleur.db.x6")
OTHERS = ("veilleur.db", ".reserve", "voice", "veilleur-20260101T000000Z.zip", ".backup")


def dated(path: Path, at: datetime) -> None:
    os.utime(path, (at.timestamp(), at.timestamp()))


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Each draft, as file and as folder, and what is none."""
    (tmp_path / "backup").mkdir()
    for name in DRAFTS:
        (tmp_path / name).mkdir()
        (tmp_path / name / "veilleur.db").touch()
        (tmp_path / "backup" / name).touch()
    for name in OTHERS:
        (tmp_path / name).touch()
        (tmp_path / "backup" / name).touch()
    for path in (*tmp_path.iterdir(), *(tmp_path / "backup").iterdir()):
        dated(path, NOW)
    return tmp_path


def left(data: Path) -> set[str]:
    return {path.name for folder in (data, data / "backup") for path in folder.iterdir()}


def test_they_go_after_a_day_and_nothing_else_does(data: Path) -> None:
    all_of_it = {*DRAFTS, *OTHERS, "backup"}
    sweep(data, NOW + NOBODY_S_AFTER - timedelta(seconds=1))
    assert left(data) == all_of_it, "somebody may work on it"
    sweep(data, NOW + NOBODY_S_AFTER)
    assert left(data) == all_of_it - set(DRAFTS)


@pytest.mark.parametrize("begun", [NOW.replace(year=1970), NOW + timedelta(days=900)])
def test_one_of_a_clock_that_was_wrong_is_as_old_as_it_was_seen(
    data: Path, begun: datetime
) -> None:
    dated(data / DRAFTS[0], begun)
    sweep(data, NOW)
    sweep(data, NOW + timedelta(hours=23))
    assert (data / DRAFTS[0]).exists()
    sweep(data, NOW + NOBODY_S_AFTER)
    assert not (data / DRAFTS[0]).exists()


def test_without_any_data_there_is_nothing_to_sweep(tmp_path: Path) -> None:
    sweep(tmp_path / "none", NOW)
    assert list(tmp_path.iterdir()) == []
