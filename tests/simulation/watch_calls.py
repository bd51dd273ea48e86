"""Each call that the network led to the box, and the one honest outcome that it must have."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass

from firmware.call.forwarding import PROVED_WITHIN_S
from firmware.record import AlertCause, CallOutcome
from hw.simulator.ledger import CallRecord, LegRecord
from tests.simulation.books import Booked, BookedAlert, BookedCall
from tests.simulation.box import SimulatedBox
from tests.simulation.outages import Outages
from tests.simulation.promises import Promise
from tests.simulation.truth import RotaTruth
from tests.simulation.watch_forwarding import ALARMS, GLANCE_MS, ForwardingWatch
from tests.simulation.watch_second import SecondWatch, is_second

LATE_MS = 100_000         # within this after a call has left the box its end must be on disk
FIRST_RING_MS = 1_500     # who rings for less may be gone before the modem has said a word
SET_UP_MS = 60_000
NUMBER_TOLD_MS = 1_000    # within this from the first RING a modem has told the number
READING_MS = 10_000       # in which the number of a call is read, again and again
UNSURE_MS = 60_000        # a refusal that was not answered may have been meant for another
FOLLOWS_MS = round(PROVED_WITHIN_S * 1000) + 30_000   # a call may be up; then four settings
RING_EVERY_MS = 5_000     # RING is repeated: one lost one is no excuse for two
LED_NOWHERE = "led nowhere, and nobody has to answer for it: {}"
PAID_BY_CALL = (AlertCause.CALL, AlertCause.DIVERTED)


@dataclass(slots=True)
class _Due:
    """A call of the network's that must be accounted for."""

    record: CallRecord
    booked: BookedCall | None = None


