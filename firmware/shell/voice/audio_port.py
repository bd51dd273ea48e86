"""One call's sound on a device: a thread that is there while the voice path is open, and no longer.

The stream's own clock is the modem's: a frame is written for each frame that is read, so that
neither side ever gains on the other. Where nothing comes, the monotonic clock stands in, and what
comes late after that is heard, but not answered a second time.
"""

from __future__ import annotations

import errno
import os
import queue
import select
import threading
import time
from collections.abc import Callable

from firmware.shell.voice.audio_devices import AudioDevice
from firmware.shell.voice.urgent import hurry
from firmware.sound.pcm import FRAME_BYTES, FRAME_MS, SILENCE
from firmware.sound.studio import News, Studio

FRAME_S = FRAME_MS / 1000
LEAD = 5                  # frames written ahead: 100 ms in which this thread may come late
LATE_LEAD = 8             # from then on where it has come later than that; a modem holds 200 ms
CLOCK_AFTER_S = 0.06      # without a frame: the clock stands in
MUTE_S = 2.0              # without a frame: there is no sound
PENDING_MAX = 8 * FRAME_BYTES   # what the device does not take is dropped, the oldest first
READ_MAX = 32 * FRAME_BYTES

Order = Callable[[Studio], None]


class AudioPort:
    """``on_open`` is called when the first sound has come, ``on_lost`` with a reason when there is
    none or no more, ``on_news`` with what happened in a frame; all from the port's own thread."""

    def __init__(
        self,
        device: AudioDevice,
        studio: Studio,
        *,
        on_open: Callable[[], None],
        on_lost: Callable[[str], None],
        on_news: Callable[[list[News]], None],
        clock: Callable[[], float] = time.monotonic,
        urgent: Callable[[], object] = hurry,
    ) -> None:
        self._device, self._studio, self._clock = device, studio, clock
        self._on_open, self._on_lost, self._on_news = on_open, on_lost, on_news
        self._urgent = urgent
        self._orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
        self._stopping = False
        self._flowing = True
        self._input = bytearray()
        self._pending = bytearray()
        self._lead = LEAD
        self._ahead = 0          # frames that the clock has written in the stream's stead
        self._heard_s: float | None = None   # the last frame
        self._clock_s = 0.0      # when the clock stands in next
        self.frames_read = self.frames_written = self.frames_by_clock = 0
        self.frames_dropped = self.frames_missed = self.frames_unheard = 0
        self._thread = threading.Thread(target=self._run, name="sound", daemon=True)

    def start(self) -> None:
        """Begin; once."""
        self._thread.start()

    def order(self, order: Order) -> None:
        """Do something to the studio before its next frame; from any thread."""
        self._orders.put(order)

    def let_flow(self, go: bool) -> None:
        """Hold back what is to be said, or let it go on where it stopped."""
        self._flowing = go

    def stop(self) -> None:
        """End the thread and let the device go."""
        self._stopping = True
        if self._thread.is_alive() and threading.current_thread() is not self._thread:
            self._thread.join(timeout=1.0)
        self._device.close()

    # The thread

    def _run(self) -> None:
        self._urgent()
        began_s = self._clock()
        self._clock_s = began_s + CLOCK_AFTER_S
        try:
            for _ in range(LEAD):
                self._write(SILENCE)
            while not self._stopping:
                self._turn(began_s)
        except OSError as fault:
            if not self._stopping:
                self._on_lost(os.strerror(fault.errno) if fault.errno else str(fault))

    def _turn(self, began_s: float) -> None:
        wait_s = max(0.0, self._clock_s - self._clock())
        writes = [self._device.writes] if self._pending else []
        readable, writable, _ = select.select([self._device.reads], writes, [], wait_s)
        now_s = self._clock()
        if writable:
            self._flush()
        frames = self._read() if readable else []
        while not self._orders.empty():
            self._orders.get()(self._studio)
        if frames:
            self._take(frames, now_s)
        elif now_s >= self._clock_s:
            self._stand_in(now_s)
            if now_s - (self._heard_s or began_s) >= MUTE_S:
                raise OSError(f"no sound came for {MUTE_S:.0f} s")
        if news := self._studio.news():
            self._on_news(news)

    def _take(self, frames: list[bytes], now_s: float) -> None:
        """Frames that came together; what was late had its answer from the clock. The first after
        a pause is the one that is due now; those that follow on its heels are the late ones."""
        if self._heard_s is None:
            self._on_open()
        since_s = now_s - (self._heard_s or 0.0)
        if FRAME_S / 2 <= since_s <= CLOCK_AFTER_S:
            self.frames_unheard += self._ahead
            self._ahead = 0   # the stream is on time again: what it owed will never come
        late = min(self._ahead, len(frames) - (since_s > CLOCK_AFTER_S))
        self._ahead -= late
        self._heard_s = now_s
        self._clock_s = now_s + CLOCK_AFTER_S
        self.frames_read += len(frames)
        for frame in frames:
            self._studio.hear(frame)
        # More than the lead: this thread came too late, and the modem has played all that it had.
        # What is to be said goes on from there, rather than pile up in its buffer.
        due = len(frames) - late
        if due > self._lead:
            self._lead = LATE_LEAD
        self.frames_missed += max(0, due - self._lead)
        for _ in range(min(due, self._lead)):
            self._answer()

    def _stand_in(self, now_s: float) -> None:
        self._clock_s = max(self._clock_s + FRAME_S, now_s - FRAME_S)
        self._ahead += 1
        self.frames_by_clock += 1
        self._answer()

    def _answer(self) -> None:
        if self._flowing:
            self._write(self._studio.next())

    def _read(self) -> list[bytes]:
        try:
            data = os.read(self._device.reads, READ_MAX)
        except BlockingIOError:
            return []
        if not data:
            raise OSError(errno.EPIPE, "the device is gone")
        self._input += data
        whole = len(self._input) // FRAME_BYTES * FRAME_BYTES
        taken = bytes(self._input[:whole])
        del self._input[:whole]
        return [taken[start : start + FRAME_BYTES] for start in range(0, whole, FRAME_BYTES)]

    def _write(self, frame: bytes) -> None:
        self._pending += frame
        self.frames_written += 1
        self._flush()
        if len(self._pending) > PENDING_MAX:  # whole frames, or the samples would be cut in two
            excess = -(-(len(self._pending) - PENDING_MAX) // FRAME_BYTES)
            del self._pending[: excess * FRAME_BYTES]
            self.frames_dropped += excess

    def _flush(self) -> None:
        try:
            while self._pending:
                sent = os.write(self._device.writes, self._pending)
                del self._pending[:sent]
        except BlockingIOError:
            return
