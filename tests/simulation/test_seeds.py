"""What `veilleur simulate` prints of a broken promise, and the scenario that it saves."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.scenarios.runner import check_words, play_script
from tests.scenarios.script import ScriptError, read_scripts
from tests.simulation import seeds
from tests.simulation.promises import LAST_EVENTS, Broken, Promise
from tests.simulation.year import Outcome

AT = datetime(2026, 3, 29, 1, 2, 3, tzinfo=UTC)
EVENTS = tuple(f"event {number}" for number in range(LAST_EVENTS))
BROKEN = Broken(Promise.SILENCE, 1, AT, 'an "SMS"\nin two lines', EVENTS)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The seeds that break a promise; one process plays them."""
    broken = {3, 5}

    def outcomes(
        days: int, numbers: tuple[int, ...], faults: float, load: float, *_: object
    ) -> list[Outcome]:
        return [
            Outcome(days, seed, faults, load, seed == 5, "digest",
                    [BROKEN, BROKEN] if seed in broken else [], {Promise.SILENCE: 2})
            for seed in numbers
        ]  # fmt: skip

    monkeypatch.setattr(seeds, "_outcomes", outcomes)
    return broken


def test_the_first_broken_promise_is_told_with_all_that_replays_it(
    failing: set[int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert seeds.main(7, (2, 3), 0.05, load=0.1) == 1
    told = capsys.readouterr().out
    assert f"BROKEN PROMISE, seed 3: {Promise.SILENCE}" in told
    assert "2026-03-29 01:02:03.000Z" in told
    assert len(re.findall(r"^    event \d+$", told, re.MULTILINE)) == LAST_EVENTS == 40
    command = "veilleur simulate --days 7 --seed 3 --faults 0.05 --load 0.1 --voice never"
    assert f"again: {command}" in told
    assert seeds.main(7, (1, 2, 4), 0.05, load=0.1) == 0


def test_failing_seeds_are_saved_as_scenarios_that_play_them(
    failing: set[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "luck.scenario"
    seeds.main(7, (2, 3, 5), 0.05, load=0.1, save=file)
    scripts = read_scripts(file)
    played: list[tuple[object, ...]] = []

    def simulate(days: int, seed: int, faults: float, *, load: float, voice: bool) -> Outcome:
        played.append((days, seed, faults, load, voice))
        return Outcome(days, seed, faults, broken=[BROKEN] if seed == 3 else [])

    monkeypatch.setattr("tests.scenarios.daemon_actions.simulate", simulate)
    for script, folder in zip(scripts, "35", strict=True):
        check_words(script)
        (tmp_path / folder).mkdir()
    with pytest.raises(ScriptError, match=Promise.SILENCE):
        play_script(scripts[0], "generic", tmp_path / "3")
    play_script(scripts[1], "generic", tmp_path / "5")
    assert played == [(7, 3, 0.05, 0.1, False), (7, 5, 0.05, 0.1, True)]
