"""The time of day from the network, believed within bounds.

A Pi has no clock of its own, and the network's time is promised by nobody: it may be missing, or a
date of 1980 or 2004. It is believed when two readings ten seconds apart agree, when it is not
before this program nor before what the store already holds, nor long after this program, and when
a clock that is trusted already need not jump by more than a day. Who is on duty depends on it.

The network may have lied before, to a box that knew no better, and the store may hold that lie. So
what it tells steadily is believed in the end: before the newest row after ten minutes, while the
box knows no time, and against a time that was the network's own after an hour.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from firmware.alert.bell import Bell
from firmware.at import answers
from firmware.at import device_commands as commands
from firmware.at.answers import AnswerFault
from firmware.effect import SetClock
from firmware.ledger import Ledger
from firmware.line.errand import Conversation, Errand
from firmware.line.modem_line import ModemLine, Rank, Reply
from firmware.moment import BUILT, LATEST, Moment, soonest
from firmware.record import JournalKind
from firmware.wording import messages

APART_S = 10.0
AGREE = timedelta(seconds=3)               # +CCLK counts whole seconds, and replies take a while
JUMP_MAX = timedelta(days=1)
WORTH_SETTING = timedelta(seconds=2)
WORTH_TELLING = timedelta(minutes=1)
RETRY_S = 60.0
AGAIN_S = 3600.0                           # a crystal drifts by less than a second in that time
TELL_AFTER_S = 600.0                       # the network usually has told by then
SLACK = timedelta(minutes=2)               # networks differ by seconds from one mast to the next
KEY, DIFFERS = "clock", "clock-differs"
# What is told against the newest row, or against what the network told before
STEADY = timedelta(seconds=15)             # more than from one mast to the next
GAP_S = 300.0                              # without a word there begins another telling
UNSURE_S, SURE_S = 600.0, 3600.0           # for so long, while the box knows no time, and a time
QUIET_S, QUIET_SET_S = 86_400.0, 3 * 3600.0   # the alarm's end; where the clock was set since


def earliest(newest_row: datetime | None) -> datetime:
    """Before this it cannot be: this program is older, or the store holds what happened later."""
    return max(BUILT, newest_row - SLACK) if newest_row is not None else BUILT


@dataclass(frozen=True, slots=True)
class _Reading:
    instant: datetime
    at_s: float   # monotonic

    def agrees(self, before: _Reading, within: timedelta) -> bool:
        """Whether it went on from there as the monotonic clock did."""
        passed = timedelta(seconds=self.at_s - before.at_s)
        return abs(self.instant - before.instant - passed) <= within


class ClockKeeper:
    """Asks `+CCLK?` while the modem follows the network's clock. ``floor`` is the instant of the
    newest row of the store at the start."""

    def __init__(
        self, ledger: Ledger, line: ModemLine, bell: Bell, floor: datetime | None
    ) -> None:
        self._ledger = ledger
        self._bell = bell
        self._floor = earliest(floor)
        self._errand = Errand(line, Rank.POLL, calm=True)
        self._first: _Reading | None = None
        self._due_s: float | None = None
        self._follows = False
        self._told_off = timedelta()
        self._begun: _Reading | None = None   # a time that is not believed is told since then
        self._again_s = 0.0                   # and was last told then
        self._given: Moment | None = None     # what the box knows from the network alone
        self._raised = ledger.moment          # the alarm that the network tells another day,
        self._contrary_s = ledger.moment.monotonic_s   # which it told last then
        self._effects: list[SetClock] = []

    @property
    def deadline_s(self) -> float | None:
        return soonest(None if self._errand.running else self._due_s, self._quiet_at_s)

    def follow(self, follows: bool) -> None:
        """Whether the modem is on the network and its clock the network's (+CTZU)."""
        if follows is self._follows:
            return
        self._follows = follows
        self._errand.drop()
        self.heard()

    def heard(self) -> None:
        """The network may just have told the time (+CTZV)."""
        self._first = None
        self._due_s = self._now_s if self._follows else None

    def tick(self) -> None:
        self._look_at_trust()
        quiet_at_s = self._quiet_at_s
        if quiet_at_s is not None and self._now_s >= quiet_at_s:
            self._bell.still(DIFFERS)
        if self._due_s is not None and self._now_s >= self._due_s and not self._errand.running:
            self._due_s = None
            self._errand.start(self._ask())

    def take_effects(self) -> list[SetClock]:
        effects, self._effects = self._effects, []
        return effects

    @property
    def _now_s(self) -> float:
        return self._ledger.moment.monotonic_s

    # Whether the box knows the time

    def _look_at_trust(self) -> None:
        """The page shows it at once; people are told when it lasts, and then of its end."""
        if self._ledger.moment.utc_trusted:
            self._bell.still(KEY)
        else:
            self._bell.ring(KEY, messages.CLOCK_UNTRUSTED, after_s=TELL_AFTER_S)

    @property
    def _quiet_at_s(self) -> float | None:
        """The alarm's end: a modem that tells no time any more never takes back what it told."""
        if self._ledger.alarm(DIFFERS) is None:
            return None
        was_set = self._ledger.moment.clock_was_set_since(self._raised)
        return self._contrary_s + (QUIET_SET_S if was_set else QUIET_S)

    # What the network says

    def _ask(self) -> Conversation:
        reply = yield commands.clock_query()
        reading = self._read(reply)
        if reading is None:
            self._again(RETRY_S)
        elif self._first is None:
            self._first = reading
            self._due_s = self._now_s + APART_S
        else:
            first, self._first = self._first, None
            self._again(self._weigh(first, reading))

    def _weigh(self, first: _Reading, reading: _Reading) -> float:
        """In how many seconds to ask again."""
        if not reading.agrees(first, AGREE):
            self._begun = None
        elif self._differs(reading.instant) or reading.instant < self._floor:
            if self._is_told_steadily(first, reading):
                self._floor = min(self._floor, earliest(reading.instant))
                self._believe(reading)
        else:
            self._bell.still(DIFFERS)
            self._believe(reading)
            return AGAIN_S
        return RETRY_S

    def _again(self, seconds: float) -> None:
        self._first = None
        self._due_s = self._now_s + seconds

    def _read(self, reply: Reply) -> _Reading | None:
        try:
            clock = answers.clock(reply.lines) if reply.ok else None
        except AnswerFault:
            return None
        if clock is None or clock.instant is None:
            return None   # without its zone a wall clock is no instant
        instant = clock.instant.astimezone(UTC)
        return _Reading(instant, self._now_s) if BUILT <= instant < LATEST else None

    def _differs(self, instant: datetime) -> bool:
        """A clock that is trusted already does not jump by days on the network's word."""
        now = self._ledger.moment
        if not now.utc_trusted or abs(instant - now.utc) <= JUMP_MAX:
            return False
        if self._bell.ring(DIFFERS, messages.CLOCK_DIFFERS):
            self._raised = now
        self._contrary_s = now.monotonic_s
        return True

    def _is_told_steadily(self, first: _Reading, reading: _Reading) -> bool:
        """Whether it was told for long enough, and nobody better than the network says otherwise.
        What cannot be read says nothing; one other time, and all begins anew."""
        begun = self._begun
        if (
            begun is None
            or not reading.agrees(begun, STEADY)
            or reading.at_s - self._again_s > GAP_S
        ):
            begun = self._begun = first
        self._again_s = reading.at_s
        told_s = reading.at_s - begun.at_s
        if not self._ledger.moment.utc_trusted:
            return told_s >= UNSURE_S
        return told_s >= SURE_S and self._is_ours()

    def _is_ours(self) -> bool:
        """Whether the box has its time from the network alone, and nobody has set it since."""
        given = self._given
        return given is not None and not self._ledger.moment.clock_was_set_since(given)

    def _believe(self, reading: _Reading) -> None:
        now = self._ledger.moment
        off = reading.instant - now.utc
        if not now.utc_trusted or abs(off - self._told_off) >= WORTH_TELLING:
            self._told_off = off
            self._ledger.journal(
                JournalKind.HEALTH, outcome="network_time", seconds=round(off.total_seconds())
            )
        if now.utc_trusted and abs(off) < WORTH_SETTING:
            off = timedelta()   # the monotonic clock runs on from here
        if not now.utc_trusted or self._is_ours():
            self._given = Moment(now.monotonic_s, now.utc + off)
        self._begun = None
        self._effects.append(SetClock(now.utc + off, now.monotonic_s))
