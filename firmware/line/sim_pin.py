"""The SIM's PIN: entered at most once, and only while a mistake cannot lock the SIM.

Three wrong tries lock a SIM until its PUK is known, and then the on-call number is gone. So a
PIN that was refused is never tried again, across restarts too, until somebody writes the
configuration anew. What is remembered is the state of that file, not the PIN nor a digest of it:
four digits have no digest that hides them. Which PIN state the SIM is in is +CPIN's to say
(27.007 8.3); +CPINR tells the tries left (27.007 8.65) where the modem has it. A try whose answer
was lost (the modem restarted just then) is over, too, unless the SIM has accepted this PIN before
and tells as many tries left as it did then: then nobody has refused it, and without it the SIM
would stay locked, and the number deaf, until somebody restarts the box.

A byte that the wire lost or garbled on the way gives a right PIN up for ever, too, and so does one
of the answer: 14, SIM busy, reads 16 then. So what was no try, and any of a PIN that this SIM has
accepted before, is in doubt (`_is_doubtful`): it goes once more, not twice. Of one SIM at a time,
and of none whose number cannot be read while another's is in doubt: they may be the same, and two
wrong tries are all that a SIM can bear. Given up so, it goes again when the modem has been reset
and tells all three tries left: it has that count from the card, which then has refused nothing.
"""

from __future__ import annotations

from enum import Enum, auto

from firmware.at import answers
from firmware.at.answers import AnswerFault
from firmware.at.result_codes import ResultKind
from firmware.ledger import Ledger
from firmware.line.modem_line import Reply
from firmware.wording import messages

CME_NO_SIM = (10, 13, 15)    # 27.007 9.2: not inserted, failure, wrong
CME_SIM_PIN = 11
CME_SIM_PUK = 12
CME_WRONG_PIN = (CME_SIM_PUK, 16)
CARD, DOUBT = "sim-card", "pin-doubt"     # the facts
UNKNOWN = "unknown SIM"
GIVEN_UP = "given up"      # refused, and accepted before
REFUSED = ("refused", GIVEN_UP)
SPENT = ("trying", *REFUSED)
TRIES_NEEDED = 2
TRIES_FULL = 3     # as many as a PIN has: none was refused


class PinAdvice(Enum):
    READY = auto()
    ENTER = auto()
    UNLOCKED = auto()        # it was just accepted: look again in a moment
    AGAIN = auto()           # in doubt whether it was tried: look again in a moment
    MISSING = auto()         # asked for, and none in the configuration
    REFUSED = auto()         # wrong, now or on an earlier day
    GIVEN_UP = auto()        # the same, of one that this SIM has accepted before
    LAST_TRY = auto()
    UNWRITTEN = auto()       # that it is tried could not be written down
    PUK = auto()
    NO_SIM = auto()
    FAULT = auto()


