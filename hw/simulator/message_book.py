"""What the ledger knows of messages: a record for each part, in the group of its text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hw.simulator.ledger import MessageRecord
from hw.simulator.user_data import Coding, Concatenation, UserData

if TYPE_CHECKING:
    from hw.simulator.network import Network

_GROUP_MS = 60 * 60_000


@dataclass(eq=False, slots=True)
class _Group:
    """The parts seen of one long text that a mobile sends."""

    id: int
    last_ms: int = 0
    seen: dict[int, UserData] = field(default_factory=dict)


class MessageBook:
    """Gives the numbers of messages and of texts; begins and ends their records."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._timeline = network.timeline
        self._ids = 0
        self._groups: dict[tuple[str, str, int, int], _Group] = {}

    @property
    def next_id(self) -> int:
        """The number of the next record, and of its text where that is the first part."""
        return self._ids + 1

    def begin(
        self, sender: str, recipient: str, content: UserData, group: int | None = None
    ) -> MessageRecord:
        """A message sets out. `group` is its text; None: the box or a phone sent it, and its header
        tells of which text it is a part."""
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

    def begin_report(self, record: MessageRecord) -> MessageRecord:
        """Word of what became of a message, to whoever sent it."""
        self._ids += 1
        now_ms = self._timeline.now_ms
        report = MessageRecord(
            self._ids, record.group, record.recipient, record.sender, None, record.part,
            record.parts, now_ms, report=True,
        )  # fmt: skip
        self._network.ledger.messages[report.id] = report
        return report

    def end(self, record: MessageRecord, state: str) -> None:
        """What became of it in the end."""
        record.state = state
        record.ended_ms = self._timeline.now_ms

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
