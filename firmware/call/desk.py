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
from firmware.at.answers import CallListEntry
from firmware.at.events import CallEnded, CallingLine, CallProgress, CallWaiting, Ring
from firmware.call.call_book import CLEARING_S, CallBook
from firmware.call.call_in_hand import CallInHand, Phase, record_call, take_up
from firmware.call.call_state import UP, CallState, Sign
from firmware.call.caller_alerts import CallerAlerts
from firmware.call.conversation import Conversation, Rehearsing
from firmware.call.outcomes import Outcomes
from firmware.call.releases import Releases
from firmware.call.second_caller import SecondCallers
from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine
from firmware.policy import Decision, Reason, Target
from firmware.record import Call


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
        in_hand = [take_up(call, ledger.moment) for call in remembered if not call.ended_at]
        self._book = CallBook(ledger, line, in_hand, self, country_code)
        self.ask_list, self.unsure = self._book.ask, self._book.unsure
        self.ghosts = self._book.ghosts
        self._book.on_list = self._listed
        self.outcomes = Outcomes(ledger, self._book, self.told, note_divert)
        self._releases = Releases(ledger, line, self._book, self.outcomes)
        self.second = SecondCallers(ledger, self._book, self.told)
        self.talk: Conversation | None = None
        self.rehearsal: Rehearsing | None = None

    @property
    def deadline_s(self) -> float | None:
        return self._book.deadline_s

    @property
    def busy(self) -> bool:
        return self._book.busy

    def serve(self, service: str) -> None:
        """The service to which calls belong that no menu has sorted: the site's first."""
        self._book.service_name = service

    # What comes in

    def resume(self) -> None:
        """After a restart of the program: calls that were in hand get their alert now."""
        for line in tuple(self._book.lines):
            if line.phase is Phase.RINGING:
                self.outcomes.interrupted(line)
        if self.rehearsal is not None:
            self.rehearsal.resume()

    def opened(self, imei: str | None) -> None:
        """The modem is initialised: it may already be ringing."""
        self._book.codes.know_modem(imei, self._modem.profile.name)
        self._modem.in_call = self._book.busy
        self._book.open()

    def interrupted(self) -> None:
        """The modem went away or restarted: nobody may wait for its return to be alerted."""
        if self.talk is not None:
            self.talk.interrupted()
        if self.rehearsal is not None:
            self.rehearsal.interrupted()
        for line in tuple(self._book.lines):
            self.outcomes.interrupted(line)
        self._book.forget_dialled()

    def heard(self, event: Ring | CallingLine | CallWaiting | CallEnded | CallProgress) -> None:
        """An unsolicited code about calls."""
        self._book.codes.heard(event)
        match event:
            case Ring():
                line = self._book.hint(Sign.RING, None, withheld=False)
                if line is not None:
                    line.rang(self._ledger.moment.monotonic_s)
                if line is not None and line.phase is Phase.SPEAKING and self.talk is not None:
                    self.talk.rang()
            case CallingLine(number=number, number_type=kind, validity=validity):
                # 27.007 7.6 <CLI validity>
                withheld = self._book.normal(number, kind) is None or validity in (1, 2)
                self._book.hint(Sign.RING, number or None, withheld=withheld, number_type=kind)
            case CallWaiting(number=number, number_type=kind):
                self._book.hint(
                    Sign.CALL_WAITING, number or None, number_type=kind,
                    withheld=self._book.normal(number, kind) is None,
                )
            case CallEnded() | CallProgress():
                if isinstance(event, CallEnded):
                    self._book.hint_end()
                self._book.ask()
        if self.called and self.rehearsal is not None:
            self.rehearsal.make_way()

    @property
    def called(self) -> bool:
        """Whether somebody calls, or is in a call."""
        return bool(self._book.lines)

    @property
    def joined(self) -> bool:
        """Whether a caller speaks to somebody through the box."""
        return any(line.phase is Phase.JOINED for line in self._book.lines)

    def tick(self) -> None:
        self._book.tick(self._end)

    # What the book tells

    def identified(self, line: CallInHand, number: str | None, *, withheld: bool) -> None:
        """See `CallFollower`."""
        if number is not None and line.call.number is None:
            line.call = replace(line.call, number=number, withheld=False)
            record_call(self._ledger, line)
            self.told.learned(line.call)
        elif withheld and line.call.number is None and not line.call.withheld:
            line.call = replace(line.call, withheld=True)
            record_call(self._ledger, line)
        if line.phase is Phase.IDENTIFYING and (number is not None or withheld):
            self._choose(line)

    def seen(self, line: CallInHand) -> None:
        """See `CallFollower`."""
        if line.phase in (Phase.SPEAKING, Phase.JOINED, Phase.IDENTIFYING):
            return   # led; or decided about first (`undecided`)
        if self._releases.is_over(line):
            self._releases.give_up(line)
        elif line.state in (CallState.ACTIVE, CallState.HELD):
            self._releases.hang_up(line)
        elif line.phase is Phase.REFUSED:
            self._releases.reject_again(line)
        elif line.phase is Phase.REJECTED:
            if self._ledger.moment.monotonic_s - line.rejected_at_s < CLEARING_S:
                self._book.poll_soon()
            else:
                self._releases.reject_again(line)

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
                self._releases.reject_again(line)
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
            self._releases.none_left()
            for line in joined:
                line.phase = Phase.RINGING   # the other has hung up: released with the next list
            if joined:
                self._book.poll_soon()
        elif not joined and not any(each and each.busy for each in (self.talk, self.rehearsal)):
            self._releases.release(dialled[0])

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
            record_call(self._ledger, line)
            self._releases.reject(line)
        else:
            self.outcomes.let_ring(line, decision.reason)
            self._book.ask()

    def _speak(self, line: CallInHand) -> None:
        """Answered by voice, unless another call is under way: then ATA would take it off hold,
        and a rejection could meet the wrong call. The network has call waiting off, so that such
        a caller is hardly ever seen."""
        if self.talk is None or self.talk.busy or not self._book.alone:
            self.outcomes.let_ring(line, Reason.BUSY)
        else:
            line.phase = Phase.SPEAKING
            record_call(self._ledger, line)
            self.talk.take(line)
        self._book.ask()

    def _end(self, line: CallInHand) -> None:
        if line.phase is Phase.SPEAKING and self.talk is not None:
            self.talk.interrupted()   # no list has shown it for a minute
        self.outcomes.end(line)
