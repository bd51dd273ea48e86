"""The effects of the voice on a real pty: said, heard, taken down to the disk, and told once."""

from __future__ import annotations

import os
import queue
import select
import termios
import threading
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firmware.effect import (
    CheckPin,
    CloseVoice,
    EndTakeDown,
    Hush,
    MakeGreeting,
    OpenVoice,
    Play,
    RemoveRecording,
    TakeDown,
    VoiceEffect,
)
from firmware.event import (
    Event,
    GreetingMade,
    KeyHeard,
    PinChecked,
    Played,
    TakenDown,
    TakenWhy,
    Unmade,
    VoiceFault,
    VoiceLost,
    VoiceOpened,
)
from firmware.shell.voice.recording import PART, salvage
from firmware.shell.voice.voice_room import VoiceRoom
from firmware.sound import loudness, tones, wav
from firmware.sound.pcm import FRAME_BYTES, frames, gain, silence
from firmware.voice.clip import Pause, Recording, Spoken, Tone
from tests.patience import WITHIN_S
from tests.sound.melody import melody

WORDS = bytes([7, 1]) * 1600


class Speech:
    """Says one sentence at once, and no other."""

    def start(self, put: Callable[[Event], None]) -> None:
        """Nothing to begin."""

    def say(
        self, clip: Spoken, then: Callable[[bytes | str], None], *, urgent: bool = True
    ) -> None:
        then(WORDS if clip.text == "Bonjour" else "no voice")

    def stop(self) -> None:
        """Nothing to end."""


