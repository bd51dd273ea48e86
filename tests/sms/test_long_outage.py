"""A service centre that is out for longer than the retries must not swallow an alert."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.simulation.sites import ADMIN, BRUNO, CALLER, SAMPLE
from tests.simulation.world import World

pytestmark = pytest.mark.usefixtures("modem_family")


def test_an_alert_leaves_when_the_centre_is_back_after_an_hour_and_a_half(tmp_path: Path) -> None:
    world = World(tmp_path, SAMPLE, start=datetime(2026, 3, 10, 12, 0, tzinfo=UTC))
    world.run(60)
    world.network.rates.sms_error = 1.0
    world.text(CALLER, "Bonjour")
    world.network.rates.sms_error = 0.0
    world.run(20)
    received = world.texts(BRUNO)
    assert len(received) == 1            # nothing wrong yet: the alert went out
    world.network.rates.sms_error = 1.0
    call = world.call(CALLER)
    world.run(90 * 60)
    assert world.network_call(call).legs
    assert len(world.texts(BRUNO)) == 1
    world.network.rates.sms_error = 0.0
    world.run(10 * 60)
    assert any("appel de" in text for text in world.texts(BRUNO))
    assert any("personne n'a répondu" in text for text in world.texts(ADMIN))
