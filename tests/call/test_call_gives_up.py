"""The caller hangs up at every instant, 25 ms apart, from before the first ring to long after the
rejection: one call, the outcome that the network's own ledger bears out, and somebody asked.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import families
from tests.simulation.sites import BRUNO, CALLER, SAMPLE, with_mode
from tests.simulation.world import World

pytestmark = pytest.mark.usefixtures("modem_family")

START = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
STEP_MS = 25
BEFORE_MS, AFTER_MS = 50, 600     # around the first ring; the rejection takes 80 to 250 ms


def _call(folder: Path, site: str, patience_ms: int) -> tuple[World, int]:
    folder.mkdir()
    world = World(folder, site, start=START)
    world.run(40)
    return world, world.call(CALLER, patience_s=patience_ms / 1000)


def _rings_after_ms(folder: Path, site: str) -> int:
    """The seed decides when it rings: the same in every run."""
    world, call = _call(folder, site, 20_000)
    world.run(10)
    record = world.network_call(call)
    world.database.close()
    ringing_ms = record.legs[0].ringing_ms
    assert ringing_ms is not None
    return ringing_ms - record.started_ms


@pytest.mark.parametrize("late_ms", [0, 120])
@pytest.mark.parametrize("mode", ["divert", "alert"])
def test_a_caller_who_gives_up_at_any_instant(mode: str, late_ms: int, tmp_path: Path) -> None:
    """``late_ms``: the modem tells of the call so much later than it rings. What tells of it on
    the families with codes of their own is all that they say: one code overtakes no other."""
    late = ("+CRING", "+CLIP", "NO CARRIER") if families.now == families.STANDARD else ("",)
    site = with_mode(mode) if mode == "alert" else SAMPLE
    rings_ms = _rings_after_ms(tmp_path / "first", site)
    outcomes = set()
    for patience_ms in range(rings_ms - BEFORE_MS, rings_ms + AFTER_MS, STEP_MS):
        world, call = _call(tmp_path / str(patience_ms), site, patience_ms)
        for line in late:
            world.delayed_ms[line] = late_ms
        world.run(30)
        record, entries = world.network_call(call), world.journal("call")
        asked = [text for text in world.texts(BRUNO) if CALLER in text]
        told = (patience_ms - rings_ms, record, entries, asked)
        assert record.ended_by == "caller", told
        if record.legs and record.legs[0].ringing_ms is not None:
            assert len(entries) == 1, told
            assert len(asked) == 1, told
            assert len(world.page.unsettled_alerts()) == 1, told
            # The rejection reached the network before the caller was gone, or it did not.
            rejected = record.legs[0].outcome == "refused"
            assert (entries[0]["outcome"] == "diverted") is rejected, told
            outcomes.add(entries[0]["outcome"])
        else:
            assert entries == [], told
        world.database.close()
    assert outcomes == ({"alerted"} if mode == "alert" else {"diverted", "abandoned"})