class Stage:
    """A room whose device is a pty; a modem that sends a frame whenever it is asked to.

    Its clock stands: else whatever this machine does meanwhile would be a pause in the sound.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.master, self._slave = os.openpty()
        tty.setraw(self._slave, termios.TCSANOW)
        self.device: str | None = os.ttyname(self._slave)
        self.events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.room = VoiceRoom(folder, Speech(), lambda person, pin: pin == "1234", lambda: 100.0)
        self.room.start(self.events.put)
        self.got = bytearray()

    def do(self, *effects: VoiceEffect) -> None:
        for effect in effects:
            self.room.perform(effect, self.device)

    def open(self, *, listen: bool = False) -> None:
        self.do(OpenVoice(listen))
        self.pass_time(1)
        assert self.next() == VoiceOpened()

    def hear(self, pcm: bytes) -> None:
        """The modem sends this, a frame for a frame that it gets."""
        for frame in frames(pcm):
            os.write(self.master, frame)
            want = FRAME_BYTES
            while want:
                assert select.select([self.master], [], [], WITHIN_S)[0], "nothing is said"
                data = os.read(self.master, want)
                self.got += data
                want -= len(data)

    def pass_time(self, count: int) -> None:
        self.hear(bytes(count * FRAME_BYTES))

    def gets(self, sound: bytes) -> bool:
        """Whether the modem gets this, sooner or later."""
        for _ in range(5000):
            if sound in self.got:
                return True
            self.pass_time(1)
        return False

    def next(self, *, passing: bool = False) -> Event:
        if not passing:
            return self.events.get(timeout=WITHIN_S)
        for _ in range(1000):
            if not self.events.empty():
                break
            self.pass_time(1)
        return self.events.get(timeout=WITHIN_S)

    def close(self) -> None:
        self.room.stop()
        os.close(self._slave)
        os.close(self.master)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path / "voice")
    yield stage
    stage.close()


def test_clips_of_every_kind_are_said_in_their_order(stage: Stage) -> None:
    (stage.folder / "greeting").mkdir(parents=True)
    greeting = bytes([3, 2]) * 1600
    (stage.folder / "greeting" / "1.wav").write_bytes(wav.write(greeting))
    stage.open()
    stage.do(Play(7, (Recording("greeting/1"), Pause(100), Spoken("Bonjour", "fr"), Tone("beep"))))
    assert stage.next(passing=True) == Played(7)
    assert stage.gets(greeting + silence(100) + WORDS + tones.beep())


def test_what_cannot_be_said_is_told_and_the_rest_is_said(stage: Stage) -> None:
    stage.open()
    stage.do(Play(8, (Recording("mail/9"), Spoken("Hello", "en"), Spoken("Bonjour", "fr"))))
    told = [stage.next(passing=True) for _ in range(3)]
    assert [type(each) for each in told] == [VoiceFault, VoiceFault, Played]
    assert stage.gets(WORDS)


def test_what_plays_is_hushed(stage: Stage) -> None:
    (stage.folder / "greeting").mkdir(parents=True, exist_ok=True)
    (stage.folder / "greeting/2.wav").write_bytes(wav.write(melody()))
    stage.open()
    stage.do(Play(1, (Recording("greeting/2"),), loop=True))
    assert stage.gets(melody()[:3200])
    stage.do(Hush())
    stage.pass_time(15)
    stage.got.clear()
    stage.pass_time(10)
    assert not any(stage.got)
    assert stage.events.empty()


def test_keys_are_told_where_they_are_listened_for(stage: Stage) -> None:
    stage.open(listen=True)
    stage.hear(tones.key_tone("4") + silence(100))
    assert stage.next() == KeyHeard("4")


@pytest.mark.parametrize("why", ["limit", "stopped", "closed"])
def test_a_message_is_on_disk_before_it_is_told(stage: Stage, why: str) -> None:
    stage.open()
    stage.do(TakeDown("mail/17", 1.5 if why == "limit" else 60.0, 30.0))
    stage.pass_time(5)
    message = melody()[:16000]
    stage.hear(message + silence(200))
    if why == "stopped":
        stage.do(EndTakeDown())
        stage.pass_time(2)
    elif why == "closed":
        stage.do(CloseVoice())
    event = stage.next(passing=why == "limit")
    assert isinstance(event, TakenDown)
    assert event.name == "mail/17"
    assert event.why is (TakenWhy.LIMIT if why == "limit" else TakenWhy.STOPPED)
    kept = wav.read_telephone((stage.folder / "mail" / "17.wav").read_bytes())
    assert message in kept
    assert event.seconds == pytest.approx(len(kept) / 16000)
    assert stage.events.empty()
    assert not list(stage.folder.rglob(f"*{PART}"))
    stage.do(RemoveRecording("mail/17"), RemoveRecording("mail/17"))
    assert not (stage.folder / "mail" / "17.wav").exists()


def test_a_device_that_vanishes_keeps_the_message(stage: Stage) -> None:
    stage.open()
    stage.do(TakeDown("mail/1", 60.0, 30.0))
    stage.pass_time(5)
    stage.hear(melody()[:16000])
    os.close(stage.master)
    os.close(stage._slave)
    stage.master, stage._slave = os.openpty()
    assert isinstance(stage.next(), VoiceLost)
    stage.do(CloseVoice())
    event = stage.next()
    assert isinstance(event, TakenDown)
    assert 0.9 < event.seconds < 1.3


def test_nothing_is_a_message_of_no_length(stage: Stage) -> None:
    stage.open()
    stage.do(TakeDown("mail/2", 60.0, 30.0), EndTakeDown())
    stage.pass_time(2)
    assert stage.next() == TakenDown("mail/2", 0.0, TakenWhy.STOPPED)
    assert not list(stage.folder.rglob("*.wav"))


def test_a_draft_becomes_a_greeting_and_is_gone(stage: Stage) -> None:
    """As loud as every other, without the quiet and the key; its name tells where it came from."""
    stage.open()
    stage.do(TakeDown("draft/1", 30.0, 4.0))
    stage.pass_time(5)
    words = gain(melody()[:32_000], 0.1)
    stage.hear(silence(600) + words + silence(300) + tones.key_tone("#") + silence(200))
    stage.do(EndTakeDown())
    stage.pass_time(2)
    assert isinstance(stage.next(), TakenDown)
    stage.do(MakeGreeting("draft/1"))
    made = stage.next()
    assert isinstance(made, GreetingMade)
    assert made.name.startswith("greeting/tel-")
    assert made.why is None
    kept = wav.read_telephone((stage.folder / f"{made.name}.wav").read_bytes())
    assert abs(len(kept) - len(words)) < 16 * 500
    assert loudness.speech_level_db(kept) > loudness.speech_level_db(words) + 15
    assert not list((stage.folder / "draft").iterdir())
    stage.do(Play(3, (Recording(made.name),)))
    assert stage.gets(kept)


def test_a_draft_with_nothing_in_it_or_that_is_not_there_is_told(stage: Stage) -> None:
    (stage.folder / "draft").mkdir(parents=True)
    (stage.folder / "draft/2.wav").write_bytes(wav.write(silence(3000)))
    stage.do(MakeGreeting("draft/2"), MakeGreeting("draft/3"))
    told = {stage.next(), stage.next()}
    assert told == {
        GreetingMade("draft/2", "", Unmade.NOT_HEARD), GreetingMade("draft/3", "", Unmade.FAULT)
    }  # fmt: skip
    assert not list(stage.folder.rglob("*.wav"))


def test_drafts_that_nobody_waits_for_any_more_are_gone_with_the_start(tmp_path: Path) -> None:
    draft = tmp_path / "draft"
    draft.mkdir()
    for name in ("1.wav", f"2.wav{PART}"):
        (draft / name).write_bytes(wav.header(0) + WORDS * 4)
    room = VoiceRoom(tmp_path, Speech(), lambda person, pin: False)
    room.start(lambda event: None)
    room.stop()
    assert not list(draft.iterdir())


def test_a_recording_that_is_not_there_is_spoken_instead(stage: Stage) -> None:
    stage.open()
    stage.do(Play(4, (Recording("greeting/9", Spoken("Bonjour", "fr")),)))
    assert stage.next(passing=True) == Played(4)
    assert stage.gets(WORDS)


def test_a_disk_that_takes_nothing_is_told_and_the_call_goes_on(stage: Stage) -> None:
    stage.folder.mkdir()
    (stage.folder / "mail").write_text("a file where a folder should be")
    stage.open()
    stage.do(TakeDown("mail/3", 60.0, 30.0))
    assert stage.next() == TakenDown("mail/3", 0.0, TakenWhy.FAULT)
    stage.do(Play(2, (Spoken("Bonjour", "fr"),)))
    assert stage.next(passing=True) == Played(2)


def test_without_a_device_everything_is_answered(stage: Stage) -> None:
    stage.device = None
    stage.do(OpenVoice(True), TakeDown("mail/4", 9.0, 9.0), Play(1, ()), Hush(), CloseVoice())
    assert stage.next() == VoiceLost("no audio port")
    assert stage.next() == TakenDown("mail/4", 0.0, TakenWhy.FAULT)
    stage.device = "/nowhere/tty"
    stage.do(OpenVoice(False))
    assert "no such port" in str(stage.next())


def test_a_pin_is_checked_beside_the_loop(stage: Stage) -> None:
    stage.do(CheckPin("Alice", "1234"))
    assert stage.next() == PinChecked("Alice", True)
    stage.do(CheckPin("Alice", "9999"))
    assert stage.next() == PinChecked("Alice", False)


def test_no_name_leads_out_of_the_folder(stage: Stage) -> None:
    for name in ("../../etc/passwd", "mail/../x", "/mail/1", "mail/1.wav", "mail"):
        with pytest.raises(ValueError, match="not the name of a recording"):
            stage.do(RemoveRecording(name))


def test_no_thread_is_left_without_a_call(stage: Stage) -> None:
    stage.open()
    stage.do(CloseVoice())
    deadline = threading.Event()
    while any(each.name in ("sound", "recording") for each in threading.enumerate()):
        deadline.wait(0.01)
    assert stage.events.empty()


def test_a_message_that_a_power_cut_has_broken_off_is_saved(tmp_path: Path) -> None:
    mail = tmp_path / "mail"
    mail.mkdir()
    (mail / f"5.wav{PART}").write_bytes(wav.header(0) + WORDS * 4 + b"\x01")
    (mail / f"6.wav{PART}").write_bytes(wav.header(0) + bytes(10))
    assert salvage(tmp_path) == 1
    assert wav.read_telephone((mail / "5.wav").read_bytes()) == WORDS * 4
    assert [path.name for path in mail.iterdir()] == ["5.wav"]
