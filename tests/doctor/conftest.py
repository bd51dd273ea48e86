from __future__ import annotations

from pathlib import Path

import pytest

from tests.doctor.clinic import Clinic


@pytest.fixture
def clinic(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Clinic:
    runtime = tmp_path / "run"
    runtime.mkdir()
    monkeypatch.setenv("VEILLEUR_RUNTIME", str(runtime))
    return Clinic(tmp_path, capsys)
