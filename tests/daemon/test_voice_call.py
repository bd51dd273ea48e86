"""Whole calls with a voice: the real daemon, real PCM on ptys, espeak-ng, telephones that listen.

One family and one call in each run; `make voice` tries every family and every end of a call, and
keeps what the caller and the person on duty heard as WAV files.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from array import array
from datetime import UTC, datetime
from pathlib import Path

import pytest

from firmware.record import VoiceStep
from firmware.sound import loudness, wav
from firmware.sound.pcm import level_db
from firmware.speech.cupboard import Cupboard
from firmware.speech.engine import find_engine
from firmware.store.database import DATABASE_NAME, open_database
from firmware.store.pin_store import PinStore
from firmware.wording import Wording, voice_messages
from tests.daemon.house import ALICE, BRUNO, CALLER, DIANE, SITE, House, Modem
from tests.daemon.program import VEILLEUR, Program, until
from tests.sound.bench import FRENCH, needs_speech, speech

ALL = os.environ.get("VEILLEUR_VOICE") == "all"
KEPT = os.environ.get("VEILLEUR_ARTEFACTS")
VOICED = ("simcom-sim7600", "quectel-eg25", "quectel-ec25", "quectel-ec21", "huawei-e1550")
FAMILIES = VOICED if ALL else VOICED[:1]
SLOW_SOUND = (("quectel-eg25", "sound-stops"),) if ALL else ()   # its flow control, every 2 s
WITHIN_S = 240.0
PIECE = 800   # 50 ms
SENTENCES = 8
SHORT = ("Ambulances Dupont, je vous écoute.", "Bonsoir, c'est pour ma mère.")
# The simulated modem, where this machine lets it: hardware is never late
REAL_TIME = ("chrt", "-r", "20") if os.geteuid() == 0 and shutil.which("chrt") else ()
TRANSFER = SITE.replace('mode = "divert"', 'mode = "transfer"') + """
[voice]
ring_s = 25
accept_s = 15
rounds = 1
message_s = 30
"""


class Call:
    """A box in mode transfer on a simulated modem with sound, and what its telephones hear."""

    def __init__(self, house: House, profile: str, folder: Path) -> None:
        self.house, self.profile, self.folder = house, profile, folder
        audio = house.folder / "audio"
        self.modem: Modem = house.modem(
            "--audio", str(audio), "--speed", "1", profile=profile, command=(*REAL_TIME, *VEILLEUR)
        )
        house.load(TRANSFER)
        self.daemon: Program = house.daemon("--audio", audio, "--profile", profile)
        self.daemon.line("ready")
        # What can be known ahead is spoken ahead, at idle priority: a busy machine takes its time
        until(lambda: len(self.spoken()) >= SENTENCES, "the sentences", WITHIN_S)
        for number in (CALLER, ALICE):
            self.modem.say(f"record {number} {self.file(number)}")

    def file(self, number: str) -> Path:
        return self.folder / f"{self.profile}-{'caller' if number == CALLER else 'duty'}.wav"

    def heard(self, number: str) -> bytes:
        return wav.read_telephone(self.file(number).read_bytes())

    def spoken(self) -> list[bytes]:
        """Every sentence that the box has had spoken."""
        folder = self.house.data / "voice" / "spoken"
        return [wav.read_telephone(path.read_bytes()) for path in sorted(folder.glob("*.wav"))]

    def sentence(self, msgid: str, **values: object) -> bytes:
        """A sentence once the box has had it spoken: it is about to say it."""
        engine, kept, found = find_engine(), Cupboard(self.house.data), [b""]
        text = Wording("fr").say(msgid, **values)
        assert engine is not None

        def there() -> bool:
            found[0] = kept.get(engine, text, "fr") or b""
            return bool(found[0])

        until(there, text, WITHIN_S)
        return found[0]

    def step(self, word: VoiceStep) -> None:
        """Wait until the conversation has come so far."""

        def there() -> bool:
            details = (entry["detail"] for entry in self.house.journal("call"))
            return any(step[1] == word for each in details for step in each.get("steps", ()))

        until(there, word, WITHIN_S)

    def words(self, name: str, text: str) -> Path:
        path = self.house.folder / f"{name}.wav"
        path.write_bytes(wav.write(speech(text)))
        return path

    def keep(self) -> None:
        if KEPT:
            Path(KEPT).mkdir(parents=True, exist_ok=True)
            for path in self.folder.glob("*.wav"):
                shutil.copy(path, KEPT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "heard"
    path.mkdir()
    return path


def sounding(pcm: bytes) -> bytes:
    """Without the samples that are silence: a round in which a busy machine brought nothing is a
    pause, and how many there are is measured by `make sound`."""
    return array("h", filter(None, array("h", pcm))).tobytes()


def share(prompt: bytes, heard: bytes) -> float:
    """How much of what sounds in a prompt was heard, piece for piece and in its order."""
    prompt, heard = sounding(prompt), sounding(heard)
    found = pieces = place = 0
    for start in range(0, len(prompt) - PIECE, PIECE):
        piece = prompt[start : start + PIECE]
        if level_db(piece) < -50:
            continue
        pieces += 1
        at = heard.find(piece, place)
        if at >= 0:
            found, place = found + 1, at
    return found / pieces if pieces else 1.0


def sox_stat(path: Path) -> dict[str, float]:
    told = subprocess.run(
        ["sox", str(path), "-n", "stat"], capture_output=True, text=True, check=True
    ).stderr
    pairs = re.findall(r"(\w[\w ()]*?)\s*:\s*(-?[\d.]+)$", told, re.MULTILINE)
    return {re.sub(r"\s+", " ", name): float(value) for name, value in pairs}


@needs_speech
@pytest.mark.parametrize(
    ("profile", "fault"), [*((name, "") for name in FAMILIES), *SLOW_SOUND]
)
def test_a_caller_is_greeted_and_joined_to_who_accepts(
    house: House, profile: str, fault: str, folder: Path
) -> None:
    call = Call(house, profile, folder)
    modem = call.modem
    if fault:
        modem.say(f"fault {fault}")
    modem.say(f"answer {ALICE}")
    modem.say(f"call {CALLER}")
    call.step(VoiceStep.ANSWERED_BY)
    whisper = call.sentence(
        voice_messages.WHISPER, service="Ambulance", caller="06 99 88 77 66"
    )
    modem.say("wait 4")   # half of the whisper is heard; her key ends it
    modem.say(f"digit {ALICE} 1")
    house.await_entry("call", WITHIN_S, outcome="transferred")
    alice, caller = call.words("alice", SHORT[0]), call.words("caller", SHORT[1])
    modem.say(f"say {ALICE} {alice}")
    modem.say(f"say {CALLER} {caller}")
    said = wav.read_telephone(alice.read_bytes())
    modem.say(f"wait {len(said) / 16000 + 1:.1f}")
    modem.say(f"hangup {CALLER}")
    modem.await_state(lambda state: not state["calls"], "nobody talks", WITHIN_S)
    heard, heard_by_alice = call.heard(CALLER), call.heard(ALICE)
    call.keep()
    prompts = call.spoken()
    # Ours are never clipped; two who speak at once may be, in any telephone
    assert all(max(map(abs, array("h", prompt))) < 0.99 * 32767 for prompt in prompts)
    for_the_caller = (
        call.sentence(voice_messages.WELCOME, site="Ambulances Dupont"),
        call.sentence(voice_messages.EMERGENCY),
        call.sentence(voice_messages.PLEASE_HOLD),
    )
    for prompt in for_the_caller:
        assert share(prompt, heard) > 0.8
        assert share(prompt, heard_by_alice) < 0.2
    assert share(whisper, heard_by_alice) > 0.3
    assert share(whisper, heard) < 0.2   # a caller does not hear what is said of them
    assert share(said, heard) > 0.8
    assert share(wav.read_telephone(caller.read_bytes()), heard_by_alice) > 0.8
    for number in (CALLER, ALICE):
        stat = sox_stat(call.file(number))
        assert stat["RMS amplitude"] > 0.02


@needs_speech
@pytest.mark.skipif(not ALL, reason="`make voice` has the minutes")
@pytest.mark.parametrize("profile", FAMILIES)
def test_nobody_accepts_and_a_message_is_left(house: House, profile: str, folder: Path) -> None:
    """Alice's voicemail answers and talks, Bruno is busy; the caller speaks after the beep."""
    call = Call(house, profile, folder)
    modem = call.modem
    greeting, message = call.words("mailbox", FRENCH[3]), call.words("message", FRENCH[1])
    modem.say(f"mailbox {ALICE} {greeting}")
    modem.say(f"busy {BRUNO}")
    modem.say(f"call {CALLER}")
    recording = call.house.data / "voice" / "mail"
    until(lambda: bool(list(recording.glob("*.part"))), "the beep", WITHIN_S)
    modem.say(f"say {CALLER} {message}")
    said = wav.read_telephone(message.read_bytes())
    entry = house.await_entry("call", WITHIN_S, outcome="voicemail")
    (kept,) = recording.glob("*.wav")
    assert share(said, wav.read_telephone(kept.read_bytes())) > 0.8
    assert entry["number"] == CALLER
    until(lambda: any("message" in text for text in modem.texts(ALICE)), "an alert", WITHIN_S)
    modem.await_state(lambda state: not state["calls"], "the line is free", WITHIN_S)
    assert share(said, call.heard(ALICE)) < 0.2   # nobody was joined to a machine
    call.keep()


