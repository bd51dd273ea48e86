"""SMS: any octets are a message or ``TpduError``; any order of parts gives back what came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from firmware.moment import Moment
from firmware.sms.concatenation import Assembler, key_of
from firmware.sms.late_part import PATIENCE, overdue
from firmware.sms.staff_commands import parse_staff_command
from firmware.sms.tpdu import DeliveredMessage, TpduError, decode_tpdu
from tests.fuzz.seeds import pdus
from tests.fuzz.target import Features, Target, promise

_START: Final = datetime(2026, 3, 14, 9, tzinfo=UTC)
_SEPARATOR: Final = b"\x0e\x0e\x0e"  # one input is several PDUs, so that parts can meet


def run(data: bytes) -> Features:
    """Decode each PDU and put the parts together."""
    features: set[object] = set()
    assembler = Assembler()
    at = _START
    for number, octets in enumerate(data.split(_SEPARATOR)):
        at += timedelta(minutes=7 * number * number)
        try:
            decoded = decode_tpdu(octets.hex() if number % 2 else octets.hex().upper())
        except TpduError as fault:
            features.add(("fault", str(fault).split(":")[0], fault.sender is not None))
            continue
        features.add(type(decoded))
        if isinstance(decoded, DeliveredMessage):
            features |= _delivered(decoded)
            if key_of(decoded) is not None:
                assembler = _part(assembler, decoded, at, features)
    now = Moment(PATIENCE.total_seconds(), at)
    late = overdue(assembler.open, now, started_s=0.0)
    promise(len(late) == len(assembler.open), "a part that never becomes overdue")
    promise(not assembler.without(late).open, "an assembly that cannot be given up")
    return frozenset(features)


def _delivered(message: DeliveredMessage) -> set[object]:
    promise((message.text is None) != (message.data is None), "text and data, or neither")
    if message.text is not None:
        message.text.encode()  # a lone surrogate could not be stored
        parse_staff_command(message.text)
    message.sender.text.encode()
    elements = tuple(sorted({identifier for identifier, _ in message.elements}))[:2]
    return {
        (message.alphabet, message.message_class, message.concatenation is not None),
        (message.sender.kind, message.sent_at is not None, message.ports is not None),
        (message.message_waiting, message.reply_path, message.replaces),
        ("element", elements),
    }


def _part(
    assembler: Assembler, message: DeliveredMessage, at: datetime, features: set[object]
) -> Assembler:
    reception = assembler.receive(message, at)
    assembly = reception.assembly
    promise(assembly.holds(message), "a part that its message does not hold")
    promise(reception.assembler.receive(message, at).duplicate, "a second delivery not known")
    if assembly.text is not None:
        assembly.text.encode()
    promise(bool(assembly.missing) != assembly.is_complete, "complete and yet missing parts")
    features.add((reception.duplicate, assembly.is_complete, len(assembly.parts)))
    return reception.assembler


def seeds() -> list[bytes]:
    """Captured PDUs alone, and neighbours together."""
    single = list(pdus())
    pairs = [_SEPARATOR.join(single[at : at + 3]) for at in range(len(single) - 2)]
    return single + pairs


TOKENS: Final = (
    _SEPARATOR, b"\x00\x03\x01\x02\x01", b"\x05\x00\x03\x01\x02\x02", b"\x08\x04\x00\x01\x02\x01",
    b"\x24\x01\x01", b"\x25\x01\x02", b"\x05\x04\x0b\x84\x23\xf0", b"\x1b", b"\xd8\x3d\xde\x91",
    b"\xd8\x3d", b"\xde\x91", b"\x00\x00", b"\xff" * 7, b"\x91\x33", b"\x0b\x91", b"\x0d\xd0",
    b"\x40", b"\x44", b"\x04", b"\x06", b"\x08", b"\x8c", b"\xa0", b"\x01", b"\x00",
)  # fmt: skip
TARGET: Final = Target("tpdu", run, seeds, TOKENS, 1_200, 15_000)
