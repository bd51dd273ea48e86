"""What becomes of each call: its one outcome, its row and line of the journal, and who is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from firmware.call.call_book import CallBook
from firmware.call.call_in_hand import CallInHand, Phase, is_cut_off, record_call
from firmware.call.call_state import CallState
from firmware.call.caller_alerts import CallerAlerts
from firmware.call.led_on import LedOn
from firmware.ledger import Ledger
from firmware.policy import Reason, Target
from firmware.record import CUT_OFF, AlertCause, Call, CallOutcome


class Outcomes:
    """``note_divert`` tells the target of a call that needs no confirmation; ``confirm_divert``
    says whether the calls of a service do."""

    def __init__(
        self,
        ledger: Ledger,
        book: CallBook,
        told: CallerAlerts,
        note_divert: Callable[[Call, Target], None],
    ) -> None:
        self._ledger = ledger
        self._book = book
        self._told = told
        self._note_divert = note_divert
        self.led_on = LedOn(ledger, told)
        self.confirm_divert: Callable[[str], bool] = lambda service: True

    def let_ring(self, line: CallInHand, reason: Reason | None) -> None:
        """Nobody takes it from here: somebody is alerted while it rings."""
        line.phase = Phase.RINGING
        line.call = replace(line.call, outcome=CallOutcome.ALERTED)
        record_call(self._ledger, line, reason)
        self._alert(line, AlertCause.CALL)

    def end(self, line: CallInHand) -> None:
        """The list shows it no more, or has not for too long."""
        match line.phase:
            case Phase.IDENTIFYING | Phase.REJECTING | Phase.REFUSED:
                # Unanswered, the rejection may have worked: nobody can say that the caller gave up.
                outcome = CallOutcome.ALERTED if line.unanswered else CallOutcome.ABANDONED
                self._finish(line, outcome)
                self._alert(line, AlertCause.CALL)
            case Phase.REJECTED if _led_nowhere(line):
                self._finish(line, CallOutcome.ALERTED)
                self._alert(line, AlertCause.CALL)
            case Phase.REJECTED:
                self._finish(line, CallOutcome.DIVERTED)
                self._confirm(line)
            case Phase.RINGING | Phase.JOINED:
                self._finish(line, line.call.outcome)
            case Phase.SPEAKING:
                self._finish(line, CallOutcome.ALERTED)
                self._alert(line, AlertCause.CALL)

    def perhaps_another(self, line: CallInHand) -> None:
        """The refusal was answered late or not at all, and may have worked at once; what has rung
        since is the same hidden caller, or the next, whom nothing tells from them: somebody is
        alerted of both."""
        line.is_perhaps_two = True
        now_s = self._ledger.moment.monotonic_s
        at = self._ledger.now - timedelta(seconds=now_s - line.alive_at_s)
        call = replace(
            line.call, id=self._ledger.next_id(Call), started_at=at,
            outcome=CallOutcome.ALERTED, ended_at=self._ledger.now,
        )  # fmt: skip
        other = CallInHand(call, CallState.ABSENT, Phase.RINGING, now_s, None, line.decision)
        record_call(self._ledger, other)
        self._alert(other, AlertCause.CALL)

    def interrupted(self, line: CallInHand) -> None:
        """Nothing can be asked about the call any more: its alert does not wait for the modem."""
        if line.phase is Phase.JOINED:
            return   # they were speaking to one another; the list will tell
        text = CUT_OFF if is_cut_off(line) else ""
        if line.phase is not Phase.RINGING or line.call.outcome is CallOutcome.RINGING:
            line.phase = Phase.RINGING
            line.decide_at_s = None
            line.call = replace(line.call, outcome=CallOutcome.ALERTED)
            record_call(self._ledger, line)
        self._alert(line, AlertCause.CALL, text)
        if line.is_nameless:
            self._finish(line, line.call.outcome)   # else it would be taken for whoever rings next

    # What the conversation tells (`firmware/voice`)

    def step_taken(self, line: CallInHand) -> None:
        """The conversation went on: its row and its line of the journal follow."""
        if line in self._book.lines:
            record_call(self._ledger, line)

    def spoken(self, line: CallInHand, outcome: CallOutcome, message: str) -> None:
        """The conversation is over and nobody was joined: somebody is alerted, and what is still
        up is released. ``message``: how long the message is that was left, or `CUT_OFF`."""
        if line not in self._book.lines:
            return
        if line.state is CallState.ABSENT:
            self._finish(line, outcome)
        else:
            line.phase = Phase.RINGING
            line.call = replace(line.call, outcome=outcome)
            record_call(self._ledger, line)
        self._alert(line, AlertCause.CALL, message)
        self._book.ask()

    def joined(self, line: CallInHand, number: str, *, through_us: bool) -> None:
        """The caller speaks to whoever pressed 1 at ``number``; ``through_us``: in a conference
        that lasts as long as both calls do."""
        line.call = replace(line.call, outcome=CallOutcome.TRANSFERRED, target=number)
        if through_us:
            line.phase = Phase.JOINED
            record_call(self._ledger, line)
        else:
            self._finish(line, CallOutcome.TRANSFERRED)
        if line.taken_by is not None:   # else it is a caller, rung back
            self._note_divert(line.call, Target(number, line.taken_by))

    def served(self, line: CallInHand) -> None:
        """Somebody of the staff has heard the messages: nobody has to answer for this call."""
        line.phase = Phase.RINGING
        line.call = replace(line.call, outcome=CallOutcome.TRANSFERRED)
        record_call(self._ledger, line)
        if line.state is CallState.ABSENT:
            self._finish(line, CallOutcome.TRANSFERRED)
        self._book.ask()

    # Rows and alerts

    def _finish(self, line: CallInHand, outcome: CallOutcome) -> None:
        line.call = replace(line.call, outcome=outcome, ended_at=self._ledger.now)
        self._book.strike_out(line)
        record_call(self._ledger, line)

    def _confirm(self, line: CallInHand) -> None:
        """A diverted call is not yet a call taken: a voicemail may have answered it."""
        decision = line.decision
        if decision is None or decision.target is None or not _to_a_person(line):
            self.led_on.keep(line)   # the office telephone answers for itself, and reads no SMS
        # Many networks lead nobody on who was not refused as busy, but hung up on
        elif line.rejections > 1 or self.confirm_divert(line.call.service):
            self._alert(line, AlertCause.DIVERTED)
        else:
            self._note_divert(line.call, decision.target)
            self.led_on.keep(line)

    def _alert(self, line: CallInHand, cause: AlertCause, text: str = "") -> None:
        """A call held back with a flood of its number is refused: nobody was alerted of it."""
        asked = self._told.open(line.call, cause, text)
        before, after = CallOutcome.ALERTED, CallOutcome.REFUSED
        if asked:
            before, after = after, before
        if line.call.outcome is before:
            line.call = replace(line.call, outcome=after)
            record_call(self._ledger, line)


def _led_nowhere(line: CallInHand) -> bool:
    """A garbled refusal had answered it, and no network leads on who is hung up on. Many lead
    nobody on who was not refused as busy, and the office, which reads no SMS, cannot say so."""
    return line.hang_ups.count > 0 or (line.rejections > 1 and not _to_a_person(line))


def _to_a_person(line: CallInHand) -> bool:
    """Whether the network is to lead the caller to somebody of the staff; else to the office."""
    target = line.decision.target if line.decision is not None else None
    return target is not None and target.person is not None
