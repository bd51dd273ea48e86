"""The truth: every call and every short message that the network has carried, and how it ended.

Checkers compare what the box claims with these records; the console prints them. Instants are
milliseconds of the timeline; None means that it has not happened.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(slots=True)
class LegRecord:
    """One destination that a call was led to. `reason` is why it was forwarded here, None for the
    number that was dialled; `outcome` is one of answered, busy, refused, no reply, not reachable,
    forwarded, deflected, caller gave up, congestion, unknown number, barred, or empty while open;
    `told_ms` is when its subscriber, busy with another call, was told that this one was forwarded.
    """

    number: str
    reason: str | None
    started_ms: int
    ringing_ms: int | None = None
    ended_ms: int | None = None
    outcome: str = ""
    told_ms: int | None = None


@dataclass(slots=True)
class CallRecord:
    """One call from dialling to its end.

    `connected_to` is the number that answered; `machine` tells that it was a voicemail;
    `transferred_to` is set when explicit transfer joined the party to another call (`joined_call`
    is that call's id); `ended_by` is caller, called, network, or transfer.
    """

    id: int
    caller: str
    dialled: str
    withheld: bool
    started_ms: int
    legs: list[LegRecord] = field(default_factory=list)
    connected_ms: int | None = None
    connected_to: str | None = None
    machine: bool = False
    transferred_to: str | None = None
    joined_call: int | None = None
    keys: list[tuple[int, str, str]] = field(default_factory=list)
    ended_ms: int | None = None
    ended_by: str = ""
    cause: int | None = None

    @property
    def forwarded(self) -> bool:
        """True when the call was led to more than the number dialled."""
        return len(self.legs) > 1


@dataclass(slots=True)
class MessageRecord:
    """One short message (one TPDU; the parts of a long text share `group`).

    `text` is this part's text, None for 8-bit data. `state` is stored, delivered, failed, expired
    or lost; `deliveries_ms` has more than one entry when the network delivered it twice.
    """

    id: int
    group: int
    sender: str
    recipient: str
    text: str | None
    part: int
    parts: int
    submitted_ms: int
    attempts: int = 0
    deliveries_ms: list[int] = field(default_factory=list)
    ended_ms: int | None = None
    state: str = "stored"
    report: bool = False


@dataclass(slots=True)
class EventRecord:
    """Anything else worth knowing: attach, forwarding changes, refused submissions."""

    when_ms: int
    number: str
    what: str


class Ledger:
    """All records in the order of their beginning."""

    def __init__(self) -> None:
        self.calls: dict[int, CallRecord] = {}
        self.messages: dict[int, MessageRecord] = {}
        self.events: list[EventRecord] = []

    def open_calls(self) -> Iterator[CallRecord]:
        """Calls that have not ended."""
        return (call for call in self.calls.values() if call.ended_ms is None)

    def calls_to(self, number: str) -> Iterator[CallRecord]:
        """Calls that dialled `number`."""
        return (call for call in self.calls.values() if call.dialled == number)

    def calls_reaching(self, number: str) -> Iterator[CallRecord]:
        """Calls that were led to `number`, dialled or forwarded."""
        return (
            call for call in self.calls.values() if any(leg.number == number for leg in call.legs)
        )

    def messages_to(self, number: str) -> Iterator[MessageRecord]:
        """Short messages addressed to `number`."""
        return (each for each in self.messages.values() if each.recipient == number)

    def messages_from(self, number: str) -> Iterator[MessageRecord]:
        """Short messages sent by `number`."""
        return (each for each in self.messages.values() if each.sender == number)

    def group(self, group: int) -> list[MessageRecord]:
        """The parts of one text, by part number."""
        found = [each for each in self.messages.values() if each.group == group]
        return sorted(found, key=lambda each: each.part)

    def note(self, when_ms: int, number: str, what: str) -> None:
        """Add an event."""
        self.events.append(EventRecord(when_ms, number, what))

    def as_json(self) -> dict[str, Any]:
        """Everything, ready for `json.dumps`."""
        return {
            "calls": [asdict(call) for call in self.calls.values()],
            "messages": [asdict(message) for message in self.messages.values()],
            "events": [asdict(event) for event in self.events],
        }

    def digest(self) -> str:
        """SHA-256 of the canonical JSON: equal for equal runs."""
        text = json.dumps(self.as_json(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
