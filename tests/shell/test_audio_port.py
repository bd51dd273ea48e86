"""One call's sound on a pty: a frame for a frame, the clock where nothing comes, nothing lost.

The clock is the test's, so that no assertion hangs on how busy this machine is.
"""

from __future__ import annotations

import fcntl
import os
import queue
import select
import sys
import termios
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.line.usb_port import PortUnavailable
from firmware.shell.voice.audio_devices import SerialAudio
from firmware.shell.voice.audio_port import FRAME_S, LATE_LEAD, LEAD, MUTE_S, AudioPort
from firmware.sound import tones
from firmware.sound.pcm import FRAME_BYTES, SILENCE
from firmware.sound.studio import News, Part, Pressed, Programme, Said, Studio
from tests.patience import WITHIN_S

FRAME = b"\x12\x34" * 160


class Desk:
    """A port on a pty, its other end, and everything that it tells."""

    def __init__(self, *, listen: bool = False) -> None:
        self.master, slave = os.openpty()
        tty.setraw(slave, termios.TCSANOW)
        name = os.ttyname(slave)
        self.now_s = 100.0
        self.told: queue.SimpleQueue[str | News] = queue.SimpleQueue()
        self.studio = Studio(listen=listen)
        self.device = SerialAudio(name)
        self.port = AudioPort(
            self.device,
            self.studio,
            on_open=lambda: self.told.put("open"),
            on_lost=lambda why: self.told.put(f"lost: {why}"),
            on_news=self._news,
            clock=lambda: self.now_s,
        )
        os.close(slave)

    def _news(self, news: list[News]) -> None:
        for each in news:
            self.told.put(each)

    def start(self) -> None:
        self.port.start()
        assert self.said(LEAD) == SILENCE * LEAD

    def heard(self, *frames: bytes) -> None:
        """What the modem sends, at once."""
        os.write(self.master, b"".join(frames))

    def said(self, frames: int) -> bytes:
        """So much of what the modem gets; waits for it."""
        data = b""
        while len(data) < frames * FRAME_BYTES:
            assert select.select([self.master], [], [], WITHIN_S)[0], f"only {len(data)} bytes"
            data += os.read(self.master, frames * FRAME_BYTES - len(data))
        return data

    def waiting(self) -> int:
        """How many bytes lie in the port, unread."""
        count = fcntl.ioctl(self.device.reads, termios.FIONREAD, bytes(4))
        return int.from_bytes(count, sys.byteorder)

    def nothing_more(self) -> bool:
        os.set_blocking(self.master, False)
        try:
            return os.read(self.master, 4096) == b""
        except BlockingIOError:
            return True
        finally:
            os.set_blocking(self.master, True)

    def next(self) -> str | News:
        return self.told.get(timeout=WITHIN_S)

    def play(self, pcm: bytes, turn: int = 1) -> None:
        done = threading.Event()

        def order(studio: Studio) -> None:
            studio.play(Programme(turn, [Part(pcm)]))
            done.set()

        self.port.order(order)
        assert done.wait(WITHIN_S)

    def close(self) -> None:
        self.port.stop()
        os.close(self.master)


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.close()


def test_a_frame_for_a_frame_and_what_is_said_is_exact(desk: Desk) -> None:
    desk.start()
    desk.heard(FRAME)
    assert desk.said(1) == SILENCE
    assert desk.next() == "open"
    prompt = tones.beep()
    desk.play(prompt)
    count = len(prompt) // FRAME_BYTES
    got = b""
    for _ in range(count):
        desk.heard(FRAME)
        got += desk.said(1)
    assert got == prompt
    desk.heard(FRAME)
    assert desk.said(1) == SILENCE
    assert desk.next() == Said(1)
    assert desk.port.frames_written == LEAD + desk.port.frames_read == LEAD + count + 2
    assert desk.port.frames_by_clock == 0


def test_frames_cut_anywhere_are_put_together(desk: Desk) -> None:
    desk.start()
    stream = FRAME * 5
    for start in range(0, len(stream), 77):
        os.write(desk.master, stream[start : start + 77])
    assert desk.said(5) == SILENCE * 5
    assert desk.port.frames_read == 5


