"""Putting the parts of long messages together again (23.040 9.2.3.24.1 and 9.2.3.24.8).

Values only. An :class:`Assembler` takes each delivered part with the instant at which it came
and answers what is now complete; when to give up on the rest is its owner's decision.

Senders reuse their 256 references, some gateways always send the same one, networks deliver
twice and in any order. So a part joins an open message only if nothing contradicts it: same
sender, reference, width and total; the part's number still free; time stamps at most an hour
apart. Otherwise it opens another message. A wrongly joined text could say the opposite of what
was written, while two incomplete ones are shown as such.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from firmware.alphabet.gsm import clean, encode_char
from firmware.alphabet.national_tables import DEFAULT_EXTENSION
from firmware.sms.tpdu import Alphabet, DeliveredMessage, Originator

# TP-SCTS is set when the centre accepts a part, so redelivery does not change it; a telephone
# submits its parts within minutes.
SAME_MESSAGE = timedelta(hours=1)
REMEMBERED = timedelta(hours=24)  # how long a second delivery of a finished message is known
GAP = " [...] "


@dataclass(frozen=True, slots=True)
class PartKey:
    """What the parts of one long message have in common."""

    sender: Originator
    reference: int
    wide: bool
    total: int


def key_of(message: DeliveredMessage) -> PartKey | None:
    """The key of a part; ``None`` for a message that is whole by itself."""
    part = message.concatenation
    if part is None:
        return None
    return PartKey(message.sender, part.reference, part.wide, part.total)


@dataclass(frozen=True, slots=True)
class Assembly:
    """The parts of one long message received so far, in the order of their numbers.

    ``opened_at`` and ``last_at`` are the instants at which the first and the latest came;
    ``opened_s`` is the first on the monotonic clock, None of a part of before the start.
    """

    key: PartKey
    parts: tuple[DeliveredMessage, ...]
    opened_at: datetime
    last_at: datetime
    opened_s: float | None = None

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers received, ascending."""
        return tuple(_number(part) for part in self.parts)

    @property
    def missing(self) -> tuple[int, ...]:
        """The numbers not received, ascending."""
        have = set(self.numbers)
        return tuple(n for n in range(1, self.key.total + 1) if n not in have)

    @property
    def is_complete(self) -> bool:
        """Whether every part is here."""
        return len(self.parts) == self.key.total

    @property
    def stamped_at(self) -> datetime | None:
        """The earliest time stamp of its centre, if there is a usable one."""
        return min((part.sent_at for part in self.parts if part.sent_at is not None), default=None)

    @property
    def text(self) -> str | None:
        """The text so far, each run of missing parts shown as :data:`GAP`; ``None`` when no part
        holds text."""
        pieces: list[str] = []
        run: list[str] = []
        expected = 1
        for part in self.parts:
            if _number(part) != expected:
                pieces += [join(run), GAP] if run else [GAP]
                run = []
            if part.fragment is not None:
                run.append(_marked(part))
            expected = _number(part) + 1
        pieces.append(join(run))
        if expected <= self.key.total:
            pieces.append(GAP)
        return "".join(pieces) if any(p.fragment is not None for p in self.parts) else None

    @property
    def data(self) -> bytes | None:
        """The octets of the 8-bit parts in order; ``None`` when no part holds any."""
        octets = [part.data for part in self.parts if part.data is not None]
        return b"".join(octets) if octets else None

    def holds(self, message: DeliveredMessage) -> bool:
        """Whether this very part is here already, as delivered before."""
        return any(_same_content(part, message) for part in self.parts)

    def with_part(self, message: DeliveredMessage, at: datetime) -> Assembly:
        """This assembly with one more part. Raises ``ValueError`` for a part of another message
        or a number that is taken."""
        if key_of(message) != self.key:
            raise ValueError("the part belongs to another message")
        if _number(message) in self.numbers:
            raise ValueError(f"part {_number(message)} is here already")
        parts = tuple(sorted((*self.parts, message), key=_number))
        return replace(self, parts=parts, last_at=max(at, self.last_at))

    def distance(self, message: DeliveredMessage) -> timedelta | None:
        """How far the time stamps lie apart; ``None`` if too far to be the same message.

        A part without a usable time stamp is near any other.
        """
        stamps = [part.sent_at for part in self.parts if part.sent_at is not None]
        if message.sent_at is None or not stamps:
            return timedelta()
        apart = max(abs(message.sent_at - stamp) for stamp in stamps)
        return apart if apart <= SAME_MESSAGE else None


