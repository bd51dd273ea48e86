"""A sound card by way of arecord and aplay, on alsa-lib's file plug-in: no card is needed."""

from __future__ import annotations

import os
import queue
import shutil
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from firmware.line.usb_port import PortUnavailable
from firmware.shell.voice import audio_port
from firmware.shell.voice.audio_devices import AlsaAudio, open_device
from firmware.shell.voice.audio_port import AudioPort
from firmware.sound import tones
from firmware.sound.pcm import SILENCE, frames, silence
from firmware.sound.studio import News, Part, Pressed, Programme, Said, Studio
from tests.patience import WITHIN_S

CARD = """\
pcm.veilleur {{ type asym
  playback.pcm {{ type file slave.pcm "null" file "{said}" format "raw" }}
  capture.pcm {{ type file slave.pcm "null" file "/dev/null" infile "{heard}" format "raw" }} }}
"""
needs_alsa = pytest.mark.skipif(
    shutil.which("aplay") is None or not Path("/usr/share/alsa/alsa.conf").exists(),
    reason="alsa-utils is not here",
)


def until(true: Callable[[], bool]) -> None:
    """Wait for it, for as long as a loaded machine may take."""
    for _ in range(int(WITHIN_S / 0.002)):
        if true():
            return
        threading.Event().wait(0.002)
    raise AssertionError("it did not come true")


def beep(studio: Studio, number: int) -> None:
    studio.play(Programme(number, [Part(tones.beep())]))


def read_as_far_as(port: AudioPort, frame: int) -> bool:
    return port.frames_read > frame


@needs_alsa
def test_sound_goes_both_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said, heard, config = (tmp_path / name for name in ("said", "heard", "asound.conf"))
    os.mkfifo(heard)
    config.write_text(CARD.format(said=said, heard=heard))
    monkeypatch.setenv("ALSA_CONFIG_PATH", f"/usr/share/alsa/alsa.conf:{config}")
    monkeypatch.setattr(audio_port, "MUTE_S", WITHIN_S)   # until a loaded machine begins arecord
    studio = Studio(listen=True)
    told: queue.SimpleQueue[str | News] = queue.SimpleQueue()

    def news(found: list[News]) -> None:
        for each in found:
            told.put(each)

    port = AudioPort(
        open_device("alsa:veilleur"), studio,
        on_open=lambda: told.put("open"), on_lost=told.put, on_news=news,
    )  # fmt: skip
    port.start()
    wanted: set[str | News] = {"open", Pressed("5")}
    sent = 0
    with heard.open("wb", buffering=0) as speaker:

        def hear(pcm: bytes) -> None:
            """A frame for a frame, but for what ALSA keeps in hand."""
            nonlocal sent
            for frame in frames(pcm):
                speaker.write(frame)
                sent += 1
                until(partial(read_as_far_as, port, sent - 9))

        for _ in range(500):   # both programs have begun
            hear(SILENCE)
            if said.exists() and said.stat().st_size:
                break
        hear(silence(100) + tones.key_tone("5"))
        for turn in range(10_000):
            if turn % 100 == 0 and not any(isinstance(each, Said) for each in wanted):
                wanted.add(Said(turn))   # again: a thread that came late left a hole in the last
                port.order(partial(beep, number=turn))
            hear(SILENCE)
            while not told.empty():
                wanted.discard(told.get())
            if not wanted and tones.beep() in said.read_bytes():
                break
    port.stop()
    assert wanted == set()
    assert tones.beep() in said.read_bytes()


@needs_alsa
def test_a_card_that_is_not_there_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALSA_CONFIG_PATH", "/usr/share/alsa/alsa.conf")
    told: queue.SimpleQueue[str] = queue.SimpleQueue()
    before = set(os.listdir("/proc/self/fd"))
    port = AudioPort(
        AlsaAudio("plughw:31,0"), Studio(listen=False),
        on_open=lambda: told.put("open"), on_lost=told.put, on_news=lambda news: None,
    )  # fmt: skip
    port.start()
    assert told.get(timeout=WITHIN_S)
    port.stop()
    assert told.empty()
    assert len(set(os.listdir("/proc/self/fd"))) == len(before)


def test_without_alsa_s_programs_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(PortUnavailable, match="alsa-utils"):
        AlsaAudio("default")
    assert len(os.listdir("/proc/self/fd")) == before
