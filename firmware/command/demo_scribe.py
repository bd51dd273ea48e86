"""Writes down a made-up past of the box as the daemon would have written it at the time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from firmware.alert.journal import AlertJournal
from firmware.alert.reference import free_reference
from firmware.alert.turn import question
from firmware.call.call_in_hand import CallInHand, Phase, record_call
from firmware.call.call_state import CallState
from firmware.call.transfer import Rung
from firmware.duty.roster import Roster
from firmware.ledger import Ledger
from firmware.moment import Moment
from firmware.policy import Decision, Reason, Target
from firmware.record import (
    Alert,
    AlertCause,
    AlertState,
    Asked,
    Call,
    CallOutcome,
    IncomingMessage,
    JournalKind,
    Memory,
    OutgoingMessage,
    OutgoingState,
    Row,
)
from firmware.rota import Duty, Rota, on_duty
from firmware.sms.outbox_journal import journal_delivery, journal_message
from firmware.speaker import Speaker
from firmware.wording import LANGUAGES, Wording
from firmware.wording.alert_texts import ALERT_TEXTS

RANK_ALERT = 0
REFERENCES_KEPT = 300  # how long a reference is not given again, as in the daemon
DECIDES_AFTER = timedelta(seconds=1.1)
NETWORK_TAKES = timedelta(seconds=1.7)
RINGS_FOR = timedelta(seconds=24)
LEAVES_AFTER, ARRIVES_AFTER = timedelta(seconds=3), timedelta(seconds=7)


class Scribe:
    """One alert at a time: `call` or `text` begins it, the others bring it to its end."""

    def __init__(self, rota: Rota) -> None:
        self._rota = rota
        self._ledger = Ledger(Memory(), Moment(0.0, datetime.now(UTC)))
        self._roster = Roster(self._ledger, rota)
        wordings = {language: Wording(language) for language in LANGUAGES}
        self._speaker = Speaker(self._ledger, self._roster, wordings)
        self._journal = AlertJournal(self._ledger)
        self._written: list[tuple[datetime, Row]] = []
        self._references: list[str] = []
        self._alert: Alert | None = None
        self._kind = "diverted"

    def rows(self) -> tuple[Row, ...]:
        """Everything, in the order of time."""
        self._keep_alert()
        return tuple(row for _, row in sorted(self._written, key=lambda each: each[0]))

    # What happens

    def note(self, at: datetime, kind: JournalKind, outcome: str) -> None:
        self._at(at)
        self._ledger.journal(kind, outcome=outcome)
        self._write()

    def handover(self, service: str, at: datetime) -> None:
        """Who went and who came at level 1, and the forwarding that follows."""
        self._at(at)
        before = self._duties(service, at - timedelta(seconds=1))
        after = self._duties(service, at)
        for outcome, duties, others in (("ends", before, after), ("starts", after, before)):
            names = {duty.person.name for duty in others}
            for duty in duties:
                if duty.person.name not in names:
                    self._ledger.journal(
                        JournalKind.HANDOVER,
                        service=service,
                        person=duty.person.name,
                        outcome=outcome,
                        level=duty.level,
                    )
        if service == self._rota.services[0].name and after:
            self._write()
            self._at(at + timedelta(seconds=9))
            person = after[0].person
            self._ledger.journal(
                JournalKind.FORWARDING,
                number=person.mobile,
                person=person.name,
                outcome="verified",
            )
        self._write()

    def call(
        self, at: datetime, caller: str | None, service: str, *, gives_up: bool = False
    ) -> None:
        """Somebody rings; the service's mode decides what the box does with the call."""
        self._at(at)
        duties = self._duties(service, at)
        mode = next(each.mode for each in self._rota.services if each.name == service)
        diverts = mode == "divert" and bool(duties)
        target = Target(duties[0].person.mobile, duties[0].person.name) if diverts else None
        reason = None if diverts else Reason.CHOSEN if mode == "alert" else Reason.NOBODY
        rung = Rung.NETWORK_DIVERT if diverts else Rung.SMS_ALERT
        decided_at = at + DECIDES_AFTER
        ended_at = decided_at + (NETWORK_TAKES if diverts else RINGS_FOR)
        outcome = CallOutcome.DIVERTED if diverts else CallOutcome.ALERTED
        if gives_up:
            outcome, ended_at = CallOutcome.ABANDONED, decided_at + timedelta(seconds=0.4)
        call = Call(
            self._ledger.next_id(Call),
            at,
            service,
            caller,
            withheld=caller is None,
            decision=rung.value,
            target=target.number if target else None,
            outcome=outcome,
            ended_at=ended_at,
        )
        line = CallInHand(call, CallState.INCOMING, Phase.REJECTED, 0.0, None)
        line.decision, line.decided_at = Decision(rung, target, reason), decided_at
        record_call(self._ledger, line)
        self._write()
        taken = outcome is CallOutcome.DIVERTED
        self._kind = "diverted" if taken else "missed"
        cause = AlertCause.DIVERTED if taken else AlertCause.CALL
        opened_at = decided_at if outcome is CallOutcome.ALERTED else ended_at
        self._open(cause, call.id, service, opened_at, caller)

    def text(self, at: datetime, sender: str, text: str, service: str) -> None:
        """A stranger's SMS."""
        self._at(at)
        message = IncomingMessage(self._ledger.next_id(IncomingMessage), at, sender, text)
        self._ledger.put(message)
        self._kind = "sms"
        alert = self._open(AlertCause.SMS, message.id, service, at, sender, text)
        self._ledger.journal(
            JournalKind.SMS_IN,
            key=f"sms_in:{message.id}",
            service=service,
            number=sender,
            outcome="alerted",
            text=text,
            complete=True,
            reference=alert.reference,
        )
        self._write()

    # What is done about it

    def ask_first(self) -> None:
        alert = self._present
        self._ask(alert.opened_at, 1)

    def ask_next(self) -> None:
        """The time of whoever was asked is up."""
        alert = self._present
        level = alert.asked[-1].level + 1
        at = alert.asked[-1].at + LEAVES_AFTER + self._patience(alert)
        if self._duties(alert.service, at, level):
            self._ask(at, level)

    def answer(self, after_s: float) -> None:
        """Whoever was asked last sends OK, so many seconds after the SMS has arrived."""
        alert = self._present
        last = alert.asked[-1]
        patience = self._patience(alert) - timedelta(seconds=8)
        at = last.at + ARRIVES_AFTER + min(timedelta(seconds=after_s), patience)
        self._at(at)
        message = IncomingMessage(
            self._ledger.next_id(IncomingMessage), at, last.mobile, "OK", kind="staff"
        )
        self._ledger.put(message)
        self._ledger.journal(
            JournalKind.SMS_IN,
            key=f"sms_in:{message.id}",
            number=last.mobile,
            person=last.person,
            outcome="command",
            text="OK",
            word="OK",
        )
        self._journal.answered(alert, last.person, "acknowledged")
        self._write()
        self._end(AlertState.ACKNOWLEDGED, at, last.person)

    def nobody(self, after_s: float) -> None:
        """Nobody answers; an administrator takes care of it on the page in the end."""
        alert = self._present
        self._at(alert.asked[-1].at + self._patience(alert))
        self._journal.exhausted(alert)
        self._write()
        at = self._ledger.now + timedelta(seconds=after_s)
        self._at(at)
        by = self._roster.administrators[0].name
        self._journal.answered(alert, by, "taken_care_of")
        self._write()
        self._end(AlertState.CLOSED, at, by)

    # Bookkeeping

    @property
    def _present(self) -> Alert:
        if self._alert is None:
            raise RuntimeError("nothing has happened yet")
        return self._alert

    def _open(
        self,
        cause: AlertCause,
        cause_id: int,
        service: str,
        at: datetime,
        number: str | None,
        text: str = "",
    ) -> Alert:
        self._keep_alert()
        number_of_alert = self._ledger.next_id(Alert)
        reference = free_reference(number_of_alert, frozenset(self._references))
        self._references = [*self._references[1 - REFERENCES_KEPT :], reference]
        self._alert = Alert(
            number_of_alert, reference, cause, cause_id, service, at, number, text
        )
        return self._alert

    def _ask(self, at: datetime, level: int) -> None:
        alert = self._present
        for duty in self._duties(alert.service, at, level):
            asked = Asked(duty.person.name, duty.person.mobile, level, at)
            alert = replace(
                alert,
                asked=(*alert.asked, asked),
                due_at=at + LEAVES_AFTER + self._patience(alert),
            )
            if level > 1:
                self._at(at)
                self._journal.asked(alert, asked)
                self._write()
            self._send(alert, asked)
        self._alert = alert

    def _send(self, alert: Alert, asked: Asked) -> None:
        """The question leaves, arrives, and its status report comes back."""
        self._at(asked.at)
        number = self._ledger.next_id(OutgoingMessage)
        arrives = asked.at + ARRIVES_AFTER
        message = OutgoingMessage(
            number,
            question(alert.id, len(alert.asked)),
            asked.mobile,
            self._speaker.say(
                ALERT_TEXTS[self._kind],
                service=alert.service,
                caller=self._speaker.caller(alert.number),
                clock=self._speaker.clock(alert.opened_at),
                reference=alert.reference,
                text=alert.text,
            ),
            RANK_ALERT,
            asked.at,
            OutgoingState.DELIVERED,
            attempts=1,
            references=(number % 256,),
            reported=(0,),
            about=alert.id,
            person=asked.person,
            ended_at=arrives,
        )
        self._ledger.put(message)
        journal_message(self._ledger, message)
        self._write()
        self._at(arrives)
        journal_delivery(self._ledger, message, 0, "delivered", 0)
        self._write()

    def _end(self, state: AlertState, at: datetime, by: str) -> None:
        self._alert = replace(
            self._present, state=state, due_at=None, ended_at=at, ended_by=by
        )

    def _keep_alert(self) -> None:
        if self._alert is not None:
            self._written.append((self._alert.opened_at, self._alert))
            self._alert = None

    def _patience(self, alert: Alert) -> timedelta:
        service = next(each for each in self._rota.services if each.name == alert.service)
        return timedelta(seconds=service.acknowledge_within_s)

    def _duties(self, service: str, at: datetime, level: int = 1) -> list[Duty]:
        return [duty for duty in on_duty(self._rota, service, at) if duty.level == level]

    def _at(self, at: datetime) -> None:
        self._ledger.moment = Moment(0.0, at)

    def _write(self) -> None:
        """What stands in the notebook belongs to the present moment."""
        self._written += [(self._ledger.now, row) for row in self._ledger.take()]
