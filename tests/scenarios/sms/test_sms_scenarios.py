"""The scenarios about short messages, on the families of modems that each names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import tests.scenarios.sms.words  # noqa: F401 - enters its sentences
from hw.simulator.models import NAMES
from tests.scenarios.runner import play_script
from tests.scenarios.script import Script, read_scripts

FILES = sorted(Path(__file__).parent.glob("*.scenario"))
SCRIPTS = [script for path in FILES for script in read_scripts(path)]


def _played() -> list[object]:
    return [
        pytest.param(script, model, id=f"{script.path.stem}-{_slug(script.title)}-{model}")
        for script in SCRIPTS
        for model in (script.models or NAMES)
    ]


def _slug(title: str) -> str:
    return re.sub(r"\W+", "-", title.lower()).strip("-")[:70]


@pytest.mark.parametrize(("script", "model"), _played())
def test_sms_scenario(script: Script, model: str, tmp_path: Path) -> None:
    play_script(script, model, tmp_path)
