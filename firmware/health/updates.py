"""What came of an update: an alarm while somebody has to know, a line of the journal for good.

A refused file changed nothing, and who brought it stands before the box: shown for an hour, and no
SMS. A version that was taken back is told by SMS, once, and shown until another one is in place.
"""

from __future__ import annotations

from datetime import timedelta

from firmware.alert.bell import Bell
from firmware.event import StickSeen, UpdateSeen
from firmware.ledger import Ledger
from firmware.record import JournalKind
from firmware.wording.update_words import REFUSALS, SENTENCES, STICK_FAULTS

KEY, STICK = "update", "stick-backup"
TOLD = "update-told"              # the fact: which outcome the journal has
SHOWN_FOR = timedelta(hours=1)    # a refusal
AHEAD_MAX = timedelta(minutes=5)  # a clock that was set back meanwhile


class Updates:
    """Hears of each outcome, perhaps several times."""

    def __init__(self, ledger: Ledger, bell: Bell) -> None:
        self._ledger, self._bell = ledger, bell
        self._seen: UpdateSeen | None = None

    def hear(self, event: UpdateSeen) -> None:
        self._seen = event
        self._write_down(event)
        if event.what in SENTENCES and not self._is_over(event):
            self._bell.ring(
                KEY, SENTENCES[event.what], event.values, by_sms=event.what not in REFUSALS,
                again=False,
            )  # fmt: skip
        else:
            self._bell.still(KEY, by_sms=False)

    def hear_of_stick(self, event: StickSeen) -> None:
        """Told once: who relies on the stick has to know, and it lasts until one was written or
        the stick is out."""
        cause = STICK_FAULTS.get(event.what)
        if cause is None:
            self._bell.still(STICK, by_sms=False)
        else:
            self._bell.ring(STICK, cause, again=False)

    def look(self) -> None:
        """Each minute: a refusal is over after an hour."""
        if self._seen is not None and self._is_over(self._seen):
            self._bell.still(KEY, by_sms=False)

    def _is_over(self, event: UpdateSeen) -> bool:
        age = self._ledger.now - event.at
        return event.what in REFUSALS and not -AHEAD_MAX <= age < SHOWN_FOR

    def _write_down(self, event: UpdateSeen) -> None:
        known = event.at.isoformat()
        if self._ledger.fact(TOLD) == known:
            return
        self._ledger.remember(TOLD, known)
        outcome = "update_refused" if event.what in REFUSALS else f"update_{event.what}"
        more = {**event.values, "what": event.what}
        self._ledger.journal(JournalKind.HEALTH, outcome=outcome, more=more)
