"""Whether somebody speaks, frame by frame, over a line that may hum.

A frame is speech when it stands clearly above the quietest tenth of the last seconds, and above a
level at which nobody is understood. Steady noise becomes the floor; speech never does, for it has
gaps. What is measured is the difference from sample to sample, in which hum hardly shows.
"""

from __future__ import annotations

from collections import deque
from math import sqrt
from operator import mul, sub

from firmware.sound.pcm import FRAME_MS, amplitude, samples

QUIET_DBFS = -56.0    # of the differences; below: nothing that a listener would understand
ABOVE_FLOOR = 2.5     # times the floor's amplitude (8 dB)
WINDOW_MS = 3000      # in which the floor is looked for
TENTH = 10
HOLD_MS = 240         # speech goes on so long after its last loud frame: the gap between two words
ENOUGH_MS = 100       # of speech, to count as having spoken


class SilenceWatch:
    """Counts how long nobody has spoken. ``spoke`` tells that somebody ever did."""

    def __init__(self) -> None:
        self._window: deque[float] = deque(maxlen=WINDOW_MS // FRAME_MS)
        self._quiet_ms = 0
        self._loud_ms = 0

    @property
    def quiet_s(self) -> float:
        """For how long nobody has spoken."""
        return max(0, self._quiet_ms - HOLD_MS) / 1000

    @property
    def spoke(self) -> bool:
        return self._loud_ms >= ENOUGH_MS

    def hear(self, frame: bytes) -> bool:
        """One frame of 20 ms; true where it is speech."""
        level = _liveliness(frame)
        self._window.append(level)
        floor = sorted(self._window)[len(self._window) // TENTH]
        loud = level > max(amplitude(QUIET_DBFS), ABOVE_FLOOR * floor)
        if loud:
            self._quiet_ms = 0
            self._loud_ms += FRAME_MS
        else:
            self._quiet_ms += FRAME_MS
        return loud


def _liveliness(frame: bytes) -> float:
    """RMS of the differences between neighbours."""
    values = samples(frame)
    steps = list(map(sub, values[1:], values))
    return sqrt(sum(map(mul, steps, steps)) / len(steps)) if steps else 0.0
