"""How much of a sound lies at one frequency: Goertzel's algorithm over one block.

The recursion gives one bin of the discrete Fourier transform at the exact frequency, which need
not be a multiple of the block's own. A pure tone gives its whole energy, whatever its phase.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi

from firmware.sound.pcm import RATE


def coefficient(hertz: float) -> float:
    """The constant of the recursion for a frequency."""
    return 2.0 * cos(2.0 * pi * hertz / RATE)


def energy_at(block: Sequence[int], factor: float) -> float:
    """The energy (sum of squares) of the block's part at the frequency of ``factor``."""
    before, now = 0.0, 0.0
    for value in block:
        before, now = now, value + factor * now - before
    power = now * now + before * before - factor * now * before
    return 2.0 * power / len(block)
