"""Two days of bad luck in which the box answers by voice; more by `make calls`."""

from __future__ import annotations

from tests.simulation.seeds import failure
from tests.simulation.voice_town import MODEMS, SHARE, modem_of, speaks
from tests.simulation.year import simulate

DAYS, SEED, FAULTS, LOAD = 2, 11, 0.02, 0.2   # seven transfers, three mishaps
SEEDS = range(400)


def test_two_days_with_a_voice_break_no_promise() -> None:
    outcome = simulate(DAYS, SEED, FAULTS, load=LOAD, voice=True)
    assert not outcome.broken, "\n".join(failure(outcome))
    assert "answered: transferred" in outcome.words
    assert "in mid-call: " in outcome.words


def test_a_share_of_the_seeds_has_a_voice_on_every_family() -> None:
    speaking = [seed for seed in SEEDS if speaks(seed)]
    assert 0.8 * SHARE < len(speaking) / len(SEEDS) < 1.2 * SHARE
    assert {modem_of(seed) for seed in speaking} == set(MODEMS)
