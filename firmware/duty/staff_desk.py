"""What the box does for people of the staff list who send it a word."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from firmware.alert.asked import UNSETTLED
from firmware.alert.desk import AlertDesk
from firmware.alert.patience import PERSONAL_ALERT_S
from firmware.alert.reference import DURATION
from firmware.alert.turn import concerns
from firmware.alert.words import AlertWords
from firmware.duty.handover import still_comes
from firmware.duty.relay import RelayDesk
from firmware.duty.roster import Roster
from firmware.duty.word_delays import WordDelays
from firmware.duty.work_hours import WorkHours
from firmware.guard.flood import Flood
from firmware.ledger import Ledger
from firmware.record import Alert, AlertCause, AlertState, Intervention
from firmware.rota import Person, Rota, on_duty, shifts
from firmware.rota.news import TOLD_DAYS
from firmware.sms.late_word import may_be_zone
from firmware.sms.outbox import Outbox
from firmware.sms.outbox_rules import RANK_ANSWER
from firmware.sms.staff_commands import StaffCommand, Word, parse_staff_command
from firmware.speaker import Speaker
from firmware.wording import messages

HELPS_MAX, HELPS_WINDOW_S = 3, 600.0
PLANNING_LINES = 8
APART = timedelta(seconds=60)   # of the box's clock and a centre's


class Offers(Protocol):
    """Whoever makes something of an OK to an offer, and says what came of it."""

    @property
    def outcome(self) -> str: ...


class StaffDesk:
    """Carries out the staff words of `interface.md` and answers each with one SMS."""

    def __init__(
        self,
        ledger: Ledger,
        roster: Roster,
        outbox: Outbox,
        alerts: AlertDesk,
        words: AlertWords,
        relay: RelayDesk,
        offers: Mapping[AlertCause, Offers],
        speaker: Speaker,
        interventions: tuple[Intervention, ...],
        setup_code: str = "",
    ) -> None:
        self._ledger = ledger
        self._roster = roster
        self._outbox = outbox
        self._alerts = alerts
        self._words = words
        self._relay = relay
        self._offers = offers
        self._speaker = speaker
        self._setup_code = setup_code
        self._delays = WordDelays(ledger, roster)
        self._helped = Flood(HELPS_MAX, HELPS_WINDOW_S)
        hours = WorkHours(ledger, roster, speaker, interventions)
        self._commands: dict[Word, Callable[[Person, StaffCommand], str]] = {
            Word.OK: self._ok,
            Word.NON: self._non,
            Word.QUI: self._who,
            Word.PLANNING: self._planning,
            Word.RELAIS: self._take_over,
            Word.DEBUT: hours.start,
            Word.FIN: hours.end,
            Word.AIDE: lambda person, command: self._speaker.say(messages.HELP),
            Word.CODE: lambda person, command: self._setup(),
        }

    def handle(
        self,
        message_id: int,
        person: Person,
        text: str,
        number: str,
        sent_at: datetime | None = None,
    ) -> str:
        """Carry out one message from one of the person's numbers, to which the answer goes;
        returns the word understood, for the journal."""
        command = parse_staff_command(text)
        if command is None or (command.word is Word.CODE and person.role != "admin"):
            self._help(message_id, person, number)
            return "?"
        said_at = self._delays.said_at(number, sent_at)
        command = replace(command, stamp=sent_at, said_at=said_at)
        answer = self._commands[command.word](person, command)
        self._answer(message_id, person, number, answer)
        return command.word.name

    def know_setup_code(self, code: str) -> None:
        """A newer one: the one before it is worth nothing any more."""
        self._setup_code = code

    def _setup(self) -> str:
        """For an administrator of the rota alone, at the number that stands there: whoever forges a
        sender's number does not get the answer."""
        if not self._setup_code:
            return self._speaker.say(messages.NO_SETUP_CODE)
        return self._speaker.say(messages.SETUP_CODE, code=self._setup_code)

    def _help(self, message_id: int, person: Person, number: str) -> None:
        """One line of help, but not again and again: the number may be a machine's."""
        if self._helped.admits(number, self._ledger.moment.monotonic_s):
            answer = self._speaker.say(messages.NOT_UNDERSTOOD)
            self._answer(message_id, person, number, answer)

    def _answer(self, message_id: int, person: Person, number: str, answer: str) -> None:
        self._outbox.send(
            f"answer:{message_id}", number, answer, RANK_ANSWER, person=person.name
        )

    # OK and NON

    def _meant(self, person: Person, command: StaffCommand) -> Alert | str:
        """The alert that an OK or a NON is about, or the answer that says there is none. One that
        the network delivers late is about what was asked before it was sent."""
        until = self._asked_until(command)
        for reference in command.mentioned:
            alert = self._alerts.book.by_reference(reference)
            if alert is not None:
                break
        else:
            bare = command.reference is None
            alert = self._alerts.book.last_asked_of(person, until) if bare else None
            if alert is not None and until and self._is_doubtful(person, alert):
                return self._too_late(person, command)
        if alert is not None and self._may_answer(person, alert):
            return alert
        if alert is not None or command.reference is None:
            return self._too_late(person, command) if until else self._nothing()
        waiting = self._alerts.book.waiting_for(person, until)
        if len(waiting) == 1 and DURATION.fullmatch(command.reference):
            return waiting[0]  # a promise, as in `OK 7mn`; the answer names the alert
        if until and DURATION.fullmatch(command.reference):
            return self._too_late(person, command)
        open_references = self._references(self._alerts.book.unsettled())
        return self._speaker.say(
            messages.UNKNOWN_REFERENCE,
            reference=command.reference,
            references=open_references or "-",
        )

    def _asked_until(self, command: StaffCommand) -> datetime | None:
        """What was asked later than that cannot be meant; None for a word of now."""
        said = command.said_at
        is_late = said is not None and not may_be_zone(said, self._ledger.now)
        return said + APART if said is not None and is_late else None

    def _is_doubtful(self, person: Person, alert: Alert) -> bool:
        """Another question came to them since and waits: perhaps the word was not late, and the
        clock is another one. Then they are asked which they mean."""
        last = self._alerts.book.last_asked_of(person)
        return last is not None and last.id != alert.id and last.state in UNSETTLED

    def _nothing(self) -> str:
        return self._speaker.say(messages.NOTHING_TO_TAKE)

    def _too_late(self, person: Person, command: StaffCommand) -> str:
        """Sent before anything was asked that still waits: they must know that it counts for
        nothing, and how to take what waits."""
        waiting = self._alerts.book.takeable_by(person)
        if not waiting or command.said_at is None:
            return self._nothing()
        return self._speaker.say(
            messages.LATE_WORD,
            clock=self._speaker.clock(command.said_at),
            references=self._references(waiting[-3:]),
            reference=waiting[-1].reference,
        )

    def _may_answer(self, person: Person, alert: Alert) -> bool:
        """Anybody of the staff may take an alert; a question to one person is that person's."""
        return alert.cause not in PERSONAL_ALERT_S or concerns(alert.asked[0], person)

    def _ok(self, person: Person, command: StaffCommand) -> str:
        alert = self._meant(person, command)
        if isinstance(alert, str):
            return alert
        late = alert.cause is AlertCause.REMINDER and alert.state is AlertState.CLOSED
        if alert.state not in UNSETTLED and not late:
            return self._settled_already(alert, person)
        reminder = self._of_reminder(alert, messages.ACKNOWLEDGED_REMINDER)
        self._alerts.acknowledge(alert, person)
        if alert.cause is AlertCause.REMINDER:
            return self._with_open_ones(reminder, person)
        if alert.cause in self._offers:
            return self._with_open_ones(self._offers[alert.cause].outcome, person)
        return self._with_open_ones(
            self._speaker.say(
                messages.ACKNOWLEDGED,
                reference=alert.reference,
                what=self._words.about(alert),
            ),
            person,
        )

    def _of_reminder(self, alert: Alert, sentence: str) -> str:
        """What a word about it comes to: as said, or nothing, where the rota has changed since."""
        stands = still_comes(self._ledger, self._roster, alert)
        return self._speaker.say(sentence if stands else messages.DUTY_NOT_YOURS)

    def _settled_already(self, alert: Alert, person: Person) -> str:
        taker = alert.ended_by or "-"
        if alert.cause in self._offers and taker == person.name:   # what came of it was said
            return self._with_open_ones(self._speaker.say(messages.NOTHING_TO_TAKE), person)
        if alert.state is AlertState.ACKNOWLEDGED and taker == person.name:
            return self._with_open_ones(
                self._speaker.say(
                    messages.ACKNOWLEDGED,
                    reference=alert.reference,
                    what=self._words.about(alert),
                ),
                person,
            )
        if alert.ended_by is None:
            return self._with_open_ones(self._speaker.say(messages.NOTHING_TO_TAKE), person)
        taken = self._speaker.say(
            messages.ALREADY_TAKEN, reference=alert.reference, person=taker
        )
        return self._with_open_ones(taken, person)

    def _non(self, person: Person, command: StaffCommand) -> str:
        alert = self._meant(person, command)
        if isinstance(alert, str):
            return alert
        if alert.state not in UNSETTLED:
            return self._settled_already(alert, person)
        reminder = self._of_reminder(alert, messages.DECLINED_REMINDER)
        if alert.state is AlertState.OPEN and not any(concerns(a, person) for a in alert.asked):
            return self._speaker.say(messages.NOT_ASKED, reference=alert.reference)
        self._alerts.decline(alert, person)
        if alert.cause is AlertCause.REMINDER:
            return reminder
        if alert.cause in self._offers:
            return self._speaker.say(messages.DECLINED_RELAY)
        return self._passed_on(alert)

    def _passed_on(self, alert: Alert) -> str:
        """After the last person there is no next one: the administrators are alarmed."""
        after = self._alerts.book.get(alert.id)
        nobody_left = after is not None and after.state is AlertState.EXHAUSTED
        sentence = messages.DECLINED_LAST if nobody_left else messages.PASSED_ON
        return self._speaker.say(sentence, reference=alert.reference)

    def _with_open_ones(self, sentence: str, person: Person) -> str:
        """An OK takes one alert: say which others still wait for the same person."""
        waiting = self._alerts.book.waiting_for(person)
        if not waiting:
            return sentence
        rest = self._speaker.say(messages.STILL_OPEN, references=self._references(waiting))
        return f"{sentence} {rest}"

    def _references(self, alerts: list[Alert]) -> str:
        return ", ".join(alert.reference for alert in alerts[-9:])

    # QUI and PLANNING

    def _who(self, person: Person, command: StaffCommand) -> str:
        if not self._roster.services:
            return self._speaker.say(messages.NO_ROTA)
        if not self._ledger.moment.utc_trusted:
            return self._speaker.say(messages.CLOCK_UNSURE)
        return "\n".join(
            line for service in self._roster.services for line in self._who_lines(service.name)
        )

    def _who_lines(self, service: str) -> list[str]:
        office = self._roster.office(service)
        duties = self._roster.duties(service)
        lines = []
        if office is not None:
            lines.append(self._speaker.say(messages.WHO_OFFICE, service=service, number=office))
        levels = sorted({duty.level for duty in duties})
        for level in levels:
            names = ", ".join(
                self._speaker.say(
                    messages.WHO_NAME_UNTIL if duty.until else messages.WHO_NAME,
                    person=duty.person.name,
                    mobile=duty.person.mobile,
                    until=self._speaker.clock(duty.until) if duty.until else "",
                )
                for duty in duties
                if duty.level == level
            )
            title = service if level == levels[0] else None
            lines.append(
                self._speaker.say(messages.WHO_LINE, service=title, names=names)
                if title is not None
                else self._speaker.say(messages.WHO_LEVEL, level=level, names=names)
            )
        return lines or [self._speaker.say(messages.WHO_NOBODY, service=service)]

    def _planning(self, person: Person, command: StaffCommand) -> str:
        rota = self._roster.rota
        if rota is None:
            return self._speaker.say(messages.NO_ROTA)
        lines = self._planning_lines(rota, person)
        more = len(lines) - PLANNING_LINES
        if more > 0:
            lines[PLANNING_LINES:] = [self._speaker.say(messages.PLANNING_MORE, count=more)]
        return "\n".join(lines) or self._speaker.say(messages.PLANNING_NOTHING)

    def _planning_lines(self, rota: Rota, person: Person) -> list[str]:
        now = self._ledger.now
        until = now + timedelta(days=TOLD_DAYS)   # as far as people are told of changes
        mine = sorted(
            (shift.start, shift.end, service.name, shift.level)
            for service in rota.services
            for shift in shifts(rota, service.name, now, until)
            if shift.person.name == person.name
        )
        lines = []
        for start, shown, service, level in mine:
            end = _end_of(rota, service, person, level, shown) if shown == until else shown
            sentence = messages.PLANNING_LINE if end is not None else messages.PLANNING_OPEN
            lines.append(
                self._speaker.say(
                    sentence,
                    start=self._speaker.clock(start),
                    until=self._speaker.clock(end) if end is not None else "",
                    service=service,
                )
            )
        return lines

    # RELAIS

    def _take_over(self, person: Person, command: StaffCommand) -> str:
        if self._roster.rota is None:
            return self._speaker.say(messages.NO_ROTA)
        if not self._ledger.moment.utc_trusted:
            return self._speaker.say(messages.CLOCK_UNSURE_RELAY)
        if command.argument:
            return self._relay.offer(person, command.argument)   # answered by OK, whenever it is
        return self._relay.take(person, command.said_at)


def _end_of(
    rota: Rota, service: str, person: Person, level: int, at: datetime
) -> datetime | None:
    """When the duty that they have just before ``at`` ends; None where nothing ends it."""
    for duty in on_duty(rota, service, at):
        begun = duty.since is None or duty.since < at
        if begun and (duty.person.name, duty.level) == (person.name, level):
            return duty.until
    return at
