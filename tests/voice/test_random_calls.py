"""Calls with people, networks and mishaps that a seed draws: nobody is forgotten, nobody is joined
who did not accept, no leg stays up, and callers do not listen to nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware.voice.seek import Seek
from firmware.voice.talk import Talk
from firmware.voice.talk_table import Stage
from tests.simulation.promises import Promise
from tests.voice.random_calls import play

SEEDS = range(1, 9)   # more: `make calls`


@pytest.mark.parametrize("seed", SEEDS)
def test_a_call_ends_well(seed: int, tmp_path: Path) -> None:
    broken, _ = play(tmp_path, seed)
    assert broken == []


def _broken_somewhere(folder: Path, promise: str) -> bool:
    for seed in range(1, 30):
        (place := folder / str(seed)).mkdir()
        broken, _ = play(place, seed, mishaps=0)
        if any(promise in each for each in broken):
            return True
    return False


def test_who_is_joined_without_a_key_turns_the_checker_red(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Seek, "_again", Seek._accept)
    assert _broken_somewhere(tmp_path, Promise.ACCEPTED)


def test_a_hold_without_end_turns_the_checker_red(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Seek, "_unanswered", lambda self: None)
    assert _broken_somewhere(tmp_path, Promise.HEARD)


def test_an_offer_that_is_not_spoken_turns_the_checker_red(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Talk, "_offer", lambda self: self._go(Stage.OFFERING))
    assert _broken_somewhere(tmp_path, Promise.HEARD)
