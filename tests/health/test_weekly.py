"""What the weekly word counts."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.simulation.sites import ADMIN, with_mode
from tests.simulation.workload import CALLERS
from tests.simulation.world import BOX, World

MONDAY = datetime(2026, 3, 16, 6, 0, tzinfo=UTC)
AFTER_IT = datetime(2026, 3, 16, 8, 20, tzinfo=UTC)


def test_the_box_s_own_sms_are_nobody_s(tmp_path: Path) -> None:
    world = World(tmp_path, with_mode("divert"), start=MONDAY)
    world.attendant._ledger.remember("weekly", {"day": "2026-03-09", "calls": 0, "sms": 0})
    world.run(600)
    for _ in range(3):
        assert world.attendant._health.own_number.check()
        world.run(600)
    world.phone(CALLERS[0]).send_text(BOX, "Une ambulance svp")
    world.run_to(AFTER_IT)
    (word,) = [text for text in world.texts(ADMIN) if "0 appels" in text]
    assert "0 appels, 1 SMS" in word
