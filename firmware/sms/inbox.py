"""The inbox: everything the SIM and the modem hold is recorded raw, read, and only then deleted.

Announcements (+CMTI, +CDSI, +CMT, +CDS) make it fast; a sweep of every storage at the start and
each minute makes it certain, for announcements get lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from firmware.at import answers
from firmware.at import service_commands as commands
from firmware.at.answers import AnswerFault, StoredMessage
from firmware.at.command import Command
from firmware.at.fields import MESSAGE_INDEX_MAX, MESSAGE_STORAGES
from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine, Rank, Reply, Then
from firmware.record import IncomingMessage, IncomingPart
from firmware.sms.concatenation import Assembler, Assembly
from firmware.sms.fingerprint import digest, fingerprint_of
from firmware.sms.fullness import Fullness
from firmware.sms.late_part import rejoined
from firmware.sms.tpdu import (
    DeliveredMessage,
    Originator,
    OriginatorKind,
    StatusReport,
    StoredSubmit,
    Tpdu,
    TpduError,
    decode_tpdu,
)

PARTS_PATIENCE = timedelta(hours=24)
NOBODYS = 0       # the message number of a PDU that is kept and is nobody's message
REFUSED_SWEEPS = 10   # a storage refused at the bring-up is asked for again at every so many
UNKNOWN_SENDER = "?"


@dataclass(frozen=True, slots=True)
class Received:
    """A message for the attendant: whole, incomplete, or unreadable (``text`` None)."""

    message: IncomingMessage
    sender: Originator


@dataclass(frozen=True, slots=True)
class _Errand:
    """One storage to read: all of it, or the one message at ``index``; or that one to delete."""

    storage: str
    index: int | None = None
    delete: bool = False


class Inbox:
    """Reads the storages one after another; gives whole messages and reports to its listeners."""

    def __init__(
        self, ledger: Ledger, line: ModemLine, remembered: Iterable[IncomingPart]
    ) -> None:
        self._ledger = ledger
        self._line = line
        self._storages: tuple[str, ...] = ("SM",)
        self._refused: tuple[str, ...] = ()
        self._sweeps = 0
        self._known: dict[str, IncomingPart] = {}
        self._assembler = Assembler()
        for part in sorted(remembered, key=lambda part: part.received_at):
            self._known[part.fingerprint] = part
            if part.message_id is None:
                self._remember_part(part)
        self._errands: list[_Errand] = []
        self._read_whole: list[_Errand] = []   # to be deleted once they are on disk
        self._busy = False
        self._selected: str | None = None
        self._active = False
        self._epoch = 0
        self._doubtful: dict[_Errand, str] = {}   # a PDU that could not be read, by its place
        self._found_empty: set[_Errand] = set()
        self.fullness = Fullness()
        self.on_received: Callable[[Received], None] = lambda received: None
        self.on_report: Callable[[StatusReport], bool] = lambda report: False

    # Errands

    def opened(self, storages: tuple[str, ...], refused: tuple[str, ...] = ()) -> None:
        """A fresh modem: nothing is selected, everything is to be read. ``refused``: storages that
        it said it has not; it may have been busy."""
        self._storages = storages or ("SM",)
        self._refused = tuple(storage for storage in refused if storage not in self._storages)
        self._sweeps = 0
        self.fullness.forget(self._storages)
        self._begin_epoch()
        self._active = True
        self.sweep()

    def closed(self) -> None:
        """The modem went away or restarted: its storages can be anything now. No command may
        follow one of before, or a number read in one storage would be deleted in another."""
        self._active = False
        self._begin_epoch()

    def _begin_epoch(self) -> None:
        self._epoch += 1
        self._errands.clear()
        self._read_whole.clear()
        self._doubtful.clear()
        self._found_empty.clear()
        self._busy = False
        self._selected = None

    def _ask(self, command: Command, then: Then) -> None:
        """Ask in this epoch of the modem's: what of it still waits in the next is not sent, and
        what was sent is not heard."""
        epoch = self._epoch
        self._line.ask(
            command,
            lambda reply: then(reply) if epoch == self._epoch else None,
            Rank.RECEIVE,
            wanted=lambda: epoch == self._epoch,
        )

    def sweep(self) -> None:
        """Read every storage soon."""
        self._sweeps += 1
        again = self._refused if self._sweeps % REFUSED_SWEEPS == 0 else ()
        for storage in (*self._storages, *again):
            self._add(_Errand(storage))

    def stored(self, storage: str, index: int) -> None:
        """+CMTI or +CDSI: read that one message now. What no command can name is looked for."""
        if storage in MESSAGE_STORAGES and 0 <= index <= MESSAGE_INDEX_MAX:
            self._add(_Errand(storage, index))
        else:
            self.sweep()

    def routed(self, pdu_hex: str) -> None:
        """+CMT or +CDS: the message is here already, in no storage."""
        self._take(pdu_hex, _decoded(pdu_hex))

    def give_up_late_parts(self) -> None:
        """Pass on what has waited for a part for a day, marked as incomplete."""
        late = self._assembler.overdue(self._ledger.now, PARTS_PATIENCE)
        for assembly in late:
            self._deliver(assembly, complete=False)
        self._assembler = self._assembler.without(late)

    @property
    def deadline_s(self) -> float | None:
        """At once, when something may be deleted as soon as this step is on disk; what is under
        way brings the next step by itself."""
        waits = self._read_whole and self._ledger.on_disk and self._line.quiet
        return self._ledger.moment.monotonic_s if waits else None

    def release(self) -> None:
        """At the start of a step: what was recorded in the steps before may be deleted now, if
        the disk took it. While it does not, everything stays where it is."""
        if self._read_whole and self._ledger.on_disk:
            self._errands[:0] = self._read_whole
            self._read_whole = []
            self._next()

    def _add(self, errand: _Errand) -> None:
        if self._active and errand not in self._errands:
            self._errands.append(errand)
        self._next()

    def _next(self) -> None:
        if self._busy or not self._errands or not self._active:
            return
        self._busy = True
        errand = self._errands.pop(0)
        if self._selected == errand.storage and errand.index is not None:
            self._perform(errand)
            return
        self._ask(
            commands.storage_read(errand.storage),
            lambda reply: self._storage_selected(errand, reply),
        )

    def _storage_selected(self, errand: _Errand, reply: Reply) -> None:
        if not reply.ok:
            self._selected = None
            self._done()
            return
        self._selected = errand.storage
        if errand.storage in self._refused:
            self._storages += (errand.storage,)
            self._refused = tuple(each for each in self._refused if each != errand.storage)
        if errand.index is None and not self.fullness.is_to_be_listed(errand.storage, reply):
            self._done()
        else:
            self._perform(errand)

    def _perform(self, errand: _Errand) -> None:
        if errand.index is None:
            self._ask(
                commands.list_messages(), lambda reply: self._listed(errand.storage, reply)
            )
        elif errand.delete:
            # Refused, the next sweep reads it again, knows it, and it is deleted then
            self._ask(commands.delete_message(errand.index), lambda reply: self._done())
        else:
            index = errand.index
            command = commands.read_message(index)
            self._ask(command, lambda reply: self._one_read(errand.storage, index, reply))

    def _listed(self, storage: str, reply: Reply) -> None:
        if reply.ok:
            try:
                for entry in answers.stored_messages(reply.lines):
                    self._take_and_delete(storage, entry)
            except AnswerFault:
                # One unreadable entry must not hide the others: read them one by one.
                for index in answers.stored_indexes(reply.lines):
                    self._add(_Errand(storage, index))
        self._done()

    def _one_read(self, storage: str, index: int, reply: Reply) -> None:
        place = _Errand(storage, index)
        if reply.ok and not reply.lines and place not in self._found_empty:
            # A bare OK: nothing lies there, or it was another command's, late. Then what lies there
            # would be taken for the next place's, and that one be deleted unread. Asked twice.
            self._found_empty.add(place)
            self._errands.insert(0, place)
            self._line.doubt(self._ledger.moment)
            self._done()
            return
        self._found_empty.discard(place)
        if reply.ok:
            try:
                entry = answers.read_message(reply.lines, index)
            except AnswerFault:
                entry = None  # left where it is; the next sweep reads it again
            if entry is not None:
                self._take_and_delete(storage, entry)
        self._done()

    def _take_and_delete(self, storage: str, entry: StoredMessage) -> None:
        found = _decoded(entry.pdu_hex)
        place = _Errand(storage, entry.index)
        if self._to_be_read_again(place, entry.pdu_hex, not isinstance(found, TpduError)):
            return
        self._take(entry.pdu_hex, found)
        errand = _Errand(storage, entry.index, delete=True)
        if errand not in (*self._read_whole, *self._errands):
            # Never twice: by the second time another message may have come to that place
            self._read_whole.append(errand)

    def _to_be_read_again(self, place: _Errand, pdu_hex: str, readable: bool) -> bool:
        """Whether the PDU is unreadable and was not found so twice: the line may have garbled it,
        and the copy in the storage may be good. The second reading is at once, others are those
        of the sweeps."""
        before = self._doubtful.pop(place, None)
        if pdu_hex == before or readable:
            return False
        self._doubtful[place] = pdu_hex
        if before is None:
            self._add(place)
        return True

    def _done(self) -> None:
        self._busy = False
        self._next()

    # Messages

    def _take(self, pdu_hex: str, found: Tpdu | TpduError) -> None:
        match found:
            case TpduError(sender=sender):
                self._unreadable(pdu_hex, sender)
            case StatusReport(recipient=recipient):
                if not self.on_report(found):
                    self._keep_raw(pdu_hex, recipient)  # of a message that is not ours
            case StoredSubmit(recipient=recipient):
                self._keep_raw(pdu_hex, recipient.text)  # a draft: it only fills the store
            case DeliveredMessage():
                self._message(pdu_hex, found)

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
            self._give(message.sender, message.text, True, [part], kind=kind)
            return
        reception = self._assembler.receive(message, self._ledger.now)
        if len(reception.assembly.parts) == 1:
            late = rejoined(self._known.values(), part, message, self._ledger.now)
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
        self._give(assembly.key.sender, text, complete, parts, kind=kind)

    def _give(
        self,
        sender: Originator,
        text: str | None,
        complete: bool,
        parts: list[IncomingPart],
        *,
        kind: str,
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
        self.on_received(Received(message, sender))

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
        try:
            message = decode_tpdu(part.pdu)
        except TpduError:
            return  # unreadable parts are messages by themselves
        if isinstance(message, DeliveredMessage) and message.concatenation is not None:
            self._assembler = self._assembler.receive(message, part.received_at).assembler

    def forget_before_days(self, days: int) -> None:
        """Drop fingerprints (from memory) that no second delivery can still bring."""
        limit = self._ledger.now - timedelta(days=days)
        for fingerprint, part in tuple(self._known.items()):
            if part.message_id is not None and part.received_at < limit:
                del self._known[fingerprint]


def _decoded(pdu_hex: str) -> Tpdu | TpduError:
    try:
        return decode_tpdu(pdu_hex)
    except TpduError as fault:
        return fault
