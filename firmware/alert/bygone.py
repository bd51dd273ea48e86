"""What lay too long to be sent as if it were of today, and who is told of it instead.

One rule for a power cut of a week, a backup that was loaded, a SIM that was away: what has waited
for more than a day stays unsent. "Ring back", of last week, and "you are on duty", of a duty long
past, mislead. Nothing is dropped in silence: each SMS stays in the journal as not sent, the
administrators hear how many there were, and about a caller whom nobody has answered for they are
alarmed, with the day of the call.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from firmware.alert.book import AlertBook
from firmware.alert.patience import PERSONAL_ALERT_S
from firmware.alert.words import AlertWords
from firmware.ledger import Ledger
from firmware.moment import is_older
from firmware.record import Alert, AlertState, OutgoingMessage
from firmware.sms.awaited import awaited_alert
from firmware.sms.outbox import Outbox

OLD_AFTER = timedelta(days=1)


class Bygone:
    """Looks when the box starts, when it learns the time, and when the network takes SMS again.

    How old is what an earlier run of the program has left, only a clock that can be believed
    tells; what is of this run is timed by the monotonic one, whatever the other was set to.
    ``give_up`` ends the asking for an alert.
    """

    def __init__(
        self,
        ledger: Ledger,
        outbox: Outbox,
        book: AlertBook,
        words: AlertWords,
        give_up: Callable[[Alert], None],
    ) -> None:
        self._ledger = ledger
        self._outbox = outbox
        self._book = book
        self._words = words
        self._give_up = give_up
        self._seen = (False, False)   # whether the time was known, and the network took SMS
        self._left = frozenset(outbox.book.pending)   # by an earlier run
        self._asking = frozenset(alert.id for alert in self._open())
        self._resumed: frozenset[int] | None = None   # of its calls, asked about at this start

    def tick(self) -> None:
        """Look, where there is a reason to."""
        if self._resumed is None:
            self._resumed = frozenset(alert.id for alert in self._open()) - self._asking
        seen = (self._ledger.moment.utc_trusted, self._outbox.ready)
        before, self._seen = self._seen, seen
        if seen > before or (seen[1] and not before[1]):
            self._look(self._ledger.now - OLD_AFTER if seen[0] else None)

    def _look(self, limit: datetime | None) -> None:
        """``limit``: whatever is of before is too old; None: nobody knows the time."""
        given_up = [each for each in self._open() if limit is not None and self._past(each, limit)]
        asking = {alert.id for alert in self._open() if alert not in given_up}
        old = [
            message
            for message in self._outbox.book.pending.values()
            if message.about not in asking
            and self._outbox.is_wanted(message)
            and self._is_old(message, limit)
        ]
        for message in old:
            self._outbox.let_go(message)
        for alert in given_up:
            self._give_up(alert)
        unheard = {awaited_alert(each) for each in old if each.about is None}
        for alert in self._book.unsettled():
            if alert.id in unheard and alert.state is AlertState.EXHAUSTED:
                self._words.alarm_again(alert)
        if old:
            self._words.sms_too_old(len(old), min(message.created_at for message in old))
        if limit is not None:
            self._outbox.turns.release()
            self._left = self._asking = self._resumed = frozenset()

    def _open(self) -> list[Alert]:
        """Alerts about callers that somebody is being asked about."""
        return [
            alert
            for alert in self._book.unsettled()
            if alert.state is AlertState.OPEN and alert.cause not in PERSONAL_ALERT_S
        ]

    def _past(self, alert: Alert, limit: datetime) -> bool:
        """Its next step was due so long ago; or a call of back then was found in hand."""
        if alert.id in self._asking:
            return is_older(alert.due_at or alert.opened_at, limit)
        return alert.id in (self._resumed or ()) and is_older(alert.opened_at, limit)

    def _is_old(self, message: OutgoingMessage, limit: datetime | None) -> bool:
        if message.id in self._left:
            return limit is not None and is_older(message.created_at, limit)
        awaited = awaited_alert(message) is not None   # tried without end, for somebody waits
        return not awaited and self._outbox.waits_s(message) > OLD_AFTER.total_seconds()
