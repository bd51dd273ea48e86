"""Signs that a modem which answers is deaf all the same: no call would come in."""

from __future__ import annotations

from collections.abc import Callable

from firmware.moment import Moment
from firmware.wording import messages

UNREGISTERED_S = 90.0   # the network is back sooner, or a reset helps
NO_SIM_S = 60.0         # most slots notice a card only at a restart
UNKNOWN_SIGNALS = 5     # minutes in a row, from a modem that has told its level before
_WORTH_A_RESET = (messages.SIM_MISSING, messages.SIM_FAULT, messages.SIM_PIN_GIVEN_UP)


class Signs:
    """Watches what the bring-up and the polls have read. ``on_suspect`` may be called again and
    again for one kind; ``on_trust`` takes it back."""

    def __init__(self, moment: Callable[[], Moment]) -> None:
        self._moment = moment
        self._no_sim_since_s: float | None = None
        self._signal_seen = False
        self._unknown_signals = 0
        self.on_suspect: Callable[[str, str], None] = lambda kind, why: None
        self.on_trust: Callable[[str], None] = lambda kind: None

    def registered(self) -> None:
        self.on_trust("network")

    def unheard(self) -> None:
        """It answers, but nothing about the network, although it was set up anew."""
        self.on_suspect("network", "no answer")

    def unregistered(self, for_s: float, state: str) -> None:
        if for_s >= UNREGISTERED_S:
            self.on_suspect("network", state)

    def signal(self, dbm: int | None) -> None:
        """+CSQ of a modem that says it is registered; 99 is None."""
        if dbm is not None:
            self._signal_seen = True
            self._unknown_signals = 0
            self.on_trust("signal")
        elif self._signal_seen:
            self._unknown_signals += 1
            if self._unknown_signals >= UNKNOWN_SIGNALS:
                self.on_suspect("signal", "+CSQ")

    def sim_ready(self) -> None:
        self._no_sim_since_s = None
        self.on_trust("sim")

    def sim_fault(self, cause: str) -> None:
        """A card that is missing or fails for long, or refuses a PIN that it took; else a PIN that
        is asked for is no such fault."""
        if cause not in _WORTH_A_RESET:
            self.sim_ready()
            return
        now_s = self._moment().monotonic_s
        if self._no_sim_since_s is None:
            self._no_sim_since_s = now_s
        if now_s - self._no_sim_since_s >= NO_SIM_S:
            self.on_suspect("sim", cause)
