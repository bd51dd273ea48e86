"""Every SMS that was wanted: its row, whether it has left, and what may be asked about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from firmware.ledger import Ledger
from firmware.moment import is_older
from firmware.record import OutgoingMessage, OutgoingState
from firmware.sms.awaited import OfAlerts
from firmware.sms.outbox_journal import journal_message
from firmware.sms.outbox_rules import PENDING, RETRY_AFTER_S


class OutgoingBook:
    """``pending`` are those that have not left, by their numbers; one SMS for one cause."""

    def __init__(self, ledger: Ledger, remembered: Iterable[OutgoingMessage]) -> None:
        self._ledger = ledger
        self._messages = {message.id: message for message in remembered}
        self.pending = {
            message.id: message
            for message in self._messages.values()
            if message.state in PENDING
        }
        self._ids = {message.cause: message.id for message in self._messages.values()}
        # Those that may have left though nothing says so; also what an earlier run has tried
        self._doubtful = {
            message.id for message in self.pending.values() if message.error is not None
        }
        self._left_at: dict[int, datetime] = {}   # in this run of the program
        self._of_alerts = OfAlerts()
        for message in self._messages.values():
            self._of_alerts.file(message)

    def keep(self, message: OutgoingMessage) -> None:
        """A new message, or the new state of one."""
        before = self._messages.get(message.id)
        first = before is None
        if message.references and not (before is not None and before.references):
            self._left_at.setdefault(message.id, self._ledger.now)
        self._messages[message.id] = message
        self._ledger.put(message)
        if message.state in PENDING:
            self.pending[message.id] = message
        else:
            self.pending.pop(message.id, None)
        if first:
            self._ids[message.cause] = message.id
            self._of_alerts.file(message)
            journal_message(self._ledger, message)

    def forget_before_days(self, days: int) -> None:
        """Drop finished messages from memory (not from the store) once no report can come."""
        limit = self._ledger.now - timedelta(days=days)
        for message in tuple(self._messages.values()):
            if message.state not in PENDING and is_older(message.created_at, limit):
                del self._messages[message.id]
                self._ids.pop(message.cause, None)
                self._of_alerts.forget(message)
                self._doubtful.discard(message.id)
                self._left_at.pop(message.id, None)

    def doubt(self, number: int) -> None:
        """It was handed over, and nobody knows whether it has left."""
        self._doubtful.add(number)

    # What the other rooms ask

    @property
    def waiting(self) -> int:
        return len(self.pending)

    def is_waiting(self, beginning: str) -> bool:
        """An SMS whose cause begins so has not left yet."""
        return any(message.cause.startswith(beginning) for message in self.pending.values())

    def waits_for(self, beginning: str) -> set[str | None]:
        """Whom an SMS whose cause begins so has not left for yet."""
        return {
            message.person
            for message in self.pending.values()
            if message.cause.startswith(beginning)
        }

    def pending_about(self, alert_id: int) -> bool:
        """An SMS of this alert has not left yet."""
        return any(message.about == alert_id for message in self.pending.values())

    def knows(self, cause: str) -> bool:
        """There is, or was, an SMS for this cause."""
        return cause in self._ids

    def state_of(self, cause: str) -> OutgoingState | None:
        message = self._messages.get(self._ids.get(cause, 0))
        return message.state if message is not None else None

    def has_failed(self, cause: str) -> bool:
        """The SMS of this cause will never be read, or not soon."""
        message = self._messages.get(self._ids.get(cause, 0))
        return message is not None and (
            message.state is OutgoingState.FAILED
            or (message.state in PENDING and message.attempts > len(RETRY_AFTER_S))
        )

    def has_left(self, alert_id: int, recipient: str) -> bool:
        """An SMS of this alert has left for this number, or may have."""
        questions = (self._messages[number] for number in self._of_alerts.questions(alert_id))
        return any(
            message.recipient == recipient and self._perhaps_left(message) for message in questions
        )

    def may_have_left(self, cause: str) -> bool:
        """Whether anybody can have read the SMS of this cause; one that is no more known is old."""
        message = self._messages.get(self._ids.get(cause, 0))
        return message is None or self._perhaps_left(message)

    def may_be_read_by(self, cause: str, until: datetime) -> bool:
        """Whether anybody can have read the SMS of this cause by then, by the clock of this run; of
        one of an earlier run only when it was wanted is known."""
        message = self._messages.get(self._ids.get(cause, 0))
        return message is None or self._is_read_by(message, until)

    def _is_read_by(self, message: OutgoingMessage, until: datetime) -> bool:
        return self._left_at.get(message.id, message.created_at) <= until

    def _perhaps_left(self, message: OutgoingMessage) -> bool:
        return (
            bool(message.references)
            or message.state is OutgoingState.SENDING
            or message.id in self._doubtful
        )

    def number_of(self, cause: str) -> int:
        """Of the SMS of this cause; 0 of one that is no more known."""
        return self._ids.get(cause, 0)

    def alarms(
        self, alert_id: int, recipients: Collection[str], until: datetime | None = None
    ) -> tuple[list[int], bool]:
        """The numbers of the alarms, that nobody answers for the alert, which one of these can have
        read by then; and whether there is any for them, sent or not."""
        found = [
            self._messages[number]
            for number in self._of_alerts.alarms(alert_id)
            if self._messages[number].recipient in recipients
        ]
        read = [each for each in found if until is None or self._is_read_by(each, until)]
        return [each.id for each in read if self._perhaps_left(each)], bool(found)

    def waited_for(self, alerts: Iterable[int]) -> Iterable[OutgoingMessage]:
        """What has not left, and whatever was sent of these alerts."""
        of = self._of_alerts
        sent = {
            number: self._messages[number]
            for alert_id in alerts
            for number in (*of.questions(alert_id), *of.alarms(alert_id))
        }
        return (sent | self.pending).values()

    def newest_first(self) -> Iterator[OutgoingMessage]:
        return reversed(self._messages.values())   # kept in the order of their numbers
