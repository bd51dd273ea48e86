"""One fixed seed with faults, in every test run; `make simulate` plays whole years of others."""

from __future__ import annotations

from statistics import median

from tests.simulation.clinic import BY_SOFTWARE, MEDIAN_MAX_S, WORST_MAX_S, measure
from tests.simulation.seeds import failure
from tests.simulation.year import simulate

DAYS, SEED, FAULTS, LOAD = 60, 11, 0.02, 0.05


def test_what_software_can_mend_is_mended_within_three_minutes() -> None:
    times = [seconds for found in measure(BY_SOFTWARE, 2).values() for seconds in found]
    assert median(times) < MEDIAN_MAX_S
    assert max(times) < WORST_MAX_S


def test_sixty_days_of_bad_luck_break_no_promise() -> None:
    outcome = simulate(DAYS, SEED, FAULTS, load=LOAD)
    assert not outcome.broken, "\n".join(failure(outcome))
