"""One fixed seed with faults, in every test run; `make simulate` plays whole years of others."""

from __future__ import annotations

from tests.simulation.seeds import failure
from tests.simulation.year import simulate

DAYS, SEED, FAULTS, LOAD = 60, 5, 0.02, 0.06


def test_sixty_days_of_bad_luck_break_no_promise() -> None:
    outcome = simulate(DAYS, SEED, FAULTS, load=LOAD)
    assert not outcome.broken, "\n".join(failure(outcome))
