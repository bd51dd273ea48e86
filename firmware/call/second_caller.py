"""Callers whom the network led on because the box was engaged, where it tells of them.

The box sees nothing of such a call: no RING, no line of the list. But a network may tell the
served subscriber over the call in hand (24.082 2.1.1), and the modem says +CSSU: 10 (27.007 7.17).
The same is told of a call that rang until the network forwarded it for no reply (3.1.1), and is
then about that call itself. It is never told of a call that was refused (UDUB). Should a network
go beyond the standard, it does so for every refused call, and is believed no more after a few.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from math import inf
from typing import Protocol

from firmware.at.events import ServiceNotice
from firmware.call.call_book import CLEARING_S, CallBook
from firmware.call.call_in_hand import CallInHand, Phase, record_call
from firmware.call.call_state import UP, CallState
from firmware.call.caller_alerts import CallerAlerts
from firmware.call.transfer import Rung
from firmware.ledger import Ledger
from firmware.policy import Decision, Reason, Target
from firmware.record import MEANWHILE, AlertCause, Call, CallOutcome

FORWARDED = 10          # 27.007 7.17 <code2>: additional incoming call forwarded
NO_REPLY_MIN_S = 4.5    # 22.082 3.2: no network gives up before 5 s, and RING is told a little late
UNHEARD_S = 5.0         # the first RING may have been missed, and the next comes so much later
STILL_S = 1.0           # a call that was led on is in no list so long afterwards
ENDS_IN_S = 3.0         # a call that was led on has ended by then
UNREAD_MAX_S = 20.0     # a lost answer costs eight
HABIT = 2               # refused calls in a row told of: the next is no second caller's


class About(Enum):
    """Whom a notice is about."""

    ANOTHER = auto()       # a second caller
    REFUSED = auto()       # a second caller; or the call just refused, by such a network
    RINGING = auto()       # perhaps the call that rings: then it is about to end
    UNKNOWN = auto()       # no call is known: then one is up that the list will show


class Network(Protocol):
    """What is known of the network's forwarding (`Switchboard`)."""

    def leads_to(self) -> Target | None:
        """Where calls are led that find the box engaged; None where that is not proved."""

    def no_reply_s(self) -> float | None:
        """How long a call rings until it is led on, by what is proved of the network; None where
        nothing is, infinite where it is led on for no reply never."""

    def confirm_divert(self, name: str) -> bool:
        """Whether somebody has to answer for a call that the network led on."""

    def note_meanwhile(self, call: Call, target: Target) -> None:
        """Tell the target of such a call, where nobody has to answer for it."""


def about(
    lines: Sequence[CallInHand], dialled: bool, now_s: float, rings_s: float = NO_REPLY_MIN_S
) -> About:
    """Whom a notice is about, with these calls in hand. ``dialled``: calls of our own are up;
    ``rings_s``: no call is led on that has rung for less."""
    if may_be_led_on(lines, now_s, rings_s):
        return About.RINGING
    if dialled or any(line.phase is not Phase.REJECTED or _is_up(line) for line in lines):
        return About.ANOTHER
    return About.REFUSED if lines else About.UNKNOWN


def may_be_led_on(
    lines: Sequence[CallInHand], now_s: float, rings_s: float
) -> tuple[CallInHand, ...]:
    """Those that ring, or wait while another is up, for so long that they may be. In mode alert,
    too: what the network has registered can be changed behind the box's back."""
    return tuple(
        line
        for line in lines
        if line.phase is not Phase.REJECTED
        and not _is_up(line)
        and line.may_have_rung_for(rings_s, now_s)
    )


def _outlived(line: CallInHand, told_s: float) -> bool:
    """Whether it was no call that is led on then: see `SecondCallers._look`."""
    return line.alive_at_s >= told_s + STILL_S or line.ended_at_s >= told_s + ENDS_IN_S


def _is_up(line: CallInHand) -> bool:
    return line.state in UP or line.phase is Phase.JOINED or line.answered_s is not None


class Habit:
    """Whether the network tells of the very calls that are refused: then of one after the other."""

    def __init__(self) -> None:
        self._refused = 0      # the refused call over which a notice came last
        self._newest = 0       # the newest row of a call then
        self._in_a_row = 0

    def tells_of(self, refused: int) -> bool:
        """Whether a notice is about the refused call itself, by the number of its row."""
        if refused == self._refused:
            return False       # the second notice over one call
        self._in_a_row = self._in_a_row + 1 if refused == self._newest + 1 else 0
        self._refused = self._newest = refused
        return self._in_a_row >= HABIT

    def recorded(self, newest: int) -> None:
        """The notice was taken for a second caller's, and this is that caller's row."""
        self._newest = newest


@dataclass(frozen=True, slots=True)
class _Told:
    """A notice that may be about the call that rings. ``rung``: how often that had rung, where the
    modem had kept both back; the order is all that is known then."""

    at_s: float
    number: str | None
    rung: int | None


