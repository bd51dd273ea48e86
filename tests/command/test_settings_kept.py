"""A `veilleur.toml` that a power cut, a bad sector or a slip of the pen has spoilt."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from firmware.command.settings import Settings, SettingsFault, read_settings
from firmware.command.settings_kept import KEPT, Found, keep, settings_to_serve_with

GOOD = 'pin = "1234"\nprofile = "generic"\n\n[recovery]\npower = "usb"\n'

WELL = Found(Settings())


def spoil(path: Path, content: bytes) -> None:
    """As an editor does: another state of the same file."""
    path.write_bytes(content)
    path.chmod(0o600)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "veilleur.toml"
    spoil(path, GOOD.encode())
    return path


def served(path: Path) -> tuple[Settings, str]:
    found = settings_to_serve_with(path.parent)
    return found.settings, found.fault


@pytest.mark.parametrize(("content", "why"), [
    (b"", "is empty, and was not"),
    (b"\0" * 64, "Invalid statement (at line 1, column 1)"),
    (b"\xff\xfe", "not UTF-8 text"),
    (GOOD[:30].encode(), "Unterminated string (at end of document)"),
    (GOOD.replace("1234", "12").encode(), "pin: 4 to 8 digits are expected"),
    (GOOD.replace("generic", "generik").encode(), "there is no 'generik'"),
    (b"pni = 1", "pni: no such setting"),
])  # fmt: skip
def test_the_box_goes_on_with_the_settings_of_before(path: Path, content: bytes, why: str) -> None:
    good = read_settings(path.parent)
    keep(path.parent, WELL)
    spoil(path, content)
    settings, fault = served(path)
    assert settings == good, "the state that the PIN was tried in, too"
    assert why in fault
    assert str(path) not in fault, "an SMS is short"
    assert path.read_bytes() == content, "it is somebody's, and shows what was wrong"


def test_what_cannot_be_read_at_all(path: Path) -> None:
    keep(path.parent, WELL)
    path.unlink()
    path.mkdir()   # the kernel refuses it to root as well
    assert served(path)[1] == "cannot be read: Is a directory"


def test_open_to_others_it_is_refused_as_before_and_the_box_starts(path: Path) -> None:
    keep(path.parent, WELL)
    path.chmod(0o644)
    settings, fault = served(path)
    assert settings.pin == "1234"
    assert fault.startswith("holds the PIN and is open to others")


@pytest.mark.parametrize("content", [b"\0" * 64, b"pni = 1"])
def test_without_a_kept_one_it_is_refused(path: Path, content: bytes) -> None:
    spoil(path, content)
    with pytest.raises(SettingsFault):
        served(path)


@pytest.mark.parametrize("kept", [b"", b"\0" * 80, b"# of state 1:2\n\0\0", b'pin = "1234"\n'])
def test_a_kept_one_that_is_spoilt_too_is_none(path: Path, kept: bytes) -> None:
    keep(path.parent, WELL)
    (path.parent / KEPT).write_bytes(kept)
    spoil(path, b"pni = 1")
    with pytest.raises(SettingsFault):
        served(path)


def test_a_file_that_was_empty_from_the_first_is_no_fault(path: Path) -> None:
    spoil(path, b"")
    keep(path.parent, WELL)
    assert served(path)[1] == ""


def test_who_deletes_it_wants_the_settings_of_the_first_day(path: Path) -> None:
    keep(path.parent, WELL)
    path.unlink()
    assert served(path) == (Settings(), "")
    keep(path.parent, WELL)
    assert list(path.parent.iterdir()) == []


def test_it_is_its_owner_s_alone_and_written_when_it_changes(path: Path) -> None:
    keep(path.parent, WELL)
    kept = path.parent / KEPT
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    first = kept.stat().st_ino
    keep(path.parent, WELL)
    assert kept.stat().st_ino == first, "a card is not written for nothing"
    spoil(path, GOOD.replace("1234", "5678").encode())
    keep(path.parent, WELL)
    spoil(path, b"")
    assert served(path)[0].pin == "5678"


def test_a_folder_that_takes_nothing_keeps_nobody_from_starting(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkdir(path.parent / f".{KEPT}.draft")   # where the draft would be
    keep(path.parent, WELL)
    assert "no copy of it can be kept" in capsys.readouterr().err
