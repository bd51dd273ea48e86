"""What the daily check makes of what it is not told."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from firmware.at.message_answers import StorageLevel
from tests.simulation.sites import SAMPLE
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
