"""Whether the network takes any SMS at all: a SIM without credit or service centre still takes
calls, and every alert fails."""

from __future__ import annotations

FAILED_MIN = 4      # tries in a row, of whatever message, ...
ODD_AFTER_S = 600.0   # ... over so long: congestion at a mast is over sooner


class Refusals:
    """Tries that failed since an SMS last left. ``why``: what was said of the last one."""

    def __init__(self) -> None:
        self._failed = 0
        self._since_s = 0.0
        self.why = ""
        self.left_last = False   # what was tried last has left; False before anything was tried

    def failed(self, now_s: float, why: str) -> None:
        """The network or the modem did not take a part."""
        if not self._failed:
            self._since_s = now_s
        self._failed += 1
        self.why, self.left_last = why, False

    def left(self) -> None:
        """A part has left."""
        self._failed, self.left_last = 0, True

    def are_odd(self, now_s: float) -> bool:
        """More than one message's bad luck."""
        return self._failed >= FAILED_MIN and now_s >= self._since_s + ODD_AFTER_S
