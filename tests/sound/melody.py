"""Thirteen seconds of sound, no two seconds alike: what tests play and look for."""

from __future__ import annotations

from array import array
from functools import cache
from math import exp, pi, sin

from firmware.sound.pcm import RATE, amplitude, clipped, to_pcm

MUSIC_DBFS = -20.0   # of its loudest
# Four bars of three: a slow broken chord, in semitones above A3 (220 Hz)
_BARS = ((0, 7, 12), (3, 10, 15), (5, 12, 17), (7, 11, 14))
_NOTE_MS, _FADE_MS, _BASE_HZ = 550, 900, 220.0


@cache
def melody() -> bytes:
    """A quiet loop of 13 s; its end leads back into its beginning."""
    notes = [(bar[step % 3], bar[0] - 12) for bar in _BARS for step in range(6)]
    length = len(notes) * (RATE * _NOTE_MS // 1000)
    sound = [0.0] * length
    for position, (semitone, bass) in enumerate(notes):
        start = position * (RATE * _NOTE_MS // 1000)
        _pluck(sound, start, semitone, 1.0)
        if position % 6 == 0:
            _pluck(sound, start, bass, 0.8)
    loudest = max(map(abs, sound))
    factor = amplitude(MUSIC_DBFS) * 2**0.5 / loudest
    return to_pcm(array("h", (clipped(value * factor) for value in sound)))


def _pluck(sound: list[float], start: int, semitone: int, loud: float) -> None:
    """Add a string that fades; what rings on past the end rings on at the beginning."""
    step = 2.0 * pi * _BASE_HZ * 2 ** (semitone / 12) / RATE
    fade = exp(-1000.0 / (RATE * _FADE_MS / 3))
    length, level = len(sound), loud
    for index in range(RATE * _FADE_MS // 1000 * 2):
        attack = min(1.0, index / 80)
        value = sin(step * index) + 0.35 * sin(2 * step * index) + 0.12 * sin(3 * step * index)
        sound[(start + index) % length] += attack * level * value
        level *= fade
