"""A part that comes after its message was passed on as incomplete."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from firmware.record import IncomingPart
from firmware.sms.concatenation import Assembler, Assembly
from firmware.sms.tpdu import DeliveredMessage, decode_tpdu


def rejoined(
    known: Iterable[IncomingPart], part: IncomingPart, message: DeliveredMessage, now: datetime
) -> Assembly | None:
    """The message passed on as incomplete that this late part belongs to, with the part.

    It is told again at once: whoever took it up has waited for the rest for a day.
    """
    told: dict[int, list[IncomingPart]] = {}
    for other in known:
        same = (other.sender, other.reference, other.total) == (
            part.sender,
            part.reference,
            part.total,
        )
        if same and other.message_id is not None:
            told.setdefault(other.message_id, []).append(other)
    for parts in told.values():
        if len(parts) >= part.total:
            continue  # that one was complete
        assembler = Assembler()
        for other in parts:
            before = decode_tpdu(other.pdu)
            if isinstance(before, DeliveredMessage):
                assembler = assembler.receive(before, other.received_at).assembler
        assembly = assembler.receive(message, now).assembly
        if len(assembly.parts) > 1:
            return assembly
    return None
