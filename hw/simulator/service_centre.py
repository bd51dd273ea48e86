"""The service centre: stores a short message until its recipient has it or its time is over.

23.040 3.2: one message at a time for each recipient, oldest first, so that order is kept; a
recipient that is not reachable or has no memory is tried again after growing delays, and at once
when the network alerts the centre. Everything that real centres do wrong is a chance in
`ServiceCentreBehaviour`, drawn from the timeline's generator.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from hw.simulator.causes import RpCause
from hw.simulator.ledger import MessageRecord
from hw.simulator.numbers import normalise
from hw.simulator.terminal import DeliverAnswer, SubmitResult
from hw.simulator.tpdu import (
    FCS_COMMAND_UNSUPPORTED,
    FCS_DUPLICATE,
    STATUS_EXPIRED,
    STATUS_NOT_OBTAINABLE,
    STATUS_RECEIVED,
    STATUS_REJECTED,
    Deliver,
    StatusReport,
    Submit,
    decode_from_mobile,
    submit_report,
)
from hw.simulator.user_data import Coding, Concatenation, TpduError, UserData, split

if TYPE_CHECKING:
    from hw.simulator.network import Network
    from hw.simulator.subscriber import Subscriber
    from hw.simulator.timeline import Scheduled

SERVICE_CENTRE = "+33609001390"
_MINUTE_MS = 60_000
_GROUP_MS = 60 * _MINUTE_MS


@dataclass(frozen=True, slots=True)
class ServiceCentreBehaviour:
    """How this centre works. The last of `retries_ms` repeats until the validity is over.

    `refusals_max`: a message answered so often with a protocol error is given up; not at once, for
    it may be a computer behind a modem that did not acknowledge in time. `duplicate`: a delivered
    message is delivered again; `reorder`: a message overtakes the one before it; `loss`: a message
    vanishes; `report_loss`: a status report vanishes.
    """

    delay_ms: tuple[int, int] = (1500, 6000)
    gap_ms: int = 200
    retries_ms: tuple[int, ...] = (
        1 * _MINUTE_MS,
        5 * _MINUTE_MS,
        10 * _MINUTE_MS,
        30 * _MINUTE_MS,
        60 * _MINUTE_MS,
    )
    validity_ms: int = 48 * 60 * _MINUTE_MS
    refusals_max: int = 3
    duplicate: float = 0.0
    reorder: float = 0.0
    loss: float = 0.0
    report_loss: float = 0.0


@dataclass(eq=False, slots=True)
class _Stored:
    """A message waiting for its recipient; `submit` is set when a report may be due."""

    record: MessageRecord
    tpdu: bytes
    ready_ms: int
    expires_ms: int
    submit: Submit | None = None
    submitted: datetime | None = None
    repeat: bool = False
    refusals: int = 0


@dataclass(eq=False, slots=True)
class _Group:
    """The parts seen of one long text that a mobile sends."""

    id: int
    last_ms: int = 0
    seen: dict[int, UserData] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class _Queue:
    """What waits for one recipient. At most one attempt is under way."""

    number: str
    waiting: deque[_Stored] = field(default_factory=deque)
    attempting: bool = False
    failures: int = 0
    timer: Scheduled | None = None


class ServiceCentre:
    """Store and forward for the whole network."""

    def __init__(self, network: Network, behaviour: ServiceCentreBehaviour) -> None:
        self.number = SERVICE_CENTRE
        self.behaviour = behaviour
        self._network = network
        self._timeline = network.timeline
        self._queues: dict[str, _Queue] = {}
        self._ids = 0
        self._groups: dict[tuple[str, str, int, int], _Group] = {}

    # In

    def accept(self, sender: str, tpdu: bytes) -> SubmitResult:
        """A mobile submits. The result carries the SMS-SUBMIT-REPORT."""
        now = self._local_time()
        try:
            submit = decode_from_mobile(tpdu)
            recipient = normalise(submit.recipient)
            submit.user_data.encode()    # what was garbled on the way may fit into no message
        except TpduError:
            report = submit_report(now, FCS_COMMAND_UNSUPPORTED)
            cause = RpCause.INVALID_MESSAGE if tpdu[:1] and tpdu[0] & 3 == 1 else None
            return SubmitResult(
                cause or RpCause.FACILITY_REJECTED, FCS_COMMAND_UNSUPPORTED, report=report
            )
        except ValueError:
            return SubmitResult(RpCause.UNASSIGNED_NUMBER)
        if submit.reject_duplicates and self._holds(sender, recipient, submit.reference):
            report = submit_report(now, FCS_DUPLICATE)
            return SubmitResult(RpCause.TRANSFER_REJECTED, FCS_DUPLICATE, report=report)
        record = self._record(sender, recipient, submit.user_data)
        deliver = Deliver(
            sender,
            now,
            submit.user_data,
            status_report_indication=submit.report_requested,
            protocol_identifier=submit.protocol_identifier,
        )
        self._store(record, deliver.encode(), self._validity_ms(submit), submit)
        return SubmitResult(report=submit_report(now))

    def send_text(
        self,
        sender: str,
        recipient: str,
        text: str,
        *,
        flash: bool = False,
        wide_reference: bool = False,
        lost_parts: Iterable[int] = (),
        order: Iterable[int] | None = None,
    ) -> int:
        """A text from outside the network; `sender` may be a name of up to 11 characters.

        `order` is the order in which the parts (from 1) set out, `lost_parts` never do. Returns
        the group of its records in the ledger. Raises TpduError for what no message can carry.
        """
        group = self._ids + 1
        reference = group % (65536 if wide_reference else 256)
        contents = split(text, reference, wide=wide_reference, message_class=0 if flash else None)
        lost = frozenset(lost_parts)
        for part in order if order is not None else range(1, len(contents) + 1):
            record = self._record(sender, normalise(recipient), contents[part - 1], group)
            deliver = Deliver(sender, self._local_time(), contents[part - 1])
            if part in lost:
                self._end(record, "lost")
            else:
                self._store(record, deliver.encode(), self.behaviour.validity_ms, None)
        return group

    def send_octets(self, sender: str, recipient: str, octets: bytes, header: bytes = b"") -> int:
        """8-bit data from outside; returns the group."""
        content = UserData(Coding.OCTETS, octets=octets, header=header)
        record = self._record(sender, normalise(recipient), content)
        tpdu = Deliver(sender, self._local_time(), content).encode()
        self._store(record, tpdu, self.behaviour.validity_ms, None)
        return record.group

    def send_tpdu(self, sender: str, recipient: str, tpdu: bytes) -> int:
        """Any octets as they are, to see what a receiver makes of them; returns the group."""
        record = self._record(sender, normalise(recipient), UserData(Coding.OCTETS))
        self._store(record, tpdu, self.behaviour.validity_ms, None)
        return record.group

    def waiting(self) -> dict[str, int]:
        """How many messages wait for each recipient that has any."""
        return {
            queue.number: len(queue.waiting) for queue in self._queues.values() if queue.waiting
        }

    def alert(self, number: str) -> None:
        """23.040 3.2.8: this recipient is there again; what waits for it is tried at once."""
        queue = self._queues.get(number)
        if queue is not None and queue.waiting and not queue.attempting:
            queue.failures = 0
            self._schedule(queue, self._timeline.now_ms + self.behaviour.gap_ms)

    # Records

    def _record(
        self, sender: str, recipient: str, content: UserData, group: int | None = None
    ) -> MessageRecord:
        self._ids += 1
        concatenation = content.concatenation
        parts = concatenation.parts if concatenation is not None else 1
        part = concatenation.part if concatenation is not None else 1
        if group is None:
            group = self._ids
            if concatenation is not None:
                group = self._group(sender, recipient, concatenation, content)
        text = None if content.coding is Coding.OCTETS else content.text
        now_ms = self._timeline.now_ms
        record = MessageRecord(self._ids, group, sender, recipient, text, part, parts, now_ms)
        self._network.ledger.messages[record.id] = record
        return record

    def _group(self, sender: str, recipient: str, part: Concatenation, content: UserData) -> int:
        """The group of a part that a mobile sent: that of its text's first part.

        References come round again, so a part begins a new text when an hour has passed or when
        another part had its place; a part that repeats itself is a mobile that missed the answer.
        """
        key = (sender, recipient, part.reference, part.parts)
        now_ms = self._timeline.now_ms
        group = self._groups.get(key)
        if group is not None:
            fresh = now_ms - group.last_ms <= _GROUP_MS
            repeated = group.seen.get(part.part) == content
            if not fresh or (part.part in group.seen and not repeated):
                group = None
        if group is None:
            group = self._groups[key] = _Group(self._ids)
        group.last_ms = now_ms
        group.seen[part.part] = content
        return group.id

    def _holds(self, sender: str, recipient: str, reference: int) -> bool:
        queue = self._queues.get(recipient)
        return queue is not None and any(
            each.submit is not None
            and each.submit.reference == reference
            and each.record.sender == sender
            for each in queue.waiting
        )

    def _validity_ms(self, submit: Submit) -> int:
        validity = submit.validity
        if isinstance(validity, datetime):
            validity = validity - self._timeline.utc()
        if validity is None:
            return self.behaviour.validity_ms
        return max(0, int(validity / timedelta(milliseconds=1)))

    def _local_time(self) -> datetime:
        return self._timeline.utc().astimezone(self._network.zone)

    # Store and forward

    def _store(
        self, record: MessageRecord, tpdu: bytes, validity_ms: int, submit: Submit | None
    ) -> None:
        network, behaviour = self._network, self.behaviour
        if network.chance(behaviour.report_loss if record.report else behaviour.loss):
            self._end(record, "lost")
            return
        now_ms = self._timeline.now_ms
        stored = _Stored(
            record,
            tpdu,
            now_ms + network.draw_ms(behaviour.delay_ms),
            now_ms + validity_ms,
            submit,
            self._local_time(),
        )
        queue = self._queues.setdefault(record.recipient, _Queue(record.recipient))
        behind = len(queue.waiting) - (1 if queue.attempting else 0)
        if behind > 0 and network.chance(behaviour.reorder):
            stored.ready_ms = queue.waiting[-1].ready_ms
            queue.waiting.insert(len(queue.waiting) - 1, stored)
        else:
            queue.waiting.append(stored)
        if queue.waiting[0] is stored and not queue.attempting and not queue.failures:
            self._schedule(queue, stored.ready_ms)
        if validity_ms < behaviour.validity_ms:
            self._timeline.after(validity_ms, partial(self._expire, queue))

    def _schedule(self, queue: _Queue, when_ms: int) -> None:
        if queue.timer is not None:
            queue.timer.cancel()
        queue.timer = self._timeline.at(
            max(when_ms, self._timeline.now_ms), partial(self._attempt, queue)
        )

    def _expire(self, queue: _Queue) -> None:
        """Take out what is too old, wherever it stands, but not what is on its way."""
        now_ms = self._timeline.now_ms
        first = queue.waiting[0] if queue.attempting else None
        for stored in [each for each in queue.waiting if each.expires_ms <= now_ms]:
            if stored is not first:
                queue.waiting.remove(stored)
                self._finish(stored, "expired", STATUS_EXPIRED)

    def _attempt(self, queue: _Queue) -> None:
        queue.timer = None
        self._expire(queue)
        if not queue.waiting or queue.attempting:
            return
        stored = queue.waiting[0]
        subscriber = self._network.subscribers.get(queue.number)
        if subscriber is None or not subscriber.profile.short_messages:
            queue.waiting.popleft()
            self._finish(stored, "failed", STATUS_NOT_OBTAINABLE)
            self._next(queue)
            return
        queue.attempting = True
        stored.record.attempts += 1
        self._network.relay.deliver(
            subscriber, stored.tpdu, partial(self._answered, queue, subscriber)
        )

    def _answered(
        self, queue: _Queue, subscriber: Subscriber, answer: DeliverAnswer | None
    ) -> None:
        queue.attempting = False
        stored = queue.waiting[0]
        if answer is DeliverAnswer.ACCEPTED:
            queue.failures = 0
            queue.waiting.popleft()
            self._delivered(queue, stored)
            self._next(queue)
            return
        if answer is DeliverAnswer.PROTOCOL_ERROR:
            stored.refusals += 1
        if stored.refusals >= self.behaviour.refusals_max:
            queue.failures = 0
            queue.waiting.popleft()
            self._finish(stored, "failed", STATUS_REJECTED)
            self._next(queue)
        else:
            retries_ms = self.behaviour.retries_ms
            delay_ms = retries_ms[min(queue.failures, len(retries_ms) - 1)]
            queue.failures += 1
            self._schedule(queue, self._timeline.now_ms + delay_ms)

    def _delivered(self, queue: _Queue, stored: _Stored) -> None:
        stored.record.deliveries_ms.append(self._timeline.now_ms)
        if stored.repeat:
            return
        self._finish(stored, "delivered", STATUS_RECEIVED)
        if self._network.chance(self.behaviour.duplicate):
            stored.repeat = True
            stored.ready_ms = self._timeline.now_ms + self._network.draw_ms(self.behaviour.delay_ms)
            queue.waiting.append(stored)

    def _next(self, queue: _Queue) -> None:
        if queue.waiting:
            soonest_ms = self._timeline.now_ms + self.behaviour.gap_ms
            self._schedule(queue, max(queue.waiting[0].ready_ms, soonest_ms))

    def _finish(self, stored: _Stored, state: str, status: int) -> None:
        if stored.repeat:
            return
        record, submit = stored.record, stored.submit
        self._end(record, state)
        if submit is None or not submit.report_requested or stored.submitted is None:
            return
        report = StatusReport(
            submit.reference, record.recipient, stored.submitted, self._local_time(), status
        )
        self._ids += 1
        now_ms = self._timeline.now_ms
        reported = MessageRecord(
            self._ids, record.group, record.recipient, record.sender, None, record.part,
            record.parts, now_ms, report=True,
        )  # fmt: skip
        self._network.ledger.messages[reported.id] = reported
        self._store(reported, report.encode(), self.behaviour.validity_ms, None)

    def _end(self, record: MessageRecord, state: str) -> None:
        record.state = state
        record.ended_ms = self._timeline.now_ms