class SecondCallers:
    """Gives each of them its row, its line of the journal and its alert."""

    def __init__(self, ledger: Ledger, book: CallBook, alerts: CallerAlerts) -> None:
        self._ledger = ledger
        self._book = book
        self._alerts = alerts
        self.network: Network | None = None
        self._ringing: tuple[CallInHand, ...] = ()   # while these ring ...
        self._doubtful: list[_Told] = []             # ... this was told
        self._habit = Habit()

    def heard(self, notice: ServiceNotice) -> None:
        """+CSSU. Where it may be about the call in hand, a moment tells: that one ends."""
        number = self._book.normal(notice.number, notice.number_type)
        own = any(number is not None and number == line.call.number for line in self._book.lines)
        if notice.code != FORWARDED or own:
            return
        lines, now_s = self._there, self._ledger.moment.monotonic_s
        match about(lines, bool(self._book.dialled), now_s, self._rings_s):
            case About.ANOTHER:
                self._led_on(number)
            case About.RINGING:
                if not self._doubtful:
                    self._ringing = may_be_led_on(lines, now_s, self._rings_s)
                    self._wait()
                late = self._book.tells_late or any(line.was_kept_back for line in self._ringing)
                rung = self._rung if late else None
                self._doubtful.append(_Told(now_s, number, rung))
            case About.UNKNOWN:
                self._book.ask()
                self._book.look_later(CLEARING_S, lambda: self._if_up(number))
            case About.REFUSED:
                if not self._habit.tells_of(lines[-1].call.id):
                    self._led_on(number)
                    self._habit.recorded(self._ledger.last_id(Call))

    @property
    def _there(self) -> tuple[CallInHand, ...]:
        """Who is in hand; without those whose end was told, in no list yet, where anybody else
        is: what is told later than an end is not about that call."""
        lines = tuple(self._book.lines)
        return tuple(line for line in lines if not line.end_hinted) or lines

    @property
    def _rings_s(self) -> float:
        """What is proved can be changed behind the box's back. Where nothing else tells, it
        counts; else the end of the call does, which comes with its own notice or later."""
        proved_s = self.network.no_reply_s() if self.network is not None else None
        if proved_s is None or (proved_s == inf and not self._book.tells_late):
            return NO_REPLY_MIN_S
        return proved_s - UNHEARD_S

    @property
    def _rung(self) -> int:
        return sum(line.rung for line in self._ringing)

    def _wait(self) -> None:
        self._book.ask()
        self._book.look_later(CLEARING_S, self._look)

    def _look(self) -> None:
        """What was told while a call rang was about others if it has rung or was listed since, if
        the box itself could still refuse it, or if its end was told much later. Once it has ended,
        the last notice was its own. No list can be read while an SMS leaves: NO CARRIER tells as
        well, and in the end somebody is alerted.
        """
        now_s = self._ledger.moment.monotonic_s
        # Of several only one rings: an answer that is late keeps the others in hand
        there = [line for line in self._ringing if line in self._book.lines] or self._ringing
        others = [
            told
            for told in self._doubtful
            if all(_outlived(line, told.at_s) for line in there)
            or now_s >= told.at_s + UNREAD_MAX_S
            or (told.rung is not None and self._rung > told.rung)
        ]
        waiting = [told for told in self._doubtful if told not in others]
        if not any(line in self._book.lines and not line.end_hinted for line in self._ringing):
            others, waiting = others + waiting[:-1], []
        self._doubtful = waiting
        for told in others:
            self._led_on(told.number)
        if waiting:
            self._wait()

    def _if_up(self, number: str | None) -> None:
        if self._book.dialled or any(_is_up(line) for line in self._book.lines):
            self._led_on(number)

    def _led_on(self, number: str | None) -> None:
        """It rang, was led on and is no call of ours any more, all at this instant."""
        now, target = self._ledger.now, self._target()
        whence = None if target is not None and number == target.number else number
        call = Call(
            id=self._ledger.next_id(Call),
            started_at=now,
            service=self._book.service_name,
            number=whence,
            decision=Rung.NETWORK_DIVERT.value,
            target=target.number if target is not None else None,
            outcome=CallOutcome.DIVERTED,
            ended_at=now,
        )
        decision = Decision(Rung.NETWORK_DIVERT, target, Reason.MEANWHILE)
        now_s = self._ledger.moment.monotonic_s
        line = CallInHand(call, CallState.ABSENT, Phase.REJECTED, now_s, None, decision)
        record_call(self._ledger, line)
        self._tell(call, target)

    def _target(self) -> Target | None:
        return self.network.leads_to() if self.network is not None else None

    def _tell(self, call: Call, target: Target | None) -> None:
        if target is not None and target.person is None:
            return   # the office telephone: it answers for itself, and reads no SMS
        network = self.network
        if target is None or network is None or network.confirm_divert(call.service):
            self._alerts.open(call, AlertCause.DIVERTED, MEANWHILE)
        else:
            network.note_meanwhile(call, target)