@dataclass(frozen=True, slots=True)
class Reception:
    """What one part changed: the assembler that follows, the assembly that the part is in, and
    whether it had come before (then nothing changed)."""

    assembler: Assembler
    assembly: Assembly
    duplicate: bool

    @property
    def completed(self) -> Assembly | None:
        """The message that this part finished, if it did."""
        return self.assembly if self.assembly.is_complete and not self.duplicate else None


@dataclass(frozen=True, slots=True)
class Assembler:
    """All long messages under way, and for a day those that are finished."""

    open: tuple[Assembly, ...] = ()
    finished: tuple[Assembly, ...] = ()

    def receive(
        self, message: DeliveredMessage, at: datetime, at_s: float | None = None
    ) -> Reception:
        """One part, received at ``at`` (aware), on the monotonic clock ``at_s`` if it came since
        the start. Raises ``ValueError`` if it is not a part."""
        key = key_of(message)
        if key is None:
            raise ValueError("the message is whole by itself")
        recent = tuple(done for done in self.finished if at - done.last_at <= REMEMBERED)
        same_key = [one for one in self.open if one.key == key]
        for known in (*same_key, *(done for done in recent if done.key == key)):
            if known.holds(message):
                return Reception(replace(self, finished=recent), known, duplicate=True)
        before = _nearest(same_key, message)
        if before is None:
            after = Assembly(key, (message,), at, at, at_s)
        else:
            after = before.with_part(message, at)
        others = tuple(one for one in self.open if one is not before)
        if after.is_complete:
            return Reception(Assembler(others, (*recent, after)), after, duplicate=False)
        return Reception(Assembler((*others, after), recent), after, duplicate=False)

    def without(self, given_up: Iterable[Assembly]) -> Assembler:
        """The assembler without these open assemblies."""
        gone = tuple(given_up)
        return replace(self, open=tuple(one for one in self.open if one not in gone))


def join(fragments: Iterable[str]) -> str:
    """Fragments of successive parts as one text that can be stored and shown anywhere.

    A surrogate pair or a GSM escape pair that a sender split over two parts is whole again.
    """
    joined = ""
    for fragment in fragments:
        if joined.endswith("\x1b") and fragment:
            joined = joined[:-1] + _escaped(fragment[0]) + fragment[1:]
        else:
            joined += fragment
    return clean(joined)


def _escaped(char: str) -> str:
    encoded = encode_char(char)
    if encoded is None or len(encoded) != 1:
        return char
    return DEFAULT_EXTENSION.get(encoded[0], char)


def _marked(part: DeliveredMessage) -> str:
    fragment = part.fragment or ""
    if part.alphabet is Alphabet.GSM_7BIT:
        return fragment
    return fragment.replace("\x1b", " ")  # only in GSM 7-bit is U+001B half of a pair


def _nearest(candidates: Iterable[Assembly], message: DeliveredMessage) -> Assembly | None:
    best: Assembly | None = None
    best_distance = SAME_MESSAGE
    for candidate in candidates:
        distance = candidate.distance(message)
        if distance is None or _number(message) in candidate.numbers:
            continue
        if best is None or distance < best_distance:
            best, best_distance = candidate, distance
    return best


def _number(part: DeliveredMessage) -> int:
    return part.concatenation.number if part.concatenation is not None else 0


def _same_content(one: DeliveredMessage, other: DeliveredMessage) -> bool:
    return (
        one.concatenation == other.concatenation
        and one.time_stamp == other.time_stamp
        and one.fragment == other.fragment
        and one.data == other.data
    )
