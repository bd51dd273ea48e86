"""The scenarios about short messages, on the same families as the others."""

from __future__ import annotations

from pathlib import Path

import pytest

import tests.scenarios.sms.words  # noqa: F401 - enters its sentences
from tests.scenarios.runner import play_script
from tests.scenarios.script import Script, read_scripts

FILES = sorted(Path(__file__).parent.glob("*.scenario"))
SCRIPTS = [script for path in FILES for script in read_scripts(path)]


def _played() -> list[object]:
    return [
        pytest.param(script, model, id=f"{script.name}-{model}")
        for script in SCRIPTS
        for model in script.played_on
    ]


@pytest.mark.families
@pytest.mark.parametrize(("script", "model"), _played())
def test_sms_scenario(script: Script, model: str, tmp_path: Path) -> None:
    play_script(script, model, tmp_path)
