"""Every scenario of this folder, on the families of modems that it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.scenarios.runner import play_script
from tests.scenarios.script import FOLDER, Script, ScriptError, read_scripts

FILES = sorted(FOLDER.glob("*.scenario"))
SCRIPTS = [script for path in FILES for script in read_scripts(path)]


def _played() -> list[object]:
    return [
        pytest.param(script, model, id=f"{script.path.stem}-{_slug(script.title)}-{model}")
        for script in SCRIPTS
        for model in script.models
    ]


def _slug(title: str) -> str:
    return re.sub(r"\W+", "-", title.lower()).strip("-")[:60]


@pytest.mark.parametrize(("script", "model"), _played())
def test_scenario(script: Script, model: str, tmp_path: Path) -> None:
    fault = None
    try:
        play_script(script, model, tmp_path)
    except ScriptError as error:
        fault = str(error)
    if fault is not None:
        pytest.fail(fault, pytrace=False)   # outside of the handler: one line says it all
