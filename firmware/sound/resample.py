"""From another sampling rate to the telephone's, with what lies above 3.8 kHz taken out first.

A windowed sinc of 32 crossings; each output sample is one weighted sum, the weights are kept for
each phase. Ten seconds of speech take a fifth of a second here, two on a small computer: this is
for preparing prompts, never for a call.
"""

from __future__ import annotations

from array import array
from functools import cache
from math import cos, gcd, pi, sin
from operator import mul

from firmware.sound.pcm import RATE, clipped, samples, to_pcm

CROSSINGS = 16    # of the sinc on each side
EDGE = 0.95       # of half the lower rate


def mono(pcm: bytes) -> bytes:
    """The mean of two interleaved channels."""
    values = samples(pcm)
    pairs = zip(values[::2], values[1::2], strict=False)
    return to_pcm(array("h", ((left + right) // 2 for left, right in pairs)))


def to_telephone(pcm: bytes, rate: int) -> bytes:
    """16-bit mono at ``rate`` as 8000 Hz."""
    if rate == RATE:
        return pcm
    common = gcd(rate, RATE)
    up, down = RATE // common, rate // common
    width = _width(rate)
    padding = array("h", bytes(2 * width))
    values = padding + samples(pcm) + padding + padding
    count = len(samples(pcm)) * up // down
    out = array("h")
    for index in range(count):
        place, phase = divmod(index * down, up)
        window = values[place + 1 : place + 1 + 2 * width]
        out.append(clipped(sum(map(mul, window, _weights(rate, phase, up)))))
    return to_pcm(out)


def _width(rate: int) -> int:
    return int(CROSSINGS * max(1.0, rate / RATE)) + 1


@cache
def _weights(rate: int, phase: int, up: int) -> tuple[float, ...]:
    """The weights of the samples around an instant that lies ``phase / up`` after one."""
    width = _width(rate)
    cut = EDGE * min(1.0, RATE / rate)
    weights = []
    for tap in range(2 * width):
        x = tap + 1 - width - phase / up
        sinc = cut if x == 0 else sin(pi * cut * x) / (pi * x)
        weights.append(sinc * (0.5 + 0.5 * cos(pi * x / (width + 1))))
    total = sum(weights)
    return tuple(each / total for each in weights)
