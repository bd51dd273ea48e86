"""The call desk: every incoming call from its first RING to its one outcome.

A call is opened by a hint (RING, +CLIP, +CCWA, a vendor's code) or by the list, decided as soon
as the number is known (200 ms at most), and closed by the list alone. Before the modem is told
anything, the decision is recorded; after a power cut the call is found again and somebody is
alerted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from firmware.alert.desk import AlertDesk
from firmware.at import commands
from firmware.at.answers import CallListEntry
from firmware.at.events import CallEnded, CallingLine, CallProgress, CallWaiting, Ring
from firmware.call.call_book import CLEARING_S, CallBook
from firmware.call.call_in_hand import CallInHand, Phase, is_cut_off, record_call, take_up
from firmware.call.call_state import UP, CallState, Sign
from firmware.call.caller_alerts import CallerAlerts
from firmware.call.conversation import Conversation, Rehearsing
from firmware.call.second_caller import SecondCallers
from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine, Rank, Reply
from firmware.policy import Decision, Reason, Target
from firmware.record import CUT_OFF, AlertCause, Call, CallOutcome

REJECTIONS = (lambda: commands.call_hold("0"), commands.hang_up)  # 27.007 7.13, 6.5


class CallDesk:
    """All calls in hand. ``decide`` is asked once per call; ``country_code`` reads national
    numbers; ``note_divert`` tells the target of a call that needs no confirmation."""

    def __init__(
        self,
        ledger: Ledger,
        line: ModemLine,
        alerts: AlertDesk,
        remembered: Iterable[Call],
        decide: Callable[[Call], Decision],
        note_divert: Callable[[Call, Target], None],
        country_code: Callable[[], str],
    ) -> None:
        self._ledger = ledger
        self._modem = line
        self.told = CallerAlerts(alerts)
        self._decide = decide
        self._note_divert = note_divert
        in_hand = [take_up(call, ledger.moment) for call in remembered if not call.ended_at]
        self._book = CallBook(ledger, line, in_hand, self, country_code)
        self.ask_list, self.unsure = self._book.ask, self._book.unsure
        self._book.on_list = self._listed
        self.second = SecondCallers(ledger, self._book, self.told)
        self.talk: Conversation | None = None
        self.rehearsal: Rehearsing | None = None
        self._releases = 0          # tries to release what nobody owns
        self._releasing = False
        self.confirm_divert: Callable[[str], bool] = lambda service: True

    @property
    def deadline_s(self) -> float | None:
        return self._book.deadline_s

    @property
    def busy(self) -> bool:
        return self._book.busy

    # What comes in

    def resume(self) -> None:
        """After a restart of the program: calls that were in hand get their alert now."""
        for line in tuple(self._book.lines):
            if line.phase is Phase.RINGING:
                self._alert_interrupted(line)
        if self.rehearsal is not None:
            self.rehearsal.resume()

    def opened(self) -> None:
        """The modem is initialised: it may already be ringing."""
        self._modem.in_call = self._book.busy
        self._book.open()

    def interrupted(self) -> None:
        """The modem went away or restarted: nobody may wait for its return to be alerted."""
        if self.talk is not None:
            self.talk.interrupted()
        if self.rehearsal is not None:
            self.rehearsal.interrupted()
        for line in tuple(self._book.lines):
            self._alert_interrupted(line)
        self._book.forget_dialled()

    def heard(self, event: Ring | CallingLine | CallWaiting | CallEnded | CallProgress) -> None:
        """An unsolicited code about calls."""
        match event:
            case Ring():
                line = self._book.hint(Sign.RING, None, withheld=False)
                if line is not None and line.phase is Phase.SPEAKING and self.talk is not None:
                    self.talk.rang()
            case CallingLine(number=number, validity=validity):
                withheld = not number or validity in (1, 2)  # 27.007 7.6 <CLI validity>
                self._book.hint(Sign.RING, number or None, withheld=withheld)
            case CallWaiting(number=number):
                self._book.hint(Sign.CALL_WAITING, number or None, withheld=not number)
            case CallEnded() | CallProgress():
                if isinstance(event, CallEnded):
                    self._book.end_told = True
                    if self._book.alone:
                        self._book.lines[0].end_hinted = True
                self._book.ask()
        if self.called and self.rehearsal is not None:
            self.rehearsal.make_way()

    @property
    def called(self) -> bool:
        """Whether somebody calls, or is in a call."""
        return bool(self._book.lines)

    def tick(self) -> None:
        self._book.tick(self._end)

    # What the book tells

    def identified(self, line: CallInHand, number: str | None, *, withheld: bool) -> None:
        """See `CallFollower`."""
        if number is not None and line.call.number is None:
            line.call = replace(line.call, number=number, withheld=False)
            self._record(line)
            self.told.learned(line.call)
        elif withheld and line.call.number is None and not line.call.withheld:
            line.call = replace(line.call, withheld=True)
            self._record(line)
        if line.phase is Phase.IDENTIFYING and (number is not None or withheld):
            self._choose(line)

    def seen(self, line: CallInHand) -> None:
        """See `CallFollower`."""
        if line.phase in (Phase.SPEAKING, Phase.JOINED, Phase.IDENTIFYING):
            return   # led; or decided about first (`undecided`)
        if line.state in (CallState.ACTIVE, CallState.HELD):
            self._hang_up(line)
        elif line.phase is Phase.REFUSED:
            self._reject_again(line)
        elif line.phase is Phase.REJECTED:
            if self._ledger.moment.monotonic_s - line.rejected_at_s < CLEARING_S:
                self._book.poll_soon()
            else:
                self._reject_again(line)

    def gone(self, line: CallInHand) -> None:
        """See `CallFollower`."""
        if line.phase is Phase.REJECTING:
            return  # our rejection is under way; its answer asks again
        if line.phase is Phase.SPEAKING:
            line.state = CallState.ABSENT   # the conversation ends it, with the list
        else:
            self._end(line)

    def no_list(self) -> None:
        """See `CallFollower`."""
        for line in tuple(self._book.lines):
            if line.phase is Phase.REFUSED:
                self._reject_again(line)
        self.undecided()

    def undecided(self) -> None:
        """See `CallFollower`."""
        for line in tuple(self._book.lines):
            known = line.decide_at_s is None or line.state in UP   # no code tells more
            if line.phase is Phase.IDENTIFYING and known:
                hidden = line.call.number is None and line.list_id is not None
                line.call = replace(line.call, withheld=hidden)
                self._choose(line)

    def _listed(self, dialled: tuple[CallListEntry, ...]) -> None:
        """Calls of ours belong to the conversation, or to two who were joined; else to nobody."""
        if self.talk is not None:
            self.talk.listed(dialled)
        if self.rehearsal is not None:
            self.rehearsal.listed(dialled)
        joined = [line for line in self._book.lines if line.phase is Phase.JOINED]
        if not dialled:
            for line in joined:
                line.phase = Phase.RINGING   # the other has hung up: released with the next list
            if joined:
                self._book.poll_soon()
        elif not joined and not any(each and each.busy for each in (self.talk, self.rehearsal)):
            self._release(dialled[0])

    def _release(self, leg: CallListEntry) -> None:
        """A leg that nobody owns (the program was restarted, a release was refused) must not stay
        up: one way after the other, with each list, until it is gone."""
        if self._releasing:
            return
        self._releasing = True
        self._releases += 1
        by_id = 1 <= leg.id <= 7 and self._releases % 2 == 1   # 22.030 6.5.5
        command = commands.call_hold(f"1{leg.id}") if by_id else commands.hang_up()
        self._modem.ask(
            command, self._released, Rank.CALL,
            wanted=lambda: any(leg.id == each.id for each in self._book.dialled),
        )  # fmt: skip

    def _released(self, reply: Reply) -> None:
        self._releasing = False
        if reply.ok:
            self._book.ask()

    def _hang_up(self, line: CallInHand) -> None:
        """Something answered, and nobody speaks at our end: the caller must not listen to
        silence. Refused, it is tried again with the next list."""
        if not line.hanging_up:
            line.hanging_up = True
            held = line.state is CallState.HELD and self._book.alone
            command = commands.call_hold("0") if held else commands.hang_up()
            self._modem.ask(
                command, lambda reply: self._hung_up(line, reply), Rank.CALL,
                wanted=lambda: line in self._book.lines,   # else it meets whoever rings by then
            )  # fmt: skip

    def _hung_up(self, line: CallInHand, reply: Reply) -> None:
        line.hanging_up = False
        if reply.ok:
            self._book.ask()

    # Deciding and doing

    def _choose(self, line: CallInHand) -> None:
        line.decide_at_s = None
        if self.rehearsal is not None and not self.rehearsal.make_way():
            self._book.poll_soon()   # our own leg goes first: decided with the list that lacks it
            return
        decision = self._decide(line.call)
        line.decision, line.decided_at = decision, self._ledger.now
        target = decision.target.number if decision.target is not None else None
        line.call = replace(line.call, decision=decision.rung.value, target=target)
        if decision.speak:
            self._speak(line)
            return
        if decision.divert and line.state not in UP:   # what is up is led on by no network
            line.phase = Phase.REJECTING
            self._record(line)
            self._reject(line)
        else:
            self._let_ring(line, decision.reason)
            self._book.ask()

    def _speak(self, line: CallInHand) -> None:
        """Answered by voice, unless another call is under way: then ATA would take it off hold,
        and a rejection could meet the wrong call. The network has call waiting off, so that such
        a caller is hardly ever seen."""
        if self.talk is None or self.talk.busy or not self._book.alone:
            self._let_ring(line, Reason.BUSY)
        else:
            line.phase = Phase.SPEAKING
            self._record(line)
            self.talk.take(line)
        self._book.ask()

    def _reject(self, line: CallInHand) -> None:
        line.phase = Phase.REJECTING
        command = REJECTIONS[line.rejections]()
        line.rejections += 1
        self._modem.ask(
            command,
            lambda reply: self._rejection_answered(line, reply),
            Rank.CALL,
            wanted=lambda: line in self._book.lines,   # else it would reject whoever rings by then
        )

    def _rejection_answered(self, line: CallInHand, reply: Reply) -> None:
        if line not in self._book.lines or reply.lost or line.phase is not Phase.REJECTING:
            return
        if reply.ok:
            line.phase = Phase.REJECTED
            line.rejected_at_s = self._ledger.moment.monotonic_s
        else:
            # Perhaps there is nothing to reject any more: the list knows.
            line.phase = Phase.REFUSED
            line.unanswered = reply.result is None
        self._book.ask()

    def _reject_again(self, line: CallInHand) -> None:
        """The rejection was refused or did nothing: the other way, then leave it ringing."""
        if line.rejections < len(REJECTIONS):
            self._reject(line)
            return
        self._let_ring(line, Reason.REFUSED)
        self._book.ask()

    def _let_ring(self, line: CallInHand, reason: Reason | None) -> None:
        line.phase = Phase.RINGING
        line.call = replace(line.call, outcome=CallOutcome.ALERTED)
        self._record(line, reason=reason)
        self._alert(line, AlertCause.CALL)

    # The end

    def _end(self, line: CallInHand) -> None:
        match line.phase:
            case Phase.IDENTIFYING | Phase.REJECTING | Phase.REFUSED:
                # Unanswered, the rejection may have worked: nobody can say that the caller gave up.
                outcome = CallOutcome.ALERTED if line.unanswered else CallOutcome.ABANDONED
                self._finish(line, outcome)
                self._alert(line, AlertCause.CALL)
            case Phase.REJECTED:
                self._finish(line, CallOutcome.DIVERTED)
                self._confirm(line)
            case Phase.RINGING | Phase.JOINED:
                self._finish(line, line.call.outcome)
            case Phase.SPEAKING:   # no list has shown it for a minute
                if self.talk is not None:
                    self.talk.interrupted()
                self._finish(line, CallOutcome.ALERTED)
                self._alert(line, AlertCause.CALL)

    def _finish(self, line: CallInHand, outcome: CallOutcome) -> None:
        line.call = replace(line.call, outcome=outcome, ended_at=self._ledger.now)
        self._book.strike_out(line)
        self._record(line)

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
            self._record(line)
        self._alert(line, AlertCause.CALL, message)
        self._book.ask()

    def joined(self, line: CallInHand, number: str, *, through_us: bool) -> None:
        """The caller speaks to whoever pressed 1 at ``number``; ``through_us``: in a conference
        that lasts as long as both calls do."""
        line.call = replace(line.call, outcome=CallOutcome.TRANSFERRED, target=number)
        if through_us:
            line.phase = Phase.JOINED
            self._record(line)
        else:
            self._finish(line, CallOutcome.TRANSFERRED)
        if line.taken_by is not None:   # else it is a caller, rung back
            self._note_divert(line.call, Target(number, line.taken_by))

    def served(self, line: CallInHand) -> None:
        """Somebody of the staff has heard the messages: nobody has to answer for this call."""
        line.phase = Phase.RINGING
        line.call = replace(line.call, outcome=CallOutcome.TRANSFERRED)
        self._record(line)
        if line.state is CallState.ABSENT:
            self._finish(line, CallOutcome.TRANSFERRED)
        self._book.ask()

    def _confirm(self, line: CallInHand) -> None:
        """A diverted call is not yet a call taken: a voicemail may have answered it."""
        decision = line.decision
        if decision is None or decision.target is None or decision.target.person is None:
            return  # the office telephone: it answers for itself, and reads no SMS
        if self.confirm_divert(line.call.service):
            self._alert(line, AlertCause.DIVERTED)
        else:
            self._note_divert(line.call, decision.target)

    def _alert_interrupted(self, line: CallInHand) -> None:
        if line.phase is Phase.JOINED:
            return   # they were speaking to one another; the list will tell
        text = CUT_OFF if is_cut_off(line) else ""
        if line.phase is not Phase.RINGING or line.call.outcome is CallOutcome.RINGING:
            line.phase = Phase.RINGING
            line.decide_at_s = None
            line.call = replace(line.call, outcome=CallOutcome.ALERTED)
            self._record(line)
        self._alert(line, AlertCause.CALL, text)
        if line.is_nameless:
            self._finish(line, line.call.outcome)   # else it would be taken for whoever rings next

    def _alert(self, line: CallInHand, cause: AlertCause, text: str = "") -> None:
        self.told.open(line.call, cause, text)

    # Bookkeeping

    def serve(self, service: str) -> None:
        """The service to which calls belong that no menu has sorted: the site's first."""
        self._book.service_name = service

    def step_taken(self, line: CallInHand) -> None:
        """The conversation went on: its row and its line of the journal follow."""
        if line in self._book.lines:
            self._record(line)

    def _record(self, line: CallInHand, reason: Reason | None = None) -> None:
        record_call(self._ledger, line, reason)
