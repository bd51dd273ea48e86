"""The modem's voice path: whether it passes sound between the network and the computer, and how.

Every family closes it by itself when the last call ends, so that it must be opened at each call.
Sound goes to the computer 20 ms at a time and comes from it as it likes; what comes waits in a
buffer, and the modem says when that is full where its family has a code for it.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

from hw.simulator.at_errors import AtError
from hw.simulator.sound import FRAME_BYTES
from hw.simulator.terminal import CallState

if TYPE_CHECKING:
    from hw.simulator.modem import Modem

TALKING = (CallState.ACTIVE, CallState.HELD)
BUFFER_MAX = 16 * FRAME_BYTES  # what comes beyond is lost
HIGH, LOW = 10 * FRAME_BYTES, 3 * FRAME_BYTES  # where it says stop, and go on
PAUSE_MS, PAUSES_EVERY_MS = 200, 2000


class AudioFault(Enum):
    """What users report of sound."""

    NO_SOUND_IN = "no-sound-in"  # the computer hears nothing
    NO_SOUND_OUT = "no-sound-out"  # nobody hears the computer
    SOUND_ONCE = "sound-once"  # neither way after the first call, until a restart
    SOUND_STOPS = "sound-stops"  # the modem takes nothing for 200 ms every 2 s, and says so


class AudioDesk:
    """What the vendors' voice commands switch. `way` names the interface that was asked for:
    `serial`, or `card` for a sound card (UAC); empty while closed. It is a `sound.Voice`.

    `on_sound` takes what the computer is to hear. `gaps` counts rounds in the midst of speech for
    which nothing had come, `longest_gap` those of them that followed on one another, `lost` bytes
    that found no room.
    """

    def __init__(self, modem: Modem) -> None:
        self._modem = modem
        self.way = ""
        self.openings = 0
        self.faults: set[AudioFault] = set()
        self.on_sound: Callable[[bytes], None] | None = None
        self.gaps = self.longest_gap = self.lost = self.frames = 0
        self._gap = 0
        self._buffer = bytearray()
        self._stopped = False
        self._pause_until_ms = 0
        self._pause_at_ms: int | None = None

    @property
    def on(self) -> bool:
        """True while sound passes."""
        return bool(self.way)

    def talking(self) -> bool:
        """True while a call is up, active or held."""
        line = self._modem.line
        return line is not None and any(call.state in TALKING for call in line.calls())

    def as_json(self) -> dict[str, object]:
        """The path for the console's `state`."""
        return {
            "way": self.way,
            "frames": self.frames,
            "gaps": self.gaps,
            "longest_gap": self.longest_gap,
            "buffered": len(self._buffer) / FRAME_BYTES,
            "lost": self.lost,
            "faults": sorted(fault.value for fault in self.faults),
        }

    # What commands do

    def open(self, way: str) -> None:
        """A family's voice command was taken."""
        if not self.way:
            self.openings += 1
            self._pause_at_ms = self._modem.timeline.now_ms + PAUSES_EVERY_MS
        self.way = way

    def open_in_call(self, way: str, after_ms: int) -> None:
        """The same for families that want a call which has been up for `after_ms`.

        Raises AtError sooner than that.
        """
        since_ms = self._modem.calls.up_for_ms()
        if since_ms is None or since_ms < after_ms:
            raise AtError
        self.open(way)

    def close(self) -> None:
        """No sound any more: by command, or because no call is left."""
        self.way = ""
        self._buffer.clear()
        self._stopped = False

    def call_over(self) -> None:
        """A call has ended: with the last one the path closes."""
        if self.way and not self.talking():
            self.close()

    def restarted(self) -> None:
        """The modem starts anew, and all is well again."""
        self.close()
        self.openings = 0

    # The computer's side

    def feed(self, data: bytes) -> None:
        """Sound from the computer; without an open path it goes nowhere."""
        if not self.way:
            return
        room = BUFFER_MAX - len(self._buffer)
        self._buffer += data[:room]
        self.lost += max(0, len(data) - room)
        if len(self._buffer) >= HIGH:
            self._tell_flow(stop=True)

    # The network's side

    def speak(self) -> bytes | None:
        """What the computer says to whoever is in the active calls."""
        now_ms = self._modem.timeline.now_ms
        if self._pausing(now_ms):
            return None
        if self._stopped and len(self._buffer) <= LOW:
            self._tell_flow(stop=False)
        if len(self._buffer) < FRAME_BYTES:
            self._missed()
            return None
        self._gap = 0
        frame = bytes(self._buffer[:FRAME_BYTES])
        del self._buffer[:FRAME_BYTES]
        self.frames += 1
        return None if self.dead(AudioFault.NO_SOUND_OUT) else frame

    def _missed(self) -> None:
        if self._buffer or self.frames:
            self.gaps += 1
            self._gap += 1
            self.longest_gap = max(self.longest_gap, self._gap)

    def hear(self, frame: bytes) -> None:
        """What the computer is to hear."""
        if self.way and self.on_sound is not None and not self.dead(AudioFault.NO_SOUND_IN):
            self.on_sound(frame)

    def dead(self, fault: AudioFault) -> bool:
        """Whether this way is dead, by this fault or for being no first call."""
        once = AudioFault.SOUND_ONCE in self.faults and self.openings > 1
        return once or fault in self.faults

    def _pausing(self, now_ms: int) -> bool:
        if not self.way or AudioFault.SOUND_STOPS not in self.faults:
            return False
        if self._pause_at_ms is not None and now_ms >= self._pause_at_ms:
            self._pause_until_ms = now_ms + PAUSE_MS
            self._pause_at_ms = now_ms + PAUSES_EVERY_MS
            self._tell_flow(stop=True)
        return now_ms < self._pause_until_ms

    def _tell_flow(self, *, stop: bool) -> None:
        if stop is self._stopped:
            return
        self._stopped = stop
        code = self._modem.model.sound_flow(go=not stop)
        if code is not None:
            self._modem.urc(code)
