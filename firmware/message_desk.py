"""Every received SMS, to where it belongs: a staff word to the staff desk, anything else to the
person on duty. Nobody outside the staff list ever gets an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from firmware.alert.desk import AlertDesk
from firmware.duty.roster import Roster
from firmware.duty.staff_desk import StaffDesk
from firmware.guard.doorman import Doorman
from firmware.ledger import Ledger
from firmware.record import AlertCause, IncomingMessage, JournalKind
from firmware.rota import NumberFault, Person, Service
from firmware.rota.number import heard_number
from firmware.sms.inbox import Received
from firmware.sms.own_texts import note_own
from firmware.sms.staff_commands import plain
from firmware.sms.tpdu import Originator, OriginatorKind
from firmware.speaker import Speaker
from firmware.wording import messages

DIALLABLE = (OriginatorKind.NUMBER, OriginatorKind.NATIONAL)


class MessageDesk:
    """Sorts what the inbox gives."""

    def __init__(
        self,
        ledger: Ledger,
        roster: Roster,
        alerts: AlertDesk,
        staff: StaffDesk,
        speaker: Speaker,
        doorman: Doorman,
    ) -> None:
        self._ledger = ledger
        self._roster = roster
        self._alerts = alerts
        self._staff = staff
        self._speaker = speaker
        self._doorman = doorman
        # Whether a text is the box's own, come back to it
        self.is_own: Callable[[str | None, str], bool] = lambda number, text: False

    def received(self, received: Received) -> None:
        """One message, whole, incomplete or unreadable; its rows are in the ledger already."""
        message = received.message
        number = self._number(received.sender)
        person = self._roster.staff(number) if number is not None else None
        sender = number or message.sender
        if message.text is not None and self.is_own(number, message.text):
            note_own(self._ledger)
            self._note(message, sender, message.text, "own")
            return
        own = number in self._roster.own_numbers
        if message.text is not None and self._doorman.is_box(sender, message.text, own=own):
            if own:
                note_own(self._ledger)
            self._note(message, sender, message.text, "own" if own else "loop")
            return
        if person is not None and message.text is not None and message.complete:
            self._from_staff(message, person, message.text, sender, received.sent_at)
        else:
            self._from_stranger(message, number)

    def _from_staff(
        self,
        message: IncomingMessage,
        person: Person,
        text: str,
        number: str,
        sent_at: datetime | None,
    ) -> None:
        self._ledger.put(replace(message, kind="staff", sender=number))
        self._journal(message, number, person, None)
        word = self._staff.handle(message.id, person, text, number, sent_at)
        self._journal(message, number, person, word)

    def _from_stranger(self, message: IncomingMessage, number: str | None) -> None:
        sender = number or message.sender
        text = message.text
        if text is None:
            text = self._speaker.say(messages.SMS_UNREADABLE)
        elif not message.complete:
            text = f"{text} {self._speaker.say(messages.SMS_PART_MISSING)}"
        service = self._service_of(text)
        name = service.name if service is not None else ""
        if not self._doorman.admits(sender):
            self._note(message, sender, text, "limited")
            return
        self._journal_stranger(message, sender, text, name, None)
        alert = self._alerts.open(
            AlertCause.SMS,
            name,
            cause_id=message.id,
            number=sender,
            text=text,
            at=message.received_at,
        )
        self._journal_stranger(message, sender, text, name, alert.reference)

    def _note(self, message: IncomingMessage, sender: str, text: str, outcome: str) -> None:
        """A message that is recorded and goes no further."""
        self._ledger.journal(
            JournalKind.SMS_IN,
            key=f"sms_in:{message.id}",
            at=message.received_at,
            number=sender,
            outcome=outcome,
            text=text,
        )

    def _journal_stranger(
        self, message: IncomingMessage, sender: str, text: str, service: str, reference: str | None
    ) -> None:
        self._ledger.journal(
            JournalKind.SMS_IN,
            key=f"sms_in:{message.id}",
            at=message.received_at,
            service=service or None,
            number=sender,
            outcome="unreadable" if message.kind == "unreadable" else "alerted",
            text=text,
            complete=message.complete,
            reference=reference,
        )

    def _journal(
        self, message: IncomingMessage, number: str, person: Person, word: str | None
    ) -> None:
        self._ledger.journal(
            JournalKind.SMS_IN,
            key=f"sms_in:{message.id}",
            at=message.received_at,
            number=number,
            person=person.name,
            outcome="command" if word not in (None, "?") else "not_understood",
            text=message.text,
            word=word,
        )

    def _service_of(self, text: str) -> Service | None:
        """The service whose name the text begins with (the longest such), else the first."""
        words = plain(text)
        named = [
            service
            for service in self._roster.services
            if _begins_with(words, plain(service.name))
        ]
        if named:
            return max(named, key=lambda service: len(service.name))
        return self._roster.default_service

    def _number(self, sender: Originator) -> str | None:
        """The sender in E.164, None for names, short codes and what cannot be read."""
        if sender.kind not in DIALLABLE or self._roster.rota is None:
            return sender.text if sender.kind is OriginatorKind.NUMBER else None
        try:
            code = self._roster.rota.site.country_code
            return heard_number(sender.text, sender.type_of_number, code)
        except NumberFault:
            return None


def _begins_with(words: str, name: str) -> bool:
    return words.startswith(name) and not words[len(name) : len(name) + 1].isalnum()
