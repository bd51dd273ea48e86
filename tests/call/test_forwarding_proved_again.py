"""A command that sets a forward can lose or garble a digit, and set another: that is found soon."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.event import Woken
from firmware.pulse import ForwardingState
from hw.simulator.terminal import ForwardingReason
from tests.simulation.sites import BRUNO, with_mode
from tests.simulation.world import World

pytestmark = pytest.mark.usefixtures("modem_family")

START = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def test_another_forward_set_by_a_garbled_digit_is_erased_within_two_minutes(
    tmp_path: Path,
) -> None:
    """Found by a simulated year: callers were led on after 20 s of ringing, until the next hour."""
    world = World(tmp_path, with_mode("alert"), start=START)
    register = world.network.subscriber(world.number).forwarding
    feed, garbled = world.wire.feed, False

    def garble(data: bytes) -> None:
        nonlocal garbled
        if b"AT+CCFC=3,3," in data and not garbled:
            garbled, data = True, data.replace(b"AT+CCFC=3,", b"AT+CCFC=2,")
        feed(data)

    world.run(90)
    keeper = world.attendant._forwarding
    keeper._state = ForwardingState.CHANGING   # the answer that proved it was lost: all is set anew
    world.wire.feed = garble  # type: ignore[method-assign]
    keeper.check_now()
    world.step(Woken())
    world.run(28)
    assert garbled
    assert keeper.view.state is ForwardingState.VERIFIED
    assert register.registered(ForwardingReason.NO_REPLY) == BRUNO
    world.run(120)
    assert register.registered(ForwardingReason.NO_REPLY) is None
    assert register.registered(ForwardingReason.BUSY) == BRUNO
    assert register.registered(ForwardingReason.NOT_REACHABLE) == BRUNO
