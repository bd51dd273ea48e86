"""How long calls ring before they are led on is known through a handover, too: a second caller told
of meanwhile was taken for the one who rang, and nobody heard of them (found by a simulated year).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from firmware.pulse import ForwardingState
from tests.simulation.sites import SAMPLE
from tests.simulation.world import World

SECONDS = 15


def test_it_is_known_while_the_network_is_told_of_the_next_person(tmp_path: Path) -> None:
    world = World(tmp_path, SAMPLE, start=datetime(2026, 3, 10, 12, 0, tzinfo=UTC))
    switchboard, forwarding = world.attendant._switchboard, world.attendant._forwarding
    assert switchboard.no_reply_s() is None   # nothing has been proved
    world.run(60)
    assert switchboard.no_reply_s() == SECONDS
    world.change_rota(SAMPLE.replace('"Alice Martin", "Bruno Petit"', '"Alice Martin"'))
    assert forwarding.view.state is ForwardingState.CHANGING
    assert switchboard.leads_to() is None
    assert switchboard.no_reply_s() == SECONDS
    forwarding._iccid = "8933999999999999999"   # another SIM: nothing is known of it
    assert switchboard.no_reply_s() is None
