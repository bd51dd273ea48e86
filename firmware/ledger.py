"""The attendant's notebook: rows to record in this step, and what was recorded before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType

from firmware.moment import Moment, read_seconds
from firmware.pulse import StoreState
from firmware.record import (
    Alarm,
    Fact,
    JournalEntry,
    JournalKind,
    Memory,
    Row,
)

RUNNING = "running"   # the fact: for how many seconds the box has run


class Ledger:
    """Collects the rows of one step; knows facts, alarms and the next free numbers.

    Of several versions of one row written in a step only the last is kept: it is the row.
    """

    def __init__(self, memory: Memory, moment: Moment) -> None:
        self.moment = moment
        self.store = StoreState.GOOD
        self._facts = dict(memory.facts)
        self._alarms = {alarm.key: alarm for alarm in memory.alarms if alarm.until is None}
        self._last_ids = dict(memory.last_ids)
        self._rows: dict[object, Row] = {}
        self._unkeyed = 0
        self._ran_s = read_seconds(memory.facts.get(RUNNING)) or 0.0
        self._begun_s = moment.monotonic_s

    @property
    def now(self) -> datetime:
        return self.moment.utc

    @property
    def instant(self) -> str:
        """Part of the key of what is told once for each step: a wall clock that was set back shows
        the same time twice, and the second word is another one."""
        wall = self.now.isoformat(timespec="milliseconds")
        return f"{wall}/{self.moment.monotonic_s:.3f}"

    @property
    def running_s(self) -> float:
        """For how long the box has run, all its starts together; no wall clock has a part in it.
        A run that ended by itself counts to the last `note_running`."""
        return self._ran_s + self.moment.monotonic_s - self._begun_s

    def note_running(self) -> None:
        self.remember(RUNNING, round(self.running_s))

    @property
    def on_disk(self) -> bool:
        """Whether the rows of the steps before this one are on disk, not only in memory."""
        return self.store is StoreState.GOOD

    def put(self, row: Row) -> None:
        self._rows[self._key(row)] = row

    def journal(
        self,
        kind: JournalKind,
        *,
        key: str | None = None,
        service: str | None = None,
        number: str | None = None,
        person: str | None = None,
        outcome: str | None = None,
        at: datetime | None = None,
        more: Mapping[str, object] = MappingProxyType({}),
        **detail: object,
    ) -> None:
        """One journal entry, now or at ``at``; details that are None are left out."""
        details = {**detail, **more}
        self.put(
            JournalEntry(
                at=at or self.now,
                kind=kind,
                service=service,
                number=number,
                person=person,
                outcome=outcome,
                detail={name: value for name, value in details.items() if value is not None},
                key=key,
            )
        )

    def next_id(self, row_type: type) -> int:
        number = self._last_ids.get(row_type.__name__, 0) + 1
        self._last_ids[row_type.__name__] = number
        return number

    def last_id(self, row_type: type) -> int:
        """The number given last: it tells how many rows there have ever been."""
        return self._last_ids.get(row_type.__name__, 0)

    def fact(self, key: str) -> object:
        return self._facts.get(key)

    def remember(self, key: str, value: object) -> None:
        """Record a fact; nothing is written when it is what was known already."""
        if self._facts.get(key) != value:
            self._facts[key] = value
            self.put(Fact(key, value))

    def forget(self, key: str) -> None:
        """Record that there is no such fact: the file on the disk may be another than was read."""
        self._facts[key] = None
        self.put(Fact(key, None))

    def alarm(self, key: str) -> Alarm | None:
        return self._alarms.get(key)

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        return tuple(self._alarms.values())

    @property
    def alarm_keys(self) -> tuple[str, ...]:
        return tuple(self._alarms)

    def raise_alarm(self, key: str, cause: str, values: Mapping[str, str]) -> bool:
        """Raise an alarm; false when it was up already for the same cause."""
        known = self._alarms.get(key)
        if known is not None and known.cause == cause and known.values == dict(values):
            return False
        since = known.since if known is not None else self.now
        alarm = Alarm(key=key, since=since, cause=cause, values=dict(values))
        self._alarms[key] = alarm
        self.put(alarm)
        return True

    def end_alarm(self, key: str) -> bool:
        """End an alarm; false when it was not up."""
        known = self._alarms.pop(key, None)
        if known is None:
            return False
        self.put(Alarm(known.key, known.since, known.cause, known.values, until=self.now))
        return True

    def write_anew(self, rows: Iterable[Row]) -> None:
        """Another file lies on the disk: what is remembered goes into it, whatever it holds."""
        facts = [Fact(key, value) for key, value in self._facts.items()]
        for row in (*facts, *self.alarms, *rows):
            self.put(row)

    def take(self) -> tuple[Row, ...]:
        """The rows of this step, in the order in which each was first written; empties the book."""
        rows = tuple(self._rows.values())
        self._rows.clear()
        return rows

    def _key(self, row: Row) -> object:
        for name in ("key", "id", "fingerprint"):
            value = getattr(row, name, None)
            if value is not None:
                return (type(row), value)
        self._unkeyed += 1
        return self._unkeyed
