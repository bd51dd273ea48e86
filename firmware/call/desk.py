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
from firmware.at import answers, commands
from firmware.at.answers import AnswerFault, CallListEntry
from firmware.at.events import CallEnded, CallingLine, CallProgress, CallWaiting, Ring
from firmware.call.call_in_hand import CallInHand, Phase, record_call, take_up
from firmware.call.call_state import LISTED, CallState, Meaning, Sign, step
from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine, Rank, Reply
from firmware.policy import Decision, Reason, Target
from firmware.record import AlertCause, Call, CallOutcome
from firmware.rota import NumberFault, normalise_number

NUMBER_WAIT_S = 0.2   # +CLIP follows RING at once where it comes at all; oFono waits as long
POLL_S = 1.0          # while a call is listed: a lost NO CARRIER must not keep it for ever
CLEARING_S = 2.0      # a rejected call may stay in the list while the network clears it
CLEARING_POLL_S = 0.25

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
        self._alerts = alerts
        self._decide = decide
        self._note_divert = note_divert
        self._country_code = country_code
        self._poll_at_s: float | None = None
        self._lists_asked = 0
        self._ended: list[tuple[str, float]] = []   # numbers of calls just over, and when
        self._lines = [take_up(call, ledger.moment) for call in remembered if not call.ended_at]
        self._service_name = ""
        self.confirm_divert: Callable[[str], bool] = lambda service: True
        self.admits: Callable[[str | None], bool] = lambda number: True

    @property
    def deadline_s(self) -> float | None:
        times = [line.decide_at_s for line in self._lines if line.decide_at_s is not None]
        if self._lines and self._poll_at_s is not None and self._modem.open:
            times.append(self._poll_at_s)
        times += [line.unlisted_at_s for line in self._lines]
        return min(times, default=None)

    @property
    def busy(self) -> bool:
        return bool(self._lines)

    # What comes in

    def resume(self) -> None:
        """After a restart of the program: calls that were in hand get their alert now."""
        for line in self._lines:
            if line.phase is Phase.RINGING:
                self._alert_interrupted(line)

    def opened(self) -> None:
        """The modem is initialised: it may already be ringing."""
        self._modem.in_call = bool(self._lines)
        self._ask_list()

    def interrupted(self) -> None:
        """The modem went away or restarted: nobody may wait for its return to be alerted."""
        for line in self._lines:
            self._alert_interrupted(line)
        self._poll_at_s = None

    def heard(self, event: Ring | CallingLine | CallWaiting | CallEnded | CallProgress) -> None:
        """An unsolicited code about calls."""
        match event:
            case Ring():
                self._hint(Sign.RING, None, withheld=False)
            case CallingLine(number=number, validity=validity):
                withheld = not number or validity in (1, 2)  # 27.007 7.6 <CLI validity>
                self._hint(Sign.RING, number or None, withheld=withheld)
            case CallWaiting(number=number):
                self._hint(Sign.CALL_WAITING, number or None, withheld=not number)
            case CallEnded() | CallProgress():
                if isinstance(event, CallEnded) and len(self._lines) == 1:
                    self._lines[0].end_hinted = True
                self._ask_list()

    def tick(self) -> None:
        now_s = self._ledger.moment.monotonic_s
        for line in tuple(self._lines):
            if line.decide_at_s is not None and line.decide_at_s <= now_s:
                line.decide_at_s = None
                self._ask_list()
            elif now_s >= line.unlisted_at_s:
                self._end(line)
        if self._poll_at_s is not None and self._poll_at_s <= now_s and self._lines:
            self._ask_list()

    # Hints

    def _hint(self, sign: Sign, number: str | None, *, withheld: bool) -> None:
        number = self._normal(number)
        line = self._find(sign, number, withheld)
        if line is None and self._just_ended(number):
            self._ask_list()   # a code that came late; a new call of theirs is in the list
            return
        if line is None:
            state, _ = step(CallState.ABSENT, sign)
            line = self._open(state)
        elif step(line.state, sign)[1] is Meaning.ASK:
            self._ask_list()
        self._identify(line, number, withheld=withheld)

    def _find(self, sign: Sign, number: str | None, withheld: bool) -> CallInHand | None:
        """The call that a hint is about."""
        state = CallState.WAITING if sign is Sign.CALL_WAITING else CallState.INCOMING
        meant = (line for line in self._lines if line.may_be_meant(state, number, withheld))
        return next(meant, None)

    def _just_ended(self, number: str | None) -> bool:
        now_s = self._ledger.moment.monotonic_s
        self._ended = [ended for ended in self._ended if now_s - ended[1] < CLEARING_S]
        return any(number == ended[0] for ended in self._ended)

    def _identify(self, line: CallInHand, number: str | None, *, withheld: bool) -> None:
        if number is not None and line.call.number is None:
            line.call = replace(line.call, number=number, withheld=False)
            self._record(line)
        elif withheld and line.call.number is None and not line.call.withheld:
            line.call = replace(line.call, withheld=True)
            self._record(line)
        if line.phase is Phase.IDENTIFYING and (number is not None or withheld):
            self._choose(line)

    def _open(self, state: CallState) -> CallInHand:
        now_s = self._ledger.moment.monotonic_s
        call = Call(
            id=self._ledger.next_id(Call),
            started_at=self._ledger.now,
            service=self._service_name,
        )
        line = CallInHand(
            call, state, Phase.IDENTIFYING, now_s, now_s + NUMBER_WAIT_S, born=self._lists_asked
        )
        self._lines.append(line)
        self._modem.in_call = True
        self._record(line)
        return line

    # The list

    def _ask_list(self) -> None:
        self._poll_at_s = None
        self._lists_asked += 1
        turn = self._lists_asked
        self._modem.ask(
            commands.call_list(),
            lambda reply: self._listed(turn, reply),
            Rank.CALL,
            key="call_list",
        )

    def _listed(self, turn: int, reply: Reply) -> None:
        if reply.lost:
            return
        self._poll_at_s = self._ledger.moment.monotonic_s + POLL_S
        if not reply.ok or reply.doubtful:
            self._go_on_without_list()
            return
        try:
            entries = answers.call_list(reply.lines)
        except AnswerFault:
            # An unreadable line may hide a call: better no list than a false end.
            self._go_on_without_list()
            return
        self._follow(turn, [entry for entry in entries if entry.voice and entry.incoming])

    def _go_on_without_list(self) -> None:
        for line in tuple(self._lines):
            if line.phase is Phase.REFUSED:
                self._reject_again(line)
        self._choose_undecided()

    def _follow(self, turn: int, entries: list[CallListEntry]) -> None:
        unseen = [line for line in self._lines if line.born < turn]
        if len(unseen) < len(self._lines):
            self._poll_soon()
        for entry in entries:
            line = self._match(entry, self._lines)
            if line is None:
                state, meaning = step(CallState.ABSENT, LISTED[CallState(entry.stat)])
                if meaning is not Meaning.OPEN:
                    continue
                line = self._open(state)
            if line in unseen:
                unseen.remove(line)
            self._seen(line, entry)
        for line in unseen:
            self._gone(line)
        self._choose_undecided()
        if not self._lines:
            self._poll_at_s = None

    def _match(self, entry: CallListEntry, lines: list[CallInHand]) -> CallInHand | None:
        number = self._normal(entry.number)
        for line in lines:
            if line.list_id == entry.id and line.may_be_from(number):
                return line
        for line in lines:
            if line.list_id is None and line.may_be_from(number):
                return line
        return None

    def _seen(self, line: CallInHand, entry: CallListEntry) -> None:
        line.list_id = entry.id
        line.end_hinted = False
        line.listed_at_s = self._ledger.moment.monotonic_s
        line.state, _ = step(line.state, LISTED[CallState(entry.stat)])
        number = self._normal(entry.number)
        self._identify(line, number, withheld=False)
        if line.state in (CallState.ACTIVE, CallState.HELD):
            self._hang_up(line)
        elif line.phase is Phase.REFUSED:
            self._reject_again(line)
        elif line.phase is Phase.REJECTED:
            if self._ledger.moment.monotonic_s - line.rejected_at_s < CLEARING_S:
                self._poll_soon()
            else:
                self._reject_again(line)

    def _hang_up(self, line: CallInHand) -> None:
        """Something answered, and nobody speaks at our end: the caller must not listen to
        silence. Refused, it is tried again with the next list."""
        if not line.hanging_up:
            line.hanging_up = True
            self._modem.ask(
                commands.hang_up(), lambda reply: self._hung_up(line, reply), Rank.CALL
            )

    def _hung_up(self, line: CallInHand, reply: Reply) -> None:
        line.hanging_up = False
        if reply.ok:
            self._ask_list()

    def _gone(self, line: CallInHand) -> None:
        """The list does not show the call (any more)."""
        if line.phase is Phase.REJECTING:
            return  # our rejection is under way; its answer asks again
        self._end(line)

    def _poll_soon(self) -> None:
        self._poll_at_s = self._ledger.moment.monotonic_s + CLEARING_POLL_S

    def _choose_undecided(self) -> None:
        for line in tuple(self._lines):
            if line.phase is Phase.IDENTIFYING and line.decide_at_s is None:
                hidden = line.call.number is None and line.list_id is not None
                line.call = replace(line.call, withheld=hidden)
                self._choose(line)

    # Deciding and doing

    def _choose(self, line: CallInHand) -> None:
        line.decide_at_s = None
        decision = self._decide(line.call)
        line.decision, line.decided_at = decision, self._ledger.now
        target = decision.target.number if decision.target is not None else None
        line.call = replace(line.call, decision=decision.rung.value, target=target)
        if decision.divert:
            line.phase = Phase.REJECTING
            self._record(line)
            self._reject(line)
        else:
            self._let_ring(line, decision.reason)
            self._ask_list()

    def _reject(self, line: CallInHand) -> None:
        line.phase = Phase.REJECTING
        command = REJECTIONS[line.rejections]()
        line.rejections += 1
        self._modem.ask(
            command,
            lambda reply: self._rejection_answered(line, reply),
            Rank.CALL,
            wanted=lambda: line in self._lines,   # else it would reject whoever rings by then
        )

    def _rejection_answered(self, line: CallInHand, reply: Reply) -> None:
        if line not in self._lines or reply.lost or line.phase is not Phase.REJECTING:
            return
        if reply.ok:
            line.phase = Phase.REJECTED
            line.rejected_at_s = self._ledger.moment.monotonic_s
        else:
            # Perhaps there is nothing to reject any more: the list knows.
            line.phase = Phase.REFUSED
            line.unanswered = reply.result is None
        self._ask_list()

    def _reject_again(self, line: CallInHand) -> None:
        """The rejection was refused or did nothing: the other way, then leave it ringing."""
        if line.rejections < len(REJECTIONS):
            self._reject(line)
            return
        self._let_ring(line, Reason.REFUSED)
        self._ask_list()

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
            case Phase.RINGING:
                self._finish(line, line.call.outcome)

    def _finish(self, line: CallInHand, outcome: CallOutcome) -> None:
        line.call = replace(line.call, outcome=outcome, ended_at=self._ledger.now)
        self._lines.remove(line)
        if line.call.number is not None:
            self._ended.append((line.call.number, self._ledger.moment.monotonic_s))
        self._modem.in_call = bool(self._lines)
        self._record(line)

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
        if line.phase is not Phase.RINGING or line.call.outcome is CallOutcome.RINGING:
            line.phase = Phase.RINGING
            line.decide_at_s = None
            line.call = replace(line.call, outcome=CallOutcome.ALERTED)
            self._record(line)
        self._alert(line, AlertCause.CALL)

    def _alert(self, line: CallInHand, cause: AlertCause) -> None:
        call = line.call
        known = (AlertCause.CALL, AlertCause.DIVERTED)
        unknown = all(self._alerts.about(one, call.id) is None for one in known)
        if unknown and self.admits(call.number):
            self._alerts.open(
                cause, call.service, cause_id=call.id, number=call.number, at=call.started_at
            )

    # Bookkeeping

    def serve(self, service: str) -> None:
        """The service to which calls belong that no menu has sorted: the site's first."""
        self._service_name = service

    def _record(self, line: CallInHand, reason: Reason | None = None) -> None:
        record_call(self._ledger, line, reason)

    def _normal(self, number: str | None) -> str | None:
        """E.164 where the number can be read so, else what the network showed."""
        if not number:
            return None
        try:
            return normalise_number(number, self._country_code())
        except NumberFault:
            return number
