"""What simulated years with a voice have found, one small test each."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.simulation.sites import BRUNO, CALLER, with_mode
from tests.simulation.test_found import Wire

START = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)


def _called(folder: Path) -> Wire:
    """Somebody calls who stays on the line; the network transfers no calls."""
    world = Wire(folder, with_mode("transfer"), start=START, profile="quectel-eg25", voice=True)
    world.run(120)
    world.refused["AT+CHLD=4"] = 1
    world.phone(BRUNO).talk_ms = world.phone(CALLER).talk_ms = None
    world.phone(BRUNO).keys_on_answer = "1"
    world.call(CALLER, patience_s=600)
    return world


def test_a_garbled_number_in_the_list_ends_no_conference(tmp_path: Path) -> None:
    """It was taken for another call, which nobody had answered; the box hung up on both."""
    world = _called(tmp_path)
    world.run(60)
    assert [call["outcome"] for call in world.journal("call")] == ["transferred"]
    world.change = lambda data: data.replace(b'1,"+336998', b'1,"+33v998')
    world.run(60)
    assert world.changed == 1
    assert world.modem.line is not None
    assert [call.multiparty for call in world.modem.line.calls()] == [True, True]
    assert len(world.journal("call")) == 1
