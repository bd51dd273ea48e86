"""Short messages between the mobiles and the service centre: 24.011 relay layer, 23.040 3.2.5.

Knows nothing of what a TPDU says; it carries, loses, refuses and remembers who has to be alerted.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from hw.simulator.causes import RpCause
from hw.simulator.numbers import normalise
from hw.simulator.terminal import DeliverAnswer, Delivery, SubmitDone, SubmitResult

if TYPE_CHECKING:
    from hw.simulator.line import MobileLine
    from hw.simulator.network import Network
    from hw.simulator.subscriber import Subscriber
    from hw.simulator.timeline import Scheduled, Timeline

DeliverDone = Callable[[DeliverAnswer | None], None]

# What a busy network answers at random: all temporary, 24.011 8.2.5.4
_TEMPORARY = (
    RpCause.NETWORK_OUT_OF_ORDER,
    RpCause.TEMPORARY_FAILURE,
    RpCause.CONGESTION,
    RpCause.RESOURCES_UNAVAILABLE,
)


class Relay:
    """The way of a short message over the air, in both directions."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._timeline = network.timeline

    # Mobile originated

    def submit(
        self, line: MobileLine, tpdu: bytes, service_centre: str | None, done: SubmitDone
    ) -> None:
        """Take a submission; the answer comes through `done`."""
        if not line.in_service:
            line.post(done, SubmitResult(RpCause.NETWORK_OUT_OF_ORDER))
            return
        delay_ms = self._network.draw_ms(self._network.timings.sms_ms)
        self._timeline.after(delay_ms, partial(self._submit, line, tpdu, service_centre, done))

    def _submit(
        self, line: MobileLine, tpdu: bytes, service_centre: str | None, done: SubmitDone
    ) -> None:
        network, subscriber = self._network, line.subscriber
        cause = self._refusal(line, service_centre or line.sim.service_centre)
        if cause is not None:
            result = SubmitResult(cause)
        else:
            result = network.service_centre.accept(subscriber.number, tpdu)
            self.alert(subscriber)
        if not result.accepted:
            network.note(subscriber.number, f"submission refused: {result}")
        if self._answer_lost(line):
            network.note(subscriber.number, "the answer to a submission was lost")
            result = SubmitResult(timed_out=True)
            delay_ms = network.timings.submit_timeout_ms
            self._timeline.after(delay_ms, partial(line.post, done, result))
            return
        line.post(done, result)

    def _refusal(self, line: MobileLine, service_centre: str) -> RpCause | None:
        network, subscriber = self._network, line.subscriber
        conditions = subscriber.conditions
        if not line.in_service:
            return RpCause.NETWORK_OUT_OF_ORDER
        if conditions.sms_errors:
            return conditions.sms_errors.popleft()
        if conditions.congested:
            return RpCause.CONGESTION
        if network.chance(network.rates.sms_error):
            return network.timeline.random.choice(_TEMPORARY)
        if not subscriber.profile.short_messages:
            return RpCause.FACILITY_NOT_SUBSCRIBED
        try:
            known = normalise(service_centre) == network.service_centre.number
        except ValueError:
            return RpCause.INVALID_MESSAGE
        return None if known else RpCause.UNASSIGNED_NUMBER

    def _answer_lost(self, line: MobileLine) -> bool:
        conditions = line.subscriber.conditions
        if conditions.submit_answers_lost:
            conditions.submit_answers_lost -= 1
            return True
        return self._network.chance(self._network.rates.submit_answer_lost)

    # Mobile terminated

    def deliver(self, subscriber: Subscriber, tpdu: bytes, done: DeliverDone) -> None:
        """Offer a TPDU; `done` gets the mobile's answer, or None when there was none."""
        network = self._network
        line = subscriber.line
        if line is None:
            self._timeline.after(0, partial(self._undelivered, subscriber, done))
        elif not line.in_service or subscriber.conditions.deaf:
            delay_ms = network.draw_ms(network.timings.page_timeout_ms)
            self._timeline.after(delay_ms, partial(self._undelivered, subscriber, done))
        else:
            delay_ms = network.draw_ms(network.timings.sms_ms)
            self._timeline.after(delay_ms, partial(self._deliver, subscriber, tpdu, done))

    def _undelivered(self, subscriber: Subscriber, done: DeliverDone) -> None:
        subscriber.waiting_messages = True
        done(None)

    def _deliver(self, subscriber: Subscriber, tpdu: bytes, done: DeliverDone) -> None:
        line = subscriber.line
        if line is None or not line.in_service or subscriber.conditions.deaf:
            self._undelivered(subscriber, done)
            return
        offer = _Offer(self._timeline, subscriber, done)
        offer.wait(self._network.timings.deliver_answer_ms)
        line.offer_message(Delivery(tpdu, self._network.service_centre.number, offer.answer))

    def alert(self, subscriber: Subscriber) -> None:
        """The mobile has shown that it is there, or that it has room: 23.040 3.2.8 Alert-SC."""
        if subscriber.waiting_messages:
            subscriber.waiting_messages = False
            self._network.service_centre.alert(subscriber.number)


class _Offer:
    """One delivery waiting for its answer; the first answer or the time-out counts."""

    def __init__(self, timeline: Timeline, subscriber: Subscriber, done: DeliverDone) -> None:
        self._subscriber = subscriber
        self._done: DeliverDone | None = done
        self._timeline = timeline
        self._timer: Scheduled | None = None

    def wait(self, timeout_ms: int) -> None:
        """Give the mobile this long."""
        self._timer = self._timeline.after(timeout_ms, partial(self._finish, None))

    def answer(self, answer: DeliverAnswer) -> None:
        """The mobile's RP-ACK or RP-ERROR: it counts from the next turn of the timeline."""
        self._timeline.after(0, partial(self._finish, answer))

    def _finish(self, answer: DeliverAnswer | None) -> None:
        done, self._done = self._done, None
        if done is None:
            return
        if self._timer is not None:
            self._timer.cancel()
        if answer is None or answer is DeliverAnswer.MEMORY_FULL:
            self._subscriber.waiting_messages = True
        done(answer)
