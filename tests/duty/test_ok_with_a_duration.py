"""`OK 7mn` has the form of a reference, and is a promise."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.simulation.sites import BRUNO, CALLER, SAMPLE
from tests.simulation.world import World

pytestmark = pytest.mark.usefixtures("modem_family")


@pytest.mark.parametrize("answer", ["OK 7mn", "ok 24h", "OK H24", "Ok, 8 mn"])
def test_it_takes_the_one_open_alert(tmp_path: Path, answer: str) -> None:
    world = World(tmp_path, SAMPLE, start=datetime(2026, 3, 10, 12, 0, tzinfo=UTC))
    world.run(60)
    world.text(CALLER, "Bonjour")
    world.run(30)
    world.text(BRUNO, answer)
    world.run(30)
    (ack,) = world.journal("ack")
    assert ack["person"] == "Bruno Petit"
    assert ack["outcome"] == "acknowledged"
