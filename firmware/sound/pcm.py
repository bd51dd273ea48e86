"""PCM as bytes: signed 16-bit little-endian mono at 8000 Hz, 20 ms or 320 bytes a frame.

Levels are in dB below full scale (dBFS, RMS of a full square wave is 0). What works on whole frames
uses the built-in loops of `array`, `map` and `sum`: a small computer carries them easily.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator
from math import inf, log10, sqrt
from operator import mul

RATE = 8000
FRAME_MS = 20
FRAME_SAMPLES = RATE * FRAME_MS // 1000
FRAME_BYTES = 2 * FRAME_SAMPLES
FULL = 32767
SILENCE = bytes(FRAME_BYTES)
_BIG_ENDIAN = sys.byteorder == "big"


def samples(pcm: bytes) -> array[int]:
    """The samples of PCM bytes; an odd last byte is half a sample and is dropped."""
    found = array("h")
    found.frombytes(pcm[: len(pcm) & ~1])
    if _BIG_ENDIAN:
        found.byteswap()
    return found


def to_pcm(values: array[int]) -> bytes:
    """PCM bytes of samples that fit 16 bits."""
    if _BIG_ENDIAN:
        values = values[:]
        values.byteswap()
    return values.tobytes()


def clipped(value: float) -> int:
    """The nearest sample that fits 16 bits."""
    return max(-FULL - 1, min(FULL, round(value)))


def seconds(pcm: bytes) -> float:
    """How long it lasts."""
    return len(pcm) / (2 * RATE)


def silence(ms: int) -> bytes:
    """So much of nothing."""
    return bytes(2 * (RATE * ms // 1000))


def frames(pcm: bytes) -> Iterator[bytes]:
    """Frames of 20 ms; the last is filled up with silence."""
    for start in range(0, len(pcm), FRAME_BYTES):
        frame = pcm[start : start + FRAME_BYTES]
        yield frame if len(frame) == FRAME_BYTES else frame.ljust(FRAME_BYTES, b"\0")


def mix(parts: list[bytes]) -> bytes:
    """All parts at once, as long as the longest; what is too loud is clipped."""
    if len(parts) == 1:
        return parts[0]
    longest = max((len(part) for part in parts), default=0)
    tracks = [samples(part.ljust(longest, b"\0")) for part in parts]
    return to_pcm(array("h", (clipped(sum(values)) for values in zip(*tracks, strict=True))))


def gain(pcm: bytes, factor: float) -> bytes:
    """Louder or softer; what is too loud is clipped."""
    values = samples(pcm)
    loudest = max(max(values, default=0), -min(values, default=0))
    if loudest * factor <= FULL:
        return to_pcm(array("h", (round(value * factor) for value in values)))
    return to_pcm(array("h", (clipped(value * factor) for value in values)))


def peak(pcm: bytes) -> int:
    """The largest sample without its sign."""
    values = samples(pcm)
    return max(max(values, default=0), -min(values, default=0))


def rms(pcm: bytes) -> float:
    """Root of the mean square; 0 for nothing at all."""
    values = samples(pcm)
    return sqrt(sum(map(mul, values, values)) / len(values)) if values else 0.0


def level_db(pcm: bytes) -> float:
    """RMS in dBFS; minus infinity for pure silence."""
    return decibel(rms(pcm))


def decibel(amplitude: float) -> float:
    """An amplitude of samples in dBFS."""
    return 20 * log10(amplitude / (FULL + 1)) if amplitude > 0 else -inf


def amplitude(level: float) -> float:
    """The amplitude of samples at so many dBFS."""
    return float((FULL + 1) * 10 ** (level / 20))
