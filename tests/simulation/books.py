"""What the box has put on disk, as its own records tell it: the checkers' other side.

Fed with every row that was committed, in order, with the instant at which it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from firmware.moment import Moment
from firmware.record import (
    Alarm,
    Alert,
    AlertCause,
    AlertState,
    Asked,
    Call,
    IncomingMessage,
    IncomingPart,
    Intervention,
    OutgoingMessage,
    OutgoingState,
    RotaOverride,
    Row,
)

PDU_TAIL = 18   # time stamp, length and one octet: of the shortest text, too, nothing before them
PENDING = (OutgoingState.QUEUED, OutgoingState.SENDING)


@dataclass(slots=True)
class BookedCall:
    """A call as the box knows it; ``claimed`` by the network's call that it is."""

    first_ms: int
    row: Call
    claimed: int | None = None


@dataclass(slots=True)
class BookedSms:
    """An SMS of the box; ``accepted_ms`` are the instants at which the network took each part,
    ``ended_ms`` is when it no longer waited to leave, ``tried`` whether it was ever handed over."""

    first_ms: int
    row: OutgoingMessage
    accepted_ms: dict[int, list[int]] = field(default_factory=dict)
    ended_ms: int | None = None
    tried: bool = False
    said: dict[int, str] = field(default_factory=dict)   # of each part, as the network has it


@dataclass(slots=True)
class BookedAlert:
    """An alert of the box. ``asked_ms`` are the instants of its questions, ``ended_ms`` when it was
    over; of one that nobody has answered, when that was given up."""

    first_ms: int
    row: Alert
    asked_ms: list[int] = field(default_factory=list)
    ended_ms: int | None = None
    exhausted_ms: int | None = None

    def follow(self, row: Alert, at_ms: int) -> None:
        """It is as this row says."""
        self.row = row
        del self.asked_ms[len(row.asked) :]
        self.asked_ms += [at_ms] * (len(row.asked) - len(self.asked_ms))
        over = row.state in (AlertState.ACKNOWLEDGED, AlertState.CLOSED)
        self.ended_ms = (self.ended_ms or at_ms) if over else None
        given_up = over or row.state is AlertState.EXHAUSTED
        self.exhausted_ms = (self.exhausted_ms or at_ms) if given_up else None


@dataclass(slots=True)
class BookedText:
    """A received message of the box."""

    first_ms: int
    row: IncomingMessage


@dataclass(slots=True)
class BookedWork:
    """Hours of work; ``ended_ms`` is when its end was written down."""

    first_ms: int
    row: Intervention
    ended_ms: int | None = None


Booked = BookedCall | BookedSms | BookedAlert | BookedText | BookedWork
Asking = Callable[[Alert, tuple[Asked, ...], Moment], None]


