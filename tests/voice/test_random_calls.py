"""Calls with people, networks and mishaps that a seed draws: nobody is forgotten, nobody is joined
who did not accept, no leg stays up, and callers do not listen to nothing. That the checkers can
turn red is shown by `tests/simulation/test_mutations.py`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.voice.random_calls import play

SEEDS = range(1, 9)   # more: `make calls`


@pytest.mark.parametrize("seed", SEEDS)
def test_a_call_ends_well(seed: int, tmp_path: Path) -> None:
    broken, _ = play(tmp_path, seed)
    assert broken == []
