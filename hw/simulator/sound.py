"""Voice between the ends of calls: 16-bit little-endian mono at 8000 Hz, 20 ms at a time.

A `SoundField` goes round every 20 ms of the timeline while one of its voices is in a call, and not
at all otherwise; a network without one carries no sound and costs nothing. What a listener hears is
the sum of all who are audible to it: nothing while held, everybody in a conference, and after a
transfer the other party alone.
"""

from __future__ import annotations

import io
import sys
import wave
from array import array
from collections.abc import Callable
from functools import cache
from math import pi, sin
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from hw.simulator.call import SET_UP, audible_to
from hw.simulator.terminal import CallState

if TYPE_CHECKING:
    from hw.simulator.line import MobileLine
    from hw.simulator.network import Network

RATE = 8000
FRAME_MS = 20
FRAME_BYTES = 2 * RATE * FRAME_MS // 1000
SILENCE = bytes(FRAME_BYTES)
TONE_MS = 100
_LOW_HZ, _HIGH_HZ = (697, 770, 852, 941), (1209, 1336, 1477, 1633)  # Q.23
_KEYS = ("123A", "456B", "789C", "*0#D")
_AMPLITUDE = 7000


class SoundError(Exception):
    """A file that cannot be heard; the message says why, in one line."""


class Voice(Protocol):
    """A mouth and an ear at one subscriber's end."""

    def speak(self) -> bytes | None:
        """The next 20 ms that are said; None for silence."""

    def hear(self, frame: bytes) -> None:
        """20 ms that are heard; called once a round while a call is up, also with silence."""


class SoundField:
    """All voices of a network."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._voices: dict[str, Voice] = {}
        self._running = False
        self.rounds = 0

    def join(self, number: str, voice: Voice) -> None:
        """Give a subscriber a mouth and an ear."""
        self._voices[number] = voice
        self.wake()

    def wake(self) -> None:
        """A call has come up: go round from now on."""
        if not self._running:
            self._running = True
            self._network.timeline.after(FRAME_MS, self._round)

    def _round(self) -> None:
        self.rounds += 1
        heard: dict[MobileLine, list[bytes]] = {}
        listening: list[tuple[MobileLine, Voice]] = []
        for number, voice in list(self._voices.items()):
            line = self._network.subscribers[number].line
            if line is None or not line.alive:
                continue
            legs = [leg for leg in line.legs.values() if leg.peer and leg.state in SET_UP]
            if not legs:
                continue
            listening.append((line, voice))
            frame = voice.speak()
            if frame is None:
                continue
            for leg in legs:
                for other in audible_to(leg) if leg.state is CallState.ACTIVE else ():
                    heard.setdefault(other.line, []).append(frame)
        for line, voice in listening:
            parts = heard.get(line)
            voice.hear(mixed(parts) if parts else SILENCE)
        self._running = bool(listening)
        if self._running:
            self._network.timeline.after(FRAME_MS, self._round)


class PhoneVoice:
    """The mouth and the ear of a telephone.

    `says` is said `says_after_ms` after each answer, `machine_says` by its voicemail. Everything
    that is heard in the present call is in `heard`; `listeners` get it frame by frame, and with
    `record_to` it is written there as a WAV file when a call ends: each call after the one before.
    """

    def __init__(self) -> None:
        self.says = self.machine_says = b""
        self.says_after_ms = 500
        self.heard = bytearray()
        self.record_to: Path | None = None
        self.listeners: list[Callable[[bytes], None]] = []
        self._words = bytearray()
        self._tones = bytearray()
        self._recorded = bytearray()

    def say(self, pcm: bytes) -> None:
        """Say this after what is being said."""
        self._words += pcm

    def press(self, key: str) -> None:
        """The tone of a key goes out, over whatever is being said."""
        self._tones += key_tone(key)

    def begin(self) -> None:
        """A call is answered: nothing is left of the one before."""
        self._words.clear()
        self._tones.clear()
        self.heard = bytearray()

    def end(self) -> None:
        """The call is over: what was heard is written."""
        if self.record_to is not None and self.heard:
            self._recorded += self.heard
            self.record_to.write_bytes(wav_of(bytes(self._recorded)))
        self._words.clear()
        self._tones.clear()

    def speak(self) -> bytes | None:
        """See `Voice`."""
        parts = [_taken(queue) for queue in (self._words, self._tones) if queue]
        return mixed(parts) if parts else None

    def hear(self, frame: bytes) -> None:
        """See `Voice`."""
        self.heard += frame
        for listener in self.listeners:
            listener(frame)


def _taken(queue: bytearray) -> bytes:
    frame = bytes(queue[:FRAME_BYTES])
    del queue[:FRAME_BYTES]
    return frame.ljust(FRAME_BYTES, b"\0")


def mixed(parts: list[bytes]) -> bytes:
    """The sum of frames, clipped."""
    if len(parts) == 1:
        return parts[0]
    tracks = []
    for part in parts:
        track = array("h", part)
        if sys.byteorder == "big":
            track.byteswap()
        tracks.append(track)
    total = array("h", (max(-32768, min(32767, sum(each))) for each in zip(*tracks, strict=True)))
    if sys.byteorder == "big":
        total.byteswap()
    return total.tobytes()


@cache
def key_tone(key: str) -> bytes:
    """Both tones of a key (Q.23), as the network plays them (23.014): 100 ms, and a pause."""
    row = next(index for index, keys in enumerate(_KEYS) if key in keys)
    low, high = _LOW_HZ[row], _HIGH_HZ[_KEYS[row].index(key)]
    count = RATE * TONE_MS // 1000
    values = [
        round(_AMPLITUDE * (sin(2 * pi * low * i / RATE) + sin(2 * pi * high * i / RATE)))
        for i in range(count)
    ]
    tone = b"".join(value.to_bytes(2, "little", signed=True) for value in values)
    return tone + bytes(4 * FRAME_BYTES)


def wav_of(pcm: bytes) -> bytes:
    """The PCM as a WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm)
    return out.getvalue()


def from_wav(path: str | Path) -> bytes:
    """The PCM in a WAV file of 8000 Hz, mono, 16 bits. Raises SoundError for anything else."""
    try:
        with wave.open(str(path), "rb") as file:
            form = (file.getframerate(), file.getnchannels(), file.getsampwidth())
            pcm = file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise SoundError(f"{path}: {error}") from error
    if form != (RATE, 1, 2):
        raise SoundError(f"{path}: must be 8000 Hz, mono, 16 bits; sox can make it so")
    return pcm
