"""Store and forward: what waits for each recipient, and when it is tried (23.040 3.2).

One message at a time for each recipient, oldest first, so that order is kept; a recipient that is
not reachable or has no memory is tried again after growing delays, and at once when the network
alerts the centre. Everything that real centres do wrong is a chance in `ServiceCentreBehaviour`,
drawn from the timeline's generator.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from hw.simulator.ledger import MessageRecord
from hw.simulator.message_book import MessageBook
from hw.simulator.terminal import DeliverAnswer
from hw.simulator.tpdu import (
    STATUS_EXPIRED,
    STATUS_NOT_OBTAINABLE,
    STATUS_RECEIVED,
    STATUS_REJECTED,
    StatusReport,
    Submit,
)

if TYPE_CHECKING:
    from hw.simulator.network import Network
    from hw.simulator.subscriber import Subscriber
    from hw.simulator.timeline import Scheduled

_MINUTE_MS = 60_000


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
class _Queue:
    """What waits for one recipient. At most one attempt is under way."""

    number: str
    waiting: deque[_Stored] = field(default_factory=deque)
    attempting: bool = False
    failures: int = 0
    timer: Scheduled | None = None


class StoreAndForward:
    """The messages on their way to subscribers of one network."""

    def __init__(
        self, network: Network, book: MessageBook, behaviour: ServiceCentreBehaviour
    ) -> None:
        self.behaviour = behaviour
        self._network = network
        self._book = book
        self._timeline = network.timeline
        self._queues: dict[str, _Queue] = {}

    def store(
        self,
        record: MessageRecord,
        tpdu: bytes,
        validity_ms: int | None = None,
        submit: Submit | None = None,
    ) -> None:
        """Keep a message until its recipient has it; `submit`: a report may be due then."""
        network, behaviour = self._network, self.behaviour
        if network.chance(behaviour.report_loss if record.report else behaviour.loss):
            self._book.end(record, "lost")
            return
        if validity_ms is None:
            validity_ms = behaviour.validity_ms
        now_ms = self._timeline.now_ms
        stored = _Stored(
            record,
            tpdu,
            now_ms + network.draw_ms(behaviour.delay_ms),
            now_ms + validity_ms,
            submit,
            self.local_time(),
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

    def holds(self, sender: str, recipient: str, reference: int) -> bool:
        """Whether a message with this reference waits already."""
        queue = self._queues.get(recipient)
        return queue is not None and any(
            each.submit is not None
            and each.submit.reference == reference
            and each.record.sender == sender
            for each in queue.waiting
        )

    def local_time(self) -> datetime:
        """What the centre writes on messages."""
        return self._timeline.utc().astimezone(self._network.zone)

    # One recipient's messages

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
        self._book.end(record, state)
        if submit is None or not submit.report_requested or stored.submitted is None:
            return
        report = StatusReport(
            submit.reference, record.recipient, stored.submitted, self.local_time(), status
        )
        reported = self._book.begin_report(record)
        self.store(reported, report.encode())
