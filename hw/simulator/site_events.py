"""What has happened on the network since one last looked, in plain lines."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

from hw.simulator.ledger import CallRecord
from hw.simulator.network import Network
from hw.simulator.terminal import ForwardingReason

REASONS = (
    ForwardingReason.UNCONDITIONAL,
    ForwardingReason.BUSY,
    ForwardingReason.NO_REPLY,
    ForwardingReason.NOT_REACHABLE,
)


T = TypeVar("T")


def _newest(records: dict[int, T], seen: int) -> list[T]:
    """The records beyond the first `seen`, without walking through the old ones."""
    newest = list(islice(reversed(records.values()), len(records) - seen))
    return newest[::-1]


class EventTeller:
    """Reads the ledger and remembers how far."""

    def __init__(self, network: Network, own_number: str) -> None:
        """`own_number` is the modem's SIM."""
        self._network = network
        self._own = own_number
        self._events_told = 0
        self._calls_seen = 0
        self._messages_seen = 0
        self._open: dict[int, tuple[CallRecord, int, bool]] = {}

    def strangers(self) -> list[str]:
        """Numbers that the modem forwards to, calls or texts and that have no phone yet."""
        wanted: set[str] = set()
        subscriber = self._network.subscribers[self._own]
        for reason in REASONS:
            number = subscriber.forwarding.registered(reason)
            if number is not None:
                wanted.add(number)
        ledger = self._network.ledger
        for call in _newest(ledger.calls, self._calls_seen):
            if call.caller == self._own:
                wanted.add(call.dialled)
        messages = _newest(ledger.messages, self._messages_seen)
        wanted.update(each.recipient for each in messages if each.sender == self._own)
        self._messages_seen = len(ledger.messages)
        known = self._network.subscribers
        return sorted(number for number in wanted if number.startswith("+") and number not in known)

    def news(self) -> list[str]:
        """New lines, oldest kind first: calls, then what the ledger has noted."""
        lines = [*self._new_calls(), *self._changed_calls()]
        noted = self._network.ledger.events[self._events_told :]
        self._events_told += len(noted)
        return lines + [f"{event.number}: {event.what}" for event in noted]

    def _new_calls(self) -> Iterator[str]:
        calls = self._network.ledger.calls
        for call in _newest(calls, self._calls_seen):
            caller = f"{call.caller} (withheld)" if call.withheld else call.caller
            yield f"call {call.id}: {caller} dials {call.dialled}"
            self._open[call.id] = (call, 0, False)
        self._calls_seen = len(calls)

    def _changed_calls(self) -> Iterator[str]:
        for key, (call, legs_told, connected) in list(self._open.items()):
            for leg in call.legs[legs_told:]:
                if leg.reason is not None:
                    yield f"call {call.id}: forwarded to {leg.number} ({leg.reason})"
            if call.connected_ms is not None and not connected:
                yield f"call {call.id}: answered by {call.connected_to}"
                connected = True
            if call.ended_ms is not None:
                outcome = call.legs[-1].outcome if call.legs else "no destination"
                yield f"call {call.id}: ended by {call.ended_by} ({outcome})"
                del self._open[key]
            else:
                self._open[key] = (call, len(call.legs), connected)
