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
OVER_S = 6 * 3600.0                # until there was none for so long


class ModemDeaths:
    """``well``: nobody was mending it, and what it did it did by itself."""

    def __init__(self, ledger: Ledger, bell: Bell) -> None:
        self._ledger, self._bell = ledger, bell
        self._times_s: deque[float] = deque(maxlen=DEATHS_MAX)
        self._last_s = ledger.moment.monotonic_s   # an alarm of before a restart has its time, too

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
        now_s = self._last_s = self._ledger.moment.monotonic_s
        self._times_s.append(now_s)
        if len(self._times_s) == DEATHS_MAX and self._times_s[0] > now_s - WITHIN_S:
            self._bell.ring(KEY, messages.MODEM_DIES)

    def look(self) -> None:
        """Each minute."""
        if self._ledger.moment.monotonic_s >= self._last_s + OVER_S:
            self._bell.still(KEY)
