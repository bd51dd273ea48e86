"""What the demo's telephones hear, kept for some seconds for whoever listens in the browser."""

from __future__ import annotations

import threading

KEPT_BYTES = 5 * 16_000   # of 16-bit PCM at 8000 Hz


class Ear:
    """One telephone's. The simulated network puts frames in; the page takes what is new."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept = bytearray()
        self._end = 0   # bytes ever heard

    def hear(self, frame: bytes) -> None:
        with self._lock:
            self._kept += frame
            self._end += len(frame)
            del self._kept[: max(len(self._kept) - KEPT_BYTES, 0)]

    def since(self, sample: int) -> tuple[int, bytes]:
        """The sound from a place on, as far as it is kept, and the place where it ends."""
        with self._lock:
            new = min(max(self._end - 2 * sample, 0), len(self._kept))
            return self._end // 2, bytes(self._kept[len(self._kept) - new :])
