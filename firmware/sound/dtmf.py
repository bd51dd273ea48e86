"""Keys in the sound: two tones at once, one of each group (Q.23), told from speech (Q.24).

A block has 102 samples, 12.75 ms: long enough to tell neighbours apart, short enough that the
shortest key (40 ms) holds two whole blocks, and the network's own (70 ms, 23.014) four. A key is
told at its second block where both are pure, at its fourth else, and is over after three blocks
without it, so that a break of 10 ms makes no second key and a pause of 40 ms does.

Speech is told from keys by four tests: nearly all energy of the block lies in the two tones, each
stands well above its neighbours, neither is much louder than the other, and all that again and
again, equally loud. A key that nobody pressed would be worse than one that must be pressed twice:
a `1` accepts.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import mul

from firmware.sound.goertzel import coefficient, energy_at
from firmware.sound.pcm import amplitude, samples

LOW_HZ = (697, 770, 852, 941)        # Q.23 table 1
HIGH_HZ = (1209, 1336, 1477, 1633)
KEYS = ("123A", "456B", "789C", "*0#D")
BLOCK = 102
HITS, PURE_HITS = 4, 2   # blocks in a row that make a key
MISSES = 3               # and that end it
SHARE = 0.65             # of the energy: a tone 1.5 % beside its place still gives 0.7 of its own
PURE_SHARE = 0.9
STEADY = 1.5             # times the energy from one block to the next (1.8 dB): a voice is not
ABOVE_OTHERS = 5.0       # times the energy of the others of its group (6 dB)
HIGH_OVER_LOW = 10 ** 0.5     # Q.24 annex A: the high tone 4 dB louder at most, and 1 dB of ours
LOW_OVER_HIGH = 10.0          # 8 dB softer at most, and 2 dB of ours
QUIETEST_DBFS = -42.0    # of a block; below it nothing is looked at, which costs nothing

_NONE = ("", 0.0, 0.0)
_LOW = tuple(coefficient(hertz) for hertz in LOW_HZ)
_HIGH = tuple(coefficient(hertz) for hertz in HIGH_HZ)
_QUIETEST = BLOCK * amplitude(QUIETEST_DBFS) ** 2
KEY_TONES = {
    key: (low, high)
    for low, row in zip(LOW_HZ, KEYS, strict=True)
    for high, key in zip(HIGH_HZ, row, strict=True)
}


class KeyListener:
    """Hears keys in a stream of PCM that is cut anywhere."""

    def __init__(self) -> None:
        self._rest = samples(b"")
        self._key = ""        # that is pressed now
        self._candidate = ""
        self._hits = self._pure = self._misses = 0
        self._energy = 0.0

    def hear(self, pcm: bytes) -> str:
        """The keys that began in this piece, mostly none."""
        self._rest.extend(samples(pcm))
        found, start = "", 0
        while len(self._rest) - start >= BLOCK:
            found += self._next(*key_in(self._rest[start : start + BLOCK]))
            start += BLOCK
        del self._rest[:start]
        return found

    def _next(self, key: str, share: float, energy: float) -> str:
        steady = self._energy < STEADY * energy and energy < STEADY * self._energy
        self._energy = energy
        if key != self._candidate or not steady:
            self._candidate, self._hits, self._pure = key, 0, 0
        self._hits += 1
        self._pure = self._pure + 1 if share > PURE_SHARE else 0
        if self._key:
            self._misses = 0 if key == self._key else self._misses + 1
            if self._misses >= MISSES:
                self._key = ""
        if not key or key == self._key:
            return ""
        if self._hits < HITS and self._pure < PURE_HITS:
            return ""
        self._key, self._misses = key, 0
        return key


def key_in(block: Sequence[int]) -> tuple[str, float, float]:
    """The key whose tones fill this block, or none; their share of its energy; and that energy."""
    total = sum(map(mul, block, block))
    if total < _QUIETEST:
        return _NONE
    low = _strongest(block, _LOW)
    if low is None or low[1] < total * SHARE / (1.0 + HIGH_OVER_LOW):
        return _NONE
    high = _strongest(block, _HIGH)
    if high is None or low[1] + high[1] < SHARE * total:
        return _NONE
    if high[1] > HIGH_OVER_LOW * low[1] or low[1] > LOW_OVER_HIGH * high[1]:
        return _NONE
    return KEYS[low[0]][high[0]], (low[1] + high[1]) / total, float(total)


def _strongest(block: Sequence[int], factors: tuple[float, ...]) -> tuple[int, float] | None:
    """Which of a group's tones, and its energy; None where none stands out."""
    energies = [energy_at(block, factor) for factor in factors]
    best = max(energies)
    if sum(energy * ABOVE_OTHERS > best for energy in energies) > 1:
        return None
    return energies.index(best), best