class Books:
    """All that was committed so far."""

    def __init__(self) -> None:
        self.calls: dict[int, BookedCall] = {}
        self.outgoing: dict[int, BookedSms] = {}
        self.sending: set[int] = set()
        self.alerts: dict[int, BookedAlert] = {}
        self.texts: dict[int, BookedText] = {}
        self.work: dict[int, BookedWork] = {}
        self._alerts_about: dict[int, list[int]] = {}    # by the number of the call or message
        self._in_hand: set[int] = set()
        self._pdus: dict[str, list[str]] = {}     # by their last digits
        self.alarms: dict[str, int] = {}          # open alarms, and since when
        self.alarms_ended: dict[str, int] = {}    # when an alarm was last up
        self.alarm_spans: list[tuple[str, int, int]] = []   # of those that ended: since and until
        self.on_asked: list[Asking] = []
        self.on_given_up: list[Callable[[BookedAlert, Moment], None]] = []
        self.on_call: Callable[[BookedCall], None] = lambda call: None
        self.on_text: list[Callable[[BookedText], None]] = []
        self.on_outgoing: list[Callable[[BookedSms], None]] = []
        self.on_override: Callable[[RotaOverride], None] = lambda override: None
        self.on_forget: list[Callable[[Booked], None]] = []   # what was in memory only is gone
        self.on_override_lost: Callable[[RotaOverride], None] = lambda override: None
        # What is in memory only: what was on disk in its place, None for nothing
        self._unwritten: dict[tuple[type, int], Any] = {}
        self._overrides: list[RotaOverride] = []
        self._alarms_on_disk: tuple[dict[str, int], dict[str, int], int] | None = None

    def take(
        self, rows: tuple[Row, ...], at_ms: int, moment: Moment, *, on_disk: bool = True
    ) -> None:
        """Rows that are on disk now, or in memory for want of room."""
        if on_disk:
            self._all_written()
        else:
            self._remember_the_disk(rows)
        for row in rows:
            match row:
                case Call():
                    self._call(row, at_ms)
                case Alert():
                    self._alert(row, at_ms, moment)
                case OutgoingMessage():
                    self._outgoing(row, at_ms)
                case IncomingMessage():
                    self._text(row, at_ms)
                case IncomingPart():
                    self._pdus.setdefault(row.pdu[-PDU_TAIL:].upper(), []).append(row.pdu)
                case Alarm():
                    self._alarm(row, at_ms)
                case Intervention():
                    self._work(row, at_ms)
                case RotaOverride():
                    self.on_override(row)

    def _all_written(self) -> None:
        if self._alarms_on_disk is not None:
            self._unwritten.clear()
            self._overrides.clear()
            self._alarms_on_disk = None

    def _tables(self) -> dict[type, dict[int, Any]]:
        return {
            Call: self.calls, OutgoingMessage: self.outgoing, Alert: self.alerts,
            IncomingMessage: self.texts, Intervention: self.work,
        }  # fmt: skip

    def _remember_the_disk(self, rows: tuple[Row, ...]) -> None:
        if self._alarms_on_disk is None:
            spans = len(self.alarm_spans)
            self._alarms_on_disk = dict(self.alarms), dict(self.alarms_ended), spans
        tables = self._tables()
        for row in rows:
            if isinstance(row, RotaOverride):
                self._overrides.append(row)
            elif isinstance(row, Call | OutgoingMessage | Alert | IncomingMessage | Intervention):
                known = tables[type(row)].get(row.id)
                before = known.row if known is not None else None
                self._unwritten.setdefault((type(row), row.id), before)

    def forget(self) -> None:
        """The power went, and with it what was in memory only: the disk says what it said."""
        if self._alarms_on_disk is None:
            return
        tables = self._tables()
        for (kind, number), row in self._unwritten.items():
            if row is None:
                gone = tables[kind].pop(number)
                self._in_hand -= {number} if kind is Call else set()
                self.sending -= {number} if kind is OutgoingMessage else set()
                for tell in self.on_forget:
                    tell(gone)
            else:
                known = tables[kind][number]
                if isinstance(known, BookedAlert):
                    known.follow(row, known.first_ms)
                known.row = row
                if kind is Call and row.ended_at is None:
                    self._in_hand.add(number)
                if kind is OutgoingMessage and row.state in PENDING:
                    self.sending.add(number)
        for override in self._overrides:
            self.on_override_lost(override)
        self.alarms, self.alarms_ended, spans = self._alarms_on_disk
        del self.alarm_spans[spans:]
        self._all_written()

    def _call(self, row: Call, at_ms: int) -> None:
        known = self.calls.get(row.id)
        if known is None:
            known = self.calls[row.id] = BookedCall(at_ms, row)
            self.on_call(known)
        known.row = row
        if row.ended_at is None:
            self._in_hand.add(row.id)
        else:
            self._in_hand.discard(row.id)

    def outgoing_since(self, at_ms: int) -> Iterator[BookedSms]:
        """The newest first, as far back as that."""
        for sms in reversed(self.outgoing.values()):
            if sms.first_ms < at_ms:
                return
            yield sms

    def calls_in_hand(self) -> list[BookedCall]:
        """Calls that the box has not closed."""
        return [self.calls[number] for number in sorted(self._in_hand)]

    def pdus_ending(self, tail: str) -> list[str]:
        """The raw messages on disk whose last `PDU_TAIL` digits are these."""
        return self._pdus.get(tail, [])

    def pdus(self) -> Iterator[str]:
        """All raw messages on disk."""
        for pdus in self._pdus.values():
            yield from pdus

    def alerts_about(self, cause_id: int, causes: tuple[AlertCause, ...]) -> list[BookedAlert]:
        """The alerts about a call or a message."""
        return [
            self.alerts[number]
            for number in self._alerts_about.get(cause_id, [])
            if number in self.alerts and self.alerts[number].row.cause in causes
        ]

    def _alert(self, row: Alert, at_ms: int, moment: Moment) -> None:
        known = self.alerts.get(row.id)
        before = known.row.asked if known is not None else ()
        was = known.row.state if known is not None else AlertState.OPEN
        if known is None:
            known = self.alerts[row.id] = BookedAlert(at_ms, row)
            if row.cause_id is not None:
                self._alerts_about.setdefault(row.cause_id, []).append(row.id)
        known.follow(row, at_ms)
        if len(row.asked) > len(before):
            for tell in self.on_asked:
                tell(row, row.asked[len(before) :], moment)
        if row.state is AlertState.EXHAUSTED and was is AlertState.OPEN:
            for told in self.on_given_up:
                told(known, moment)

    def _outgoing(self, row: OutgoingMessage, at_ms: int) -> None:
        known = self.outgoing.get(row.id)
        if known is None:
            known = self.outgoing[row.id] = BookedSms(at_ms, row)
            for tell in self.on_outgoing:
                tell(known)
        known.row = row
        known.tried = known.tried or row.state is OutgoingState.SENDING
        if row.state in PENDING:
            self.sending.add(row.id)
            known.ended_ms = None
        else:
            self.sending.discard(row.id)
            known.ended_ms = at_ms

    def _text(self, row: IncomingMessage, at_ms: int) -> None:
        known = self.texts.get(row.id)
        if known is None:
            known = self.texts[row.id] = BookedText(at_ms, row)
            for tell in self.on_text:
                tell(known)
        known.row = row

    def _work(self, row: Intervention, at_ms: int) -> None:
        known = self.work.setdefault(row.id, BookedWork(at_ms, row))
        known.row = row
        known.ended_ms = at_ms if row.ended_at is not None else None

    def _alarm(self, row: Alarm, at_ms: int) -> None:
        if row.until is None:
            self.alarms.setdefault(row.key, at_ms)
            return
        since_ms = self.alarms.pop(row.key, None)
        if since_ms is not None:
            self.alarms_ended[row.key] = at_ms
            self.alarm_spans.append((row.key, since_ms, at_ms))

    def alarmed(self, at_ms: int, within_ms: int, *keys: str) -> bool:
        """Whether one of these alarms (or any that begins so) is up, or was lately."""
        if any(key.split(":")[0] in keys for key in self.alarms):
            return True
        return any(self.alarms_ended.get(key, -within_ms) > at_ms - within_ms for key in keys)
