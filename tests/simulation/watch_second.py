"""Second callers: whom the network led on because the box was engaged, and told of, the box has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from firmware.record import Call, CallOutcome
from hw.simulator.ledger import CallRecord, LegRecord
from hw.simulator.subscriber import Profile
from hw.simulator.terminal import CallView, Notification
from tests.simulation.books import BookedCall
from tests.simulation.box import SimulatedBox
from tests.simulation.outages import Outages
from tests.simulation.promises import Promise

SHARE = 0.6              # of the networks: they tell
NOTED_MS = 30_000        # within this after the modem's word the box has written it down
KEPT_MS = 60_000         # a message whose end was lost keeps codes back until its deadline
READING_MS = 3_000
ITS_OWN_MS = 4_000       # a call that rings longer may be the one that is told of ...
OVER_MS = 3_500          # ... if it is over within this: 3 s, and what the wire holds back
TOLD_AND_KNOWN = "led on by the network while the box was engaged, told of, and alerted"


def telling(profile: Profile, seed: int) -> Profile:
    """The same subscription, with or without a word about calls that are forwarded."""
    told = Random(f"notices {seed}").random() < SHARE
    return replace(profile, forwarding_notices=told)


def is_second(row: Call) -> bool:
    """Whether the box knows the call from the network's word alone: led on, it began and ended at
    once. (So does a caller without a number in whose first ring the modem restarts: alerted.)"""
    return row.ended_at == row.started_at and row.outcome is CallOutcome.DIVERTED


class SecondWatch:
    """Knows what the modem has said of such calls, and when."""

    def __init__(self, box: SimulatedBox, outages: Outages, outcomes: Counter[str]) -> None:
        self._box = box
        self._outages = outages
        self._outcomes = outcomes
        self._said_ms: dict[int, int] = {}    # and by when the box could have written it down
        self._listen()

    def _listen(self) -> None:
        box, modem = self._box, self._box.modem
        pass_on = modem.notified

        def notified(notification: Notification, call: CallView) -> None:
            forwarded = notification is Notification.INCOMING_FORWARDED
            if forwarded and modem.settings.cssu and box.listening and not box.dead:
                kept_ms = KEPT_MS if modem.port.in_body else 0
                self._said_ms[box.now_ms] = box.now_ms + kept_ms + NOTED_MS
            pass_on(notification, call)

        modem.notified = notified  # type: ignore[method-assign]

    def judge(self, record: CallRecord, leg: LegRecord) -> bool:
        """Whether the box was told of this call, and so has to know of it; it does, or a promise
        is broken."""
        box, told_ms = self._box, leg.told_ms
        known = Notification.INCOMING_FORWARDED.value[1] in box.modem.model.cssu_codes
        if told_ms is None or told_ms not in self._said_ms or not known:
            return False
        end_ms = self._said_ms[told_ms]
        found = [
            call
            for call in self._seconds()
            if call.claimed is None and told_ms <= call.first_ms <= end_ms
        ]
        if found:
            min(found, key=lambda call: call.first_ms).claimed = record.id
            self._outcomes[TOLD_AND_KNOWN] += 1
        elif self._is_excused(record, told_ms, end_ms):
            self._outcomes["led on, told of, but the word was lost or not to be read"] += 1
        else:
            self._outcomes["broken promise"] += 1
            what = f"call {record.id} from {record.caller}: led on and told of, and not recorded"
            box.judge.breaks(Promise.SILENCE, box.now_ms, what)
        return True

    def _is_excused(self, record: CallRecord, told_ms: int, end_ms: int) -> bool:
        box = self._box
        return (
            box.damaged(told_ms - READING_MS, told_ms + READING_MS)
            or self._outages.during(told_ms, end_ms)
            or box.lost(told_ms)
            or box.lost(end_ms)
            or self._rang_then_ended(record, told_ms)
        )

    def _rang_then_ended(self, told_of: CallRecord, told_ms: int) -> bool:
        """The word may have been about the call that rang at the time, and was over by then."""
        return any(
            leg.ringing_ms is not None
            and leg.ringing_ms <= told_ms - ITS_OWN_MS
            and leg.ended_ms is not None
            and told_ms <= leg.ended_ms <= told_ms + OVER_MS
            for record in self._box.network.ledger.calls.values()
            if record.dialled == self._box.number and record is not told_of
            for leg in record.legs[:1]
        )

    def _seconds(self) -> Iterator[BookedCall]:
        calls = reversed(self._box.books.calls.values())
        return (call for call in calls if is_second(call.row))

    def finish(self) -> None:
        """Nobody is told of a second caller who was not there."""
        for call in self._seconds():
            if call.claimed is None and not self._misread(call.first_ms):
                what = f"nobody was led on as {call.row} says"
                self._box.judge.breaks(Promise.KNOWN, self._box.now_ms, what)

    def _misread(self, first_ms: int) -> bool:
        """Whether a byte was lost while the call rang of which the word may have been."""
        heard_ms = [at_ms for at_ms, end_ms in self._said_ms.items() if at_ms <= first_ms <= end_ms]
        return self._box.damaged(min(heard_ms, default=first_ms) - NOTED_MS, first_ms)
