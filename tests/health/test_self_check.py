"""What the daily check makes of what it is not told, or of a clock that was wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.at.message_answers import StorageLevel
from tests.simulation.sites import SAMPLE, with_mode
from tests.simulation.world import World

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def test_a_storage_that_is_not_told_ends_no_alarm(tmp_path: Path) -> None:
    """A modem has just restarted when the check comes to its end."""
    attendant = World(tmp_path, SAMPLE, start=NOON, boot=False).attendant
    check, usage = attendant._health.self_check, attendant._storages.fullness.usage
    usage["SM"] = StorageLevel("SM", 17, 20)
    assert check._check_store() == "fault: SM 17/20"
    attendant._storages.fullness.forget(("SM",))
    assert check._check_store() == "none"
    assert attendant._ledger.alarm("store-filling") is not None
    usage["SM"] = StorageLevel("SM", 3, 20)
    assert check._check_store() == "SM 3/20"
    assert attendant._ledger.alarm("store-filling") is None


@pytest.mark.parametrize("every", ["daily", "weekly"])
def test_a_clock_that_was_ahead_does_not_end_the_sms_to_itself(tmp_path: Path, every: str) -> None:
    """One that came back in what the box took for next year was the last one until then."""
    health = f'[health]\nsms_loop = "{every}"\nself_check = "05:00"\n\n[[service]]'
    site = with_mode("divert").replace("[[service]]", health, 1)
    world = World(tmp_path, site, start=datetime(2026, 3, 10, 3, 40, tzinfo=UTC))
    number = world.attendant._health.own_number
    world.run(60)
    world.skew = timedelta(days=400)   # where the hour of the check has come already
    world.run(240)
    assert number.loop_at is not None
    assert number.loop_at.year == 2027
    world.skew = timedelta()
    world.run_to(datetime(2026, 3, 10, 4, 10, tzinfo=UTC))
    assert number.loop_at is not None
    assert number.loop_at.year == 2026
    assert not world.alarms()