@needs_speech
@pytest.mark.skipif(not ALL, reason="`make voice` has the minutes")
@pytest.mark.parametrize("profile", FAMILIES)
def test_a_greeting_recorded_by_telephone_is_what_the_next_caller_hears(
    house: House, profile: str, folder: Path
) -> None:
    """An administrator rings the box, enters the code, speaks after the beep, hears it back."""
    call = Call(house, profile, folder)
    modem = call.modem
    with open_database(house.data / DATABASE_NAME, create=False) as database:
        PinStore(database).set("Diane Leroy", "4711", "the test", datetime.now(UTC))
    words = call.words("greeting", FRENCH[0])
    modem.say(f"record {DIANE} {folder / f'{profile}-diane.wav'}")
    modem.say(f"call {DIANE}")
    call.sentence(voice_messages.STAFF_WELCOME, person="Diane Leroy")
    modem.say(f"digit {DIANE} 4711#")
    call.sentence(voice_messages.MAILBOX_CHOICE, count=0)
    modem.say(f"digit {DIANE} 2")
    call.sentence(voice_messages.TIME_ALWAYS, key="1")
    modem.say(f"digit {DIANE} 1")
    draft = house.data / "voice" / "draft"
    until(lambda: bool(list(draft.glob("*.part"))), "the beep", WITHIN_S)
    modem.say(f"say {DIANE} {words}")
    said = wav.read_telephone(words.read_bytes())
    modem.say(f"wait {len(said) / 16000 + 0.5:.1f}")
    modem.say(f"digit {DIANE} #")
    made = house.data / "voice" / "greeting"
    until(lambda: bool(list(made.glob("tel-*.wav"))), "a greeting", WITHIN_S)
    modem.say(f"digit {DIANE} 1")
    house.await_entry("edit", WITHIN_S, outcome="changed")
    modem.say(f"hangup {DIANE}")
    modem.await_state(lambda state: not state["calls"], "the line is free", WITHIN_S)
    (kept,) = (wav.read_telephone(path.read_bytes()) for path in made.iterdir())
    assert share(loudness.normalised(said), kept) > 0.8
    modem.say(f"call {CALLER}")
    modem.say(f"wait {len(kept) / 16000 + 12:.1f}")
    modem.say(f"hangup {CALLER}")
    modem.await_state(lambda state: not state["calls"], "nobody talks", WITHIN_S)
    heard = call.heard(CALLER)
    assert share(kept, heard) > 0.8
    after = heard[heard.find(kept[-8000:-4000]) :]
    assert share(call.sentence(voice_messages.EMERGENCY), after) > 0.8
    call.keep()


@needs_speech
@pytest.mark.skipif(not ALL, reason="`make voice` has the minutes")
@pytest.mark.parametrize("profile", FAMILIES)
@pytest.mark.parametrize("fault", ["refuse-voice 1", "no-sound-in"])
def test_without_a_sound_somebody_is_alerted_all_the_same(
    house: House, profile: str, fault: str, folder: Path
) -> None:
    call = Call(house, profile, folder)
    call.modem.say(f"fault {fault}")
    call.modem.say(f"call {CALLER}")
    house.await_entry("call", WITHIN_S)
    until(lambda: bool(call.modem.texts(ALICE)), "an alert", WITHIN_S)
    call.modem.await_state(lambda state: not state["calls"], "the line is free", WITHIN_S)
