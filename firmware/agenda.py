"""When the loop has to do something by itself: a step, a look around, setting its alarm clock.

Pure: the shell's loop asks it before and after each wait.
"""

from __future__ import annotations

from math import inf

from firmware.moment import Moment


class Agenda:
    """``wake_at_s`` is what the last step asked for, ``look_at_s`` when the loop next looks
    around; both on the monotonic clock."""

    def __init__(self, moment: Moment) -> None:
        self.wake_at_s = self.look_at_s = 0.0
        self.stepped_at = moment
        self._alarm_at_s = inf

    def wait_s(self, now_s: float) -> float:
        """How long the loop may wait if nothing comes and no alarm rings."""
        return max(min(self.wake_at_s, self.look_at_s) - now_s, 0.0)

    def alarm_s(self) -> float | None:
        """What to set the alarm clock to; None: it is set, or the look around comes first.

        Most wake-ups are put off before that look, such as the deadline of a command that is
        answered at once; a clock set for each would wake the loop for nothing.
        """
        if self.wake_at_s >= min(self._alarm_at_s, self.look_at_s):
            return None
        self._alarm_at_s = self.wake_at_s
        return self.wake_at_s

    def rung(self) -> None:
        """The alarm clock, perhaps too early."""
        self._alarm_at_s = inf

    def is_due(self, now: Moment) -> bool:
        """Whether there is a step to be taken though nothing has come: its time, or another time
        of day than the last step was told."""
        if now.monotonic_s >= self.wake_at_s:
            self._alarm_at_s = inf   # it may be late: a wall clock was set back
            return True
        before = self.stepped_at
        return now.utc_trusted != before.utc_trusted or now.clock_was_set_since(before)
