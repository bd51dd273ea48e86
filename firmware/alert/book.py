"""The alerts that are open, and those of the last days that a late answer may name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from firmware.alert.asked import UNSETTLED, last_question
from firmware.alert.reference import free_reference
from firmware.alert.turn import concerns
from firmware.duty.roster import Roster
from firmware.ledger import Ledger
from firmware.moment import is_older
from firmware.record import Alert, AlertCause, AlertState
from firmware.rota import Person
from firmware.sms.outgoing_book import OutgoingBook


class AlertBook:
    """Each under its number, as it is now."""

    def __init__(
        self, ledger: Ledger, roster: Roster, outgoing: OutgoingBook, remembered: Iterable[Alert]
    ) -> None:
        self._ledger = ledger
        self._roster = roster
        self._outgoing = outgoing
        self._alerts = {alert.id: alert for alert in remembered}

    def new(
        self,
        cause: AlertCause,
        service: str,
        cause_id: int | None,
        number: str | None,
        text: str,
        at: datetime | None,
    ) -> Alert:
        """An alert that nobody was asked about yet, under a free reference."""
        alert_id = self._ledger.next_id(Alert)
        taken = {alert.reference for alert in self._alerts.values()}
        alert = Alert(
            id=alert_id,
            reference=free_reference(alert_id, taken),
            cause=cause,
            cause_id=cause_id,
            service=service,
            opened_at=at or self._ledger.now,
            number=number,
            text=text,
        )
        self.keep(alert)
        return alert

    def keep(self, alert: Alert) -> None:
        """The new state of an alert."""
        self._alerts[alert.id] = alert
        self._ledger.put(alert)

    def forget_before_days(self, days: int) -> None:
        limit = self._ledger.now - timedelta(days=days)
        for alert in tuple(self._alerts.values()):
            last_at = alert.ended_at or alert.opened_at
            if alert.state not in UNSETTLED and is_older(last_at, limit):
                del self._alerts[alert.id]

    # Which alert is meant

    def __getitem__(self, alert_id: int) -> Alert:
        """One that is known to be here."""
        return self._alerts[alert_id]

    def get(self, alert_id: int) -> Alert | None:
        return self._alerts.get(alert_id)

    def by_number(self, number: str) -> Alert | None:
        """The alert of that number, as the page has written it."""
        return self.get(int(number)) if number.isascii() and number.isdigit() else None

    def about(self, cause: AlertCause, cause_id: int) -> Alert | None:
        return next(
            (
                alert
                for alert in self._alerts.values()
                if alert.cause is cause and alert.cause_id == cause_id
            ),
            None,
        )

    def unsettled(self) -> list[Alert]:
        """Alerts that still wait for an answer, the oldest first."""
        return [alert for alert in self._alerts.values() if alert.state in UNSETTLED]

    def by_reference(self, reference: str) -> Alert | None:
        """The newest alert of that reference."""
        return max(
            (alert for alert in self._alerts.values() if alert.reference == reference),
            key=lambda alert: alert.id,
            default=None,
        )

    def last_asked_of(self, person: Person, until: datetime | None = None) -> Alert | None:
        """The alert that the person was asked about last, whatever became of it since, and whatever
        the clock says: set back, it has questions of before that lie ahead.

        The alarm that nobody answered is a question to every administrator. A question that was
        settled before it left counts for nothing. The question for a swap stands for days: it
        takes no OK while anything else waits. ``until``: leave out what was asked later.
        """
        asked = [
            (not self._is_waiting_swap(alert, person, until), number, alert.id)
            for alert in self._alerts.values()
            if (number := last_question(alert, person, self._outgoing, self._roster, until))
            is not None
        ]
        return self._alerts[max(asked)[2]] if asked else None

    def _is_waiting_swap(self, alert: Alert, person: Person, until: datetime | None) -> bool:
        return alert.cause is AlertCause.SWAP and any(
            other.cause is not AlertCause.SWAP for other in self.waiting_for(person, until)
        )

    def waiting_for(self, person: Person, until: datetime | None = None) -> list[Alert]:
        """The unsettled alerts that the person was asked about, by then, the oldest first."""
        return [
            alert
            for alert in self.unsettled()
            if any(
                concerns(asked, person) and (until is None or asked.at <= until)
                for asked in alert.asked
            )
        ]

    def takeable_by(self, person: Person) -> list[Alert]:
        """Those, and of a warden what nobody has answered for: the alarm is a question to them."""
        mine = {alert.id for alert in self.waiting_for(person)}
        is_warden = person in self._roster.wardens
        return [
            alert
            for alert in self.unsettled()
            if alert.id in mine or (is_warden and alert.state is AlertState.EXHAUSTED)
        ]
