"""One call in hand: its row, its state in the list, and what the desk is doing about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto
from math import inf

from firmware.call.call_state import UP, CallState
from firmware.call.transfer import Rung
from firmware.call.tries import Tries
from firmware.ledger import Ledger
from firmware.line.held_back import TOGETHER_S
from firmware.moment import Moment
from firmware.policy import Decision, Reason
from firmware.record import Call, CallOutcome, JournalKind, VoiceStep

RING_PERIOD_S = 5.0    # between two rings (ETSI: 1 s in 5)
AT_ONCE = 3
KEPT_MAX_S = 60.0      # a modem that waits for the end of a body does so until ESC ends it
UNLISTED_MAX_S = 60.0  # a call that no list confirms, because the list cannot be read
TALK_MAX_S = 900.0     # two who speak do so for longer, whatever the AT port says
TAKE_UP_WAIT_S = 15.0  # how long a call of before a restart may wait for its number
TAKE_UP_AGE_S = 30.0   # and how long ago it may have begun: a restart of the program takes some ten


class Phase(Enum):
    """What we are doing about a call."""

    IDENTIFYING = auto()   # waiting for its number
    REJECTING = auto()     # the modem was told to reject it as busy
    REFUSED = auto()       # and did not: the list says whether the call is still there
    REJECTED = auto()      # and said OK; the list has not shown it gone yet
    SPEAKING = auto()      # answered, or to be: the conversation's (`firmware/voice`)
    JOINED = auto()        # with somebody who accepted, in a conference through the box
    RINGING = auto()       # left to ring (mode alert, or not to be passed on)


@dataclass(slots=True)
class CallInHand:
    """``born`` counts the lists asked for before: their answers say nothing about this call.
    Times are monotonic."""

    call: Call
    state: CallState
    phase: Phase
    since_s: float
    decide_at_s: float | None
    decision: Decision | None = None
    decided_at: datetime | None = None
    born: int = 0
    list_id: int | None = None
    multiparty: bool = False
    rejections: int = 0
    rejected_at_s: float = 0.0
    unanswered: bool = False   # the modem never said what came of the rejection
    hanging_up: bool = False
    hang_ups: Tries = field(default_factory=Tries)
    end_hinted: bool = False   # NO CARRIER came: what rings now is another call
    ended_at_s: float = -inf   # when it came, where the modem had not kept it back
    listed_at_s: float = 0.0
    alive_at_s: float = 0.0     # it rang, could be rejected, or when that list was asked for
    heard_at_s: float = 0.0     # a code told of it after the first
    patience_s: float = UNLISTED_MAX_S
    answered_s: float | None = None
    answered_at: datetime | None = None
    taken_by: str | None = None     # who pressed 1
    rings_since_s: float | None = None   # at the earliest, where it may have rung before since_s
    rung: int = 0                        # codes that told of it after the first
    rings: int = 0                       # how often it was told of by RING
    was_kept_back: bool = False          # it rang before the modem told of it, nobody knows when
    is_perhaps_two: bool = False         # and the other has a row and an alert already
    steps: list[tuple[float, VoiceStep, str | None]] = field(default_factory=list)

    def told(self, word: VoiceStep, value: str | None, now_s: float) -> None:
        """A step of the conversation, with the seconds since the call was answered."""
        since_s = now_s - (self.answered_s if self.answered_s is not None else now_s)
        self.steps.append((round(since_s, 1), word, value))

    def rang(self, now_s: float) -> None:
        """A RING told of it. They come seconds apart: three at once the modem had kept back, behind
        a message of which we believe that it is over. (Two may be one, told twice; or the second
        another caller's, where the end of this call was lost.)"""
        self.rings += 1
        at_once = self.rings >= AT_ONCE and now_s < self.since_s + TOGETHER_S
        if at_once and self.rings_since_s is None:
            self.rings_since_s, self.was_kept_back = now_s - KEPT_MAX_S, True

    @property
    def earliest_s(self) -> float:
        """Before this it did not ring."""
        return self.since_s if self.rings_since_s is None else self.rings_since_s

    def may_have_rung_for(self, seconds: float, now_s: float) -> bool:
        """Where the modem kept back what it tells of the call its RINGs are the clock: had it rung
        for longer, there would be more. Not where some were before there was anybody to hear."""
        counted = self.rings and self.rings_since_s not in (None, -inf)
        if counted and (self.rings - 1) * RING_PERIOD_S < seconds:
            return False
        return now_s - self.earliest_s >= seconds

    @property
    def is_nameless(self) -> bool:
        """Ringing, and nothing tells it from whoever rings next."""
        return self.call.number is None and self.state not in UP

    @property
    def is_refused_and_nameless(self) -> bool:
        """Refused, and nothing but a new ring tells it from whoever rings next."""
        return self.phase is Phase.REJECTED and self.is_nameless and not self.is_perhaps_two

    @property
    def unlisted_at_s(self) -> float:
        """When to give the call up if no list shows it."""
        patience_s = TALK_MAX_S if self.phase is Phase.JOINED else self.patience_s
        return max(self.since_s, self.listed_at_s) + patience_s

    def may_be_meant(self, state: CallState, number: str | None, withheld: bool) -> bool:
        """Whether a code about a call in this state, with this number, can be about this call."""
        if self.state is not state or self.end_hinted:
            return False
        if number is None:
            return not withheld or self.call.number is None
        return self.call.number in (None, number) and not self.call.withheld

    def may_be_from(self, number: str | None) -> bool:
        """Whether a line of the list with this number can be this call.

        Once its rejection was accepted, or its end was told, a line that shows a number where this
        call has none (or none where it has one) is the next call's. So is one that shows a number
        where +CLIP said that there is none: on a slow line they may be of two calls.
        """
        if number is not None and self.call.withheld:
            return False
        if number is None or self.call.number is None:
            over = self.phase is Phase.REJECTED or self.end_hinted
            return number == self.call.number or not over
        return number == self.call.number


def take_up(call: Call, now: Moment) -> CallInHand:
    """A call that was in hand when the program ended: its alert is due at once.

    One that had shown no number yet may still ring: the modem's list is waited for, a few
    seconds, so that the alert can say who calls. Not where the computer has started since (the
    modem has lost its power with it), or where nobody knows how long ago that was: whoever rings
    by then is another caller.
    """
    line = CallInHand(call, CallState.INCOMING, Phase.RINGING, now.monotonic_s, None)
    line.rings_since_s = -inf
    if call.outcome is CallOutcome.TRANSFERRED:
        line.phase = Phase.JOINED   # they may be speaking: nobody hangs up on them
    elif call.is_unidentified and _may_still_ring(call, now):
        line.phase = Phase.IDENTIFYING
        line.patience_s = TAKE_UP_WAIT_S
    elif call.number is None and is_cut_off(line):
        line.state = CallState.ACTIVE   # it was answered: whoever rings is another caller
    return line


def _may_still_ring(call: Call, now: Moment) -> bool:
    age_s = (now.utc - call.started_at).total_seconds()
    return now.utc_trusted and 0 <= age_s < min(TAKE_UP_AGE_S, now.monotonic_s)


def is_cut_off(line: CallInHand) -> bool:
    """Whether a conversation with the caller is under way, or was when the program ended: they
    have heard a voice, and then nothing."""
    by_voice = line.call.decision == Rung.ATTENDED_TRANSFER.value
    return by_voice and line.call.outcome is CallOutcome.RINGING


def record_call(ledger: Ledger, line: CallInHand, reason: Reason | None = None) -> None:
    """The call's row, and its one line of the journal; ``reason`` other than the decision's."""
    call = line.call
    decision = line.decision
    person = decision.target.person if decision and decision.target else None
    ledger.put(call)
    ledger.journal(
        JournalKind.CALL,
        key=f"call:{call.id}",
        at=call.started_at,
        service=call.service or None,
        number=call.number,
        person=_taker(line, person),
        outcome=call.outcome.value,
        withheld=call.withheld or None,
        decision=call.decision,
        target=call.target,
        reason=(reason or (decision.reason if decision else None)),
        voice=decision.voice if decision else None,
        steps=[list(step) for step in line.steps] or None,
        answered_at=_milliseconds(line.answered_at) if line.answered_at else None,
        decided_at=_milliseconds(line.decided_at) if line.decided_at else None,
        ended_at=call.ended_at.strftime("%Y-%m-%dT%H:%M:%SZ") if call.ended_at else None,
    )


def _taker(line: CallInHand, target: str | None) -> str | None:
    """Whom the call reached: by the network's word, or by the key pressed."""
    if line.call.outcome is CallOutcome.TRANSFERRED:
        return line.taken_by
    return target if line.call.outcome is CallOutcome.DIVERTED else None


def _milliseconds(at: datetime) -> str:
    """A call is decided about in less than a second."""
    return at.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
