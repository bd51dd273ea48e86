"""A disk that takes nothing for days, as a worn memory card: the SIM's store must not fill up with
what was told long ago, for nobody's `OK` could come in any more.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.simulation.sites import BRUNO, SAMPLE
from tests.simulation.world import World

TEXTS = 26   # the SIM holds twenty


def test_what_was_told_an_hour_ago_makes_room(tmp_path: Path) -> None:
    world = World(tmp_path, SAMPLE, start=datetime(2026, 3, 10, 12, 0, tzinfo=UTC))
    world.run(60)
    world.database.connection.execute("PRAGMA max_page_count = 1").fetchall()
    for number in range(TEXTS):
        world.text(f"+336998877{number:02d}", f"Bonjour {number}")
        world.run(60)
    told = " ".join(world.texts(BRUNO))
    assert "Bonjour 10" in told
    assert f"Bonjour {TEXTS - 1}" not in told   # nothing of the SIM's is deleted for an hour
    world.run(3600)
    told = " ".join(world.texts(BRUNO))
    assert all(f"Bonjour {number}" in told for number in range(TEXTS))
    world.text(BRUNO, "QUI")
    world.run(600)
    assert any("Bruno Petit" in text for text in world.texts(BRUNO))
    world.database.connection.execute("PRAGMA max_page_count = 1073741823").fetchall()
    world.run(600)
    senders = {entry["number"] for entry in world.journal("sms_in")}
    assert senders >= {f"+336998877{number:02d}" for number in range(TEXTS)}
    assert world.sim.messages.used == 0
