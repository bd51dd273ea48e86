"""The alert desk: asks one level after another until somebody answers for it.

Once down the list, then twice more round it, then the alarm. The list is the rota's at the
moment of each step, so that a handover in mid-alert reaches whoever is on duty now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum, auto

from firmware.alert.asked import UNSETTLED, on_next_number
from firmware.alert.book import AlertBook
from firmware.alert.bygone import Bygone
from firmware.alert.journal import AlertJournal
from firmware.alert.patience import PERSONAL_ALERT_S, monotonic_due_s, patience_s
from firmware.alert.turn import concerns, next_turn, question, questions
from firmware.alert.words import AlertWords
from firmware.duty.roster import Roster
from firmware.ledger import Ledger
from firmware.policy import Candidate
from firmware.record import (
    Alert,
    AlertCause,
    AlertState,
    Asked,
    OutgoingMessage,
)
from firmware.rota import Person
from firmware.sms.awaited import awaited_alert
from firmware.sms.outbox import Outbox
from firmware.sms.outbox_rules import RANK_ALERT, RANK_ANSWER


class Settlement(Enum):
    """How a question to one person ended."""

    TAKEN = auto()
    DECLINED = auto()
    SILENT = auto()


Settled = Callable[[Alert, Settlement], None]


class AlertDesk:
    """Opens alerts, asks, and ends them; ``book`` holds them all."""

    def __init__(
        self,
        ledger: Ledger,
        roster: Roster,
        outbox: Outbox,
        words: AlertWords,
        remembered: Iterable[Alert],
    ) -> None:
        self._ledger = ledger
        self._roster = roster
        self._outbox = outbox
        self._words = words
        self._journal = AlertJournal(ledger)
        self.book = AlertBook(ledger, roster, outbox.book, remembered)
        self._due_s = {
            alert.id: monotonic_due_s(alert, roster, ledger.moment)
            for alert in self.book.unsettled()
            if alert.state is AlertState.OPEN
        }
        # What follows when a reminder or an offer is answered, declined, or runs out
        self.on_settled: dict[AlertCause, Settled] = {}
        outbox.is_wanted = self._is_wanted
        self._bygone = Bygone(ledger, outbox, self.book, words, self.give_up)

    @property
    def deadline_s(self) -> float | None:
        return min(self._due_s.values(), default=None)

    # Opening and asking

    def open(
        self,
        cause: AlertCause,
        service: str,
        *,
        cause_id: int | None = None,
        number: str | None = None,
        text: str = "",
        at: datetime | None = None,
    ) -> Alert:
        """Open an alert for a call or a message and ask the first level at once."""
        alert = self.book.new(cause, service, cause_id, number, text, at)
        return self._advance(alert)

    def learned(self, alert: Alert, number: str) -> None:
        """Who called, known only when people had been asked already: they are asked once more,
        as part of the same question, with the number that they have to ring."""
        alert = replace(alert, number=number)
        self.book.keep(alert)
        if alert.state is not AlertState.OPEN:
            return
        waiting = [one for one in questions(alert.id, alert.asked).values() if not one.declined]
        before = alert.asked[: -len(questions(alert.id, alert.asked))]
        text = self._words.demand(alert, self._silent(alert, before))
        for one in waiting:
            self._outbox.withdraw(alert.id, one.mobile)
            alert = replace(alert, asked=(*alert.asked, one))
            self.book.keep(alert)
            self._send_question(alert, len(alert.asked), one, text)

    def ask_one(
        self,
        cause: AlertCause,
        service: str,
        person: Person,
        level: int,
        word: Callable[[str], str],
        wait_s: float | None = None,
    ) -> Alert:
        """Ask one person only (a reminder, an offer); ``word`` makes the SMS of a reference."""
        alert = self.book.new(cause, service, None, None, "", None)
        alert = replace(alert, text=word(alert.reference))
        wait_s = wait_s or patience_s(alert, self._roster)
        return self._ask(alert, [Candidate(level, person)], wait_s)

    def _advance(self, alert: Alert) -> Alert:
        """Ask the next level, or start the next round, or give up and raise the alarm."""
        candidates = self._roster.candidates(alert.service)
        turn = next_turn(alert.asked, alert.round, candidates)
        if turn is None:
            return self._exhaust(alert, bool(candidates))
        round_, people = turn
        return self._ask(replace(alert, round=round_), people, patience_s(alert, self._roster))

    def _ask(self, alert: Alert, candidates: list[Candidate], wait_s: float) -> Alert:
        previous = alert.asked
        now = self._ledger.now
        asked = tuple(
            Asked(
                candidate.person.name, candidate.person.mobile, candidate.level, now, alert.round
            )
            for candidate in candidates
        )
        alert = replace(
            alert, asked=(*previous, *asked), due_at=now + timedelta(seconds=wait_s)
        )
        self._due_s[alert.id] = self._ledger.moment.monotonic_s + wait_s
        self.book.keep(alert)
        text = self._words.demand(alert, self._silent(alert, previous))
        for turn, person in enumerate(asked, start=len(previous) + 1):
            # After an outage one question is enough: the last.
            self._outbox.withdraw(alert.id, person.mobile)
            self._send_question(alert, turn, person, text)
            if previous:
                self._journal.asked(alert, person)
        return alert

    def _silent(self, alert: Alert, previous: tuple[Asked, ...]) -> tuple[Asked, ...]:
        """Who has not answered: whom no SMS has reached was not asked. A caller whom the network
        led to them has rung their telephone all the same."""
        if alert.cause is not AlertCause.CALL:
            return previous
        left = self._outbox.book.has_left
        return tuple(one for one in previous if left(alert.id, one.mobile))

    def _exhaust(self, alert: Alert, anybody: bool) -> Alert:
        alert = replace(alert, state=AlertState.EXHAUSTED, due_at=None)
        self._due_s.pop(alert.id, None)
        self.book.keep(alert)
        self._journal.exhausted(alert)
        self._words.alarm_unanswered(alert, anybody)
        return alert

    def give_up(self, alert: Alert) -> None:
        """So old that nobody is asked as if it were of now: the administrators are alarmed."""
        self._outbox.withdraw(alert.id)
        self._exhaust(alert, anybody=True)
    # Time and the fate of the SMS

    def tick(self) -> None:
        """Move on every alert whose time is up; what is too old for that is given up."""
        self._bygone.tick()
        now_s = self._ledger.moment.monotonic_s
        for alert_id in [key for key, due_s in self._due_s.items() if due_s <= now_s]:
            self._time_is_up(self.book[alert_id])

    def sent(self, message: OutgoingMessage) -> None:
        """An alert's SMS has left: only now does the person's time begin."""
        alert = self.book.get(message.about or 0)
        if (
            alert is not None
            and alert.state is AlertState.OPEN
            and alert.cause is not AlertCause.REMINDER
            and message.cause in questions(alert.id, alert.asked)
        ):
            self._restart_clock(alert)

    def failed(self, message: OutgoingMessage) -> None:
        """An alert's SMS can not be sent or delivered: the person's next number, else the next
        person, now."""
        alert = self.book.get(message.about or 0)
        if alert is None or alert.state is not AlertState.OPEN:
            return
        alert = self._try_next_number(alert, message)
        if self._is_hopeless(alert):
            self._time_is_up(alert)

    def _try_next_number(self, alert: Alert, message: OutgoingMessage) -> Alert:
        """Ask the same person once more on the number that follows, as part of one question."""
        again = on_next_number(alert, message.cause, self._roster)
        if again is None:
            return alert
        alert = self._restart_clock(replace(alert, asked=(*alert.asked, again)))
        self._send_question(alert, len(alert.asked), again, message.text)
        return alert

    def _send_question(self, alert: Alert, turn: int, asked: Asked, text: str) -> None:
        cause = question(alert.id, turn)
        self._outbox.send(
            cause, asked.mobile, text, RANK_ALERT, about=alert.id, person=asked.person
        )

    def _is_hopeless(self, alert: Alert) -> bool:
        """Whether everybody asked now has said NON or cannot be reached."""
        return all(
            asked.declined or self._outbox.book.has_failed(cause)
            for cause, asked in questions(alert.id, alert.asked).items()
        )

    def _is_wanted(self, message: OutgoingMessage) -> bool:
        alert_id = awaited_alert(message)
        alert = self.book.get(alert_id or 0)
        return alert is None or alert.state in UNSETTLED

    def _time_is_up(self, alert: Alert) -> None:
        if alert.cause is AlertCause.REMINDER:
            self._settle(alert, AlertState.CLOSED, None, Settlement.SILENT)
        elif self._may_wait(alert):
            # No network: escalating would only lengthen the queue. The clock starts anew when
            # the SMS has left.
            self._restart_clock(alert)
        elif alert.cause in PERSONAL_ALERT_S:
            self._settle(alert, AlertState.CLOSED, None, Settlement.SILENT)
        else:
            self._advance(alert)

    def _may_wait(self, alert: Alert) -> bool:
        unsent = not self._outbox.ready and self._outbox.book.pending_about(alert.id)
        return bool(unsent) and alert.cause is not AlertCause.SWAP

    def _restart_clock(self, alert: Alert) -> Alert:
        """A swap has its date: there is nothing to agree to once the shift has begun."""
        if alert.cause is AlertCause.SWAP:
            self.book.keep(alert)
            return alert
        wait_s = patience_s(alert, self._roster)
        self._due_s[alert.id] = self._ledger.moment.monotonic_s + wait_s
        alert = replace(alert, due_at=self._ledger.now + timedelta(seconds=wait_s))
        self.book.keep(alert)
        return alert

    # Answers

    def acknowledge(self, alert: Alert, person: Person) -> None:
        """Somebody answered for it: nobody else is asked, and those asked before are told."""
        self._settle(alert, AlertState.ACKNOWLEDGED, person, Settlement.TAKEN)
        self._tell_taken(alert, person.name, told=person.name)

    def _tell_taken(self, alert: Alert, by: str, told: str | None) -> None:
        """Everybody whom an SMS of this alert has reached learns that it is taken."""
        concerned = {
            asked.mobile: asked.person
            for asked in alert.asked
            if self._outbox.book.has_left(alert.id, asked.mobile)
        }
        if alert.state is AlertState.EXHAUSTED:
            concerned |= {person.mobile: person.name for person in self._roster.wardens}
        for recipient, name in concerned.items():
            if name != told:
                self._outbox.send(
                    f"taken:{alert.id}:{recipient}",
                    recipient,
                    self._words.taken(alert, by),
                    RANK_ANSWER,
                    person=name,
                )

    def decline(self, alert: Alert, person: Person) -> None:
        """NON: the next person, now; unless somebody else is being asked at the same time."""
        self._journal.answered(alert, person.name, "declined")
        if alert.cause in PERSONAL_ALERT_S:
            self._settle(alert, AlertState.CLOSED, None, Settlement.DECLINED)
            return
        asked = tuple(
            replace(a, declined=True)
            if concerns(a, person) and a.round == alert.round
            else a
            for a in alert.asked
        )
        if asked == alert.asked:
            return
        alert = replace(alert, asked=asked)
        self.book.keep(alert)
        if alert.state is AlertState.OPEN and self._is_hopeless(alert):
            self._advance(alert)

    def take_care(self, alert: Alert, by: str) -> None:
        """Somebody on the page says that it is taken care of."""
        self._finish(alert, AlertState.CLOSED, by)
        self._journal.answered(alert, by, "taken_care_of")
        self._tell_taken(alert, by, told=None)
        if alert.cause is AlertCause.RELAY:
            self._follow(alert, Settlement.SILENT)  # whoever offered must know

    def _settle(
        self, alert: Alert, state: AlertState, person: Person | None, how: Settlement
    ) -> None:
        self._finish(alert, state, person.name if person is not None else None)
        if person is not None:
            self._journal.answered(alert, person.name, "acknowledged")
        self._follow(alert, how)

    def _follow(self, alert: Alert, how: Settlement) -> None:
        follow = self.on_settled.get(alert.cause)
        if follow is not None:
            follow(alert, how)

    def _finish(self, alert: Alert, state: AlertState, by: str | None) -> None:
        self._due_s.pop(alert.id, None)
        self._outbox.withdraw(alert.id)
        self.book.keep(
            replace(alert, state=state, due_at=None, ended_at=self._ledger.now, ended_by=by)
        )
        self._words.alarm_answered(alert)
