"""G.711 mu-law: the telephone network's own eight bits a sample, half of WAV's sixteen. PURE."""

from __future__ import annotations

from array import array
from functools import cache

from firmware.sound.pcm import samples, to_pcm

_BIAS, _CLIP = 0x84, 32_635


def packed(pcm: bytes) -> bytes:
    """Telephone PCM as mu-law."""
    table = _codes()
    return bytes(table[value >> 2 & 0x3FFF] for value in samples(pcm))


def unpacked(data: bytes) -> bytes:
    """Mu-law as telephone PCM."""
    table = _values()
    return to_pcm(array("h", (table[code] for code in data)))


@cache
def _values() -> tuple[int, ...]:
    return tuple(_value(code) for code in range(256))


def _value(code: int) -> int:
    code = ~code & 0xFF
    size = (((code & 0x0F) << 3) + _BIAS << (code >> 4 & 7)) - _BIAS
    return -size if code & 0x80 else size


@cache
def _codes() -> bytes:
    """The code of each 14-bit value, those below zero behind the others."""
    values = [*range(0x2000), *range(-0x2000, 0)]
    return bytes(_code(value << 2) for value in values)


def _code(value: int) -> int:
    sign = 0x80 if value < 0 else 0
    size = min(abs(value), _CLIP) + _BIAS
    segment = size.bit_length() - 8
    return ~(sign | segment << 4 | size >> segment + 3 & 0x0F) & 0xFF
