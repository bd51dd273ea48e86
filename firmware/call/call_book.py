"""Which calls there are: hints open a call, the list confirms and ends it.

What is to be done about a call is the desk's (`CallFollower`); here it is only found out what
rings, is up, was held, or has gone, and which line of +CLCC is about which call. Calls that the
box itself has dialled are told as they are listed (``on_list``): they have no row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import inf
from typing import Protocol

from firmware.at import answers
from firmware.at import call_commands as commands
from firmware.at.answers import AnswerFault, CallListEntry
from firmware.call.call_codes import WATCH_S, CallCodes
from firmware.call.call_in_hand import CallInHand, Phase, record_call
from firmware.call.call_state import LISTED, UP, CallState, Meaning, Sign, step
from firmware.call.ghosts import Ghosts
from firmware.call.told_twice import CallsListed, ToldTwice
from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine, Rank, Reply
from firmware.record import Call
from firmware.rota import NumberFault
from firmware.rota.number import heard_number, type_of_number

NUMBER_WAIT_S = 0.2   # +CLIP follows RING at once where it comes at all; oFono waits as long
POLL_S = 1.0          # while a call is listed: a lost NO CARRIER must not keep it for ever
CLEARING_S = 2.0      # a rejected call may stay in the list while the network clears it
CLEARING_POLL_S = 0.25
FIRST_TRIES = 5       # of a list that is refused or garbled when the modem has just come


class CallFollower(Protocol):
    """What the desk is told of the calls in the book."""

    def identified(self, line: CallInHand, number: str | None, *, withheld: bool) -> None:
        """A code or a line of the list tells who calls."""

    def seen(self, line: CallInHand) -> None:
        """The list shows the call; its state is up to date."""

    def gone(self, line: CallInHand) -> None:
        """The list does not show the call (any more)."""

    def undecided(self) -> None:
        """All that can be known of the callers by now is known."""

    def no_list(self) -> None:
        """The modem was asked for its list and gave none that could be read."""


class CallBook:
    """The incoming calls in hand, and the question that keeps them up to date."""

    def __init__(
        self,
        ledger: Ledger,
        line: ModemLine,
        lines: Iterable[CallInHand],
        follower: CallFollower,
        country_code: Callable[[], str],
    ) -> None:
        self._ledger = ledger
        self._modem = line
        self._follower = follower
        self._country_code = country_code
        self.lines = list(lines)
        self.service_name = ""
        self.poll_at_s: float | None = None
        self.dialled: tuple[CallListEntry, ...] = ()   # our own calls, as listed last
        self.on_list: Callable[[tuple[CallListEntry, ...]], None] = lambda dialled: None
        self.end_told = False   # since the last list: a call that is missing has ended, it seems
        self._told = ToldTwice()
        self._look_again = 0    # tries to read a first list: what is up has no row perhaps
        self._unread = True     # no list was believed yet: what is told of may be older
        self._lists_asked = 0
        self._ended: list[tuple[str, float]] = []   # numbers of calls just over, and when
        self._looks: list[tuple[float, Callable[[], None]]] = []
        self.codes = CallCodes(ledger)
        self.ghosts = Ghosts()

    @property
    def deadline_s(self) -> float | None:
        times = [line.decide_at_s for line in self.lines if line.decide_at_s is not None]
        if self._polls and self.poll_at_s is not None and self._modem.open:
            times.append(self.poll_at_s)
        times += [line.unlisted_at_s for line in self.lines]
        times += [at_s for at_s, _ in self._looks]
        return min(times, default=None)

    @property
    def busy(self) -> bool:
        return bool(self.lines or self.dialled)

    @property
    def _polls(self) -> bool:
        """Whether a list is to be asked for now and then."""
        return self._is_pressing or self.codes.are_unproved or bool(self.ghosts)

    @property
    def _is_pressing(self) -> bool:
        """A call is known, or may be."""
        return self.busy or self._look_again > 0 or self._told.waits

    @property
    def alone(self) -> bool:
        """One call is known, and nothing was dialled: what is told of a call is of this one."""
        return len(self.lines) == 1 and not self.dialled

    @property
    def tells_late(self) -> bool:
        """Whether the modem had kept back what it tells now."""
        return self._modem.held_since_s(self._ledger.moment) is not None

    def forget_dialled(self) -> None:
        """The modem restarted or is gone, and our own calls with it; nothing is asked of it."""
        self.poll_at_s = None
        self._unread = True
        self.dialled = ()
        self._told.forget()
        self.ghosts.forget()

    # Hints

    def hint(
        self, sign: Sign, number: str | None, *, withheld: bool, number_type: int | None = None
    ) -> CallInHand | None:
        """A code about an incoming call; returns the call that it is about."""
        number = self.normal(number, number_type)
        line = self._find(sign, number, withheld)
        if line is not None and line.is_refused_and_nameless and number is None and not withheld:
            self._follower.gone(line)   # the modem said OK to that: what rings is another
            line = None
        if line is None and (self._just_ended(number) or self._may_be_a_ghost(number)):
            self.ask()   # a code that came late; a new call of theirs is in the list
            return None
        if line is None:
            state, _ = step(CallState.ABSENT, sign)
            line = self._open(state)
            self._told.forget()   # the list that was believed does not know of it
        else:
            line.alive_at_s = line.heard_at_s = self._ledger.moment.monotonic_s
            line.rung += 1
            if step(line.state, sign)[1] is Meaning.ASK:
                self.ask()
        self._follower.identified(line, number, withheld=withheld)
        return line

    def _find(self, sign: Sign, number: str | None, withheld: bool) -> CallInHand | None:
        """The call that a hint is about."""
        state = CallState.WAITING if sign is Sign.CALL_WAITING else CallState.INCOMING
        meant = (line for line in self.lines if line.may_be_meant(state, number, withheld))
        return next(meant, None)

    def _just_ended(self, number: str | None) -> bool:
        now_s = self._ledger.moment.monotonic_s
        self._ended = [ended for ended in self._ended if now_s - ended[1] < CLEARING_S]
        return any(number == ended[0] for ended in self._ended)

    def _may_be_a_ghost(self, number: str | None) -> bool:
        return self.ghosts.may_ring(number, self._ledger.moment.monotonic_s)

    def _open(self, state: CallState) -> CallInHand:
        now_s = self._ledger.moment.monotonic_s
        call = Call(
            id=self._ledger.next_id(Call),
            started_at=self._ledger.now,
            service=self.service_name,
        )
        line = CallInHand(
            call, state, Phase.IDENTIFYING, now_s, now_s + NUMBER_WAIT_S, born=self._lists_asked
        )
        kept_s = self._modem.held_since_s(self._ledger.moment)
        line.rings_since_s = -inf if self._unread else kept_s
        self.lines.append(line)
        self._modem.in_call = True
        record_call(self._ledger, line)
        return line

    def hint_end(self) -> None:
        """NO CARRIER: a code says that a call has ended, and the list will say which."""
        self.end_told = True
        # Of those that no list could show to be over since they were told to be, it is none
        left = [line for line in self.lines if not line.end_hinted] or self.lines
        if len(left) == 1 and not self.dialled:
            left[0].end_hinted = True
            if not self.tells_late:
                left[0].ended_at_s = self._ledger.moment.monotonic_s

    def strike_out(self, line: CallInHand) -> None:
        """The call is over."""
        self.lines.remove(line)
        if line.call.number is not None:
            self._ended.append((line.call.number, self._ledger.moment.monotonic_s))
        self._modem.in_call = self.busy

    # The list

    def open(self) -> None:
        """The modem is there: the first list must be read, or a call that is up without a row
        would be left to listen to silence."""
        self._look_again = FIRST_TRIES
        self.ask()

    def ask(self) -> None:
        self._ask(Rank.CALL, "call_list")

    def _watch(self) -> None:
        """Read the list though nothing tells of a call: nothing else is hurried for it."""
        self._ask(Rank.POLL, "call_watch")

    def _ask(self, rank: Rank, key: str) -> None:
        self.poll_at_s = None
        self._lists_asked += 1
        turn = self._lists_asked
        self._modem.ask(
            commands.call_list(), lambda reply: self._listed(turn, reply), rank, key=key
        )

    def unsure(self) -> bool:
        """A list has told something new once: what is known may be no longer so."""
        return self._told.waits

    def poll_soon(self) -> None:
        self.poll_at_s = self._ledger.moment.monotonic_s + CLEARING_POLL_S

    def look_later(self, seconds: float, look: Callable[[], None]) -> None:
        """Have somebody look at the calls again in a while."""
        self._looks.append((self._ledger.moment.monotonic_s + seconds, look))

    def tick(self, give_up: Callable[[CallInHand], None]) -> None:
        """Ask what is due; ``give_up`` a call that no list has shown for too long."""
        now_s = self._ledger.moment.monotonic_s
        for line in tuple(self.lines):
            if line.decide_at_s is not None and line.decide_at_s <= now_s:
                line.decide_at_s = None
                self.ask()
            elif now_s >= line.unlisted_at_s:
                give_up(line)
        due = [look for at_s, look in self._looks if at_s <= now_s]
        self._looks = [each for each in self._looks if each[0] > now_s]
        for look in due:
            look()
        if self.poll_at_s is not None and self.poll_at_s <= now_s and self._polls:
            pressing = self._is_pressing
            self._look_again = max(self._look_again - 1, 0)
            (self.ask if pressing else self._watch)()

    def _listed(self, turn: int, reply: Reply) -> None:
        if reply.lost:
            return
        pause_s = POLL_S if self._is_pressing else WATCH_S
        self.poll_at_s = self._ledger.moment.monotonic_s + pause_s
        if not reply.ok or reply.doubtful:
            self._follower.no_list()
            return
        try:
            entries = answers.call_list(reply.lines)
        except AnswerFault:
            # An unreadable line may hide a call: better no list than a false end.
            self._follower.no_list()
            return
        spoken = tuple(entry for entry in entries if entry.voice)
        expected = not spoken and self._all_has_ended
        if not expected and self._told.may_hide(spoken, reply.unread):
            self.poll_soon()
            return
        if not self._told.believes(spoken, expected=expected):
            self._ask_again(spoken)
            return
        self.end_told = False
        self._look_again = 0
        self._unread = False
        alive = self.ghosts.without(spoken, self.normal)
        self._follow(turn, reply.asked_s, [entry for entry in alive if entry.incoming])
        self.dialled = tuple(entry for entry in alive if not entry.incoming)
        self.on_list(self.dialled)
        self._modem.in_call = self.busy
        if not self.busy:
            watch_at_s = self._ledger.moment.monotonic_s + WATCH_S
            self.poll_at_s = watch_at_s if self._polls else None

    @property
    def _all_has_ended(self) -> bool:
        """Whether a code or the answer to a refusal has told so: one empty list more is enough,
        and whoever rings now is not taken for one who is gone."""
        ended = (line.end_hinted or line.phase is Phase.REJECTED for line in self.lines)
        return bool(self.lines) and not self.dialled and all(ended)

    def _ask_again(self, told: CallsListed) -> None:
        """At once, before anything else gets the line: somebody may be on hold. But a bad moment on
        the wire is given time to be over; and a bare OK may have been another command's, late, so
        that each list from now on would be that of the question before.
        """
        if not told and self._told.lacks(told) and not self.end_told:
            self._modem.doubt(self._ledger.moment)
            self.poll_soon()
        elif self._told.at_odds:
            self.poll_soon()
        else:
            self.ask()

    def _follow(self, turn: int, asked_s: float, entries: list[CallListEntry]) -> None:
        unseen = [line for line in self.lines if line.born < turn]
        if len(unseen) < len(self.lines):
            self.poll_soon()
        for entry in entries:
            line = self._match(entry, self.lines)
            if line is None:
                state, meaning = step(CallState.ABSENT, LISTED[CallState(entry.stat)])
                if meaning is not Meaning.OPEN:
                    continue
                line = self._open(state)
                line.rings_since_s = -inf   # no code told of it: perhaps for as long as it could
            if line in unseen:
                unseen.remove(line)
            line.alive_at_s = asked_s
            self._seen(line, entry)
        for line in unseen:
            self._follower.gone(line)
        self._follower.undecided()

    def _match(self, entry: CallListEntry, lines: list[CallInHand]) -> CallInHand | None:
        number = self.normal(entry.number, entry.number_type)
        for line in lines:
            if line.list_id != entry.id or _rings_anew(line, entry):
                continue
            if line.may_be_from(number) or _goes_on(line, entry):
                return line
        for line in lines:
            if line.list_id is None and line.may_be_from(number) and _may_go_on(line, entry):
                return line
        return None

    def _seen(self, line: CallInHand, entry: CallListEntry) -> None:
        line.list_id = entry.id
        line.end_hinted = False
        line.multiparty = entry.multiparty
        line.listed_at_s = self._ledger.moment.monotonic_s
        line.state, _ = step(line.state, LISTED[CallState(entry.stat)])
        number = self.normal(entry.number, entry.number_type)
        shown = number if line.may_be_from(number) else None   # else garbled
        self._follower.identified(line, shown, withheld=False)
        self._follower.seen(line)

    def normal(self, number: str | None, number_type: int | None) -> str | None:
        """E.164 where the number can be read so, else what the network showed; a word in its place
        (IMS: anonymous) is none."""
        if not number or not any(character.isdigit() for character in number):
            return None
        try:
            return heard_number(number, type_of_number(number_type), self._country_code())
        except NumberFault:
            return number


def _goes_on(line: CallInHand, entry: CallListEntry) -> bool:
    """Whether a call that is up is still up: nobody answers another one behind our back, so that
    the number beside its id is this call's, however the wire has garbled it."""
    return line.state in UP and CallState(entry.stat) in UP


def _rings_anew(line: CallInHand, entry: CallListEntry) -> bool:
    """A call that was up does not ring again: whoever does has its place in the list."""
    return line.state in UP and CallState(entry.stat) not in UP


def _may_go_on(line: CallInHand, entry: CallListEntry) -> bool:
    """Without a number nothing else tells two apart."""
    return line.call.number is not None or not _rings_anew(line, entry)
