"""The inbox: every PDU that comes is recorded raw, known again, and made into a message.

Long messages are put together from their parts; one that lacks a part is passed on after a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from firmware.ledger import Ledger
from firmware.moment import is_older
from firmware.record import IncomingMessage, IncomingPart
from firmware.sms.concatenation import Assembler, Assembly
from firmware.sms.fingerprint import digest, fingerprint_of
from firmware.sms.late_part import overdue, rejoined
from firmware.sms.tpdu import (
    DeliveredMessage,
    Originator,
    OriginatorKind,
    StatusReport,
    StoredSubmit,
    Tpdu,
    TpduError,
    tpdu_or_fault,
)

NOBODYS = 0       # the message number of a PDU that is kept and is nobody's message
UNKNOWN_SENDER = "?"


@dataclass(frozen=True, slots=True)
class Received:
    """A message for the attendant: whole, incomplete, or unreadable (``text`` None). ``sent_at`` as
    its centre says, where it does."""

    message: IncomingMessage
    sender: Originator
    sent_at: datetime | None = None


class Inbox:
    """Gives whole messages and reports to its listeners; ``on_report`` says whether one is ours."""

    def __init__(
        self,
        ledger: Ledger,
        remembered: Iterable[IncomingPart],
        on_received: Callable[[Received], None],
        on_report: Callable[[StatusReport], bool],
    ) -> None:
        self._ledger = ledger
        self._on_received, self._on_report = on_received, on_report
        self._known: dict[str, IncomingPart] = {}
        self._assembler = Assembler()
        self._started_s = ledger.moment.monotonic_s
        for part in sorted(remembered, key=lambda part: part.received_at):
            self._known[part.fingerprint] = part
            if part.message_id is None:
                self._remember_part(part)

    def routed(self, pdu_hex: str) -> None:
        """+CMT or +CDS: the message is here already, in no storage."""
        self.take(pdu_hex, tpdu_or_fault(pdu_hex))

    def take(self, pdu_hex: str, found: Tpdu | TpduError) -> None:
        """One PDU, wherever it came from: its row is in the ledger when this returns."""
        match found:
            case TpduError(sender=sender):
                self._unreadable(pdu_hex, sender)
            case StatusReport(recipient=recipient):
                if not self._on_report(found):
                    self._keep_raw(pdu_hex, recipient)  # of a message that is not ours
            case StoredSubmit(recipient=recipient):
                self._keep_raw(pdu_hex, recipient.text)  # a draft: it only fills the store
            case DeliveredMessage():
                self._message(pdu_hex, found)

    def give_up_late_parts(self, *, all_read: bool) -> None:
        """Pass on what has waited for a part for a day, marked as incomplete; not before all that
        lies in the storages was read: the part may be among it."""
        if not all_read:
            return
        late = overdue(self._assembler.open, self._ledger.moment, self._started_s)
        for assembly in late:
            self._deliver(assembly, complete=False)
        self._assembler = self._assembler.without(late)

    def forget_before_days(self, days: int) -> None:
        """Drop fingerprints (from memory) that no second delivery can still bring."""
        limit = self._ledger.now - timedelta(days=days)
        for fingerprint, part in tuple(self._known.items()):
            if part.message_id is not None and is_older(part.received_at, limit):
                del self._known[fingerprint]

    def _keep_raw(self, pdu_hex: str, number: str) -> None:
        """Nothing leaves a storage without a trace, though nobody has to be told of it."""
        fingerprint = digest("raw", pdu_hex)
        if fingerprint not in self._known:
            self._record_part(fingerprint, pdu_hex, number or UNKNOWN_SENDER, None, NOBODYS)

    def _unreadable(self, pdu_hex: str, sender: str | None) -> None:
        fingerprint = digest("raw", pdu_hex)
        if fingerprint in self._known:
            return
        part = self._record_part(fingerprint, pdu_hex, sender or UNKNOWN_SENDER, None)
        originator = Originator(sender or UNKNOWN_SENDER, OriginatorKind.ABSENT)
        self._give(originator, None, True, [part], kind="unreadable")

    def _message(self, pdu_hex: str, message: DeliveredMessage) -> None:
        fingerprint = fingerprint_of(message)
        if fingerprint in self._known:
            return
        silent = NOBODYS if message.is_silent else None
        part = self._record_part(fingerprint, pdu_hex, message.sender.text, message, silent)
        if message.is_silent:
            return
        if message.concatenation is None:
            readable = message.text is not None
            kind = "stranger" if readable else "unreadable"
            self._give(
                message.sender, message.text, True, [part], kind=kind, sent_at=message.sent_at
            )
            return
        now = self._ledger.moment
        reception = self._assembler.receive(message, now.utc, now.monotonic_s)
        if len(reception.assembly.parts) == 1:
            late = rejoined(self._known.values(), part, message, now.utc)
            if late is not None:
                self._deliver(late, complete=late.is_complete)
                return
        self._assembler = reception.assembler
        if reception.completed is not None:
            self._deliver(reception.completed, complete=True)

    def _deliver(self, assembly: Assembly, *, complete: bool) -> None:
        parts = [self._known[fingerprint_of(part)] for part in assembly.parts]
        text = assembly.text
        kind = "stranger" if text is not None else "unreadable"
        self._give(
            assembly.key.sender, text, complete, parts, kind=kind, sent_at=assembly.stamped_at
        )

    def _give(
        self,
        sender: Originator,
        text: str | None,
        complete: bool,
        parts: list[IncomingPart],
        *,
        kind: str,
        sent_at: datetime | None = None,
    ) -> None:
        message = IncomingMessage(
            id=self._ledger.next_id(IncomingMessage),
            received_at=min(part.received_at for part in parts),
            sender=sender.text or UNKNOWN_SENDER,
            text=text,
            complete=complete,
            kind=kind,
        )
        for part in parts:
            joined = replace(part, message_id=message.id)
            self._known[part.fingerprint] = joined
            self._ledger.put(joined)
        self._ledger.put(message)
        self._on_received(Received(message, sender, sent_at))

    def _record_part(
        self,
        fingerprint: str,
        pdu_hex: str,
        sender: str,
        message: DeliveredMessage | None,
        message_id: int | None = None,
    ) -> IncomingPart:
        place = message.concatenation if message is not None else None
        part = IncomingPart(
            fingerprint=fingerprint,
            received_at=self._ledger.now,
            pdu=pdu_hex,
            sender=sender,
            reference=place.reference if place is not None else None,
            total=place.total if place is not None else 1,
            number=place.number if place is not None else 1,
            message_id=message_id,
        )
        self._known[fingerprint] = part
        self._ledger.put(part)
        return part

    def _remember_part(self, part: IncomingPart) -> None:
        """Take a part of before the restart back into the assembler."""
        message = tpdu_or_fault(part.pdu)   # unreadable parts are messages by themselves
        if isinstance(message, DeliveredMessage) and message.concatenation is not None:
            self._assembler = self._assembler.receive(message, part.received_at).assembler
