"""Whether the modem goes or restarts by itself again and again.

A supply that gives way when it sends, a loose cable: each time is over within seconds, and no other
alarm lasts for so long.
"""

from __future__ import annotations

from collections import deque

from firmware.alert.bell import Bell
from firmware.ledger import Ledger
from firmware.record import JournalKind
from firmware.wording import messages

KEY = "modem-dies"
DEATHS_MAX, WITHIN_S = 4, 3600.0   # so many are an alarm
OVER_S = 6 * 3600.0                # until it was set up for so long without one
PAUSE_MAX_S = 600.0                # between two looks


class ModemDeaths:
    """``well``: nobody was mending it, and what it did it did by itself."""

    def __init__(self, ledger: Ledger, bell: Bell) -> None:
        self._ledger, self._bell = ledger, bell
        self._times_s: deque[float] = deque(maxlen=DEATHS_MAX)
        self._well_s = 0.0         # for how long it was set up since
        self._looked_s: float | None = None

    def lost(self, port: str | None, why: str, *, well: bool) -> None:
        """The port of a modem that was set up is gone."""
        self._ledger.journal(JournalKind.HEALTH, outcome="modem_lost", port=port, why=why)
        self._died(well=well)

    def restarted(self, line: str, *, well: bool) -> None:
        """It says that it has started, and was set up."""
        self._ledger.journal(JournalKind.HEALTH, outcome="modem_restarted", line=line)
        self._died(well=well)

    def _died(self, *, well: bool) -> None:
        if not well:
            return
        now_s = self._ledger.moment.monotonic_s
        self._well_s = 0.0
        self._times_s.append(now_s)
        if len(self._times_s) == DEATHS_MAX and self._times_s[0] > now_s - WITHIN_S:
            self._bell.ring(KEY, messages.MODEM_DIES)

    def look(self, *, ready: bool) -> None:
        """Each minute. Without a modem nobody knows whether it is over."""
        now_s = self._ledger.moment.monotonic_s
        before_s, self._looked_s = self._looked_s, now_s if ready else None
        if ready and before_s is not None:
            self._well_s += min(now_s - before_s, PAUSE_MAX_S)
        if self._well_s >= OVER_S:
            self._bell.still(KEY)
