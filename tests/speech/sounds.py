"""A sound to make files of."""

from __future__ import annotations

from array import array
from math import pi, sin

from firmware.sound.pcm import RATE, to_pcm


def hum(seconds: float, dbfs: float) -> bytes:
    """A tone of 400 Hz, its RMS at ``dbfs``."""
    size = 32_767 * 10 ** (dbfs / 20) * 2**0.5
    times = range(int(seconds * RATE))
    return to_pcm(array("h", (round(size * sin(2 * pi * 400 * at / RATE)) for at in times)))
