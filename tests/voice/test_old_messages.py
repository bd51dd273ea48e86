"""Messages that the night has deleted: the daemon that still has them in memory lets them go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.record import RequestKind, Voicemail
from firmware.store.tables import VOICEMAIL
from tests.simulation.sites import CALLER, SAMPLE
from tests.simulation.world import World

pytestmark = pytest.mark.usefixtures("modem_family")

START = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def message(number: int, days: int, now: datetime = START) -> Voicemail:
    at = now - timedelta(days=days)
    return Voicemail(number, number, "Ambulance", CALLER, at, 12.0, f"mail/{number}")


def test_a_deleted_message_does_not_come_back_when_it_is_heard(tmp_path: Path) -> None:
    """Rows are written whole: its old version in memory would have undone the deletion."""
    world = World(tmp_path, SAMPLE, start=START)
    world.rows.record((message(1, 32), message(2, 29)))
    world.restart()
    world.database.connection.execute("UPDATE voicemail SET deleted_at = at WHERE id = 1")
    world.run(120)
    for number in (1, 2):
        values = {"voicemail": str(number)}
        world.page.ask(RequestKind.VOICEMAIL_HEARD, values, by="Diane", at=world.moment.utc)
    world.page_wishes()
    rows = VOICEMAIL.select(world.database.connection, "ORDER BY id")
    assert [row.heard_by for row in rows] == [None, "Diane"]
    assert [row.deleted_at is not None for row in rows] == [True, False]


def test_a_message_of_before_the_time_was_known_can_be_heard(tmp_path: Path) -> None:
    """It was not 1970 then: dropped from memory, it would be told to nobody who rings for it."""
    world = World(tmp_path, SAMPLE, start=START)
    world.rows.record((message(1, 0, datetime(1970, 1, 2, tzinfo=UTC)),))
    world.restart()
    world.run(120)
    mail = world.attendant._voice.mail
    assert [each.id for each in mail.waiting()] == [1]
    world.skew = timedelta(days=32)
    world.run(60)
    world.attendant._voice.forget_before_days(8)
    assert mail.waiting() == []
