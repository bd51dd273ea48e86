"""What the box has put on disk, as its own records tell it: the checkers' other side.

Fed with every row that was committed, in order, with the instant at which it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from firmware.moment import Moment
from firmware.record import (
    Alarm,
    Alert,
    Asked,
    Call,
    IncomingMessage,
    IncomingPart,
    OutgoingMessage,
    RotaOverride,
    Row,
)

PDU_TAIL = 24


@dataclass(slots=True)
class BookedCall:
    """A call as the box knows it; ``claimed`` by the network's call that it is."""

    first_ms: int
    row: Call
    claimed: int | None = None


@dataclass(slots=True)
class BookedSms:
    """An SMS of the box; ``accepted_ms`` are the instants at which the network took each part."""

    first_ms: int
    row: OutgoingMessage
    accepted_ms: dict[int, list[int]] = field(default_factory=dict)


@dataclass(slots=True)
class BookedAlert:
    """An alert of the box."""

    first_ms: int
    row: Alert


@dataclass(slots=True)
class BookedText:
    """A received message of the box."""

    first_ms: int
    row: IncomingMessage


Asking = Callable[[Alert, tuple[Asked, ...], Moment], None]


class Books:
    """All that was committed so far."""

    def __init__(self) -> None:
        self.calls: dict[int, BookedCall] = {}
        self.outgoing: dict[int, BookedSms] = {}
        self.sending: set[int] = set()
        self.alerts: dict[int, BookedAlert] = {}
        self.texts: dict[int, BookedText] = {}
        self._in_hand: set[int] = set()
        self._pdus: dict[str, list[str]] = {}     # by their last digits
        self.alarms: dict[str, int] = {}          # open alarms, and since when
        self.alarms_ended: dict[str, int] = {}    # when an alarm was last up
        self.on_asked: Asking = lambda alert, asked, moment: None
        self.on_call: Callable[[BookedCall], None] = lambda call: None
        self.on_text: Callable[[BookedText], None] = lambda text: None
        self.on_override: Callable[[RotaOverride], None] = lambda override: None

    def take(self, rows: tuple[Row, ...], at_ms: int, moment: Moment) -> None:
        """Rows that are on disk now."""
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
                case RotaOverride():
                    self.on_override(row)

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

    def calls_in_hand(self) -> list[BookedCall]:
        """Calls that the box has not closed."""
        return [self.calls[number] for number in sorted(self._in_hand)]

    def pdus_ending(self, tail: str) -> list[str]:
        """The raw messages on disk whose last `PDU_TAIL` digits are these."""
        return self._pdus.get(tail, [])

    def _alert(self, row: Alert, at_ms: int, moment: Moment) -> None:
        known = self.alerts.get(row.id)
        before = known.row.asked if known is not None else ()
        if known is None:
            known = self.alerts[row.id] = BookedAlert(at_ms, row)
        known.row = row
        if len(row.asked) > len(before):
            self.on_asked(row, row.asked[len(before) :], moment)

    def _outgoing(self, row: OutgoingMessage, at_ms: int) -> None:
        known = self.outgoing.get(row.id)
        if known is None:
            known = self.outgoing[row.id] = BookedSms(at_ms, row)
        known.row = row
        if row.state.value in ("queued", "sending"):
            self.sending.add(row.id)
        else:
            self.sending.discard(row.id)

    def _text(self, row: IncomingMessage, at_ms: int) -> None:
        known = self.texts.get(row.id)
        if known is None:
            known = self.texts[row.id] = BookedText(at_ms, row)
            self.on_text(known)
        known.row = row

    def _alarm(self, row: Alarm, at_ms: int) -> None:
        if row.until is None:
            self.alarms.setdefault(row.key, at_ms)
        elif self.alarms.pop(row.key, None) is not None:
            self.alarms_ended[row.key] = at_ms

    def alarmed(self, at_ms: int, within_ms: int, *keys: str) -> bool:
        """Whether one of these alarms (or any that begins so) is up, or was lately."""
        if any(key.split(":")[0] in keys for key in self.alarms):
            return True
        return any(self.alarms_ended.get(key, -within_ms) > at_ms - within_ms for key in keys)
