"""The box's own SMS as the network saw them: at least once, twice only where the answer was lost,
in order, within the budget, and the questions to people who are on duty."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from firmware.guard.doorman import ALERTS_MAX, ALERTS_WINDOW_S
from firmware.moment import Moment
from firmware.record import Alert, AlertCause, AlertState, Asked, OutgoingState
from firmware.sms.outbox_rules import ALARM, RANK_ALERT, is_stuck
from firmware.sms.outbox_turns import HELD_S
from hw.simulator.faults import Fault
from hw.simulator.ledger import MessageRecord
from hw.simulator.terminal import SubmitResult
from tests.simulation.books import Booked, BookedSms
from tests.simulation.box import SimulatedBox
from tests.simulation.outages import Outages
from tests.simulation.promises import Promise
from tests.simulation.truth import RotaTruth

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
PER_HOUR, PER_DAY = 300, 1500      # firmware/guard/budget.py, all but alerts and alarms
REMIND_MINUTES = 125
REMEMBER_MS = 3 * DAY_MS
LONG_MS = 30_000     # what leaves sooner is not asked why
MODE_PROVED_MS = 12 * 60_000   # within this after a garbled command the modem is in PDU mode again
_REFERENCE_TOLD = re.compile(rb"\r\n\+CMGS: ?(\d+)\r\n")
ASKS_ONE = (AlertCause.REMINDER, AlertCause.RELAY)


@dataclass(frozen=True, slots=True)
class Wait:
    """From the row of an alert's first question to its SMS in the network; ``unable_ms`` of it the
    box had no modem, SIM or network, or the network took no SMS."""

    since_ms: int
    wait_ms: int
    unable_ms: int

    @property
    def able_ms(self) -> int:
        return self.wait_ms - self.unable_ms


class OutgoingWatch:
    """Follows each submission that the network accepts."""

    def __init__(self, box: SimulatedBox, truth: RotaTruth, outages: Outages) -> None:
        self._box = box
        self._truth = truth
        self._outages = outages
        self._last: tuple[int, int] = (0, 0)        # the SMS and the part that left last
        self._told: set[tuple[int, int]] = set()    # parts whose answer came back whole
        self._heard = bytearray()
        self._first_ids: dict[tuple[str, int], tuple[int, int]] = {}   # the newest, and when
        self._budgeted: deque[int] = deque()
        self._by_recipient: dict[str, list[BookedSms]] = {}
        self._seen = 0
        self.submissions = 0
        self.twice = 0
        self.damaged = 0
        self._damage = 0
        self.refused: set[int] = set()    # an error came back while it was handed over
        self.unknown = 0
        self.garbled: set[int] = set()    # the wire garbled it: what left may be another text
        self.waits: list[Wait] = []
        self._handing_over = 0      # the SMS of the last +CMGS
        self._on_disk = 0           # and how many of its references were on disk by then
        box.on_heard = self._hears
        box.on_write.append(self._wrote)
        box.books.on_asked.append(self._asked)
        box.books.on_forget.append(self._forgotten)
        self._accept: Callable[[str, bytes], SubmitResult] = box.network.service_centre.accept
        box.network.service_centre.accept = self._accepted  # type: ignore[method-assign]

    def _forgotten(self, booked: Booked) -> None:
        """Its number is given again."""
        if not isinstance(booked, BookedSms):
            return
        number = booked.row.id
        self._seen = min(self._seen, number - 1)
        self._first_ids.clear()
        for rows in self._by_recipient.values():
            rows[:] = [sms for sms in rows if sms.row.id < number]
        for numbers in (self.refused, self.garbled):
            numbers.discard(number)
        self._told = {(sms, part) for sms, part in self._told if sms != number}

    # The answers that came back

    def _hears(self, data: bytes) -> None:
        if b"ERROR" in data:
            self.refused.add(self._handing_over)
        if b"CMGS" not in data and not self._heard:
            return
        self._heard += data
        del self._heard[:-200]
        if _REFERENCE_TOLD.search(self._heard):
            self._told.add(self._last)
            self._heard.clear()
        elif not data.startswith(b"\r\n+CMGS"):
            self._heard.clear()

    def _wrote(self, data: bytes) -> None:
        self._heard.clear()   # what comes from now on is not the rest of an answer cut off before
        if b"AT+CMGS=" in data:
            self._handing_over = self._box.attendant._outbox._current or 0
            booked = self._box.books.outgoing.get(self._handing_over)
            self._on_disk = len(booked.row.references) if booked is not None else 0
            self._damage = self._damage_now()

    def _damage_now(self) -> int:
        """How many bytes the wire has lost or garbled so far."""
        seen = self._box.wire.seen
        return seen.get(Fault.LOSE_BYTE, 0) + seen.get(Fault.GARBLE_BYTE, 0)

    # Submissions

    def _accepted(self, sender: str, tpdu: bytes) -> SubmitResult:
        messages = self._box.network.ledger.messages
        result = self._accept(sender, tpdu)
        if sender == self._box.number and result.accepted:
            self._note(next(reversed(messages.values())))
        return result

    def _note(self, record: MessageRecord) -> None:
        self.submissions += 1
        self._last = (0, 0)      # the reference that comes next is not the one before's
        if self._damage_now() != self._damage:
            self.damaged += 1    # what left may be another text, or another part
            self.garbled.add(self._handing_over)
            return
        sms = self._find(record)
        if sms is None:
            self.unknown += 1
            if self._box.damaged(self._box.now_ms - MODE_PROVED_MS, self._box.now_ms):
                self.garbled.add(self._handing_over)   # by a command that became AT+CMGF=1
                return
            self._breaks(Promise.RECORDED, f"the box has sent what it has not on disk: {record}")
            return
        times = sms.accepted_ms.setdefault(record.part, [])
        if times:
            self._again(sms, record, times)
        elif record.part == 1:
            self._in_order(sms)
        times.append(self._box.now_ms)
        sms.said[record.part] = record.text or ""
        self._last = (sms.row.id, record.part)
        if sms.row.rank != RANK_ALERT and not sms.row.cause.startswith(ALARM):
            self._spend()

    def _find(self, record: MessageRecord) -> BookedSms | None:
        """The row that this submission is a part of: what was handed over last, else any."""
        last = self._box.books.outgoing.get(self._handing_over)
        same = last is not None and record.recipient == last.row.recipient
        if last is not None and same and record.text is not None and record.text in last.row.text:
            return last
        self._index()
        recent_ms = self._box.now_ms - REMEMBER_MS
        rows = self._by_recipient.get(record.recipient, [])
        fits = [
            sms
            for sms in rows
            if sms.first_ms >= recent_ms and record.text is not None and record.text in sms.row.text
        ]
        # Of several that read alike: one that is being sent, one that has not left, the newest
        sending = [sms for sms in fits if sms.row.state is OutgoingState.SENDING]
        unsent = [
            sms
            for sms in fits
            if not sms.accepted_ms.get(record.part) and sms.row.state is OutgoingState.QUEUED
        ]
        found = sending or unsent or fits[-1:]
        return found[0] if found else None

    def _index(self) -> None:
        outgoing = self._box.books.outgoing
        for number in range(self._seen + 1, next(reversed(outgoing), 0) + 1):
            sms = outgoing.get(number)
            if sms is not None:
                rows = self._by_recipient.setdefault(sms.row.recipient, [])
                rows.append(sms)
                del rows[:-200]
            self._seen = number

    def _again(self, sms: BookedSms, record: MessageRecord, times: list[int]) -> None:
        self.twice += 1
        part = f"part {record.part} of {sms.row}"
        known = self._on_disk if sms.row.id == self._handing_over else len(sms.row.references)
        if known >= record.part:
            self._breaks(Promise.TWICE, f"its reference is on disk, and it leaves again: {part}")
        elif sms.row.id in self.refused:
            return    # it was told that the SMS was refused, perhaps by another command's error
        elif (sms.row.id, record.part) in self._told:
            if not self._died(times[-1]):
                self._breaks(Promise.TWICE, f"the modem's answer came, and it leaves again: {part}")
            self._told.discard((sms.row.id, record.part))   # of the answer now nobody has heard

    def _died(self, since_ms: int) -> bool:
        return any(at_ms >= since_ms for at_ms in self._box.deaths_ms[-1:])

    def _in_order(self, sms: BookedSms) -> None:
        key = sms.row.recipient, sms.row.rank
        before, then_ms = self._first_ids.get(key, (0, 0))
        # What was refused so often holds up nobody
        if sms.row.id < before and not self._was_held(sms, then_ms) and not is_stuck(sms.row):
            what = f"SMS {before} left before SMS {sms.row.id} of the same rank: {sms.row}"
            self._breaks(Promise.ORDER, what)
        if sms.row.id > before:
            self._first_ids[key] = sms.row.id, self._box.now_ms
        if sms.row.about is not None and sms.row.rank == RANK_ALERT:
            now_ms = self._box.now_ms
            wait_ms = now_ms - sms.first_ms
            long = wait_ms > LONG_MS
            unable_ms = self._outages.unable_ms(sms.first_ms, now_ms) if long else 0
            self.waits.append(Wait(sms.first_ms, wait_ms, unable_ms))

    def _was_held(self, sms: BookedSms, overtaken_ms: int) -> bool:
        """Left by an earlier run, and the box did not know what time it was: for ten minutes what
        was of now went before it (`alert/bygone`), the last of it in the network a minute later. It
        asks nobody for anything."""
        since_ms = self._box.unsure_ms
        held = since_ms <= overtaken_ms <= since_ms + (HELD_S + 60) * 1000
        return sms.first_ms < since_ms and held and sms.row.about is None

    def _spend(self) -> None:
        now_ms = self._box.now_ms
        self._budgeted.append(now_ms)
        while self._budgeted[0] <= now_ms - DAY_MS:
            self._budgeted.popleft()
        hour = sum(1 for at_ms in reversed(self._budgeted) if at_ms > now_ms - HOUR_MS)
        if hour > PER_HOUR + 1 or len(self._budgeted) > PER_DAY + 1:
            what = f"{hour} in an hour, {len(self._budgeted)} in a day"
            self._breaks(Promise.BUDGET, what)

    # Who is asked

    def _asked(self, alert: Alert, asked: tuple[Asked, ...], moment: Moment) -> None:
        truth = self._truth
        if alert.cause is AlertCause.RELAY or not truth.knows(moment.utc):
            return
        service = alert.service or truth.services[0]
        if not moment.utc_trusted:
            return    # everybody is asked: the box does not know the time
        for one in asked:
            if alert.cause is AlertCause.REMINDER:
                fits = self._comes_on_duty(service, one, moment)
            else:
                fits = self._on_duty(service, one, moment)
            if not fits:
                on = sorted(truth.on_duty(service, moment.utc))
                what = f"{one} is asked for {alert.cause} of {service}, on duty are {on}"
                self._breaks(Promise.DUTY, what)
        if alert.number is not None and alert.cause is not AlertCause.REMINDER:
            self._count(alert)

    def _on_duty(self, service: str, one: Asked, moment: Moment) -> bool:
        if (one.level, one.person) in self._truth.on_duty(service, moment.utc):
            return True
        stands_in = one.level == 0 and one.person in self._truth.administrators
        return stands_in and not self._truth.somebody(service, moment.utc)

    def _comes_on_duty(self, service: str, one: Asked, moment: Moment) -> bool:
        instants = self._truth.span(service, moment.utc, REMIND_MINUTES)
        return any((one.level, one.person) in answer.duty for answer in instants)

    def _count(self, alert: Alert) -> None:
        """No number may set more than so many alerts going in ten minutes."""
        recent_ms = self._box.now_ms - round(ALERTS_WINDOW_S * 1000)
        books = self._box.books
        newest = islice(reversed(books.alerts), ALERTS_MAX + 5)   # their numbers only grow
        same = [
            key
            for key in newest
            if books.alerts[key].row.number == alert.number
            and books.alerts[key].first_ms > recent_ms
            and books.alerts[key].row.cause not in ASKS_ONE
        ]
        if len(same) > ALERTS_MAX:
            self._breaks(Promise.BUDGET, f"{len(same)} alerts about {alert.number} in ten minutes")

    # At the end

    def finish(self) -> None:
        """Each SMS that the box believes sent was taken by the network; each alert was asked."""
        books = self._box.books
        for sms in books.outgoing.values():
            believed = sms.row.state in (OutgoingState.SENT, OutgoingState.DELIVERED)
            missing = [
                part
                for part in range(1, len(sms.row.references) + 1)
                if not sms.accepted_ms.get(part)
            ]
            if believed and missing and sms.row.id not in self.garbled:
                self._breaks(Promise.ALERTED, f"parts {missing} never left: {sms.row}")
        for alert in books.alerts.values():
            self._ended(alert.row)

    def _ended(self, alert: Alert) -> None:
        if alert.state is AlertState.OPEN:
            self._breaks(Promise.DRAINS, f"still open: {alert}")
        if alert.state is AlertState.EXHAUSTED and not self._box.books.alarmed(0, 0, "alert"):
            self._breaks(Promise.SILENCE, f"nobody answered, and no alarm is up: {alert}")
        if not alert.asked and alert.state is AlertState.ACKNOWLEDGED:
            self._breaks(Promise.ALERTED, f"answered, and nobody was asked: {alert}")

    def states(self) -> Counter[str]:
        """How the box's own SMS ended, for the ledger."""
        return Counter(sms.row.state.value for sms in self._box.books.outgoing.values())

    def _breaks(self, promise: str, what: str) -> None:
        self._box.judge.breaks(promise, self._box.now_ms, what)
