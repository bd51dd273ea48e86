"""What administrators hear of a voice that nobody hears, or that was given up."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from firmware.record import RequestKind
from hw.simulator.faults import Fault
from hw.simulator.modem_audio import AudioFault
from hw.simulator.subscriber import Coverage
from tests.simulation.sites import ADMIN, BRUNO, CALLER, with_mode
from tests.simulation.world import BOX, World

START = datetime(2026, 3, 10, 11, 0, tzinfo=UTC)
VOICED = "quectel-eg25"


def _world(folder: Path) -> World:
    world = World(folder, with_mode("transfer"), start=START, profile=VOICED, voice=True)
    world.run(120)
    world.phone(BRUNO).keys_after_ms = 5_000
    return world


def _call(world: World) -> None:
    world.call(CALLER, patience_s=300)
    world.run(400)


def test_a_box_that_nobody_hears_says_so_until_somebody_presses_a_key(tmp_path: Path) -> None:
    world = _world(tmp_path)
    world.modem.audio.faults.add(AudioFault.NO_SOUND_OUT)
    for calls in (1, 2, 3):
        assert "voice-unheard" not in world.alarms(), calls
        _call(world)
    assert "voice-unheard" in world.alarms()
    assert len(world.journal("call")) == 3
    world.restart()   # the count is not the program's memory
    world.run(120)
    world.modem.audio.faults.clear()
    world.phone(BRUNO).keys_on_answer = "1"
    _call(world)
    assert "voice-unheard" not in world.alarms()
    assert world.journal("call")[-1]["outcome"] == "transferred"


def test_whoever_answers_with_a_key_counts_from_the_beginning(tmp_path: Path) -> None:
    world = _world(tmp_path)
    for keys in ("", "", "1", "", ""):
        world.phone(BRUNO).keys_on_answer = keys
        _call(world)
    assert "voice-unheard" not in world.alarms()


def test_a_voice_that_failed_twice_is_an_alarm_until_it_is_tried_again(tmp_path: Path) -> None:
    world = _world(tmp_path)
    world.modem.audio.faults.add(AudioFault.NO_SOUND_IN)
    for _ in range(2):
        assert "voice" not in world.alarms()
        _call(world)
        world.run(600)
    assert "voice" in world.alarms()
    world.modem.audio.faults.clear()
    world.page.ask(RequestKind.TRY_VOICE, {}, by="Dora Admin", at=world.timeline.utc())
    world.page_wishes()
    world.run(120)
    assert "voice" not in world.alarms()


def test_no_voice_is_no_alarm_where_none_is_wanted(tmp_path: Path) -> None:
    """Calls are diverted by the site's own choice: nobody misses the port that is not there."""
    world = World(tmp_path, with_mode("divert"), start=START, profile=VOICED)
    world.run(1200)
    assert "voice" not in world.alarms()


def _told_over(world: World) -> list[str]:
    return [text for text in world.texts(ADMIN) if "RETOUR" in text and "la voix" in text]


def _lose_the_mains(world: World) -> None:
    world.unplug()
    world.run(2)
    world.booted_ms = world.timeline.now_ms
    world.plug()
    world.restart()


def test_a_power_cut_does_not_say_that_the_voice_is_back(tmp_path: Path) -> None:
    """Before the SIM is known nobody can tell; the network takes its time to let it in."""
    world = _world(tmp_path)
    world.phone(BRUNO).keys_on_answer = "1"
    for fault in (Fault.REFUSE_CHLD3, Fault.REFUSE_CHLD4):
        world.wire.set_rate(fault, 1.0)
    _call(world)
    world.run(600)
    assert "voice" in world.alarms()
    world.network.set_coverage(BOX, Coverage.NONE)
    _lose_the_mains(world)
    world.run(300)
    assert "voice" in world.alarms()
    world.network.set_coverage(BOX, Coverage.HOME)
    world.run(600)
    assert "voice" in world.alarms()
    assert not _told_over(world)


def test_a_restart_does_not_say_that_the_lost_sound_port_is_back(tmp_path: Path) -> None:
    world = _world(tmp_path)
    world.phone(BRUNO).keys_on_answer = "1"
    _call(world)
    world.has_voice = False
    world.restart()
    world.run(1200)
    assert "voice" in world.alarms()
    world.restart()
    world.run(1200)
    assert "voice" in world.alarms()
    assert not _told_over(world)
