"""How long a part waits for the others, and one that comes after all that time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from firmware.moment import Moment
from firmware.record import IncomingPart
from firmware.sms.concatenation import Assembler, Assembly
from firmware.sms.tpdu import DeliveredMessage, decode_tpdu

PATIENCE = timedelta(hours=24)


def overdue(
    waiting: Iterable[Assembly], now: Moment, started_s: float
) -> tuple[Assembly, ...]:
    """Those that have lacked a part for a day, oldest first. ``started_s``: since when the program
    runs."""
    ages = [(_waited(one, now, started_s), one) for one in waiting]
    late = [each for each in ages if each[0] >= PATIENCE]
    return tuple(one for _, one in sorted(late, key=lambda each: each[0], reverse=True))


def _waited(assembly: Assembly, now: Moment, started_s: float) -> timedelta:
    """How long the first part has waited for certain.

    The wall clock may have been set meanwhile, from 1970 to today: what came since the start is
    judged by the other one. A part of before the start has waited for no longer than since its
    centre had it, whatever the box took for the time when it came; and, while nobody knows what
    time it is now, no longer than since the start.
    """
    opened_s = assembly.opened_s if assembly.opened_s is not None else started_s
    here = timedelta(seconds=now.monotonic_s - opened_s)
    if assembly.opened_s is not None or not now.utc_trusted:
        return here
    opened_at, stamped_at = assembly.opened_at, assembly.stamped_at
    if stamped_at is not None and stamped_at <= now.utc:   # else the centre's clock is wrong
        opened_at = max(opened_at, stamped_at)
    return max(here, now.utc - opened_at)


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