def test_the_clock_stands_in_and_what_comes_late_is_heard_but_not_answered_twice() -> None:
    desk = Desk(listen=True)
    desk.start()
    desk.heard(SILENCE)
    desk.said(1)
    assert desk.next() == "open"
    for step in range(8):   # nothing comes for 200 ms
        desk.now_s += FRAME_S if step else 0.065
        assert desk.said(1) == SILENCE
    tone = tones.key_tone("3") + SILENCE * 4
    desk.heard(*[tone[at : at + FRAME_BYTES] for at in range(0, len(tone), FRAME_BYTES)])
    assert desk.next() == Pressed("3")
    assert desk.said(1) == SILENCE
    desk.heard(SILENCE)
    assert desk.said(1) == SILENCE
    port = desk.port
    assert port.frames_by_clock == 8
    assert port.frames_written == LEAD + port.frames_read
    assert desk.nothing_more()
    desk.close()


def test_a_modem_without_a_sound_is_told_after_two_seconds(desk: Desk) -> None:
    desk.start()
    for _ in range(round(MUTE_S / FRAME_S) + 1):
        desk.now_s += FRAME_S
        if not desk.told.empty():
            break
        if desk.now_s > 100.065:
            desk.said(1)
    desk.now_s += MUTE_S
    assert str(desk.next()).startswith("lost: no sound came")


def test_a_device_that_is_gone_is_told_once(desk: Desk) -> None:
    desk.start()
    os.close(desk.master)
    desk.master = os.open(os.devnull, os.O_RDWR)
    assert str(desk.next()).startswith("lost: ")
    desk.port.stop()
    assert desk.told.empty()


def test_a_device_that_takes_nothing_holds_nothing_up(desk: Desk) -> None:
    """Nobody reads the other end: its buffer of 4 KB fills, and whole frames are dropped."""
    desk.port.start()
    for number in range(1, 101):
        desk.heard(FRAME)
        while desk.port.frames_read < number:
            threading.Event().wait(0.0005)
    desk.port.stop()
    assert desk.port.frames_dropped > 0
    assert desk.port.frames_written + desk.port.frames_missed == LEAD + 100


def test_speech_is_held_back_and_goes_on_where_it_stopped(desk: Desk) -> None:
    desk.start()
    prompt = b"".join(bytes([n, 0]) * 160 for n in range(1, 11))
    desk.play(prompt)
    desk.heard(*[FRAME] * 4)
    got = desk.said(4)
    desk.port.let_flow(False)
    desk.heard(*[FRAME] * 5)
    while desk.port.frames_read < 9:
        threading.Event().wait(0.01)
    assert desk.nothing_more()
    desk.port.let_flow(True)
    for _ in range(6):
        desk.heard(FRAME)
        got += desk.said(1)
    assert got == prompt


def test_a_thread_that_came_too_late_refills_the_lead_and_no_more(desk: Desk) -> None:
    """The modem has run dry by then: what is to be said must not pile up in its buffer."""
    prompt = b"".join(bytes([n, 0]) * 160 for n in range(1, 30))
    desk.studio.play(Programme(1, [Part(prompt)]))
    desk.heard(*[FRAME] * 12)   # before the thread has begun
    while desk.waiting() < 12 * FRAME_BYTES:
        threading.Event().wait(0.001)
    desk.start()
    assert desk.said(LATE_LEAD) == prompt[: LATE_LEAD * FRAME_BYTES]
    desk.heard(FRAME)
    assert desk.said(1) == prompt[LATE_LEAD * FRAME_BYTES : (LATE_LEAD + 1) * FRAME_BYTES]
    assert desk.port.frames_missed == 12 - LATE_LEAD


def test_what_cannot_be_opened_says_why(tmp_path: Path) -> None:
    with pytest.raises(PortUnavailable, match="no such port"):
        SerialAudio(str(tmp_path / "none"))
    plain = tmp_path / "file"
    plain.touch()
    with pytest.raises(PortUnavailable, match="not a serial port"):
        SerialAudio(str(plain))


def test_it_is_exclusive_and_leaves_no_descriptor(desk: Desk) -> None:
    before = set(os.listdir("/proc/self/fd"))
    desk.start()
    desk.port.stop()
    assert len(set(os.listdir("/proc/self/fd"))) == len(before) - 1
