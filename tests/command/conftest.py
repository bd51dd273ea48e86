from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from firmware.cli import main
from tests.daemon.house import SITE


@dataclass(frozen=True)
class Ran:
    """What a command has left: its exit code and its two outputs."""

    code: int | str | None
    out: str
    err: str

    @property
    def fault(self) -> str:
        """Its one line of complaint, which is all that it has said."""
        assert self.code == 2, self
        assert self.out == "", self
        assert self.err.endswith("\n"), self
        assert self.err.count("\n") == 1, self
        return self.err.rstrip("\n")


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process."""

    def run(*arguments: str | Path) -> Ran:
        capsys.readouterr()
        try:
            code: int | str | None = main([str(each) for each in arguments])
        except SystemExit as end:
            code = end.code
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return run


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.toml"
    path.write_text(SITE, encoding="utf-8")
    return path


@pytest.fixture
def data(tmp_path: Path, site: Path, run: Run) -> Path:
    """A data directory with the site in it."""
    path = tmp_path / "data"
    assert run("import", site, "--data", path).code == 0
    return path
