"""Two days of bad luck in which the box answers by voice; more by `make calls`."""

from __future__ import annotations

from tests.simulation.seeds import failure
from tests.simulation.year import simulate

DAYS, SEED, FAULTS, LOAD = 2, 7, 0.01, 0.2


def test_two_days_with_a_voice_break_no_promise() -> None:
    outcome = simulate(DAYS, SEED, FAULTS, load=LOAD, voice=True)
    assert not outcome.broken, "\n".join(failure(outcome))
    assert "answered: transferred" in outcome.words
