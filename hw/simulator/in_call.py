"""The procedures of 22.030 6.5.5.1 during a call: hold, call waiting, multiparty, transfer.

Stage 2 is 23.083 (hold, waiting), 23.084 (multiparty) and 23.091 (explicit transfer). Everything
happens at once; the line adds the network's delay. An error leaves all calls as they were.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hw.simulator.call import RINGING, Leg
from hw.simulator.causes import Cause, SsError
from hw.simulator.terminal import CallState, InCall, Notification

if TYPE_CHECKING:
    from hw.simulator.exchange import Exchange
    from hw.simulator.line import MobileLine

PARTIES_MAX = 5  # 22.084 1.2: remote parties of a multiparty call


def carry_out(
    exchange: Exchange, line: MobileLine, operation: InCall, index: int | None
) -> SsError | None:
    """Do one procedure; returns the network's error, or None when it was done."""
    return _PROCEDURES[operation](exchange, line, index)


def hold_active(line: MobileLine) -> None:
    """All active calls are held; their parties are told."""
    for leg in _in_state(line, CallState.ACTIVE):
        _set(leg, CallState.HELD, Notification.PUT_ON_HOLD)


def make_room(line: MobileLine) -> None:
    """Hold what is active so that a waiting call can be taken.

    Raises LookupError when there is no room: another call is held already, or hold is not bought.
    """
    if not _in_state(line, CallState.ACTIVE):
        return
    if _in_state(line, CallState.HELD) or not line.subscriber.profile.hold:
        raise LookupError("the active call cannot be held")
    hold_active(line)


def _retrieve_held(line: MobileLine) -> None:
    for leg in _in_state(line, CallState.HELD):
        _set(leg, CallState.ACTIVE, Notification.RETRIEVED)


def _set(leg: Leg, state: CallState, notification: Notification) -> None:
    leg.state = state
    leg.line.tell_changed(leg)
    if leg.peer is not None:
        leg.peer.line.tell(notification, leg.peer)


def _in_state(line: MobileLine, *states: CallState) -> list[Leg]:
    return [leg for _, leg in sorted(line.legs.items()) if leg.state in states]


def _release_held_or_udub(
    exchange: Exchange, line: MobileLine, _index: int | None
) -> SsError | None:
    offered = _in_state(line, *RINGING)
    held = _in_state(line, CallState.HELD)
    if offered:
        exchange.refuse(offered[0], Cause.USER_BUSY)
    elif held:
        for leg in held:
            exchange.release(leg, Cause.NORMAL_CLEARING)
    else:
        return SsError.ILLEGAL_SS_OPERATION
    return None


def _release_active_accept_other(
    exchange: Exchange, line: MobileLine, _index: int | None
) -> SsError | None:
    offered = _in_state(line, *RINGING)
    active = _in_state(line, CallState.ACTIVE)
    held = _in_state(line, CallState.HELD)
    if not (offered or active or held):
        return SsError.ILLEGAL_SS_OPERATION
    for leg in active:
        exchange.release(leg, Cause.NORMAL_CLEARING)
    if offered:
        exchange.answer(offered[0])
    elif held:
        _retrieve_held(line)
    return None


def _release_call(exchange: Exchange, line: MobileLine, index: int | None) -> SsError | None:
    leg = line.legs.get(index or 0)
    if leg is None:
        return SsError.ILLEGAL_SS_OPERATION
    exchange.release(leg, Cause.NORMAL_CLEARING)
    return None


def _hold_active_accept_other(
    exchange: Exchange, line: MobileLine, _index: int | None
) -> SsError | None:
    offered = _in_state(line, *RINGING)
    active = _in_state(line, CallState.ACTIVE)
    held = _in_state(line, CallState.HELD)
    if not (offered or active or held):
        return SsError.ILLEGAL_SS_OPERATION
    if active and not line.subscriber.profile.hold:
        return SsError.SS_NOT_AVAILABLE
    if offered:
        if active and held:  # 23.083 2: one held call only
            return SsError.SS_INCOMPATIBILITY
        hold_active(line)
        exchange.answer(offered[0])
        return None
    for leg in active:
        _set(leg, CallState.HELD, Notification.PUT_ON_HOLD)
    for leg in held:
        _set(leg, CallState.ACTIVE, Notification.RETRIEVED)
    return None


def _hold_all_but(_exchange: Exchange, line: MobileLine, index: int | None) -> SsError | None:
    leg = line.legs.get(index or 0)
    if leg is None or leg.state is not CallState.ACTIVE:
        return SsError.ILLEGAL_SS_OPERATION
    others = [each for each in _in_state(line, CallState.ACTIVE) if each is not leg]
    if others and _in_state(line, CallState.HELD):
        return SsError.SS_INCOMPATIBILITY
    for other in others:  # 23.084: a private talk with one member; the rest are held
        other.multiparty = len(others) > 1
        _set(other, CallState.HELD, Notification.PUT_ON_HOLD)
    leg.multiparty = False
    line.tell_changed(leg)
    return None


def _add_held(_exchange: Exchange, line: MobileLine, _index: int | None) -> SsError | None:
    active = _in_state(line, CallState.ACTIVE)
    held = _in_state(line, CallState.HELD)
    if not (active and held):
        return SsError.ILLEGAL_SS_OPERATION
    if not line.subscriber.profile.multiparty:
        return SsError.SS_NOT_AVAILABLE
    if len(active) + len(held) > PARTIES_MAX:
        return SsError.MAX_NUMBER_OF_MPTY_PARTICIPANTS_EXCEEDED
    for leg in active + held:
        leg.multiparty = True
        leg.state = CallState.ACTIVE
        line.tell_changed(leg)
        if leg.peer is not None:
            leg.peer.line.tell(Notification.MULTIPARTY_ENTERED, leg.peer)
    return None


def _explicit_transfer(exchange: Exchange, line: MobileLine, _index: int | None) -> SsError | None:
    held = _in_state(line, CallState.HELD)
    second = _in_state(line, CallState.ACTIVE, CallState.ALERTING)
    if not (held and second):
        return SsError.ILLEGAL_SS_OPERATION
    if not line.subscriber.profile.explicit_transfer:
        return SsError.SS_NOT_AVAILABLE
    if len(held) > 1 or len(second) > 1:  # 22.091 2: not with a multiparty call
        return SsError.SS_INCOMPATIBILITY
    exchange.transfer(held[0], second[0])
    return None


_PROCEDURES: dict[InCall, Callable[[Exchange, MobileLine, int | None], SsError | None]] = {
    InCall.RELEASE_HELD_OR_UDUB: _release_held_or_udub,
    InCall.RELEASE_ACTIVE_ACCEPT_OTHER: _release_active_accept_other,
    InCall.RELEASE_CALL: _release_call,
    InCall.HOLD_ACTIVE_ACCEPT_OTHER: _hold_active_accept_other,
    InCall.HOLD_ALL_BUT: _hold_all_but,
    InCall.ADD_HELD: _add_held,
    InCall.EXPLICIT_TRANSFER: _explicit_transfer,
}
