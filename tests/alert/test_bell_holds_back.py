"""An alarm that comes and goes all day is on the page all day, and a few SMS an hour."""

from datetime import UTC, datetime
from pathlib import Path

from firmware.wording import messages
from tests.simulation.sites import ADMIN, SAMPLE
from tests.simulation.world import World


def test_a_fault_that_flutters_is_told_four_times_an_hour_at_most(tmp_path: Path) -> None:
    world = World(tmp_path, SAMPLE, start=datetime(2026, 3, 10, 12, 0, tzinfo=UTC))
    world.run(60)
    bell = world.attendant._bell
    for _ in range(40):
        bell.ring("forwarding", messages.FORWARDING_UNANSWERED, {"number": "1", "why": "x"})
        assert world.attendant._ledger.alarm("forwarding") is not None
        bell.still("forwarding")
        world.run(60)
    world.run(60)
    told = [text for text in world.texts(ADMIN) if text.startswith(("ALARME", "RETOUR"))]
    assert len(told) == 8  # four times up, four times over


def test_a_cause_that_alternates_is_told_once_in_six_hours(tmp_path: Path) -> None:
    world = World(tmp_path, SAMPLE, start=datetime(2026, 3, 10, 12, 0, tzinfo=UTC))
    world.run(60)
    bell = world.attendant._bell
    for turn in range(30):
        cause = messages.MODEM_MUTE if turn % 2 else messages.SIM_MISSING
        bell.ring("fluttering", cause)
        world.run(300)
    told = [text for text in world.texts(ADMIN) if text.startswith("ALARME")]
    assert len(told) == 2  # when it came, and one change
