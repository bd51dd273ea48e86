"""Asks for the SIM's credit and rings when it runs out."""

from __future__ import annotations

from decimal import Decimal

from firmware.alert.bell import Bell
from firmware.at import service_commands as commands
from firmware.at.events import Ussd
from firmware.duty.roster import Roster
from firmware.health.credit import read_credit
from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine, Rank, Reply
from firmware.wording import messages

KEY, UNREAD_KEY = "credit", "credit-unread"
CREDIT = "credit"          # the fact: amount, text and instant of the last answer
UNREAD = "credit-unread"   # the fact: how many in a row could not be read
PATIENCE_S = 60.0          # 27.007 7.15 sets no time; a network that answers does so in seconds
UNREAD_MAX = 3             # days without an answer that can be read, then it is told
ANSWERED = (0, 1, 2)       # 27.007 7.15 <m>: no further action, further action, ended
FURTHER = 1


class CreditKeeper:
    """One question at a time. ``last`` is ``asking``, an amount, or why there is none."""

    def __init__(self, ledger: Ledger, line: ModemLine, roster: Roster, bell: Bell) -> None:
        self._ledger = ledger
        self._line = line
        self._roster = roster
        self._bell = bell
        self._until_s: float | None = None
        self.last = ""

    @property
    def deadline_s(self) -> float | None:
        return self._until_s

    def ask(self) -> bool:
        """False where the site has no code for it."""
        rota = self._roster.rota
        code = rota.health.credit_code if rota is not None else None
        if code is None:
            self._bell.still(KEY, by_sms=False)
            self._bell.still(UNREAD_KEY, by_sms=False)
            self.last = ""   # or each self-check would find the fault of before
            return False
        self.last = "asking"
        self._until_s = self._ledger.moment.monotonic_s + PATIENCE_S
        self._line.ask(commands.ussd(code), self._asked, Rank.POLL, calm=True)
        return True

    def heard(self, event: Ussd) -> None:
        """+CUSD: the answer, before or after the OK of the question.

        A dialogue that waits for us is closed, also one that the network has begun: it keeps other
        services, forwarding among them, from being asked for until it times out.
        """
        if event.status == FURTHER:
            self._line.ask(commands.ussd_cancel(), _unheard, Rank.POLL)
        rota = self._roster.rota
        if self._until_s is None or rota is None or rota.health.credit_pattern is None:
            return  # nobody has asked: an operator's advertisement
        self._until_s = None
        if event.status not in ANSWERED or not event.text:
            self._not_read(f"+CUSD: {event.status}")
            return
        credit = read_credit(event.text, event.dcs, rota.health.credit_pattern)
        fact = {"text": credit.text, "at": self._ledger.now.isoformat()}
        self._ledger.remember(CREDIT, {**fact, "amount": _shown(credit.amount)})
        if credit.amount is None:
            self._not_read(credit.text[:60])
            return
        self._ledger.remember(UNREAD, 0)
        self.last = _shown(credit.amount) or ""
        self._bell.still(UNREAD_KEY)
        if credit.amount < rota.health.credit_below:
            self._bell.ring(KEY, messages.CREDIT_LOW, {"amount": self.last})
        else:
            self._bell.still(KEY)

    def tick(self) -> None:
        if self._until_s is not None and self._until_s <= self._ledger.moment.monotonic_s:
            self._until_s = None
            self._not_read("no answer")

    def _asked(self, reply: Reply) -> None:
        if not reply.ok and self._until_s is not None:
            self._until_s = None
            self._not_read(reply.why)

    def _not_read(self, why: str) -> None:
        """A network that is busy once is no alarm; days without an answer are."""
        self.last = f"unread: {why}"
        before = self._ledger.fact(UNREAD)
        unread = before + 1 if isinstance(before, int) else 1
        self._ledger.remember(UNREAD, unread)
        if unread >= UNREAD_MAX:
            self._bell.ring(UNREAD_KEY, messages.CREDIT_UNREAD, {"why": why})


def _shown(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:f}"


def _unheard(reply: Reply) -> None:
    """Whatever comes of closing the dialogue."""
