"""A `veilleur.toml` that a power cut, a bad sector or a slip of the pen has spoilt."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from firmware.command.settings import Settings, SettingsFault, read_settings
from firmware.command.settings_kept import are_good, keep, settings_to_serve_with
from firmware.store.backup import SETTINGS_KEPT as KEPT

GOOD = 'pin = "1234"\nprofile = "generic"\n\n[recovery]\npower = "usb"\n'

def spoil(path: Path, content: bytes) -> None:
    """As an editor does: another state of the same file."""
    path.write_bytes(content)
    path.chmod(0o600)


def serve(path: Path) -> None:
    """The box starts."""
    keep(path.parent, settings_to_serve_with(path.parent))


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
    (b"\n \n", "is empty, and was not"),
    (b"\xef\xbb\xbf", "is empty, and was not"),
    (GOOD.replace("1234", "12").encode(), "pin: 4 to 8 digits are expected"),
    (GOOD.encode() + b"x = " + b"9" * 5000, "Exceeds the limit"),
    (GOOD.replace("generic", "generik").encode(), "there is no 'generik'"),
    (b"pni = 1", "pni: no such setting"),
])  # fmt: skip
def test_the_box_goes_on_with_the_settings_of_before(path: Path, content: bytes, why: str) -> None:
    good = read_settings(path.parent)
    serve(path)
    spoil(path, content)
    settings, fault = served(path)
    assert settings == good, "the state that the PIN was tried in, too"
    assert why in fault
    assert str(path) not in fault, "an SMS is short"
    assert path.read_bytes() == content, "it is somebody's, and shows what was wrong"


def test_what_cannot_be_read_at_all(path: Path) -> None:
    serve(path)
    path.unlink()
    path.mkdir()   # the kernel refuses it to root as well
    assert served(path)[1] == "cannot be read: Is a directory"


def test_open_to_others_it_is_refused_as_before_and_the_box_starts(path: Path) -> None:
    serve(path)
    path.chmod(0o644)
    settings, fault = served(path)
    assert settings.pin == "1234"
    assert fault.startswith("holds the PIN and is open to others")


@pytest.mark.parametrize("content", [b"\0" * 64, b"pni = 1"])
def test_without_a_kept_one_it_is_refused(path: Path, content: bytes) -> None:
    spoil(path, content)
    with pytest.raises(SettingsFault):
        served(path)


@pytest.mark.parametrize("kept", [
    b"", b"\0" * 80, b"# of state 1:2\n\0\0", b'pin = "1234"\n',
    b"# of state 1:2\nof_a_newer_version = 1\n", b'# of state 1:2\nprofile = "gone"\n',
])  # fmt: skip
def test_where_the_kept_one_is_spoilt_too_those_of_the_first_day_are_better_than_none(
    path: Path, kept: bytes
) -> None:
    serve(path)
    (path.parent / KEPT).write_bytes(kept)
    spoil(path, b"pni = 1")
    assert served(path) == (Settings(), served(path)[1])
    assert served(path)[1]


@pytest.mark.parametrize("line", [
    'pin = 5678', 'pin = "5678', "pin: 5678", "PIN = '5678'", 'pni = "5678"', 'pin "5678"',
    '[recovery]\n  pin = "5678"', 'pin = "1234"\npin = "5678"', 'pin = "12345"',
])  # fmt: skip
def test_a_pin_that_a_slip_of_the_pen_contradicts_is_not_tried(path: Path, line: str) -> None:
    serve(path)
    spoil(path, f"{line}\nnonsense\n".encode())
    settings, fault = served(path)
    assert settings.pin is None
    assert settings.recovery.port_power, "but for that the settings of before"
    assert fault


@pytest.mark.parametrize("line", [
    'pin = "1234"', 'pin = "12', "# pin = 5678", 'own_number = "5678"',
])  # fmt: skip
def test_a_pin_that_nothing_contradicts_opens_the_sim(path: Path, line: str) -> None:
    serve(path)
    spoil(path, f"{line}\nnonsense\n".encode())
    assert served(path)[0].pin == "1234"


def test_a_file_that_was_empty_from_the_first_is_no_fault(path: Path) -> None:
    spoil(path, b"")
    serve(path)
    assert served(path)[1] == ""


def test_who_deletes_it_wants_the_settings_of_the_first_day(path: Path) -> None:
    serve(path)
    path.unlink()
    assert served(path) == (Settings(), "")
    serve(path)
    assert list(path.parent.iterdir()) == []


def test_it_is_its_owner_s_alone_and_written_when_it_changes(path: Path) -> None:
    serve(path)
    kept = path.parent / KEPT
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    first = kept.stat().st_ino
    serve(path)
    assert kept.stat().st_ino == first, "a card is not written for nothing"
    spoil(path, GOOD.replace("1234", "5678").encode())
    serve(path)
    spoil(path, b"")
    assert served(path)[0].pin == "5678"


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_a_folder_that_takes_nothing_keeps_nobody_from_starting(
    path: Path, capsys: pytest.CaptureFixture[str], make: Callable[[str], None]
) -> None:
    """And no copy of before is left: its PIN may be another."""
    serve(path)
    spoil(path, GOOD.replace("1234", "5678").encode())
    make(str(path.parent / f".{KEPT}.draft"))   # where the draft would be
    serve(path)
    assert "no copy of it can be kept" in capsys.readouterr().err
    assert not (path.parent / KEPT).exists()


def test_what_is_kept_is_what_the_box_served_with(path: Path) -> None:
    found = settings_to_serve_with(path.parent)
    spoil(path, b'profile = "generik"')   # somebody edits it while the data are mended
    keep(path.parent, found)
    assert served(path)[0] == found.settings


def test_a_link_that_leads_nowhere_is_no_wish(path: Path) -> None:
    serve(path)
    path.unlink()
    path.symlink_to("not-mounted/veilleur.toml")
    assert served(path)[0].pin == "1234"
    assert served(path)[1] == "a link that leads nowhere"


@pytest.mark.parametrize(("text", "good"), [
    ('port = "a"\n', True), ("[recovery]\npin = 1\n", False),
])  # fmt: skip
def test_settings_that_a_backup_brought_are_put_aside_if_they_cannot_be_used(
    path: Path, text: str, good: bool
) -> None:
    spoil(path, text.encode())
    assert are_good(path.parent) is good
    assert path.exists() is good
    assert (path.parent / "veilleur.toml.refused").exists() is not good
