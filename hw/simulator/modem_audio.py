"""The modem's voice path: whether it passes sound between the network and the computer.

Every family closes it by itself when the last call ends, so that it must be opened at each call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hw.simulator.at_errors import AtError
from hw.simulator.terminal import CallState

if TYPE_CHECKING:
    from hw.simulator.modem import Modem

TALKING = (CallState.ACTIVE, CallState.HELD)


class AudioDesk:
    """What the vendors' voice commands switch. `way` names the interface that was asked for:
    `serial`, or `card` for a sound card (UAC); empty while closed."""

    def __init__(self, modem: Modem) -> None:
        self._modem = modem
        self.way = ""
        self.openings = 0

    @property
    def on(self) -> bool:
        """True while sound passes."""
        return bool(self.way)

    def talking(self) -> bool:
        """True while a call is up, active or held."""
        line = self._modem.line
        return line is not None and any(call.state in TALKING for call in line.calls())

    def open(self, way: str) -> None:
        """A family's voice command was taken."""
        if not self.way:
            self.openings += 1
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

    def call_over(self) -> None:
        """A call has ended: with the last one the path closes."""
        if self.way and not self.talking():
            self.close()
