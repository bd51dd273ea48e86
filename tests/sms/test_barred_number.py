"""One number that the operator bars: it is tried for a day, and is no sign that no SMS leaves."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from firmware.record import OutgoingState
from firmware.wording import messages
from hw.simulator.causes import RpCause
from hw.simulator.numbers import normalise
from hw.simulator.terminal import SubmitResult
from hw.simulator.tpdu import decode_from_mobile
from tests.simulation.sites import ADMIN, BRUNO, CALLER, SAMPLE
from tests.simulation.world import World

HOURS = 30


def test_a_day_and_no_longer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(tmp_path, SAMPLE, start=datetime(2026, 3, 10, 12, 0, tzinfo=UTC))
    centre = world.network.service_centre
    takes = centre.accept

    def accept(sender: str, tpdu: bytes, *more: Any) -> SubmitResult:
        if normalise(decode_from_mobile(tpdu).recipient) == ADMIN:
            return SubmitResult(RpCause.OPERATOR_DETERMINED_BARRING)
        return takes(sender, tpdu, *more)

    monkeypatch.setattr(centre, "accept", accept)
    world.run(60)
    world.attendant._bell.tell("flood:x", messages.FLOOD, {"number": CALLER})
    states = []
    for _ in range(HOURS):
        world.run(1800)
        world.text(BRUNO, "QUI")
        world.run(1800)
        assert "sms-out" not in world.alarms()
        (alarm,) = [
            message
            for message in world.attendant._outbox.book.newest_first()
            if message.recipient == ADMIN and message.cause.startswith("alarm:")
        ]
        states.append(alarm.state)
    assert states == [OutgoingState.QUEUED] * 24 + [OutgoingState.FAILED] * (HOURS - 24)
    assert len(world.texts(BRUNO)) >= HOURS
