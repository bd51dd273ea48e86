"""What counts for the checker of forwarding: where the network leads, not what it has kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

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


@pytest.mark.parametrize(("set_after_ms", "broken"), [(None, 1), (10_000, 1), (100_000, 0)])
def test_a_forward_is_wrong_only_since_the_clock_was_set(
    set_after_ms: int | None, broken: int, tmp_path: Path
) -> None:
    """It jumped back over a handover, 104 s after a look, and six minutes were counted."""
    year = Year(tmp_path, 1, 2, 0.0)
    box = year.box
    box.modem.power_on()
    box.run(601)       # the last look was at 600 s
    year.forwarding.is_right = lambda: False  # type: ignore[method-assign]
    if set_after_ms is not None:
        box.run((set_after_ms - 1_000) / 1000)
        box.set_clock(timedelta(0))
    box.run((961_000 - box.now_ms) / 1000)
    assert len(box.judge.broken) == broken
    box.database.close()
