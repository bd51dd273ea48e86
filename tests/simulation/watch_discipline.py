"""Recorded before acted on; nothing deleted that is not on disk; every queue under its limit;
no call that never ends."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from firmware.record import CallOutcome, OutgoingState
from hw.simulator.sim_card import SmsStatus, SmsStore
from hw.simulator.terminal import Direction
from tests.simulation.books import PDU_TAIL
from tests.simulation.box import SimulatedBox
from tests.simulation.promises import Promise

STATUS_REPORT = 0x02         # 23.040 9.2.3.1 TP-MTI, from the service centre
LOOK_EVERY_MS = 600_000
READING_MS = 120_000         # from the first reading of a message until its deletion, as a rule
CALL_MAX_MS = 5 * 60_000     # the longest that a call may stay in hand once it is over
HEARD_OF_MS = 15_000         # of its end: a list a second, and one that is lost
# What may wait at most, each far below what the box could hold and far above what it needs
LINE_QUEUE_MAX = 100
OUTBOX_MAX = 400
CALLS_MAX = 12
ERRANDS_MAX = 60
_REJECTS = re.compile(rb"AT\+CHLD=0|AT\+CHUP")


class Discipline:
    """Looks at every write, every deletion, and now and then at the queues."""

    def __init__(self, box: SimulatedBox) -> None:
        self._box = box
        self.garbled = 0     # deleted though what is on disk was garbled on the wire
        self._read_ms: dict[tuple[str, int], int] = {}   # when what lies there was read first
        self.queue_peaks = {"commands": 0, "SMS out": 0, "calls in hand": 0, "SMS to read": 0}
        box.on_write.append(self._wrote)
        for name, store in (("SM", box.sim.messages), ("ME", box.modem.own_store)):
            self._watch_store(name, store)
        box.timeline.after(LOOK_EVERY_MS, self._look)

    # Before a write

    def _wrote(self, data: bytes) -> None:
        books = self._box.books
        if _REJECTS.search(data) is not None and not self._only_dialled():
            decided = any(
                call.row.decision is not None and call.row.ended_at is None
                for call in books.calls_in_hand()
            )
            if not decided:
                self._breaks(Promise.RECORDED, f"{data!r} without a decision on disk")
        if b"AT+CMGS=" in data:
            sending = any(
                books.outgoing[number].row.state is OutgoingState.SENDING
                for number in books.sending
            )
            if not sending:
                self._breaks(Promise.RECORDED, f"{data!r} without an SMS on disk")

    def _only_dialled(self) -> bool:
        """Whether the box has no calls but such as it has dialled itself, and perhaps these are
        over, too: nobody is rejected."""
        line = self._box.modem.line
        calls = line.calls() if line is not None else ()
        return all(call.direction is Direction.MOBILE_ORIGINATED for call in calls)

    # Before a deletion

    def _watch_store(self, name: str, store: SmsStore) -> None:
        real = store.delete
        store.delete = partial(self._delete, name, store, real)  # type: ignore[method-assign]
        mark = store.mark

        def marked(index: int, status: SmsStatus) -> None:
            self._read_ms.setdefault((name, index), self._box.now_ms)
            mark(index, status)

        store.mark = marked  # type: ignore[method-assign]

    def _delete(self, name: str, store: SmsStore, real: Callable[[int], bool], index: int) -> bool:
        message, now_ms = store.get(index), self._box.now_ms
        # A full disk keeps what was read on the card for longer
        read_ms = min(self._read_ms.pop((name, index), now_ms), now_ms - READING_MS)
        if message is not None and message.tpdu[0] & 0x03 != STATUS_REPORT:
            wanted = message.tpdu.hex().upper()
            if not self._is_recorded(wanted):
                if self._box.damaged(read_ms, now_ms):
                    self.garbled += 1
                    return real(index)
                self._breaks(Promise.DELETED, f"{name} {index}: {wanted} is not on disk")
        return real(index)

    def _is_recorded(self, wanted: str) -> bool:
        """Whether it is on disk: it was read a moment ago, and the newest are looked at first. It
        is, too, where it came before and but TP-PID was garbled then, which says nothing, or a bit
        of TP-DCS that does not change how the text reads (23.038 4)."""
        newest_first = reversed(self._box.books.pdus_ending(wanted[-PDU_TAIL:]))
        digits = int(wanted[2:4], 16)
        protocol_at = 6 + digits + digits % 2   # 23.040 9.2.2.1, 9.1.2.5
        sender, rest = wanted[2:protocol_at], wanted[protocol_at + 4 :]
        found = any(
            wanted in pdu or (sender in pdu and pdu.endswith(rest))
            for pdu in map(str.upper, newest_first)
        )
        return found or self._is_recorded_but_for_spare_bits(wanted, protocol_at)

    def _is_recorded_but_for_spare_bits(self, wanted: str, protocol_at: int) -> bool:
        """The last octet of a text in seven bits may have some that say nothing (23.038 6.1.2.1.1),
        garbled when it was read before."""
        most, last = wanted[:-2], int(wanted[-2:], 16)
        alphabet_at, length_at = protocol_at + 2, protocol_at + 18
        septets = int(wanted[length_at : length_at + 2], 16)
        if int(wanted[alphabet_at : alphabet_at + 2], 16):
            return False
        says = (1 << ((7 * septets) % 8 or 8)) - 1
        return any(
            most in pdu and (int(pdu[-2:], 16) ^ last) & says == 0
            for pdu in map(str.upper, self._box.books.pdus())
        )

    # Now and then

    def _look(self) -> None:
        box = self._box
        box.timeline.after(LOOK_EVERY_MS, self._look)
        if box.dead:
            return
        self.look_at_queues()
        if stuck := self._stuck():
            box.timeline.after(HEARD_OF_MS, lambda: self._must_be_gone(stuck))

    def _stuck(self) -> set[int]:
        """The calls that the box has had in hand for long, and the network has not."""
        box, line = self._box, self._box.modem.line
        if box.dead or not box.hears or line is None or line.calls():
            return set()
        return {
            call.row.id
            for call in box.books.calls_in_hand()
            if (call.row.outcome is CallOutcome.RINGING or call.row.ended_at is None)
            and box.now_ms - call.first_ms > CALL_MAX_MS
        }

    def _must_be_gone(self, stuck: set[int]) -> None:
        """One that had ended this moment the box has heard of by now."""
        if still := stuck & self._stuck():
            rows = [self._box.books.calls[number].row for number in sorted(still)]
            self._breaks(Promise.STUCK, f"the network knows no call, the box has {rows}")

    def look_at_queues(self) -> None:
        attendant = self._box.attendant
        found = {
            "commands": (len(attendant._line._queue), LINE_QUEUE_MAX),
            "SMS out": (attendant._outbox.book.waiting, OUTBOX_MAX),
            "calls in hand": (len(attendant._calls._book.lines), CALLS_MAX),
            "SMS to read": (len(attendant._storages._errands), ERRANDS_MAX),
        }
        for name, (length, limit) in found.items():
            self.queue_peaks[name] = max(self.queue_peaks[name], length)
            if length > limit:
                self._breaks(Promise.QUEUES, f"{name}: {length} wait, {limit} may")

    def _breaks(self, promise: str, what: str) -> None:
        self._box.judge.breaks(promise, self._box.now_ms, what)
