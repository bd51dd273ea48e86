"""Voice in calls: who hears whom, the modem's path and its faults, recordings."""

from __future__ import annotations

import math
import wave
from array import array
from pathlib import Path

import pytest

from hw.simulator.modem_audio import AudioFault
from hw.simulator.sound import FRAME_BYTES, SoundError, from_wav, key_tone, wav_of
from hw.simulator.virtual_site import SiteError
from tests.simulator.modem_bench import CALLER, DUTY, Bench

FRAMES = 25


def tone(hertz: float, frames: int = FRAMES, amplitude: int = 4000) -> bytes:
    count = frames * FRAME_BYTES // 2
    wave_of = (round(amplitude * math.sin(2 * math.pi * hertz * i / 8000)) for i in range(count))
    return array("h", wave_of).tobytes()


def loud(pcm: bytes | bytearray, hertz: float) -> bool:
    """Whether this tone is in it for at least half of `FRAMES`."""
    values = array("h", bytes(pcm))
    found = 0
    for start in range(0, len(values) - 159, 160):
        block = values[start : start + 160]
        sine = sum(v * math.sin(2 * math.pi * hertz * i / 8000) for i, v in enumerate(block))
        cosine = sum(v * math.cos(2 * math.pi * hertz * i / 8000) for i, v in enumerate(block))
        found += math.hypot(sine, cosine) > 160 * 1000 / 2
    return found >= FRAMES // 2


class Room(Bench):
    """A bench whose calls carry sound, with a computer that keeps what it hears."""

    def __init__(self, profile: str = "quectel-eg25") -> None:
        super().__init__(profile)
        site = self.site
        site.network.carry_sound().join(site.number, site.modem.audio)
        self.heard = bytearray()
        site.modem.audio.on_sound = self._hear
        self.says = bytearray()

    def _hear(self, frame: bytes) -> None:
        """As the driver does: a frame written for each that is read."""
        self.heard += frame
        frame = bytes(self.says[:FRAME_BYTES]) or bytes(FRAME_BYTES)
        del self.says[:FRAME_BYTES]
        self.site.modem.audio.feed(frame)

    def answer(self) -> None:
        self.site.call(CALLER)
        self.wait(1000)
        self.at("ATA")
        self.at("AT+QPCMV=1,0")

    def voice(self, number: str) -> bytearray:
        return self.site.phone(number).voice.heard

    def fresh(self) -> None:
        self.heard.clear()
        for number in (CALLER, DUTY):
            self.voice(number).clear()

    def talk(self, ms: int = 600) -> None:
        self.fresh()
        self.says += tone(700)
        self.site.phone(CALLER).voice.say(tone(1100))
        self.site.phone(DUTY).voice.say(tone(1500))
        self.wait(ms)

    def ears(self) -> dict[str, set[int]]:
        heard = {"box": self.heard, "caller": self.voice(CALLER), "duty": self.voice(DUTY)}
        return {
            who: {hertz for hertz in (700, 1100, 1500) if loud(pcm, hertz)}
            for who, pcm in heard.items()
        }


def test_the_box_and_a_caller_hear_each_other() -> None:
    room = Room()
    room.answer()
    room.talk()
    assert room.ears() == {"box": {1100}, "caller": {700}, "duty": set()}
    assert room.site.modem.audio.gaps == 0


def test_hold_conference_and_transfer() -> None:
    room = Room()
    room.answer()
    room.site.accept(DUTY, after_ms=200)
    room.at(f"ATD{DUTY};", 4000)
    room.talk()
    assert room.ears() == {"box": {1500}, "caller": set(), "duty": {700}}
    room.at("AT+CHLD=2")
    room.talk()
    assert room.ears() == {"box": {1100}, "caller": {700}, "duty": set()}
    room.at("AT+CHLD=3")
    room.talk()
    assert room.ears() == {"box": {1100, 1500}, "caller": {700, 1500}, "duty": {700, 1100}}


def test_after_a_transfer_the_two_hear_each_other_and_the_box_nobody() -> None:
    room = Room()
    room.answer()
    room.site.accept(DUTY, after_ms=200)
    room.at(f"ATD{DUTY};", 4000)
    room.at("AT+CHLD=4")
    room.talk()
    assert room.ears() == {"box": set(), "caller": {1500}, "duty": {1100}}


