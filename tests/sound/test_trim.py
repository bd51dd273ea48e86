"""What was said stays whole; the quiet around it and the key after it go."""

from __future__ import annotations

import pytest

from firmware.sound import tones
from firmware.sound.dtmf import KeyListener
from firmware.sound.pcm import FRAME_BYTES, frames, silence
from firmware.sound.trim import MARGIN_MS, trimmed
from tests.sound.bench import FRENCH, needs_sox, needs_speech, noise, speech, with_noise
from tests.sound.melody import melody


@pytest.fixture(scope="module")
def spoken() -> bytes:
    """Two seconds of sound in place of somebody's words."""
    return melody()[:32_000]


@pytest.mark.parametrize("key", [b"", tones.key_tone("#") + silence(300)])
def test_the_quiet_goes_and_the_key(key: bytes, spoken: bytes) -> None:
    found = trimmed(silence(2000) + spoken + silence(1500) + key)
    assert spoken in found
    assert len(found) <= len(spoken) + 16 * (2 * MARGIN_MS + 40)
    listener = KeyListener()
    assert "".join(map(listener.hear, frames(found))) == ""


def test_a_key_in_the_midst_stays(spoken: bytes) -> None:
    found = trimmed(tones.key_tone("1") + silence(100) + spoken + silence(4000))
    assert spoken in found
    assert tones.key_tone("1") in found


def test_where_nobody_spoke_nothing_is_left() -> None:
    assert trimmed(silence(3000)) == b""
    assert trimmed(silence(1000) + tones.key_tone("#")) == b""
    assert trimmed(b"") == b""


@needs_sox
def test_a_line_that_hisses_is_no_speech() -> None:
    assert trimmed(noise("whitenoise", 3, -60)) == b""


@needs_speech
def test_each_word_of_a_sentence_stays_over_a_hissing_line() -> None:
    said = speech(FRENCH[0])
    quiet = silence(1000)
    found = trimmed(with_noise(quiet + said + quiet + tones.key_tone("#"), "pinknoise", -55))
    assert abs(len(found) - len(said)) < 16 * 2 * MARGIN_MS + 4 * FRAME_BYTES
