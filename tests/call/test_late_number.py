"""A number that is told after the box has decided without it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.guard.doorman import ALERTS_MAX
from tests.simulation.sites import BRUNO, CALLER, with_mode
from tests.simulation.world import World

pytestmark = pytest.mark.usefixtures("modem_family")

START = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize("flooded", [False, True])
def test_a_late_number_is_told_though_callers_who_withhold_theirs_flood_the_box(
    flooded: bool, tmp_path: Path
) -> None:
    world = World(tmp_path, with_mode("alert"), start=START)
    world.run(60)
    for _ in range(ALERTS_MAX if flooded else 0):
        world.attendant._calls.told.admits(None)
    world.swallowed["+CLIP"], world.refused["AT+CLCC"] = 99, 3
    world.call(CALLER, patience_s=60)
    world.run(8)
    world.swallowed.clear()
    world.refused.clear()
    world.run(60)
    (alert,) = world.page.unsettled_alerts()
    assert alert.number == CALLER
    assert CALLER in world.texts(BRUNO)[-1]
