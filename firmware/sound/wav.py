"""WAV files (RIFF, PCM): read whatever is 16-bit PCM, write what the telephone takes.

A fault names the field. Chunks that nobody needs are passed over; a length that a program could not
know when it wrote to a pipe (0, or gigabytes) means "to the end".
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from firmware.sound.pcm import RATE

HEADER_BYTES = 44
BYTES_MAX = 64 * 1024 * 1024
_PCM, _EXTENSIBLE = 1, 0xFFFE
_RATES = range(4000, 192_001)


class WavFault(ValueError):  # noqa: N818 - named by what is at fault
    """A file that cannot be used; ``field`` says which of its fields is wrong."""

    def __init__(self, field: str, why: str) -> None:
        self.field = field
        super().__init__(f"{field}: {why}")


@dataclass(frozen=True, slots=True)
class Wav:
    """What is in a file: 16-bit PCM at ``rate``, ``channels`` interleaved."""

    rate: int
    channels: int
    pcm: bytes

    @property
    def seconds(self) -> float:
        return len(self.pcm) / (2 * self.channels * self.rate)


def header(octets: int) -> bytes:
    """The 44 bytes before so many bytes of telephone PCM."""
    form = struct.pack("<HHIIHH", _PCM, 1, RATE, 2 * RATE, 2, 16)
    return (
        b"RIFF" + struct.pack("<I", 36 + octets) + b"WAVEfmt " + struct.pack("<I", 16)
        + form + b"data" + struct.pack("<I", octets)
    )  # fmt: skip


def write(pcm: bytes) -> bytes:
    """A whole file of telephone PCM."""
    whole = pcm[: len(pcm) & ~1]
    return header(len(whole)) + whole


def read(data: bytes) -> Wav:
    """What is in a file; raises `WavFault`."""
    if len(data) > BYTES_MAX:
        raise WavFault("file", f"more than {BYTES_MAX // 1024 // 1024} MB")
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise WavFault("RIFF", "not a WAV file")
    form: tuple[int, int] | None = None
    place = 12
    while place + 8 <= len(data):
        name, length = data[place : place + 4], struct.unpack_from("<I", data, place + 4)[0]
        start = place + 8
        if name == b"fmt ":
            form = _format(data[start : start + length])
        elif name == b"data":
            if form is None:
                raise WavFault("fmt", "is missing before the data")
            return _sound(data, start, length, *form)
        place = start + length + (length & 1)
    raise WavFault("fmt" if form is None else "data", "is missing")


def read_telephone(data: bytes) -> bytes:
    """The PCM of a file that is as the telephone wants it; raises `WavFault`."""
    wav = read(data)
    if wav.channels != 1:
        raise WavFault("channels", f"{wav.channels}, must be 1")
    if wav.rate != RATE:
        raise WavFault("sample rate", f"{wav.rate}, must be {RATE}")
    return wav.pcm


def _format(chunk: bytes) -> tuple[int, int]:
    if len(chunk) < 16:
        raise WavFault("fmt", "is too short")
    kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", chunk)
    if kind == _EXTENSIBLE and len(chunk) >= 26:
        kind = struct.unpack_from("<H", chunk, 24)[0]
    if kind != _PCM:
        raise WavFault("format", f"{kind}, must be 1 (PCM)")
    if channels not in (1, 2):
        raise WavFault("channels", f"{channels}, must be 1 or 2")
    if rate not in _RATES:
        raise WavFault("sample rate", f"{rate}, must be {_RATES[0]} to {_RATES[-1]}")
    if bits != 16:
        raise WavFault("bits per sample", f"{bits}, must be 16")
    return rate, channels


def _sound(data: bytes, start: int, length: int, rate: int, channels: int) -> Wav:
    end = len(data) if length == 0 or length > BYTES_MAX else start + length
    if end > len(data):
        raise WavFault("data", f"{length} bytes are told, {len(data) - start} are there")
    whole = (end - start) // (2 * channels) * (2 * channels)
    return Wav(rate, channels, data[start : start + whole])
