"""How calls are ended at the modem: one that rings is rejected, one that was answered is hung up
on, a leg of ours that nobody owns is released.

A command may wait behind others, and its call be over by then: none is sent that would meet
another. Whether a call is to be ended is the desk's.
"""

from __future__ import annotations

from firmware.at import call_commands as commands
from firmware.at.answers import CallListEntry
from firmware.call.call_book import CallBook
from firmware.call.call_in_hand import CallInHand, Phase
from firmware.call.call_state import UP, CallState
from firmware.call.ghosts import RINGS_MAX_S
from firmware.call.outcomes import Outcomes
from firmware.call.tries import AT_ONCE, Tries
from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine, Rank, Reply
from firmware.policy import Reason

REJECTIONS = (lambda: commands.call_hold("0"), commands.hang_up)  # 27.007 7.13, 6.5


class Releases:
    """Every way is tried until the list shows the call no more, or it is left to ring."""

    def __init__(
        self, ledger: Ledger, line: ModemLine, book: CallBook, outcomes: Outcomes
    ) -> None:
        self._ledger = ledger
        self._modem = line
        self._book = book
        self._outcomes = outcomes
        self._tries = Tries()    # to release what nobody owns, one way after the other
        self._releasing = False

    def reject(self, line: CallInHand) -> None:
        """As busy, so that the network leads the caller on."""
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
        rang_since = line.alive_at_s > reply.asked_s   # it may have waited for the channel before
        if rang_since and not reply.refused and line.is_nameless and not line.is_perhaps_two:
            self._outcomes.perhaps_another(line)
        if reply.ok:
            line.phase = Phase.REJECTED
            line.rejected_at_s = self._ledger.moment.monotonic_s
            # Hanging up is OK with or without a call (27.007 6.5); after the call's end was told it
            # was whoever rings by now that was refused
            if line.rejections == 1 and not line.end_hinted:
                line.alive_at_s = line.rejected_at_s
        else:
            # Perhaps there is nothing to reject any more: the list knows.
            line.phase = Phase.REFUSED
            line.unanswered = reply.result is None
        self._book.ask()

    def reject_again(self, line: CallInHand) -> None:
        """The rejection was refused or did nothing: the other way, then leave it ringing."""
        if line.rejections < len(REJECTIONS):
            self.reject(line)
            return
        self._outcomes.let_ring(line, Reason.REFUSED)
        self._book.ask()

    def hang_up(self, line: CallInHand) -> None:
        """Something answered, and nobody speaks at our end: the caller must not listen to
        silence. Refused, it is tried again with the next list."""
        if line.hanging_up or not line.hang_ups.begin(self._ledger.moment.monotonic_s):
            return
        line.hanging_up = True
        held = line.state is CallState.HELD and self._book.alone
        command = commands.call_hold("0") if held else commands.hang_up()
        self._modem.ask(
            command, lambda reply: self._hung_up(line, reply), Rank.CALL,
            wanted=lambda: line in self._book.lines,   # else it meets whoever rings by then
        )  # fmt: skip

    def _hung_up(self, line: CallInHand, reply: Reply) -> None:
        line.hanging_up = False
        if reply.ok and line.hang_ups.count < AT_ONCE:
            self._book.ask()

    def is_over(self, line: CallInHand) -> bool:
        """Whether the call that is listed is no call any more."""
        now_s = self._ledger.moment.monotonic_s
        if line.hang_ups.count or line.state in UP:   # a conversation, however long, is ended first
            return line.hang_ups.are_vain(now_s)
        return now_s >= line.since_s + RINGS_MAX_S

    def give_up(self, line: CallInHand) -> None:
        """Its caller is long gone, or hears nothing: somebody is alerted now."""
        heard_at_s, number = max(line.since_s, line.heard_at_s), line.call.number
        self._outcomes.interrupted(line)
        if line in self._book.lines:
            self._outcomes.end(line)
        if line.list_id is not None:
            self._book.ghosts.add(line.list_id, number, heard_at_s, incoming=True)

    def release(self, leg: CallListEntry) -> None:
        """A leg that nobody owns (the program was restarted, a release was refused) must not stay
        up: one way after the other, with each list, until it is gone."""
        now_s = self._ledger.moment.monotonic_s
        if self._releasing:
            return
        if self._tries.are_vain(now_s):
            number = self._book.normal(leg.number, leg.number_type)
            self._book.ghosts.add(leg.id, number, now_s, incoming=False)
            self.none_left()
            return
        if not self._tries.begin(now_s):
            return
        self._releasing = True
        by_id = 1 <= leg.id <= 7 and self._tries.count % 2 == 1   # 22.030 6.5.5
        command = commands.call_hold(f"1{leg.id}") if by_id else commands.hang_up()
        self._modem.ask(
            command, self._released, Rank.CALL,
            wanted=lambda: any(leg.id == each.id for each in self._book.dialled),
        )  # fmt: skip

    def none_left(self) -> None:
        """No leg of ours is listed that is to be released."""
        self._tries = Tries()

    def _released(self, reply: Reply) -> None:
        self._releasing = False
        if reply.ok and self._tries.count < AT_ONCE:
            self._book.ask()
