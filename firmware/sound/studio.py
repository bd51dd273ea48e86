"""What is said into a call and what is made of what is heard, frame by frame.

Pure: the shell brings each frame that was heard (`hear`) and fetches each that is to be said
(`next`). A programme is a row of parts; a part may come later than its turn (a sentence that is
still being spoken), and is waited for in silence for so long, then passed over.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from firmware.sound.dtmf import KeyListener
from firmware.sound.pcm import FRAME_BYTES, FRAME_MS, SILENCE
from firmware.sound.silence import SilenceWatch

WAIT_S = 3.0   # for a part whose turn has come


@dataclass(slots=True)
class Part:
    """A piece of a programme. ``pcm`` None: it is not there yet; ``fault``: it will never be."""

    pcm: bytes | None = None
    fault: str = ""


@dataclass(slots=True)
class Programme:
    """What is to be said, from its first part to its last, or round and round."""

    turn: int
    parts: list[Part]
    loop: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """The programme of this turn is over."""

    turn: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A part of this turn could not be said."""

    turn: int
    why: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """A key in the sound."""

    key: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A frame of the recording of this number."""

    number: int
    pcm: bytes


@dataclass(frozen=True, slots=True)
class Taken:
    """The recording is over: ``why`` is limit, silence or stopped."""

    number: int
    why: str


News = Said | Skipped | Pressed | Recorded | Taken


@dataclass(slots=True)
class _Taking:
    number: int
    max_ms: float
    silence_s: float
    watch: SilenceWatch = field(default_factory=SilenceWatch)
    ms: int = 0


class Studio:
    """One call's sound. ``listen``: keys are looked for in what is heard."""

    def __init__(self, *, listen: bool) -> None:
        self._keys = KeyListener() if listen else None
        self._programme: Programme | None = None
        self._part = self._place = 0
        self._waited_ms = 0
        self._looped = False   # a whole round without a sound would spin
        self._taking: _Taking | None = None
        self._news: list[News] = []

    # What the call wants

    def play(self, programme: Programme | None) -> None:
        """Say this in place of what is being said; None: nothing."""
        self._programme = programme
        self._part = self._place = self._waited_ms = 0
        self._looped = False

    def take_down(self, number: int, max_s: float, silence_s: float) -> None:
        """Record what is heard from now on; a recording under way ends."""
        self.end_taking()
        self._taking = _Taking(number, max_s * 1000, silence_s)

    def end_taking(self, why: str = "stopped") -> None:
        """End the recording, if there is one."""
        taking, self._taking = self._taking, None
        if taking is not None:
            self._news.append(Taken(taking.number, why))

    def news(self) -> list[News]:
        """What has happened since the last time."""
        news, self._news = self._news, []
        return news

    # The stream

    def hear(self, frame: bytes) -> None:
        """20 ms of what the other end says."""
        if self._keys is not None:
            self._news += map(Pressed, self._keys.hear(frame))
        taking = self._taking
        if taking is None:
            return
        self._news.append(Recorded(taking.number, frame))
        taking.watch.hear(frame)
        taking.ms += FRAME_MS
        if taking.ms >= taking.max_ms:
            self.end_taking("limit")
        elif taking.watch.quiet_s >= taking.silence_s:
            self.end_taking("silence")

    def next(self) -> bytes:
        """The next 20 ms to be said; silence where there is nothing."""
        frame = b""
        while self._programme is not None and len(frame) < FRAME_BYTES:
            piece = self._piece(self._programme, FRAME_BYTES - len(frame))
            if piece is None:
                break
            frame += piece
        return frame.ljust(FRAME_BYTES, b"\0") if frame else SILENCE

    def _piece(self, programme: Programme, octets: int) -> bytes | None:
        """At most so many bytes of the part whose turn it is; None where it must be waited for."""
        if self._part >= len(programme.parts):
            self._round_over(programme)
            return None
        part = programme.parts[self._part]
        if part.pcm is None and not part.fault:
            self._waited_ms += FRAME_MS
            if self._waited_ms < WAIT_S * 1000:
                return None
            part.fault = f"not spoken within {WAIT_S:.0f} s"
        if part.pcm is None:
            if not programme.loop or not self._looped:
                self._news.append(Skipped(programme.turn, part.fault))
            piece = b""
        else:
            piece = part.pcm[self._place : self._place + octets]
            self._place += len(piece)
        if part.pcm is None or self._place >= len(part.pcm):
            self._part, self._place, self._waited_ms = self._part + 1, 0, 0
        return piece

    def _round_over(self, programme: Programme) -> None:
        if programme.loop:
            self._part, self._looped = 0, True
            return
        self._programme = None
        self._news.append(Said(programme.turn))
