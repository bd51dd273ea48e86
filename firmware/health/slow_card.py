"""A memory card that takes seconds to write: most do for weeks before they fail, and every call and
alert waits for it meanwhile."""

from __future__ import annotations

from firmware.alert.bell import Bell
from firmware.event import StoreSlow
from firmware.ledger import Ledger
from firmware.record import JournalKind
from firmware.wording import messages

KEY = "card"
OFTEN, WITHIN_S = 3, 3600.0   # one alone may be the nightly backup's, or another program's
OVER_AFTER_S = 86_400.0


class SlowCard:
    """An alarm once it is so often, until a day has gone without."""

    def __init__(self, ledger: Ledger, bell: Bell) -> None:
        self._ledger, self._bell = ledger, bell
        self._last_s = ledger.moment.monotonic_s
        self._slow: list[float] = []

    def heard(self, event: StoreSlow) -> None:
        """A commit took so long."""
        self._last_s = now_s = self._ledger.moment.monotonic_s
        self._slow = [at_s for at_s in self._slow if at_s > now_s - WITHIN_S] + [now_s]
        seconds = str(round(event.seconds))
        if len(self._slow) >= OFTEN and self._bell.ring(
            KEY, messages.CARD_SLOW, {"seconds": seconds}
        ):
            self._ledger.journal(JournalKind.HEALTH, outcome="card_slow", seconds=seconds)

    def look(self) -> None:
        """Each minute."""
        if self._ledger.moment.monotonic_s >= self._last_s + OVER_AFTER_S:
            self._bell.still(KEY)
