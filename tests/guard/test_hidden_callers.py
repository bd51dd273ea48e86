"""Hidden callers are many people: none is held back for what the others have done."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.guard.doorman import ALERTS_MAX
from tests.scenarios.stage import CalmWorld
from tests.simulation.sites import CALLER, SAMPLE
from tests.simulation.world import World

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
HOSPITAL = "+33388999999"
SITE = SAMPLE.replace('mode = "divert"', 'mode = "alert"')


def alerts(world: World) -> int:
    return int(world.database.connection.execute("SELECT count(*) FROM alert").fetchone()[0])


@pytest.mark.parametrize(("withheld", "held_back"), [(True, 0), (False, 1)])
def test_a_hospital_that_hides_its_number_after_thirty_hidden_calls_is_alerted_of(
    withheld: bool, held_back: int, tmp_path: Path
) -> None:
    world = CalmWorld(tmp_path, SITE, start=NOON)
    world.run(120)
    for _ in range(ALERTS_MAX + 1):
        world.call(CALLER, withheld=withheld, patience_s=6)
        world.run(14)
    assert alerts(world) == ALERTS_MAX + 1 - held_back
    outcomes = [entry["outcome"] for entry in world.journal("call")]
    assert outcomes.count("refused") == held_back   # and it says so, where nobody was told
    assert outcomes[-1] == ("refused" if held_back else "alerted")
    assert outcomes.count("alerted") == ALERTS_MAX + 1 - held_back
    world.call(HOSPITAL, withheld=True, patience_s=40)
    world.run(60)
    assert alerts(world) == ALERTS_MAX + 2 - held_back
