"""What became of an SMS of ours: who else is asked or alarmed where it could not be delivered, and
who must know."""

from __future__ import annotations

from firmware.alert.asked import SecondTry
from firmware.alert.bell import Bell
from firmware.alert.desk import AlertDesk
from firmware.duty.roster import UNREACHED, Roster
from firmware.ledger import Ledger
from firmware.record import OutgoingMessage
from firmware.sms.outbox import Outbox
from firmware.sms.outbox_rules import ALARM, REPORTED, is_given_up_for_now, is_of_its_number
from firmware.wording import messages


class Undelivered:
    """The next number, the next person, the administrators; in their place, everybody."""

    def __init__(
        self, ledger: Ledger, roster: Roster, outbox: Outbox, alerts: AlertDesk, bell: Bell
    ) -> None:
        self._ledger = ledger
        self._roster = roster
        self._outbox = outbox
        self._alerts = alerts
        self._second_try = SecondTry(roster, outbox)
        self._bell = bell
        self._tries: dict[int, int] = {}   # of alarms to a number that seemed to be barred
        outbox.on_sent, outbox.on_failed = self.sent, self.failed
        outbox.on_delivered = self.delivered

    def sent(self, message: OutgoingMessage) -> None:
        self._alerts.sent(message)
        alarm = self._ledger.alarm(f"{UNREACHED}{message.person}")
        # A network that takes what it cannot deliver will do so again
        if alarm is not None and not alarm.values.get("why", "").startswith(REPORTED):
            self.delivered(message)
        self._look_at_barred()

    def delivered(self, message: OutgoingMessage) -> None:
        self._bell.still(f"{UNREACHED}{message.person}", by_sms=False)

    def failed(self, message: OutgoingMessage) -> None:
        self._alerts.failed(message)
        self._second_try.failed(message)
        if message.cause.startswith(ALARM) and (
            is_of_its_number(message) or self._outbox.refusals.bars(message.recipient)
        ):
            self._reaches_nobody(message)
        if message.about is None:
            return  # an answer or a notice; and an alarm about an alarm would never end
        self._bell.tell(
            f"sms:{message.id}",
            messages.SMS_FAILED,
            {"person": message.person or message.recipient, "why": message.error or "?"},
        )

    def _look_at_barred(self) -> None:
        """An alarm that is refused while others' SMS leave: once more since then, for one of before
        was perhaps the network's bad hour."""
        for each in tuple(self._outbox.book.pending.values()):
            barred = self._outbox.refusals.bars(each.recipient) and is_given_up_for_now(each)
            if not each.cause.startswith(ALARM) or not barred:
                self._tries.pop(each.id, None)
            elif each.attempts > self._tries.setdefault(each.id, each.attempts):
                self._reaches_nobody(each)

    def _reaches_nobody(self, message: OutgoingMessage) -> None:
        """The alarm at somebody's last number: shown, for it must not make alarms of its own. Where
        it was the last administrator's everybody gets it, once."""
        person = self._roster.staff(message.recipient)
        if person is None or self._roster.next_number(person.name, message.recipient) is not None:
            return
        values = {
            "person": person.name, "number": message.recipient, "why": message.error or "?",
        }  # fmt: skip
        self._bell.ring(
            f"{UNREACHED}{person.name}", messages.ALARMS_UNREACHED, values, by_sms=False
        )
        if self._roster.has_a_warden:
            return
        cause = message.cause.rpartition(":")[0]   # without the number
        for each in self._roster.wardens:
            self._outbox.send(
                f"{cause}:{each.mobile}", each.mobile, message.text, message.rank, person=each.name
            )
