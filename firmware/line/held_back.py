"""Since when a modem may have kept its codes to itself.

From the prompt of a message to the end of its body (27.005 3.5.1) no code is told; where the end
of the body was lost, it lasts until the answer is overdue and ESC ends it. What was kept is then
told all at once: when it happened, nobody knows.
"""

from __future__ import annotations

from firmware.at.command import Command

TOGETHER_S = 1.0   # what was kept comes in pieces, and some after the answer; a ring is rarer


class HeldBack:
    """Follows one channel. Times are monotonic."""

    def __init__(self) -> None:
        self._sending_s: float | None = None   # since when a message is on its way to the modem
        self._heard_s = 0.0
        self._kept: tuple[float, float] | None = None   # the last silence of a message: from, to

    def follow(self, now_s: float, command: Command | None, *, dirty: bool) -> None:
        """What is in flight. A message that was given up lasts, for all we know, until the channel
        is no longer ``dirty``."""
        given_up = command is None and dirty
        sending = given_up if command is None else command.body is not None
        if not sending:
            self._sending_s = None
        elif self._sending_s is None and not given_up:
            self._sending_s = now_s

    def cut_off(self, now_s: float) -> None:
        """There is no port: what happens until there is one again is told with the first bytes,
        and a message that was under way keeps the modem's codes back all the same."""
        if self._sending_s is None:
            self._sending_s = now_s

    def heard(self, now_s: float) -> None:
        """Bytes came: until now the modem was silent, from now on it is not."""
        if self._sending_s is not None:
            since_s = max(self._sending_s, self._heard_s)
            if now_s - since_s >= TOGETHER_S:
                self._kept = since_s, now_s
        self._heard_s = now_s

    def since_s(self, now_s: float) -> float | None:
        """What is told now may have happened at any time since; None: it happens now."""
        if self._kept is None or now_s - self._kept[1] >= TOGETHER_S:
            return None
        return self._kept[0]
