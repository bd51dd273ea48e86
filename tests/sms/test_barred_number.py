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
    given_up = []
    for hour in range(HOURS):
        world.run(3480)
        assert hour == 0 or "sms-out" not in world.alarms()
        world.text(BRUNO, "QUI")   # whose answer leaves: it is not the SIM that is barred
        world.run(120)
        assert "sms-out" not in world.alarms()
        alarms = [
            message
            for message in world.attendant._outbox.book.newest_first()
            if message.recipient == ADMIN and message.cause.startswith("alarm:")
        ]
        # That the SIM was thought to be barred is the second
        given_up.append(alarms[-1].state is OutgoingState.FAILED)
    assert given_up == [False] * 24 + [True] * (HOURS - 24)
    assert len(world.texts(BRUNO)) >= HOURS


def test_where_nothing_else_leaves_it_is_a_sign(tmp_path: Path) -> None:
    """One alarm that waits, and a SIM that is barred: its bill was not paid."""
    world = World(tmp_path, SAMPLE, start=datetime(2026, 3, 10, 12, 0, tzinfo=UTC))
    world.run(60)
    errors = world.network.subscriber(world.number).conditions.sms_errors
    errors.extend([RpCause.OPERATOR_DETERMINED_BARRING] * 500)
    world.attendant._bell.tell("flood:x", messages.FLOOD, {"number": CALLER})
    world.run(1800)
    assert "sms-out" in world.alarms()
    errors.clear()
    world.run(900)
    assert "sms-out" not in world.alarms()