class CallWatch:
    """Judges each call once it is over, and all of them again at the end."""

    def __init__(
        self, box: SimulatedBox, truth: RotaTruth, forwarding: ForwardingWatch, outages: Outages
    ) -> None:
        self._box = box
        self._truth = truth
        self._forwarding = forwarding
        self._outages = outages
        self._recent: deque[BookedCall] = deque(maxlen=40)
        self.outcomes: Counter[str] = Counter()
        self._second = SecondWatch(box, outages, self.outcomes)
        box.books.on_call = self._booked
        box.books.on_forget.append(self._forgotten)
        self.calls = 0
        self._unshown: set[int] = set()   # rang while the modem showed no numbers
        self._led_nowhere: list[tuple[CallRecord, BookedCall]] = []
        self.on_placed: list[Callable[[int], None]] = []

    def _booked(self, call: BookedCall) -> None:
        self._recent.append(call)
        if not self._box.modem.settings.clip:
            self._unshown.add(call.row.id)

    def _forgotten(self, booked: Booked) -> None:
        if isinstance(booked, BookedCall) and booked in self._recent:
            self._recent.remove(booked)

    def placed(self, call_id: int) -> None:
        """Somebody has dialled the box's number."""
        for follow in self.on_placed:
            follow(call_id)
        self.judge_later(call_id)

    def judge_later(self, call_id: int) -> None:
        """The box has to account for this call."""
        self.calls += 1
        self._later(_Due(self._box.network.ledger.calls[call_id]), 60_000)

    def _later(self, due: _Due, wait_ms: int) -> None:
        self._box.timeline.after(wait_ms, lambda: self._look(due))

    def _look(self, due: _Due) -> None:
        """Wait until the box's part of the call is over for long enough; a box without power
        writes nothing, and has the same time again once it is back."""
        leg = due.record.legs[0] if due.record.legs else None
        over_ms = due.record.ended_ms if leg is None else leg.ended_ms
        now_ms = self._box.now_ms
        if over_ms is None or self._box.dead:
            self._later(due, 30_000)
        elif now_ms < (due_ms := max(over_ms, self._box.back_ms) + LATE_MS):
            self._later(due, due_ms - now_ms)
        elif due.record.ended_ms is None:
            self._later(due, 60_000)
        else:
            self._judge(due.record, leg)

    # One call

    def _judge(self, record: CallRecord, leg: LegRecord | None) -> None:
        if leg is None:
            self.outcomes["given up while dialling"] += 1
            return
        passed_on = self._passed_on(record)
        if leg.ringing_ms is None:
            if not self._second.judge(record, leg):
                self._never_rang(record, leg, passed_on)
            return
        booked = self._find(record, leg)
        if booked is not None:
            booked.claimed = record.id
            self._must_have_its_alert(record, booked)
            self._must_have_its_number(record, leg, booked)
            self.outcomes[self._told(record, booked, passed_on)] += 1
        elif passed_on:
            self.outcomes["passed on by the network alone"] += 1
        else:
            self._unknown(record, leg)

    def _told(self, record: CallRecord, booked: BookedCall, passed_on: bool) -> str:
        if booked.row.outcome is CallOutcome.RINGING:
            self._breaks(Promise.STUCK, record, f"still ringing on disk: {booked.row}")
        if booked.row.outcome in (CallOutcome.TRANSFERRED, CallOutcome.VOICEMAIL):
            return f"answered: {booked.row.outcome}"
        if booked.row.outcome is CallOutcome.DIVERTED and not passed_on:
            last = record.legs[-1]
            if len(record.legs) > 1 and last.outcome not in ("caller gave up",):
                return "passed on, and alerted"
            return "diverted on disk, not led on by the network"
        if record.connected_to is not None and passed_on:
            return "passed on and taken"
        return "passed on, and alerted" if passed_on else "alerted"

    def _must_have_its_alert(self, record: CallRecord, booked: BookedCall) -> None:
        """By now somebody was asked about it; also where it is said to have been passed on, and the
        network has led it nowhere."""
        if self._box.books.alerts_about(booked.row.id, PAID_BY_CALL):
            return
        sent = {sms.row.cause for sms in self._box.books.outgoing.values()}
        if not self._needs_none(booked, sent):
            self._breaks(Promise.SILENCE, record, f"nobody was alerted yet: {booked.row}")
        led = len(record.legs) > 1 or record.ended_by == "caller"
        if booked.row.outcome is CallOutcome.DIVERTED and not led and not self.flooded(booked):
            refused_ms = record.legs[0].ended_ms or record.started_ms
            if self._forwarding.nobody_could_know(refused_ms):   # changed while it rang, say
                self._led_nowhere.append((record, booked))   # until the box sees it
            else:
                self._breaks(Promise.KNOWN, record, LED_NOWHERE.format(booked.row))

    def _must_have_its_number(
        self, record: CallRecord, leg: LegRecord, booked: BookedCall
    ) -> None:
        """Whoever shows it and rings for long enough can be rung back."""
        box, over_ms = self._box, leg.ended_ms or self._box.now_ms
        rang_ms = over_ms - (leg.ringing_ms or 0)
        ended_it = leg.outcome == "refused"     # and might have waited for the number
        if record.withheld or booked.row.number is not None:
            return
        if rang_ms < NUMBER_TOLD_MS and not ended_it:
            return
        disturbed = (
            box.damaged(record.started_ms, over_ms)
            or box.left_unanswered(record.started_ms, over_ms)
            # A modem that has restarted, perhaps without a word, shows none until it is told to
            or self._outages.during(record.started_ms - SET_UP_MS, over_ms)
            or (booked.row.id in self._unshown and box.modem.settings.clip)
            or box.deaths_between(record.started_ms, over_ms)
        )
        if not disturbed:
            self._breaks(Promise.KNOWN, record, f"their number is not on disk: {booked.row}")

    def _passed_on(self, record: CallRecord) -> bool:
        """Led to somebody on duty; a wrong person breaks a promise unless the alarm is up."""
        if len(record.legs) < 2:
            return False
        leg = record.legs[1]
        before_ms = leg.started_ms - FOLLOWS_MS   # the network follows a clock that was set
        if leg.number in self._truth_then(leg.started_ms) | self._truth_then(
            leg.started_ms, clock_of_ms=before_ms
        ):
            return True
        reached = record.connected_to == leg.number
        if self._excused(record) or not reached:
            self.outcomes["led to the person before, alarm up or box out of order"] += reached
            return reached
        who = self._truth.names.get(leg.number, leg.number)
        self._breaks(Promise.DUTY, record, f"led to {who}, who is not on duty")
        return True

    def _truth_then(self, at_ms: int, clock_of_ms: int | None = None) -> set[str]:
        box = self._box
        skew = box.skew_at(at_ms if clock_of_ms is None else clock_of_ms)
        instant = box.timeline.utc(at_ms) + skew
        if not self._truth.knows(instant):
            return set(self._truth.names)
        return self._truth.targets(instant, slack=5)

    def _excused(self, record: CallRecord) -> bool:
        box = self._box
        return (
            not self._forwarding.is_right()
            or box.books.alarmed(box.now_ms, 15 * 60_000, *ALARMS)
            or self._outages.during(record.started_ms - 60_000, box.now_ms)
        )

    def _never_rang(self, record: CallRecord, leg: LegRecord, passed_on: bool) -> None:
        if passed_on:
            self.outcomes["passed on by the network alone"] += 1
        elif record.ended_by == "caller":
            self.outcomes["given up before it rang"] += 1
        elif leg.outcome == "congestion":
            self.outcomes["no circuit in the network"] += 1
        elif leg.outcome == "busy" and self._forwarding.nobody_could_know(leg.started_ms):
            self.outcomes["caller heard the busy tone, forwarding changed by somebody else"] += 1
        elif len(record.legs) > 1 or self._excused(record):
            self.outcomes["caller heard that nobody is there, alarm up or box out of order"] += 1
        else:
            self._breaks(Promise.SILENCE, record, f"never rang, {leg.outcome}, no alarm")

    def _unknown(self, record: CallRecord, leg: LegRecord) -> None:
        """It rang at the box, and the box knows nothing of it."""
        rang_ms = (leg.ended_ms or self._box.now_ms) - (leg.ringing_ms or 0)
        gave_up = record.ended_by == "caller"
        over_ms = leg.ended_ms or self._box.now_ms
        damaged = self._box.damaged(record.started_ms, over_ms)
        patience_ms = RING_EVERY_MS * 2 + 500 if damaged else FIRST_RING_MS
        if gave_up and rang_ms <= patience_ms:
            self.outcomes["given up at the first ring"] += 1
        elif self._outages.during(record.started_ms, leg.ended_ms or self._box.now_ms):
            self.outcomes["given up while the box could not hear"] += 1
        elif self._box.lost(leg.ringing_ms or 0) or self._box.lost(over_ms):
            self.outcomes["alerted, and forgotten: the power went while the disk was full"] += 1
        else:
            what = f"rang for {rang_ms} ms, {leg.outcome}, ended by {record.ended_by}"
            self._breaks(Promise.SILENCE, record, what)

    def _find(self, record: CallRecord, leg: LegRecord) -> BookedCall | None:
        """The box's row of this call: the same caller if it can be, else the same time."""
        begin = (leg.ringing_ms or 0) - 1
        end = (leg.ended_ms or self._box.now_ms) + LATE_MS
        fits = [
            call
            for call in reversed(self._recent)
            if call.claimed is None and begin <= call.first_ms <= end and not is_second(call.row)
        ]
        number = None if record.withheld else record.caller
        same = [call for call in fits if call.row.number == number]
        unsure = [call for call in fits if call.row.number is None or self._misread(call)]
        found = same or unsure
        return min(found, key=lambda call: call.first_ms) if found else None

    def _misread(self, call: BookedCall) -> bool:
        """Its number may have been garbled, at the first word of it or in the list."""
        return self._box.damaged(call.first_ms - READING_MS, call.first_ms + READING_MS)

    def _breaks(self, promise: str, record: CallRecord, what: str) -> None:
        caller = "a hidden number" if record.withheld else record.caller
        self.outcomes["broken promise"] += 1
        self._box.judge.breaks(promise, self._box.now_ms, f"call {record.id} from {caller}: {what}")

    # At the end

    def finish(self) -> None:
        """Every call on disk has its one alert, unless none was due."""
        books = self._box.books
        for record, booked in self._led_nowhere:
            if not self._is_excused_or_alerted(record, booked):
                self._breaks(Promise.KNOWN, record, LED_NOWHERE.format(booked.row))
        alerts: Counter[int | None] = Counter(
            alert.row.cause_id for alert in books.alerts.values() if self._about_call(alert)
        )
        sent = {sms.row.cause for sms in books.outgoing.values()}
        for call in books.calls.values():
            found = alerts[call.row.id]
            if found > 1:
                self._at_end(Promise.KNOWN, f"{found} alerts for {call.row}")
            if found == 0 and not self._needs_none(call, sent):
                self._at_end(Promise.SILENCE, f"no alert for {call.row}")
            if call.row.ended_at is None:
                self._at_end(Promise.STUCK, f"never ended: {call.row}")
            if call.claimed is None and not is_second(call.row):
                self._must_have_been(call)
        self._second.finish()
        self.outcomes["more calls on disk than in the network"] = sum(
            call.claimed is None for call in books.calls.values()
        )

    def _is_excused_or_alerted(self, record: CallRecord, booked: BookedCall) -> bool:
        """Once the box has seen that somebody had changed the forward it asks for that call; not a
        box that was interrupted, has proved another target, or could not read the answers."""
        box, begin_ms = self._box, record.started_ms
        end_ms = begin_ms + 2 * GLANCE_MS
        if box.books.alerts_about(booked.row.id, PAID_BY_CALL):
            self.outcomes["led nowhere, as somebody had changed the forward: alerted later"] += 1
            return True
        self.outcomes["led nowhere, and the box had no way to see it"] += 1
        return bool(
            box.deaths_between(begin_ms, end_ms)
            or self._outages.during(begin_ms, end_ms)
            or box.damaged(begin_ms, end_ms)
            or box.left_unanswered(begin_ms, end_ms)
            or self._truth_then(begin_ms) != self._truth_then(end_ms)
        )

    def _must_have_been(self, call: BookedCall) -> None:
        """A call that the network knows nothing of: whoever is unsure alerts of both."""
        box, begin_ms, end_ms = self._box, call.first_ms - UNSURE_MS, call.first_ms + READING_MS
        unsure = (
            box.damaged(begin_ms, end_ms)
            or box.left_unanswered(begin_ms, end_ms)
            or self._outages.during(begin_ms, end_ms)
            or box.deaths_between(begin_ms, end_ms)
        )
        if not unsure:
            self._at_end(Promise.KNOWN, f"nobody has called: {call.row}")

    def _about_call(self, alert: BookedAlert) -> bool:
        return alert.row.cause in PAID_BY_CALL

    def _needs_none(self, call: BookedCall, sent: set[str]) -> bool:
        """Diverted to the office telephone, or to somebody whom nothing is asked of; or a flood."""
        row = call.row
        if row.outcome is CallOutcome.TRANSFERRED:
            return True   # somebody pressed 1 (`watch_voice`)
        if row.outcome is not CallOutcome.DIVERTED:
            return self.flooded(call)
        if row.target is not None and row.target not in self._truth.names:
            return True
        return f"call:{row.id}:note" in sent or self.flooded(call)

    def flooded(self, call: BookedCall) -> bool:
        limit = 30
        near = [
            other
            for other in self._box.books.calls.values()
            if other.row.number == call.row.number
            and abs(other.first_ms - call.first_ms) < 600_000
        ]
        return len(near) >= limit

    def _at_end(self, promise: str, what: str) -> None:
        self._box.judge.breaks(promise, self._box.now_ms, what)
