"""`veilleur backup` and `veilleur restore`, as they are typed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from firmware.cli import main
from firmware.command.settings import read_settings
from firmware.store.daemon_lock import DaemonLock
from tests.command.conftest import Run
from tests.daemon.house import SITE


def test_there_and_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site, file = tmp_path / "site.toml", str(tmp_path / "box.zip")
    site.write_text(SITE, encoding="utf-8")
    old, new = str(tmp_path / "old"), str(tmp_path / "new")
    assert main(["import", str(site), "--data", old]) == 0
    with DaemonLock(tmp_path / "old"):
        assert main(["backup", file, "--data", old]) == 0
        assert main(["restore", file, "--data", old]) == 2
    assert "in use by another veilleur run" in capsys.readouterr().err
    assert main(["restore", file, "--data", new]) == 0
    assert main(["export", "--data", old]) == 0
    exported = capsys.readouterr().out
    assert main(["export", "--data", new]) == 0
    assert capsys.readouterr().out == exported
    Path(file).write_bytes(Path(file).read_bytes()[:1000])
    assert main(["restore", file, "--data", new]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(f"veilleur: {file} is damaged")
    assert main(["export", "--data", new]) == 0
    assert capsys.readouterr().out == exported


def test_no_data_and_no_backup(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backup", str(tmp_path / "b.zip"), "--data", str(tmp_path / "none")]) == 2
    assert "no such data directory" in capsys.readouterr().err
    assert main(["restore", str(tmp_path / "b.zip"), "--data", str(tmp_path / "data")]) == 2
    assert "cannot be read: No such file" in capsys.readouterr().err


def test_under_a_passphrase(tmp_path: Path, data: Path, run: Run) -> None:
    """On a stick that somebody loses; a restore that cannot open it changes nothing."""
    sealed, words, new = tmp_path / "box.age", tmp_path / "words", tmp_path / "new"
    words.write_text("trop court\n", encoding="utf-8")
    assert "12 characters" in run(
        "backup", sealed, "--data", data, "--passphrase-file", words
    ).fault
    assert not sealed.exists()
    words.write_text("quatre chevaux à l’écurie\n", encoding="utf-8")
    made = run("backup", sealed, "--data", data, "--passphrase-file", words)
    assert made.code == 0
    assert "Without its passphrase it is worth nothing" in made.err
    assert sealed.stat().st_mode & 0o777 == 0o600
    assert b"Alice" not in sealed.read_bytes()
    assert b"veilleur.db" not in sealed.read_bytes()
    assert run("restore", sealed, "--data", new).fault.endswith("its passphrase is needed")
    wrong = tmp_path / "wrong"
    wrong.write_text("quatre chevaux\n")
    fault = run("restore", sealed, "--data", new, "--passphrase-file", wrong).fault
    assert fault.endswith("the passphrase is another one")
    gone = run("restore", sealed, "--data", new, "--passphrase-file", tmp_path / "none")
    assert "No such file" in gone.fault
    assert not (new / "veilleur.db").exists()
    assert run("restore", sealed, "--data", new, "--passphrase-file", words).code == 0
    assert run("export", "--data", new).out == run("export", "--data", data).out
    whole = sealed.read_bytes()
    sealed.write_bytes(whole[:-1000])
    assert "is damaged" in run("restore", sealed, "--data", new, "--passphrase-file", words).fault
    assert run("export", "--data", new).out == run("export", "--data", data).out
    assert not [path for path in new.iterdir() if path.name.startswith(".restore")]


def test_the_settings_come_back_as_they_were_but_for_the_pin(
    tmp_path: Path, data: Path, run: Run
) -> None:
    """With their tables: a box whose settings cannot be read does not start."""
    (data / "veilleur.toml").touch(mode=0o600)
    (data / "veilleur.toml").write_text(
        'port = "/dev/veilleur/é"\npin = "1234"\n[clock]\ntrust = "system"\n[recovery]\n'
        'power = ["uhubctl", "-a", "\\"2\\""]\nusb = false\n',
        encoding="utf-8",
    )
    file, new = tmp_path / "box.zip", tmp_path / "new"
    assert run("backup", file, "--data", data).code == 0
    assert run("restore", file, "--data", new).code == 0
    before, after = read_settings(data), read_settings(new)
    assert after == replace(before, pin=None, pin_written=after.pin_written)
    assert after.recovery.power == ("uhubctl", "-a", '"2"')