class PinKeeper:
    """What to do about the SIM's lock. ``pin`` is None where the configuration has none;
    ``written`` names the state of the configuration file that it was read from."""

    def __init__(self, ledger: Ledger, pin: str | None, written: str) -> None:
        self._ledger = ledger
        self._pin = pin
        self._written = written
        self._used = False
        self._used_for: str | None = None   # the SIM that our try was for
        self._left: int | None = None    # the tries that the SIM told of before ours

    @property
    def card(self) -> str | None:
        """The number of the SIM that was in the modem last."""
        return last_card(self._ledger)

    def know_card(self, iccid: str) -> None:
        """It is another one now."""
        if iccid != self.card:
            self._ledger.remember(CARD, iccid)

    def advise(
        self, reply: Reply, iccid: str | None, tries: Reply | None = None, *, anew: bool = False
    ) -> PinAdvice:
        """What the answer to `AT+CPIN?` calls for; ``tries`` is the one to `AT+CPINR`. ``anew``:
        the modem has started since the last try, so that it has the count from the card."""
        state = self._state(reply)
        if state == "READY":
            self._unlocked(iccid)
        if state in _PLAIN:
            return _PLAIN[state]
        if state != "SIM PIN":
            return PinAdvice.FAULT
        if self._pin is None:
            return PinAdvice.MISSING
        left = tries_left(tries)
        if anew and left == TRIES_FULL:
            self._refused_by_none(iccid)
        if self._is_spent(iccid, left):
            return self._over(iccid)
        if left is not None and left < TRIES_NEEDED:
            return PinAdvice.LAST_TRY
        if self._would_be_forgotten(iccid, left):
            return PinAdvice.UNWRITTEN
        self._left = left
        return PinAdvice.ENTER

    def _would_be_forgotten(self, iccid: str | None, left: int | None) -> bool:
        """On a disk that takes nothing a try is in memory only, and three power cuts are three
        tries. One of a card that counts all three leaves it two, and is the only one."""
        known = self._remembered(iccid) == "accepted"
        return not (self._ledger.on_disk or known or left == TRIES_FULL)

    def _unlocked(self, iccid: str | None) -> None:
        """A SIM that asked for its PIN and is ready after our try has accepted it, though its
        answer was lost; else the next restart of the modem would find it spent. Refused, it was
        somebody else who unlocked the SIM, with another PIN."""
        ours = self._used and iccid is not None and iccid == self._used_for
        if ours and self._remembered(iccid) not in REFUSED:
            self._used = False
            self._accepted(iccid)

    def _accepted(self, iccid: str | None) -> None:
        self._remember(iccid, "accepted")
        if self._doubted == iccid:
            self._ledger.remember(DOUBT, None)

    def _refused_by_none(self, iccid: str | None) -> None:
        """The card has all its tries: whatever had the PIN given up was no word of the card's."""
        if self._remembered(iccid) == GIVEN_UP:
            self._used = False
            self._accepted(iccid)

    def _is_spent(self, iccid: str | None, left: int | None) -> bool:
        """Whether the PIN has had its try."""
        state = self._remembered(iccid)
        if state in SPENT or (iccid is None and self._doubted is not None):
            return True
        if not self._used:
            return False
        if state != "accepted":
            return True
        if left is None and self._left is None and self._may_doubt(iccid):
            self._doubt(iccid)   # nothing counts here, and nobody has refused it
            return False
        before = self._left if self._left is not None else TRIES_FULL
        return left is None or left < before

    def use(self, iccid: str | None) -> str:
        """The PIN, for its one try. Recorded *before* it is sent: after a power cut in between
        nobody knows the answer, and a second try could be the last. A PIN that this SIM has
        accepted before is known to be right and stays so."""
        if self._pin is None:
            raise ValueError("no PIN to enter")
        self._used, self._used_for = True, iccid
        if self._remembered(iccid) != "accepted":
            self._remember(iccid, "trying")
        return self._pin

    def entered(self, reply: Reply, iccid: str | None, after: Reply | None = None) -> PinAdvice:
        """What the answer to `AT+CPIN=` says of it; ``after`` is that to `AT+CPINR` behind it."""
        if reply.refused:
            if self._is_doubtful(reply, iccid, tries_left(after)):
                self._used = False
                self._doubt(iccid)
                if self._remembered(iccid) != "accepted":
                    self._remember(iccid, "untried")
                return PinAdvice.AGAIN
            known = self._remembered(iccid) == "accepted"
            self._remember(iccid, GIVEN_UP if known else "refused")
            return self._over(iccid)
        if not reply.ok:
            return PinAdvice.FAULT
        self._used = False
        self._accepted(iccid)
        return PinAdvice.UNLOCKED

    def _over(self, iccid: str | None) -> PinAdvice:
        given_up = self._remembered(iccid) == GIVEN_UP
        return PinAdvice.GIVEN_UP if given_up else PinAdvice.REFUSED

    def _is_doubtful(self, reply: Reply, iccid: str | None, left: int | None) -> bool:
        """Whether an error may be the wire's doing, and one more try leaves the SIM one."""
        if reply.result is None or not self._may_doubt(iccid):
            return False
        if left is not None and left < TRIES_NEEDED:
            return False
        if self._remembered(iccid) == "accepted":
            return True    # which gave the SIM its three tries back
        before = TRIES_FULL if self._left is None else self._left
        is_word = reply.result.code in CME_WRONG_PIN
        return left is not None and not is_word and left >= before

    def _may_doubt(self, iccid: str | None) -> bool:
        if iccid is None or self._doubted is not None:
            return False
        return self._remembered(None) not in SPENT

    def _doubt(self, iccid: str | None) -> None:
        self._ledger.remember(DOUBT, {"written": self._written, "sim": iccid})

    def trouble(
        self, advice: PinAdvice, reply: Reply, tries: Reply | None = None
    ) -> tuple[str, dict[str, str]]:
        """The alarm of an advice that is not READY."""
        causes = {
            PinAdvice.MISSING: messages.SIM_PIN_MISSING,
            PinAdvice.REFUSED: messages.SIM_PIN_REFUSED,
            PinAdvice.GIVEN_UP: messages.SIM_PIN_GIVEN_UP,
            PinAdvice.UNWRITTEN: messages.SIM_PIN_UNWRITTEN,
            PinAdvice.PUK: messages.SIM_PUK,
            PinAdvice.NO_SIM: messages.SIM_MISSING,
        }
        if advice is PinAdvice.LAST_TRY:
            return messages.SIM_PIN_LAST_TRY, {"tries": str(tries_left(tries))}
        if advice in causes:
            return causes[advice], {}
        return messages.SIM_FAULT, {"why": reply.why}

    def _state(self, reply: Reply) -> str:
        if reply.ok and reply.lines:
            try:
                return answers.pin_state(reply.lines)
            except AnswerFault:
                return "?"
        result = reply.result
        if result is not None and result.kind is ResultKind.CME_ERROR:
            if result.code in CME_NO_SIM:
                return "NO SIM"
            if result.code == CME_SIM_PIN:
                return "SIM PIN"
            if result.code == CME_SIM_PUK:
                return "SIM PUK"
        return "?"

    @property
    def _doubted(self) -> str | None:
        """The SIM at which the PIN goes, or went, once more."""
        sim = self._of_this_file(DOUBT).get("sim")
        return str(sim) if sim is not None else None

    def _remembered(self, iccid: str | None) -> str | None:
        state = self._of_this_file(_key(iccid)).get("state")
        return str(state) if state is not None else None

    def _of_this_file(self, key: str) -> dict[str, object]:
        fact = self._ledger.fact(key)
        if not isinstance(fact, dict) or fact.get("written") != self._written:
            return {}
        return fact

    def _remember(self, iccid: str | None, state: str) -> None:
        self._ledger.remember(_key(iccid), {"written": self._written, "state": state})


def last_card(ledger: Ledger) -> str | None:
    """The number of the SIM that was in the modem last, as far as one was told."""
    found = ledger.fact(CARD)
    return str(found) if found is not None else None


def tries_left(reply: Reply | None) -> int | None:
    """The tries that `AT+CPINR` tells of; None where the modem does not have it."""
    if reply is None or not reply.ok or not reply.lines:
        return None
    try:
        return answers.pin_tries(reply.lines)
    except AnswerFault:
        return None


def _key(iccid: str | None) -> str:
    return f"pin:{iccid or UNKNOWN}"


_PLAIN = {
    "READY": PinAdvice.READY,
    "SIM PUK": PinAdvice.PUK,
    "PH-SIM PUK": PinAdvice.PUK,
    "NO SIM": PinAdvice.NO_SIM,
    "NOT INSERTED": PinAdvice.NO_SIM,
}
