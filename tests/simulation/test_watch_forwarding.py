"""What counts for the checker of forwarding: where the network leads, not what it has kept."""

from __future__ import annotations

from pathlib import Path

from hw.simulator.terminal import ForwardingMode, ForwardingReason
from tests.simulation.year import Year


def test_a_number_that_is_registered_and_not_active_leads_nowhere(tmp_path: Path) -> None:
    year = Year(tmp_path, 1, 2, 0.0)
    box = year.box
    box.modem.power_on()
    box.run(600)
    register = box.network.subscriber(box.number).forwarding
    assert year.forwarding.is_right()
    register.operate(ForwardingReason.BUSY, ForwardingMode.DISABLE)
    assert register.registered(ForwardingReason.BUSY) is not None
    assert not year.forwarding.is_right()
    box.database.close()
