"""Keys in the sound: Q.24's tolerances are heard, what is no key is not, speech fools nobody."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.sound import tones
from firmware.sound.dtmf import KEY_TONES, KeyListener
from firmware.sound.pcm import gain, mix, silence
from tests.sound.bench import (
    FRENCH,
    KEYS,
    Press,
    heard,
    needs_sox,
    needs_speech,
    noise,
    pressed,
    speech,
    through_gsm,
    with_noise,
)
from tests.sound.melody import melody

Q24 = {
    "short": Press(40, 40),
    "high": Press(offset=0.015),
    "low": Press(offset=-0.015),
    "twisted": Press(twist_db=4),
    "twisted back": Press(twist_db=-8),
    "soft": Press(dbfs=-36),
    "loud": Press(dbfs=-4),
}


@pytest.mark.parametrize("press", Q24.values(), ids=Q24)
def test_sixteen_keys_within_the_tolerances(press: Press) -> None:
    assert heard(pressed(KEYS, press)) == KEYS


@pytest.mark.parametrize(
    "press",
    [
        Press(15, 60),
        Press(offset=0.035),
        Press(offset=-0.035),
        Press(twist_db=9),
        Press(twist_db=-14),
        Press(dbfs=-50),
    ],
    ids=["too short", "too high", "too low", "too much twist", "too much back", "too soft"],
)
def test_what_is_no_key_is_not_heard(press: Press) -> None:
    assert heard(pressed("147*", press)) == ""


def test_one_tone_alone_is_no_key() -> None:
    for hertz in {each for pair in KEY_TONES.values() for each in pair}:
        assert heard(tones.tone((hertz,), 200, -10.0)) == ""


def test_a_key_held_is_one_key_and_a_break_makes_no_second() -> None:
    assert heard(pressed("5", Press(3000))) == "5"
    once = pressed("5", Press(100, 0))
    tone = once[960:-960]
    assert heard(silence(50) + tone + silence(10) + tone + silence(50)) == "5"
    assert heard(silence(50) + tone + silence(45) + tone + silence(50)) == "55"


@settings(max_examples=20, deadline=None)
@given(
    keys=st.text(KEYS, min_size=1, max_size=4),
    offset=st.floats(-0.01, 0.01),
    twist=st.floats(-5, 3),
    ms=st.floats(65, 120),
    pause=st.floats(40, 120),
    piece=st.integers(1, 2000),
)
def test_any_key_is_heard_however_it_is_cut(
    keys: str, offset: float, twist: float, ms: float, pause: float, piece: int
) -> None:
    """Several departures at once, each within its limit. Pieces are whole samples, as a port
    hands them on."""
    pcm = pressed(keys, Press(ms, pause, twist, offset))
    assert heard(pcm, 2 * piece) == keys


def test_our_own_key_tones_are_heard() -> None:
    assert heard(b"".join(tones.key_tone(key) + silence(80) for key in KEYS)) == KEYS


def test_no_tone_of_ours_is_a_key() -> None:
    assert heard(tones.beep() + silence(100) + melody()) == ""


@needs_sox
@pytest.mark.parametrize(
    ("kind", "dbfs"), [("whitenoise", -27), ("pinknoise", -27), ("brownnoise", -24)]
)
def test_keys_are_heard_over_noise(kind: str, dbfs: float) -> None:
    assert heard(with_noise(pressed(KEYS), kind, dbfs)) == KEYS
    assert heard(noise(kind, 20.0, -15.0)) == ""


@needs_sox
def test_keys_are_heard_through_the_codec_of_the_network() -> None:
    assert heard(through_gsm(pressed(KEYS, Press(70, 65)))) == KEYS


@needs_speech
@pytest.mark.parametrize(("voice", "pitch"), [("fr", 50), ("fr+f2", 90), ("en+m3", 20)])
def test_speech_presses_no_keys(voice: str, pitch: int) -> None:
    """`python -m tests.sound.rates` tries hours of it."""
    assert heard(speech(" ".join(FRENCH[:3]), voice, 170, pitch)) == ""


@needs_speech
def test_a_key_is_heard_over_a_prompt() -> None:
    """A caller cuts a greeting short: what comes back of it must not hide the key."""
    prompt = speech(FRENCH[0])
    with_keys = pressed("1#", Press(100, 200, dbfs=-12))
    quiet = bytes(len(prompt) // 2 & ~1)
    assert heard(mix([gain(prompt, 0.08), quiet + with_keys])) == "1#"


def test_silence_costs_nothing_and_says_nothing() -> None:
    listener = KeyListener()
    assert listener.hear(b"") == ""
    assert listener.hear(bytes(320_000)) == ""
