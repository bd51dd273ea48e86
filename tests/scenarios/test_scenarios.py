"""Every scenario of this folder: at night on every family of modems, else on one or on those that
it names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.runner import play_script
from tests.scenarios.script import FOLDER, Script, ScriptError, read_scripts

FILES = sorted(FOLDER.glob("*.scenario"))
SCRIPTS = [script for path in FILES for script in read_scripts(path)]


def _played() -> list[object]:
    return [
        pytest.param(script, model, id=f"{script.name}-{model}")
        for script in SCRIPTS
        for model in script.played_on
    ]


@pytest.mark.families
@pytest.mark.parametrize(("script", "model"), _played())
def test_scenario(script: Script, model: str, tmp_path: Path) -> None:
    fault = None
    try:
        play_script(script, model, tmp_path)
    except ScriptError as error:
        fault = str(error)
    if fault is not None:
        pytest.fail(fault, pytrace=False)   # outside of the handler: one line says it all
