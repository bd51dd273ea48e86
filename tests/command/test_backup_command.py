"""`veilleur backup` and `veilleur restore`, as they are typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware.cli import main
from firmware.store.daemon_lock import DaemonLock
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
