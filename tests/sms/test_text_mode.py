"""A modem that fell into text mode is put back as soon as a message shows it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.simulation.sites import BRUNO, CALLER, with_mode
from tests.simulation.world import World

START = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("modem_family")


@pytest.mark.parametrize("comes", ["Au secours", "Au secours, côté cour {B}", "a call"])
def test_a_message_shows_that_the_modem_is_in_text_mode(tmp_path: Path, comes: str) -> None:
    """`AT+CMGF=0` had lost a bit. Until the minute's look no text could be read, and each SMS was
    refused; found by a simulated year, whose looks are ten minutes apart."""
    world = World(tmp_path, with_mode("alert"), start=START)
    world.run(70)
    world.wire.feed(b"AT+CMGF=1\r")
    if comes == "a call":
        world.call(CALLER, patience_s=8)
    else:   # in UCS2 its text is told in hexadecimal, as a PDU is
        world.text(CALLER, comes)
    world.run(25)
    assert len(world.texts(BRUNO)) == 1
