"""Sounds of our own making: the beep and keys. Nobody has rights in them."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import cache
from math import pi, sin

from firmware.sound.dtmf import KEY_TONES
from firmware.sound.pcm import RATE, amplitude, clipped, to_pcm

RAMP_MS = 5          # at both ends, so that nothing clicks
BEEP_HZ, BEEP_MS = 1000, 400
BEEP_DBFS = KEY_DBFS = -12.0


def tone(hertz: Sequence[float], ms: int, dbfs: float) -> bytes:
    """Sines at once, each with its amplitude's RMS at ``dbfs``, with soft ends."""
    count, ramp = RATE * ms // 1000, RATE * RAMP_MS // 1000
    high = amplitude(dbfs) * 2**0.5
    steps = [2.0 * pi * each / RATE for each in hertz]
    values = array("h")
    for index in range(count):
        soft = min(1.0, (index + 1) / ramp, (count - index) / ramp)
        values.append(clipped(soft * high * sum(sin(step * index) for step in steps)))
    return to_pcm(values)


def key_tone(key: str, ms: int = 100) -> bytes:
    """A key as it sounds (Q.23); raises KeyError for what is none."""
    return tone(KEY_TONES[key], ms, KEY_DBFS)


@cache
def beep() -> bytes:
    """After which one speaks."""
    return tone((BEEP_HZ,), BEEP_MS, BEEP_DBFS)
