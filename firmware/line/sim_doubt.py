"""A card that an error names is looked at: `AT+CPIN?` says what became of it, whatever was refused.

Nothing is entered here. A look that finds the SIM ready is believed for a while, because some
modems blame the SIM for what the network refuses: one question then, never a loop of them.
"""

from __future__ import annotations

from collections.abc import Callable

from firmware.at import answers
from firmware.at import device_commands as commands
from firmware.at.answers import AnswerFault
from firmware.at.result_codes import ResultKind
from firmware.line.errand import Conversation
from firmware.line.modem_line import Reply
from firmware.moment import Moment

# 27.007 9.2.1: not inserted, PIN, PUK, failure, busy, wrong. 16, a password that is wrong, was
# judged by a card that works (or by the network, that of a barring).
CME_SIM = frozenset({10, 11, 12, 13, 14, 15})
CMS_SIM = frozenset({310, 311, 313, 314, 315, 316})   # 27.005 3.2.5: the same of an SMS
CME_BUSY = 14
LOOK_AGAIN_S = 2.0
LOOKS_MIN = 2         # that do not find it ready: a line of one may be garbled
BUSY_LOOKS_MAX = 15   # as long as at a start
READY_FOR_S = 15.0


class SimDoubt:
    """Whether the SIM of a modem that was ready is to be looked at. ``gone``: what it said when it
    was found to be ready no more."""

    def __init__(self, moment: Callable[[], Moment]) -> None:
        self._moment = moment
        self.clear()

    def clear(self) -> None:
        """The bring-up looks at the SIM by itself."""
        self._doubted = False
        self._looks = 0
        self._ready_at_s: float | None = None
        self.gone: str | None = None

    @property
    def wait_s(self) -> float | None:
        """Until the next look; None where none is needed."""
        if not self._doubted:
            return None
        return LOOK_AGAIN_S if self._looks else 0.0

    def raised_by(self, reply: Reply) -> bool:
        """Whether a look has become due with this answer."""
        return _names_the_sim(reply) and self.raised()

    def raised(self) -> bool:
        """Something speaks against the SIM."""
        ready_at_s = self._ready_at_s
        if ready_at_s is not None and self._moment().monotonic_s < ready_at_s + READY_FOR_S:
            return False
        before, self._doubted = self._doubted, True
        return not before

    def look(self) -> Conversation:
        """One look."""
        reply = yield commands.pin_query()
        if reply.result is None:
            self.clear()   # silence is the modem's; the next error doubts anew
            return
        if _state(reply) == "READY":
            self.clear()
            self._ready_at_s = self._moment().monotonic_s
            return
        self._looks += 1
        is_busy = reply.result.kind is ResultKind.CME_ERROR and reply.result.code == CME_BUSY
        if self._looks >= (BUSY_LOOKS_MAX if is_busy else LOOKS_MIN):
            self.gone = reply.lines[-1] if reply.ok and reply.lines else reply.why


def _names_the_sim(reply: Reply) -> bool:
    result = reply.result
    if result is None:
        return False
    if result.kind is ResultKind.CMS_ERROR:
        return result.code in CMS_SIM
    return result.kind is ResultKind.CME_ERROR and result.code in CME_SIM


def _state(reply: Reply) -> str | None:
    try:
        return answers.pin_state(reply.lines) if reply.ok else None
    except AnswerFault:
        return None
