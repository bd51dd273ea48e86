"""Leading a call to somebody: paging, busy, ringing, answer, forwarding, release.

23.018 basic call handling with 23.082 forwarding. One call is at one place of this table at a time:

    dialled -> CFU? -> not attached: CFNRc? -> paged: no answer to the page: CFNRc?
            -> network determined busy: CFB? -> rings: UDUB: CFB?, no reply: CFNRy?, deflection
            -> answered -> released

A forward starts again at the top with the new number, at most `forwards_max` times and never to a
number that the call has already been led to; past that limit the call ends as if the forward did
not exist.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hw.simulator.call import RINGING, SET_UP, Call, Leg
from hw.simulator.causes import Cause
from hw.simulator.ledger import CallRecord, LegRecord
from hw.simulator.numbers import normalise
from hw.simulator.terminal import (
    CallState,
    CliValidity,
    Direction,
    ForwardingReason,
    LineError,
    Notification,
)

if TYPE_CHECKING:
    from hw.simulator.line import MobileLine
    from hw.simulator.network import Network
    from hw.simulator.subscriber import Subscriber

_REASON_NAMES = {
    ForwardingReason.UNCONDITIONAL: "unconditional",
    ForwardingReason.BUSY: "busy",
    ForwardingReason.NO_REPLY: "no reply",
    ForwardingReason.NOT_REACHABLE: "not reachable",
    ForwardingReason.DEFLECTION: "deflection",
}


class Exchange:
    """All call handling of the network."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._timeline = network.timeline
        self._ids = 0

    # Setting up

    def dial(self, line: MobileLine, number: str, withheld: bool) -> Leg:
        """Begin a call from `line`; raises LineError for a number that cannot be dialled."""
        try:
            dialled = normalise(number)
        except ValueError:
            raise LineError(Cause.INVALID_NUMBER_FORMAT) from None
        self._ids += 1
        record = CallRecord(
            self._ids, line.subscriber.number, dialled, withheld, self._timeline.now_ms
        )
        self._network.ledger.calls[record.id] = record
        call = Call(record, line, number, withheld)
        leg = call.origin
        line.legs[leg.index] = leg
        delay_ms = self._network.draw_ms(self._network.timings.setup_ms)
        call.timer = self._timeline.after(delay_ms, partial(self._route, call, dialled))
        return leg

    def _route(self, call: Call, number: str) -> None:
        if call.over:
            return
        network = self._network
        call.path.append(number)
        call.record.legs.append(
            LegRecord(
                number,
                _REASON_NAMES[call.reason] if call.reason is not None else None,
                self._timeline.now_ms,
            )
        )
        subscriber = network.subscribers.get(number)
        call.subscriber = subscriber
        if subscriber is None:
            self._fail(call, "unknown number", Cause.UNASSIGNED_NUMBER)
            return
        if network.congested(subscriber):
            self._fail(call, "congestion", Cause.NO_CIRCUIT_AVAILABLE)
            return
        forward = subscriber.forwarding.operative(ForwardingReason.UNCONDITIONAL)
        if forward is not None and self._may_forward(call, forward.number):
            self._forward(call, ForwardingReason.UNCONDITIONAL, forward.number, "forwarded")
            return
        line = subscriber.line
        if line is None:
            self._not_reachable(call)
            return
        heard = line.takes_calls and not subscriber.conditions.deaf
        delay_ms = network.draw_ms(
            network.timings.paging_ms if heard else network.timings.page_timeout_ms
        )
        call.timer = self._timeline.after(
            delay_ms, partial(self._offer if heard else self._not_reachable, call)
        )

    def _offer(self, call: Call) -> None:
        subscriber = call.subscriber
        line = subscriber.line if subscriber is not None else None
        if call.over or subscriber is None:
            return
        if line is None or not line.takes_calls or subscriber.conditions.deaf:
            self._not_reachable(call)
            return
        state = self._offered_state(subscriber, line)
        if state is None:
            self._busy(call, "busy")
            return
        leg = Leg(
            line,
            line.free_index(),
            call,
            Direction.MOBILE_TERMINATED,
            state,
            *self._shown(call, subscriber),
            redirected_by=call.redirected_by,
        )
        line.legs[leg.index] = leg
        call.target = leg
        call.hop.ringing_ms = self._timeline.now_ms
        line.tell_incoming(leg)
        if call.reason is not None:
            line.tell(
                Notification.DEFLECTED_CALL
                if call.reason is ForwardingReason.DEFLECTION
                else Notification.FORWARDED_CALL,
                leg,
            )
        origin = call.origin
        if origin.state is CallState.DIALING:
            origin.state = CallState.ALERTING
            origin.line.tell_changed(origin)
        if state is CallState.WAITING:
            origin.line.tell(Notification.CALL_IS_WAITING, origin)
        forward = subscriber.forwarding.operative(ForwardingReason.NO_REPLY)
        if forward is not None:
            rings_ms = forward.no_reply_s * 1000
        else:
            rings_ms = self._network.timings.ring_limit_ms
        call.timer = self._timeline.after(rings_ms, partial(self._no_reply, call))

    def _offered_state(self, subscriber: Subscriber, line: MobileLine) -> CallState | None:
        """INCOMING, WAITING, or None for network determined user busy (22.083, 23.082)."""
        if subscriber.engaged:
            return None
        if len(line.legs) < subscriber.profile.lines_max:
            return CallState.INCOMING
        waiting_allowed = subscriber.call_waiting_classes & 1 and all(
            leg.state in SET_UP for leg in line.legs.values()
        )
        return CallState.WAITING if waiting_allowed else None

    def _shown(self, call: Call, to: Subscriber) -> tuple[str | None, CliValidity]:
        if not to.profile.clip:
            return None, CliValidity.NOT_AVAILABLE
        if call.withheld and not to.profile.clir_override:
            return None, CliValidity.WITHHELD
        return call.record.caller, CliValidity.VALID

    # Where a call cannot stay

    def _not_reachable(self, call: Call) -> None:
        self._conditional(
            call,
            ForwardingReason.NOT_REACHABLE,
            "not reachable",
            Cause.DESTINATION_OUT_OF_ORDER,
        )

    def _busy(self, call: Call, outcome: str) -> None:
        self._conditional(call, ForwardingReason.BUSY, outcome, Cause.USER_BUSY)

    def _no_reply(self, call: Call) -> None:
        self._conditional(call, ForwardingReason.NO_REPLY, "no reply", Cause.NO_ANSWER)

    def _conditional(
        self, call: Call, reason: ForwardingReason, outcome: str, cause: Cause
    ) -> None:
        if call.over or call.subscriber is None:
            return
        forward = call.subscriber.forwarding.operative(reason)
        if forward is not None and self._may_forward(call, forward.number):
            self._tell_served(call, reason)
            self._forward(call, reason, forward.number, outcome)
        else:
            self._fail(call, outcome, cause)

    def _tell_served(self, call: Call, reason: ForwardingReason) -> None:
        """24.082 2.1.1, 3.1.1: NotifySS to the forwarding subscriber, if the subscription has it.

        Of a call that finds them busy (NDUB) over another call of theirs, of one that they do not
        answer over itself; never of one that they refused (UDUB), nor where they are out of reach.
        """
        subscriber, own = call.subscriber, call.target
        if subscriber is None or not subscriber.profile.forwarding_notices:
            return
        line = subscriber.line
        if line is None:
            return
        if reason is ForwardingReason.NO_REPLY and own is not None:
            line.tell(Notification.INCOMING_FORWARDED, own)
        elif reason is ForwardingReason.BUSY and own is None and line.legs:
            call.hop.told_ms = self._timeline.now_ms
            line.tell(Notification.INCOMING_FORWARDED, next(iter(line.legs.values())))

    def _may_forward(self, call: Call, number: str) -> bool:
        return call.forwards < self._network.forwards_max and number not in call.path

    def _forward(self, call: Call, reason: ForwardingReason, number: str, outcome: str) -> None:
        self._end_hop(call, outcome)
        self._withdraw(call, Cause.NORMAL_CLEARING)
        call.forwards += 1
        call.reason = reason
        call.redirected_by = call.path[-1]
        origin = call.origin
        origin.line.tell(
            Notification.OUTGOING_DEFLECTED
            if reason is ForwardingReason.DEFLECTION
            else Notification.CALL_FORWARDED,
            origin,
        )
        delay_ms = self._network.draw_ms(self._network.timings.forward_ms)
        call.timer = self._timeline.after(delay_ms, partial(self._route, call, number))

    def _fail(self, call: Call, outcome: str, cause: Cause) -> None:
        self._end_hop(call, outcome)
        self._withdraw(call, cause)
        call.over = True
        origin = call.origin
        origin.pending = None
        self._end_record(call.record, "network", cause)
        self._clear(origin, "network", cause)

    def _withdraw(self, call: Call, cause: Cause) -> None:
        call.stop_timer()
        target = call.target
        if target is not None:
            call.target = None
            target.line.drop(target, cause)

    def _end_hop(self, call: Call, outcome: str) -> None:
        if call.record.legs and call.hop.ended_ms is None:
            call.hop.ended_ms = self._timeline.now_ms
            call.hop.outcome = outcome

    def _end_record(self, record: CallRecord, by: str, cause: Cause) -> None:
        if record.ended_ms is None:
            record.ended_ms = self._timeline.now_ms
            record.ended_by = by
            record.cause = int(cause)
        for hop in record.legs:
            if hop.ended_ms is None:
                hop.ended_ms = self._timeline.now_ms

    # What the called party does

    def answer(self, leg: Leg) -> None:
        """The called party takes the call."""
        call = leg.call
        origin = call.origin
        call.stop_timer()
        call.over = True
        origin.pending = None
        leg.state = CallState.ACTIVE
        leg.peer, origin.peer = origin, leg
        if origin.state is not CallState.HELD:
            origin.state = CallState.ACTIVE
        call.hop.outcome = "answered"
        record = call.record
        record.connected_ms = self._timeline.now_ms
        record.connected_to = leg.line.subscriber.number
        record.machine = leg.line.subscriber.machine
        leg.line.tell_changed(leg)
        origin.line.tell_changed(origin)
        if self._network.sound is not None:
            self._network.sound.wake()

    def refuse(self, leg: Leg, cause: Cause) -> None:
        """The called party refuses: UDUB with USER_BUSY (22.082: invokes CFB), else a rejection."""
        call = leg.call
        profile = leg.line.subscriber.profile
        if (cause is Cause.USER_BUSY and profile.udub_forwards) or (
            cause is not Cause.USER_BUSY and profile.reject_is_busy
        ):
            self._busy(call, "refused")
        else:
            self._fail(call, "refused", cause)

    def deflect(self, leg: Leg, number: str) -> bool:
        """The called party sends the call elsewhere (23.072); False past the forwarding limit."""
        if not self._may_forward(leg.call, number):
            return False
        self._forward(leg.call, ForwardingReason.DEFLECTION, number, "deflected")
        return True

    # Ending

    def release(self, leg: Leg, cause: Cause) -> None:
        """One end clears; the other end is told, and the records are closed."""
        if leg.state in RINGING:
            self.refuse(leg, cause)
            return
        by = "caller" if leg.direction is Direction.MOBILE_ORIGINATED else "called"
        pending = leg.pending
        if pending is not None:
            self._end_hop(pending, "caller gave up")
            self._withdraw(pending, cause)
            pending.over = True
            leg.pending = None
            self._end_record(pending.record, by, cause)
        self._clear(leg, by, cause)
        peer = leg.peer
        if peer is not None:
            leg.peer = peer.peer = None
            self._clear(peer, by, cause)

    def _clear(self, leg: Leg, by: str, cause: Cause) -> None:
        leg.line.drop(leg, cause)
        self._end_record(leg.call.record, by, cause)

    def radio_lost(self, leg: Leg) -> None:
        """The mobile of this leg is gone from the air."""
        if leg.state in RINGING:
            self._not_reachable(leg.call)
        elif leg.state is not CallState.RELEASED:
            self.release(leg, Cause.DESTINATION_OUT_OF_ORDER)

    def transfer(self, first: Leg, second: Leg) -> None:
        """23.091: join the party of `first` with that of `second`, answered or still ringing.

        Both legs of the served mobile end; the records stay open until the parties part.
        """
        party, other = first.peer, second.peer
        if party is None:
            raise LookupError("the first call has no other party")
        first.call.record.joined_call = second.call.record.id
        first.call.record.transferred_to = second.call.record.legs[-1].number
        party.peer = other
        if other is not None:
            other.peer = party
        else:
            pending = second.call
            pending.origin, party.pending, second.pending = party, pending, None
        for leg in (first, second):
            leg.peer = None
            leg.line.drop(leg, Cause.NORMAL_CLEARING)
        for told in (party, other):
            if told is not None:
                told.line.tell(Notification.TRANSFERRED, told)
