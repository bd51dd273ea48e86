"""The SIM's PIN: entered at most once, and only while a mistake cannot lock the SIM.

Three wrong tries lock a SIM until its PUK is known, and then the on-call number is gone. So a
PIN that was refused is never tried again, across restarts too, until somebody writes the
configuration anew. What is remembered is the state of that file, not the PIN nor a digest of it:
four digits have no digest that hides them. Which PIN state the SIM is in is +CPIN's to say
(27.007 8.3); +CPINR tells the tries left (27.007 8.65) where the modem has it. A try whose answer
was lost (the modem restarted just then) is over, too, unless the SIM has accepted this PIN before
and tells as many tries left as it did then: then nobody has refused it, and without it the SIM
would stay locked, and the number deaf, until somebody restarts the box. Nor is a PIN refused by an
error that is no word about it (a byte of the command was lost) where the SIM tells as many tries as
before; it goes once more, not twice.
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
CARD = "sim-card"     # the fact
TRIES_NEEDED = 2
TRIES_FULL = 3     # as many as a PIN has: none was refused


class PinAdvice(Enum):
    READY = auto()
    ENTER = auto()
    UNLOCKED = auto()        # it was just accepted: look again in a moment
    AGAIN = auto()           # it was not tried: look again in a moment
    MISSING = auto()         # asked for, and none in the configuration
    REFUSED = auto()         # wrong, now or on an earlier day
    LAST_TRY = auto()
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
        found = self._ledger.fact(CARD)
        return str(found) if found is not None else None

    def know_card(self, iccid: str) -> None:
        """It is another one now."""
        if iccid != self.card:
            self._ledger.remember(CARD, iccid)

    def advise(self, reply: Reply, iccid: str | None, tries: Reply | None = None) -> PinAdvice:
        """What the answer to `AT+CPIN?` calls for; ``tries`` is the one to `AT+CPINR`."""
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
        if self._is_spent(iccid, left):
            return PinAdvice.REFUSED
        if left is not None and left < TRIES_NEEDED:
            return PinAdvice.LAST_TRY
        self._left = left
        return PinAdvice.ENTER

    def _unlocked(self, iccid: str | None) -> None:
        """A SIM that asked for its PIN and is ready after our try has accepted it, though its
        answer was lost; else the next restart of the modem would find it spent. Refused, it was
        somebody else who unlocked the SIM, with another PIN."""
        ours = self._used and iccid is not None and iccid == self._used_for
        if ours and self._remembered(iccid) != "refused":
            self._used = False
            self._remember(iccid, "accepted")

    def _is_spent(self, iccid: str | None, left: int | None) -> bool:
        """Whether the PIN has had its try."""
        state = self._remembered(iccid)
        if state in ("trying", "refused"):
            return True
        if not self._used:
            return False
        before = self._left if self._left is not None else TRIES_FULL
        counted = left is None or left < before
        return counted or state != "accepted"

    def use(self, iccid: str | None) -> str:
        """The PIN, for its one try. Recorded *before* it is sent: after a power cut in between
        nobody knows the answer, and a second try could be the last. A PIN that this SIM has
        accepted before is known to be right and stays so."""
        if self._pin is None:
            raise ValueError("no PIN to enter")
        self._used, self._used_for = True, iccid
        if self._remembered(iccid) != "accepted":
            self._remember(iccid, "trying", doubted=self._doubted(iccid))
        return self._pin

    def entered(self, reply: Reply, iccid: str | None, after: Reply | None = None) -> PinAdvice:
        """What the answer to `AT+CPIN=` says of it; ``after`` is that to `AT+CPINR` behind it."""
        if reply.refused:
            if self._was_no_try(reply, iccid, tries_left(after)):
                accepted = self._remembered(iccid) == "accepted"
                self._used = False
                self._remember(iccid, "accepted" if accepted else "untried", doubted=True)
                return PinAdvice.AGAIN
            self._remember(iccid, "refused")
            return PinAdvice.REFUSED
        if not reply.ok:
            return PinAdvice.FAULT
        self._used = False
        self._remember(iccid, "accepted")
        return PinAdvice.UNLOCKED

    def _was_no_try(self, reply: Reply, iccid: str | None, left: int | None) -> bool:
        if reply.result is None or reply.result.code in CME_WRONG_PIN or self._doubted(iccid):
            return False
        if left is None or self._left is None:
            return False
        return TRIES_NEEDED <= left >= self._left

    def trouble(
        self, advice: PinAdvice, reply: Reply, tries: Reply | None = None
    ) -> tuple[str, dict[str, str]]:
        """The alarm of an advice that is not READY."""
        causes = {
            PinAdvice.MISSING: messages.SIM_PIN_MISSING,
            PinAdvice.REFUSED: messages.SIM_PIN_REFUSED,
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

    def _remembered(self, iccid: str | None) -> str | None:
        state = self._of_this_file(iccid).get("state")
        return str(state) if state is not None else None

    def _doubted(self, iccid: str | None) -> bool:
        """Whether it has gone once more already."""
        return self._of_this_file(iccid).get("doubted") is True

    def _of_this_file(self, iccid: str | None) -> dict[str, object]:
        fact = self._ledger.fact(_key(iccid))
        if not isinstance(fact, dict) or fact.get("written") != self._written:
            return {}
        return fact

    def _remember(self, iccid: str | None, state: str, *, doubted: bool = False) -> None:
        fact: dict[str, object] = {"written": self._written, "state": state}
        self._ledger.remember(_key(iccid), {**fact, "doubted": True} if doubted else fact)


def tries_left(reply: Reply | None) -> int | None:
    """The tries that `AT+CPINR` tells of; None where the modem does not have it."""
    if reply is None or not reply.ok or not reply.lines:
        return None
    try:
        return answers.pin_tries(reply.lines)
    except AnswerFault:
        return None


def _key(iccid: str | None) -> str:
    return f"pin:{iccid or 'unknown SIM'}"


_PLAIN = {
    "READY": PinAdvice.READY,
    "SIM PUK": PinAdvice.PUK,
    "PH-SIM PUK": PinAdvice.PUK,
    "NO SIM": PinAdvice.NO_SIM,
    "NOT INSERTED": PinAdvice.NO_SIM,
}
