"""The outbox: durable, alerts before notices, in order for each recipient, one SMS for one cause.

What is guaranteed: *at least once*. A message is recorded before the first `AT+CMGS` and each
part's reference as soon as the modem has told it; only where the modem's answer itself was lost
(time-out, reboot, power cut between `+CMGS` and its answer) may the person get that part twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import timedelta

from firmware.at import answers
from firmware.at import message_commands as commands
from firmware.at.answers import AnswerFault
from firmware.at.command import Command
from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine, Rank, Reply
from firmware.record import TOO_OLD, WITHDRAWN, OutgoingMessage, OutgoingState
from firmware.sms.awaited import awaited_alert
from firmware.sms.echo import Echo
from firmware.sms.outbox_journal import journal_delivery, journal_message
from firmware.sms.outbox_rules import (
    PENDING,
    REPORTED,
    RETRY_AFTER_S,
    TOLD_LATE_S,
    first_reported,
    is_permanent,
    is_refused,
    is_told_late,
    is_unsent,
    refused_once_more,
    was_taken,
)
from firmware.sms.outbox_turns import Turns
from firmware.sms.outgoing_book import OutgoingBook
from firmware.sms.refusals import Refusals
from firmware.sms.tpdu import ReportOutcome, StatusReport, TpduError, encode_submit

Told = Callable[[OutgoingMessage], None]


def _nobody(message: OutgoingMessage) -> None:
    """The listener of an outbox that nobody listens to."""


class Outbox:
    """Sends what the other rooms put in. ``ready`` is set while the SIM is on the network."""

    def __init__(
        self, ledger: Ledger, line: ModemLine, remembered: Iterable[OutgoingMessage]
    ) -> None:
        self._ledger = ledger
        self._line = line
        line.on_late = self.late
        self.book = OutgoingBook(ledger, remembered)
        self.turns = Turns(ledger, self.book)
        self._current: int | None = None
        self._attempts = 0     # of all parts; the answer to an earlier one is nobody's
        # Parts that were never answered (the deadline passed, or the port went away): the command,
        # and whether it is the last
        self._unanswered: dict[int, tuple[Command, bool]] = {}
        self.ready = False
        self.echo, self.refusals = Echo(), Refusals()
        self.on_sent: Told = _nobody
        self.on_failed: Told = _nobody
        self.on_delivered: Told = _nobody
        # Whether somebody still waits for a message that is about an alert
        self.is_wanted: Callable[[OutgoingMessage], bool] = lambda message: True
        # Whether somebody is on hold: a network that does not answer would deafen the modem
        self.spares_somebody: Callable[[], bool] = lambda: False
        # Why the recipient may not be texted at all
        self.refuses: Callable[[OutgoingMessage], str | None] = lambda message: None

    @property
    def _may_send(self) -> bool:
        """The network is there, no part is under way, and nobody is on hold."""
        return self.ready and self._current is None and not self.spares_somebody()

    @property
    def deadline_s(self) -> float | None:
        if not self._may_send:
            return None
        return self.turns.deadline_s

    def send(
        self,
        cause: str,
        recipient: str,
        text: str,
        rank: int,
        *,
        about: int | None = None,
        person: str | None = None,
    ) -> OutgoingMessage | None:
        """Queue an SMS; None when there is one for this cause already."""
        if self.book.knows(cause):
            return None
        message = OutgoingMessage(
            id=self._ledger.next_id(OutgoingMessage),
            cause=cause,
            recipient=recipient,
            text=text,
            rank=rank,
            created_at=self._ledger.now,
            about=about,
            person=person,
        )
        self._keep(message)
        return message

    def withdraw(self, alert_id: int, recipient: str | None = None) -> None:
        """Nobody needs the alert's SMS that have not left: send them no more. With a
        ``recipient``, only that one's questions: another takes their place."""
        for message in tuple(self.book.pending.values()):
            if (
                awaited_alert(message) == alert_id
                and recipient in (None, message.recipient if message.about else None)
                and is_unsent(message)
            ):
                self._finish(message, OutgoingState.FAILED, WITHDRAWN)

    def unsent(
        self, recipient: str, beginning: str, texts: Collection[str]
    ) -> tuple[OutgoingMessage, ...]:
        """SMS of such a cause that say one of these, and nothing of which has left."""
        return tuple(
            message
            for message in self.book.pending.values()
            if message.recipient == recipient
            and message.text in texts
            and message.cause.startswith(beginning)
            and is_unsent(message)
        )

    def supersede(self, messages: Iterable[OutgoingMessage]) -> None:
        """The same words are about to be sent again, and that is enough."""
        for message in messages:
            self._finish(message, OutgoingState.FAILED, WITHDRAWN)

    def tick(self) -> None:
        """Start the next part if the network is there and none is under way."""
        if not self._may_send or not self._line.open:
            return
        message = self.turns.next()
        if message is not None:
            self._attempt(message)

    def lost(self) -> None:
        """The modem restarted: what was under way counts as unanswered."""
        self.ready = False

    def report(self, report: StatusReport) -> bool:
        """Follow a status report (23.040 9.2.3.15); false when it concerns nothing we know."""
        self.echo.reported()
        message = first_reported(self.book.newest_first(), report)
        if message is None:
            return False
        part = max(
            index
            for index, reference in enumerate(message.references)
            if reference == report.reference and index not in message.reported
        )
        if report.outcome is ReportOutcome.FAILED:
            journal_delivery(self._ledger, message, part, "failed", report.status)
            if message.state in (*PENDING, OutgoingState.SENT):
                # Half an SMS helps nobody: of one that lost a part no other part is sent.
                why = f"{REPORTED}{report.status}"
                self.on_failed(self._finish(message, OutgoingState.FAILED, why))
        elif report.outcome is ReportOutcome.DELIVERED:
            message = replace(message, reported=(*message.reported, part))
            journal_delivery(self._ledger, message, part, "delivered", report.status)
            whole = (
                message.state is OutgoingState.SENT
                and len(message.reported) == len(message.references)
            )
            if whole:
                self.on_delivered(self._finish(message, OutgoingState.DELIVERED, None))
            else:
                self._keep(message)
        return True

    # What waits for too long (`alert/bygone`)

    def waits_s(self, message: OutgoingMessage) -> float:
        """For how long, in this run of the program; 0 while it is being handed over."""
        return 0.0 if message.id == self._current else self.turns.waited_s(message)

    def let_go(self, message: OutgoingMessage) -> None:
        """It is too old to be sent; nobody else is asked in its place."""
        self._finish(message, OutgoingState.FAILED, TOO_OLD)

    # One part, from the choice to the modem's answer

    def _attempt(self, message: OutgoingMessage) -> None:
        if not message.references and not self.is_wanted(message):
            self._finish(message, OutgoingState.FAILED, WITHDRAWN)
            return
        if (why := self.refuses(message)) is not None:
            refused = f"number refused: {why}"
            self.on_failed(self._finish(message, OutgoingState.FAILED, refused))
            return
        try:
            parts = encode_submit(
                message.recipient,
                message.text,
                reference=message.id % 256,
                request_report=True,
            )
        except TpduError as fault:
            self.on_failed(self._finish(message, OutgoingState.FAILED, str(fault)))
            return
        part = parts[len(message.references)]
        command = commands.send_message(part.pdu_hex)
        self._current = message.id
        self._attempts += 1
        if message.state is not OutgoingState.SENDING:
            message = replace(message, state=OutgoingState.SENDING)
            self._keep(message)
        last = len(message.references) + 1 == len(parts)
        number, attempt = message.id, self._attempts
        self._line.ask(
            command,
            lambda reply: self._answered(number, attempt, reply, last),
            Rank.SEND,
            # A report may end the message while its part waits for the channel
            wanted=lambda: (
                attempt == self._attempts
                and number in self.book.pending
                and not self.spares_somebody()
            ),
        )

    def _answered(self, number: int, attempt: int, reply: Reply, last: bool) -> None:
        if attempt != self._attempts:
            return  # it had left already, and this time it was not sent
        self._current = None
        # Not as it was when the part went out: a report on an earlier part may have come since.
        message = self.book.pending.get(number)
        if message is None:
            return  # meanwhile a report said that it can not be delivered
        if not reply.ok and not was_taken(reply):
            if not is_refused(reply):
                self.book.doubt(number)
            self._failed(message, reply)
            if reply.result is None:
                self._unanswered[number] = (reply.command, last)
            return
        self._handed_over(message, reply.lines, last)

    def late(self, command: Command, line: str) -> None:
        """The modem tells the reference of a part that it was believed to have lost: the part is
        sent, and does not go again."""
        try:
            answers.message_reference((line,))
        except AnswerFault:
            return
        for number, (sent, last) in tuple(self._unanswered.items()):
            message = self.book.pending.get(number)
            if sent == command and message is not None:
                if number == self._current:
                    # Late replies come while nothing can be sent: it only waits for its turn
                    self._current = None
                    self._attempts += 1
                self._handed_over(message, (line,), last)
                return

    def _handed_over(self, message: OutgoingMessage, lines: tuple[str, ...], last: bool) -> None:
        self.turns.budget.spend(self._ledger.moment.monotonic_s)
        self.echo.left(message.recipient, self._ledger.moment.monotonic_s)
        if self.refusals.left(message.recipient):
            self.turns.hurry()
        self._unanswered.pop(message.id, None)
        try:
            reference = answers.message_reference(lines)
        except AnswerFault:
            # Sent, but nobody told us the reference: its status report will match nothing.
            reference = -1
        # The network is there again: the next part begins with the shortest wait. One that was told
        # to have failed stays so until it has left whole.
        told = last or message.attempts > len(RETRY_AFTER_S)
        message = replace(
            message,
            references=(*message.references, reference),
            state=OutgoingState.SENT if last else OutgoingState.SENDING,
            attempts=message.attempts if told else 0,
            error=None,
        )
        self._keep(message)
        if last:
            journal_message(self._ledger, message)
            self.on_sent(message)

    def _failed(self, message: OutgoingMessage, reply: Reply) -> None:
        if reply.lost or self.refusals.is_garbled(reply):
            # Not the message's fault: it goes again at once, or as soon as the modem is back.
            self._keep(replace(message, state=OutgoingState.QUEUED, error=reply.why))
            return
        permanent = is_permanent(reply)
        now_s = self._ledger.moment.monotonic_s
        self.refusals.failed(now_s, reply.why, message.id, message.recipient)
        attempts = refused_once_more(message, permanent=permanent)
        spent = attempts > len(RETRY_AFTER_S)
        is_news = spent and message.attempts <= len(RETRY_AFTER_S)
        message = replace(
            message, attempts=attempts, state=OutgoingState.QUEUED, error=reply.why
        )
        awaited = awaited_alert(message) is not None and self.is_wanted(message)
        late = is_told_late(message, reply) and self.turns.waited_s(message) < TOLD_LATE_S
        if spent and not awaited and not late:
            self.on_failed(self._finish(message, OutgoingState.FAILED, reply.why))
            return
        wait_s = RETRY_AFTER_S[min(attempts, len(RETRY_AFTER_S)) - 1]
        self.turns.put_off(message, wait_s)
        next_at = self._ledger.now + timedelta(seconds=wait_s)
        message = replace(message, next_attempt_at=next_at)
        self._keep(message)
        if is_news:
            journal_message(self._ledger, message)
            self.on_failed(message)  # somebody else is asked meanwhile; this one goes on trying

    # Bookkeeping

    def _keep(self, message: OutgoingMessage) -> None:
        self.book.keep(message)
        self.turns.follow(message)
        if message.state not in PENDING:
            self._unanswered.pop(message.id, None)

    def _finish(
        self, message: OutgoingMessage, state: OutgoingState, error: str | None
    ) -> OutgoingMessage:
        message = replace(message, state=state, error=error, ended_at=self._ledger.now)
        self._keep(message)
        journal_message(self._ledger, message)
        return message
