"""A disk that takes no rows: the box goes on from memory, says so, and says what to do."""

from __future__ import annotations

from firmware.alert.bell import Bell
from firmware.event import StoreChanged
from firmware.ledger import Ledger
from firmware.pulse import StoreState
from firmware.record import JournalKind
from firmware.wording import messages

KEY = "disk"
BUSY_TOLD_AFTER_S = 30.0   # an import or a backup of another program's is over in less

CAUSES = {
    StoreState.BUSY: messages.STORE_BUSY,
    StoreState.FULL: messages.STORE_FULL,
    StoreState.READ_ONLY: messages.STORE_READ_ONLY,
    StoreState.DAMAGED: messages.STORE_DAMAGED,
    StoreState.FAILING: messages.STORE_FAILING,
}


class DiskDesk:
    """Rings for each trouble once, and for its end; the page sees it in the pulse."""

    def __init__(self, ledger: Ledger, bell: Bell) -> None:
        self._ledger = ledger
        self._bell = bell
        self.deadline_s: float | None = None   # when a lock becomes an alarm

    def changed(self, event: StoreChanged) -> None:
        """The shell tells: rows are kept in memory from the step before on, or no longer."""
        self._ledger.store = event.state
        self.deadline_s = None
        if event.state is StoreState.GOOD:
            self._bell.still(KEY)
            self._ledger.journal(JournalKind.HEALTH, outcome="store_good")
            return
        self._ledger.journal(
            JournalKind.HEALTH, outcome="store_trouble", state=event.state.value, why=event.why
        )
        if event.state is StoreState.BUSY and self._ledger.alarm(KEY) is None:
            self.deadline_s = self._ledger.moment.monotonic_s + BUSY_TOLD_AFTER_S
        else:
            self._ring()

    def start(self) -> None:
        """A program that begins with a good disk ends what its predecessor rang for."""
        if self._ledger.on_disk:
            self._bell.still(KEY)

    def tick(self) -> None:
        if self.deadline_s is not None and self._ledger.moment.monotonic_s >= self.deadline_s:
            self.deadline_s = None
            self._ring()

    def _ring(self) -> None:
        # A disk that dies gives one reason after the other: told once, shown as it is
        known = self._ledger.alarm(KEY) is not None
        self._bell.ring(KEY, CAUSES[self._ledger.store], by_sms=not known)
