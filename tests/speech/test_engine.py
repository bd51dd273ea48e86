"""Sentences spoken by the real engine, kept, ready-made; and what cannot be spoken."""

from __future__ import annotations

import os
import queue
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.event import Event, VoiceEngine
from firmware.shell.speech import NO_ENGINE, Speech
from firmware.sound.loudness import SPEECH_DBFS, speech_level_db
from firmware.speech import mulaw, ready
from firmware.speech.cupboard import FOLDER, Cupboard, forget_unused
from firmware.speech.engine import Engine, SpeechFault, find_engine
from firmware.voice.clip import Spoken
from firmware.wording.fixed import fixed_sentences
from tests.speech.sounds import hum

needs_espeak = pytest.mark.skipif(
    shutil.which("espeak-ng") is None, reason="espeak-ng is not installed"
)
WORDS = Spoken("Restez en ligne.", "fr")


def said(speech: Speech, clip: Spoken) -> bytes | str:
    heard: queue.Queue[bytes | str] = queue.Queue()
    speech.say(clip, heard.put)
    return heard.get(timeout=60)


@needs_espeak
def test_a_sentence_is_spoken_once_and_as_loud_as_every_prompt(tmp_path: Path) -> None:
    told: list[Event] = []
    speech = Speech(tmp_path)
    speech.start(told.append)
    pcm = said(speech, WORDS)
    assert isinstance(pcm, bytes)
    assert told == [VoiceEngine(True)]
    assert abs(speech_level_db(pcm) - SPEECH_DBFS) < 1
    assert 0.6 < len(pcm) / 16_000 < 3
    (kept,) = (tmp_path / FOLDER).iterdir()
    assert kept.stat().st_mode & 0o777 == 0o660
    kept.write_bytes(b"RIFF")  # broken by a power cut of another kind: it is spoken again
    assert said(speech, WORDS) == pcm
    assert kept.stat().st_size == 44 + len(pcm)
    # from the file: no engine of this name could say it
    unable = Engine("espeak-ng", "/bin/false", (("fr", "fr-fr"),))
    other = Speech(tmp_path, lambda: unable)
    other.start(told.append)
    assert said(other, WORDS) == pcm
    assert said(other, Spoken("Encore.", "fr")) == "/bin/false ended with 1: "
    assert said(other, Spoken("Again.", "en")) == "espeak-ng has no voice for 'en'"
    speech.stop()
    other.stop()


def test_without_an_engine_it_is_told_and_ready_made_sentences_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Hum(Engine):
        def speak(self, text: str, language: str) -> bytes:
            return hum(0.5, -20)

    zipped = ready.make_ready([(WORDS.text, "fr")], Hum("hum", "", ()))
    (tmp_path / "prompts.zip").write_bytes(zipped)
    monkeypatch.setattr(ready.ready_made, "__defaults__", (tmp_path / "prompts.zip",))
    told: list[Event] = []
    speech = Speech(tmp_path, lambda: None)
    speech.start(told.append)
    assert said(speech, WORDS) == mulaw.unpacked(mulaw.packed(hum(0.5, -20)))
    assert said(speech, Spoken("Autre chose.", "fr")) == NO_ENGINE
    assert told == [VoiceEngine(False, NO_ENGINE)]
    speech.stop()


@needs_espeak
@pytest.mark.parametrize("text", ["", " ", "🚑", "..."])
def test_nothing_to_say_is_told(text: str) -> None:
    engine = find_engine()
    assert engine is not None
    with pytest.raises(SpeechFault, match="nothing to say"):
        engine.speak(text, "fr")


def test_a_sentence_that_nobody_asks_for_is_forgotten(tmp_path: Path) -> None:
    engine = Engine("hum", "", (("fr", "x"),))
    cupboard, now = Cupboard(tmp_path), datetime.now(UTC)
    for text in ("a", "b"):
        cupboard.put(engine, text, "fr", bytes(320))
    for path in (tmp_path / FOLDER).iterdir():
        before = (now - timedelta(days=8)).timestamp()
        os.utime(path, (before, before))
    assert cupboard.get(engine, "a", "fr") == bytes(320)
    assert forget_unused(tmp_path, now) == 1
    assert cupboard.get(engine, "a", "fr") == bytes(320)
    assert cupboard.get(engine, "b", "fr") is None


def test_every_fixed_sentence_can_be_had_ready_made() -> None:
    """Both languages, none of them left out: what is said on a box without an engine."""
    sentences = fixed_sentences()
    assert len(sentences) > 30
    assert len({text for text, _ in sentences}) == len(sentences)
    assert all("{" not in text for text, _ in sentences)