def test_nothing_goes_through_a_closed_path() -> None:
    room = Room()
    room.site.call(CALLER)
    room.wait(1000)
    room.at("ATA")
    room.talk()
    assert room.ears() == {"box": set(), "caller": set(), "duty": set()}


@pytest.mark.parametrize(
    ("fault", "box", "caller"),
    [(AudioFault.NO_SOUND_IN, set(), {700}), (AudioFault.NO_SOUND_OUT, {1100}, set())],
)
def test_one_way_sound(fault: AudioFault, box: set[int], caller: set[int]) -> None:
    room = Room()
    room.site.modem.audio.faults.add(fault)
    room.answer()
    room.fresh()
    room.site.phone(CALLER).voice.say(tone(1100))
    for _ in range(FRAMES):
        room.site.modem.audio.feed(tone(700, 1))
        room.wait(20)
    assert room.ears() == {"box": box, "caller": caller, "duty": set()}


def test_sound_that_dies_after_the_first_call_until_a_restart() -> None:
    room = Room()
    room.site.modem.audio.faults.add(AudioFault.SOUND_ONCE)
    for heard in ({1100}, set()):
        room.answer()
        room.talk()
        assert room.ears()["box"] == heard
        room.site.hangup(CALLER)
        room.wait(500)
    room.at("AT+CFUN=1,1", 30_000)
    room.at("ATE0")
    room.answer()
    room.talk()
    assert room.ears()["box"] == {1100}


def test_a_full_buffer_is_told_and_what_comes_on_is_lost() -> None:
    room = Room()
    room.answer()
    audio = room.site.modem.audio
    audio.on_sound = None
    room.wait(100)
    audio.feed(bytes(20 * FRAME_BYTES))
    assert b"+QPCMV: 0,0" in room.wait(20)
    assert audio.lost == 4 * FRAME_BYTES
    assert b"+QPCMV: 1,0" in room.wait(400)


def test_pauses_are_told() -> None:
    room = Room()
    room.site.modem.audio.faults.add(AudioFault.SOUND_STOPS)
    room.answer()
    room.site.modem.audio.on_sound = None   # a computer that obeys: nothing piles up
    said = room.wait(4000)
    assert said.count(b"+QPCMV: 0,0") == 2


def test_a_key_is_heard_as_a_code_and_as_a_tone() -> None:
    room = Room()
    room.at("AT+QTONEDET=1")
    room.answer()
    room.heard.clear()
    room.site.digit(CALLER, "5")
    assert b"+QTONEDET: 53" in room.wait(500)
    assert key_tone("5")[:FRAME_BYTES] in room.heard


def test_what_a_phone_hears_is_written_call_after_call(tmp_path: Path) -> None:
    room = Room()
    target = tmp_path / "heard.wav"
    room.site.record(CALLER, str(target))
    for _ in range(2):
        room.answer()
        room.says += tone(700)
        room.wait(700)
        room.site.hangup(CALLER)
        room.wait(500)
    with wave.open(str(target)) as file:
        assert file.getframerate() == 8000
        seconds = file.getnframes() / 8000
    assert 3.0 < seconds < 7.0
    assert loud(from_wav(target), 700)


def test_a_phone_speaks_by_habit_and_so_does_its_voicemail(tmp_path: Path) -> None:
    room = Room("simcom-sim7600")
    words = tmp_path / "words.wav"
    words.write_bytes(wav_of(tone(1500, 100)))
    room.site.mailbox(DUTY, str(words), after_ms=1000)
    room.at(f"ATD{DUTY};", 2000)
    room.at("AT+CPCMREG=1")
    room.wait(1500)
    assert loud(room.heard, 1500)


def test_faults_of_files_and_of_sites_without_sound(tmp_path: Path) -> None:
    wrong = tmp_path / "stereo.wav"
    with wave.open(str(wrong), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44100)
    with pytest.raises(SoundError, match="must be 8000 Hz"):
        from_wav(wrong)
    with pytest.raises(SiteError, match=r"No such file"):
        Room().site.say(CALLER, str(tmp_path / "none.wav"))
    with pytest.raises(SiteError, match="carry no sound"):
        Bench().site.record(CALLER, str(wrong))


def test_without_a_call_no_round_is_made() -> None:
    room = Room()
    room.wait(60_000)
    field = room.site.network.sound
    assert field is not None
    before = field.rounds
    assert before <= 1
    room.answer()
    room.site.hangup(CALLER)
    room.wait(1000)
    rounds = field.rounds
    room.wait(60_000)
    assert field.rounds == rounds > before
