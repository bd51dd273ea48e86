"""A call and its legs. A leg is one mobile's end; two peers hear one another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hw.simulator.causes import Cause
from hw.simulator.terminal import CallState, CallView, CliValidity, Direction, ForwardingReason

if TYPE_CHECKING:
    from hw.simulator.ledger import CallRecord, LegRecord
    from hw.simulator.line import MobileLine
    from hw.simulator.subscriber import Subscriber
    from hw.simulator.timeline import Scheduled

RINGING = (CallState.INCOMING, CallState.WAITING)
SET_UP = (CallState.ACTIVE, CallState.HELD)


@dataclass(eq=False, slots=True)
class Leg:
    """One end of a call.

    `peer` is the other end once the call is answered; `pending` is the call still being set up
    that this end waits for: its own, or after an explicit transfer the one that it was given.
    """

    line: MobileLine
    index: int
    call: Call
    direction: Direction
    state: CallState
    number: str | None
    validity: CliValidity = CliValidity.VALID
    redirected_by: str | None = None
    multiparty: bool = False
    peer: Leg | None = None
    pending: Call | None = None

    def view(self, cause: Cause | None = None) -> CallView:
        """The leg as its mobile sees it now."""
        return CallView(
            self.index,
            self.call.record.id,
            self.direction,
            self.state,
            self.multiparty,
            self.number,
            self.validity,
            self.redirected_by,
            cause,
        )


class Call:
    """The setting-up of one call: who asks, where it has been, what it waits for.

    `path` holds every number it was led to, `forwards` counts the hops (22.082 limits them), and
    `over` is set once it was answered or has failed.
    """

    __slots__ = (
        "forwards",
        "origin",
        "over",
        "path",
        "reason",
        "record",
        "redirected_by",
        "subscriber",
        "target",
        "timer",
        "withheld",
    )

    def __init__(self, record: CallRecord, line: MobileLine, number: str, withheld: bool) -> None:
        self.record = record
        self.withheld = withheld
        self.origin = Leg(
            line,
            line.free_index(),
            self,
            Direction.MOBILE_ORIGINATED,
            CallState.DIALING,
            number,
            pending=self,
        )
        self.target: Leg | None = None
        self.subscriber: Subscriber | None = None
        self.reason: ForwardingReason | None = None
        self.redirected_by: str | None = None
        self.path: list[str] = []
        self.forwards = 0
        self.timer: Scheduled | None = None
        self.over = False

    @property
    def hop(self) -> LegRecord:
        """The ledger's record of the destination now tried."""
        return self.record.legs[-1]

    def stop_timer(self) -> None:
        """No paging, no-reply or ring limit runs any longer."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


def audible_to(leg: Leg) -> list[Leg]:
    """The legs that hear what is said into `leg`: its peer, and through it a conference."""
    peer = leg.peer
    if leg.state is not CallState.ACTIVE or peer is None or peer.state is not CallState.ACTIVE:
        return []
    heard = [peer]
    if peer.multiparty:
        heard += [
            other.peer
            for other in peer.line.legs.values()
            if other is not peer
            and other.multiparty
            and other.state is CallState.ACTIVE
            and other.peer is not None
            and other.peer.state is CallState.ACTIVE
        ]
    return heard
