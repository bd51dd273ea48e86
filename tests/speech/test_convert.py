"""Uploads made into the telephone's sound, and refused."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from firmware.sound import wav
from firmware.sound.loudness import SPEECH_DBFS, speech_level_db
from firmware.speech.convert import ConversionFault, seconds_of, telephone_sound
from tests.speech.sounds import hum

needs_tool = pytest.mark.skipif(
    shutil.which("sndfile-convert") is None, reason="sndfile-programs is not installed"
)
TWO_SECONDS = wav.write(hum(2, -30))


@needs_tool
@pytest.mark.parametrize("kind", ["ogg", "mp3", "flac"])
def test_what_offices_have(tmp_path: Path, kind: str) -> None:
    (tmp_path / "a.wav").write_bytes(TWO_SECONDS)
    made = tmp_path / f"a.{kind}"
    subprocess.run(["sndfile-convert", tmp_path / "a.wav", made], check=True, capture_output=True)
    pcm = telephone_sound(made.read_bytes())
    assert 1.9 < seconds_of(pcm) < 2.3
    assert abs(speech_level_db(pcm) - SPEECH_DBFS) < 1.5


def test_a_wav_of_sixteen_bits_needs_no_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert seconds_of(telephone_sound(TWO_SECONDS)) == 2


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not a sound"),
        (b"<html>", "not a sound"),
        (b"OggS" + bytes(300), "not a sound"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "not a sound"),
        (wav.write(hum(0.2, -30)), "too short"),
        (wav.write(bytes(16_000 * 121)), "too long"),
        (wav.write(bytes(32_000)), "silent"),
        (bytes(9 * 1024 * 1024), "too large"),
    ],
)  # fmt: skip
@needs_tool
def test_what_is_no_greeting_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(ConversionFault) as raised:
        telephone_sound(data)
    assert raised.value.why == why
