"""Who was asked last about which alert, and on which number to ask once more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from firmware.alert.turn import concerns, question, questions
from firmware.duty.roster import Roster
from firmware.record import Alert, AlertState, Asked, OutgoingMessage
from firmware.rota import Person
from firmware.sms.outbox import Outbox
from firmware.sms.outgoing_book import OutgoingBook

UNSETTLED = (AlertState.OPEN, AlertState.EXHAUSTED)


def last_question(
    alert: Alert,
    person: Person,
    book: OutgoingBook,
    roster: Roster,
    until: datetime | None = None,
) -> int | None:
    """The number of the SMS that asked the person about the alert last, None where none did: a
    question that has not left has asked nobody, and an OK of now is about another. Numbers grow,
    whatever the clock does; 0 is of days ago. ``until``: an OK of then cannot be about later ones.
    """
    causes = (
        question(alert.id, turn)
        for turn, asked in enumerate(alert.asked, start=1)
        if concerns(asked, person) and (until is None or asked.at <= until)
    )
    numbers = [
        book.number_of(cause)
        for cause in causes
        if book.may_have_left(cause) and (until is None or book.may_be_read_by(cause, until))
    ]
    alarms, written = book.alarms(alert.id, person.numbers, until)
    numbers += alarms
    if not written and alert.state is AlertState.EXHAUSTED and person in roster.wardens:
        numbers.append(0)
    return max(numbers) if numbers else None


def on_next_number(alert: Alert, cause: str, roster: Roster) -> Asked | None:
    """The question of that ``cause`` once more, on the person's next number.

    It keeps the instant of the first: the two are one question, and it ends when both have failed.
    None where there is no further number or it was tried already.
    """
    waiting = questions(alert.id, alert.asked)
    asked = waiting.get(cause)
    number = roster.next_number(asked.person, asked.mobile) if asked is not None else None
    tried = {one.mobile for one in waiting.values()}
    if asked is None or asked.declined or number is None or number in tried:
        return None
    return replace(asked, mobile=number)


class SecondTry:
    """Sends what is no question (an alarm, an answer, a notice) to the next number of a person
    whose number cannot be reached."""

    def __init__(self, roster: Roster, outbox: Outbox) -> None:
        self._roster = roster
        self._outbox = outbox

    def failed(self, message: OutgoingMessage) -> None:
        if message.about is not None or message.person is None:
            return
        number = self._roster.next_number(message.person, message.recipient)
        if number is not None:
            self._outbox.send(
                f"{message.cause}>{number}",
                number,
                message.text,
                message.rank,
                person=message.person,
            )
