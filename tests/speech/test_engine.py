"""Sentences spoken by the real engine, kept, ready-made; and what cannot be spoken."""

from __future__ import annotations

import os
import queue
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.event import Event, VoiceEngine
from firmware.shell.voice.speech import NO_ENGINE, Speech
from firmware.sound.loudness import SPEECH_DBFS, speech_level_db
from firmware.speech import engine as engines
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


def piper(folder: Path, *languages: str, script: str = 'cat "$0.raw"') -> Path:
    """A program of this name, and voices of these languages (no real ones: they have 60 MB)."""
    program = folder / "bin" / "piper"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >"$0.arguments"; cat >"$0.words"; {script}\n')
    program.chmod(0o755)
    program.with_name("piper.raw").write_bytes(hum(1, -30) * 2)   # at 16 kHz: one second
    for language in languages:
        model = folder / "voices" / f"{language}_XX-somebody-low.onnx"
        model.parent.mkdir(exist_ok=True)
        model.touch()
        model.with_name(f"{model.name}.json").write_text('{"audio": {"sample_rate": 16000}}')
    return program


@needs_espeak
def test_piper_speaks_the_languages_of_its_voices_and_espeak_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = piper(tmp_path, "fr")
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(engines, "PIPER_FOLDERS", (tmp_path / "none",))
    without = find_engine()
    monkeypatch.setattr(engines, "PIPER_FOLDERS", (tmp_path / "voices",))
    found = find_engine()
    assert found is not None
    assert without == found.also
    assert (found.of("fr").name, found.of("en").name) == ("piper", "espeak-ng")
    pcm = found.speak("Bonjour, il est 8 h 05.", "fr")
    assert abs(len(pcm) / 16_000 - 1) < 0.01
    assert abs(speech_level_db(pcm) - SPEECH_DBFS) < 1
    arguments = program.with_name("piper.arguments").read_text()
    assert arguments.split() == ["--model", found.voice("fr"), "--output-raw"]
    assert program.with_name("piper.words").read_text() == "Bonjour, il est 8 heures 5."


@needs_espeak
def test_what_piper_fails_at_is_said_by_espeak_and_not_kept_as_piper_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = piper(tmp_path, "fr", "en", script="exit 3")
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setattr(engines, "PIPER_FOLDERS", (tmp_path / "voices",))
    found = find_engine()
    assert found is not None
    assert found.also is not None
    speech = Speech(tmp_path)
    speech.start(lambda event: None)
    pcm = said(speech, WORDS)
    speech.stop()
    assert isinstance(pcm, bytes)
    cupboard = Cupboard(tmp_path)
    assert cupboard.get(found.also, WORDS.text, "fr") == pcm
    assert cupboard.get(found, WORDS.text, "fr") is None


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
