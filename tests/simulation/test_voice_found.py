"""What simulated years with a voice have found, one small test each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.simulation.sites import ALICE, BRUNO, CALLER, with_mode
from tests.simulation.test_found import Wire
from tests.simulation.watch_voice import VoiceWatch

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


def _garble_a_number(world: Wire) -> None:
    """It was taken for another call, which nobody had answered."""
    world.change = lambda data: data.replace(b'1,"+336998', b'1,"+33v998')


def _garble_the_line_of_our_own_call(world: Wire) -> None:
    """The other one was believed to have hung up."""
    world.change = lambda data: data.replace(b"+CLCC: 2", b"CLCC: 2")


def _lose_the_whole_list(world: Wire) -> None:
    """As where the late OK of another command is taken for it: both were believed gone, and then
    found again, and greeted."""
    world.swallowed["+CLCC:"] = 2


@pytest.mark.parametrize(
    "strike", [_garble_a_number, _garble_the_line_of_our_own_call, _lose_the_whole_list]
)
def test_no_single_list_ends_a_conference(strike: Callable[[Wire], None], tmp_path: Path) -> None:
    world = _called(tmp_path)
    world.run(60)
    assert [call["outcome"] for call in world.journal("call")] == ["transferred"]
    strike(world)
    world.run(60)
    assert world.changed == 1 or world.swallowed == {"+CLCC:": 0}
    assert world.modem.line is not None
    assert [call.multiparty for call in world.modem.line.calls()] == [True, True]
    assert len(world.journal("call")) == 1


def test_a_hidden_number_stays_hidden_however_the_list_is_garbled(tmp_path: Path) -> None:
    """Whoever was alerted was to ring back the number `",128`."""
    world = _called(tmp_path)
    world.phone(CALLER).hang_up()
    world.run(60)
    world.call(CALLER, withheld=True, patience_s=600)
    world.run(6)
    world.change = lambda data: data.replace(b'0,0,"",128', b'0,0,\x00"",128')
    world.run(60)
    assert world.changed == 1
    assert world.journal("call")[-1]["number"] is None


def test_somebody_of_the_staff_who_enters_a_wrong_code_hears_no_long_silence(
    tmp_path: Path,
) -> None:
    world = _called(tmp_path)
    broken: list[str] = []
    watch = VoiceWatch(world, lambda promise, what: broken.append(what))
    world.voice.pins["Alice Martin"] = "4711"
    alice = world.phone(ALICE)
    alice.talk_ms, alice.keys_as_caller = None, ((9_000, "4712#"),)
    world.phone(CALLER).hang_up()
    world.run(60)
    watch.placed(world.call(ALICE, patience_s=600))
    world.run(120)
    assert broken == []
    said = [heard.words for heard in world.voice.heard if heard.number == ALICE]
    assert any("Ce code n'est pas le bon" in words for words in said)
    assert any("Ne quittez pas" in words for words in said)   # then a caller like any other
