"""What happens to a short message that arrives: stored, shown, or kept back (27.005 3.4)."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from hw.simulator.modem_text import (
    DELIVER,
    STATUS_REPORT,
    deliver_header,
    pdu_line,
    read_fields,
    report_header,
    shown_text,
    to_computer,
)
from hw.simulator.sim_card import SmsStatus, SmsStore, StoreFullError
from hw.simulator.terminal import DeliverAnswer, Delivery
from hw.simulator.timeline import Scheduled
from hw.simulator.user_data import TpduError

if TYPE_CHECKING:
    from hw.simulator.modem import Modem

BUFFER_MAX = 50  # unsolicited codes kept back in the TA; 27.005 3.4.1: the oldest may be dropped
ACKNOWLEDGE_WITHIN_MS = 14_000  # under TR2N of 24.011 10: no +CNMA in time is a refusal


def message_class(coding_scheme: int) -> int | None:
    """23.038 4: the class 0..3 of a message, None where its scheme has none."""
    group = coding_scheme >> 4
    if (group < 0x8 and coding_scheme & 0x10) or group == 0xF:
        return coding_scheme & 0x03
    return None


class MessageDesk:
    """Takes deliveries from the network and routes them by +CNMI, +CPMS and +CSMS."""

    def __init__(self, modem: Modem) -> None:
        self._modem = modem
        self._buffer: deque[str] = deque(maxlen=BUFFER_MAX)
        self._unacknowledged: deque[Delivery] = deque()
        self._waiting: Scheduled | None = None
        self._refused_for_room = False
        self.reference = 0

    def reset(self) -> None:
        """A restart: codes kept back are lost; stored messages are not."""
        self._buffer.clear()
        self._unacknowledged.clear()
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def next_reference(self) -> int:
        """TP-MR of the next message sent: the modem counts (23.040 9.2.3.6)."""
        self.reference = (self.reference + 1) % 256
        return self.reference

    def store(self, memory: str) -> SmsStore:
        """The store behind a name of +CPMS."""
        return self._modem.sim.messages if memory == "SM" else self._modem.own_store

    def in_character_set(self, text: str) -> str:
        """Text as +CSCS has it."""
        return to_computer(text, self._modem.settings.cscs)

    # -- from the network ----------------------------------------------------------------------

    def offered(self, delivery: Delivery) -> None:
        """The network offers a message or a status report."""
        first = delivery.tpdu[0] if delivery.tpdu else 0xFF
        kind = first & 0x03
        if kind == STATUS_REPORT:
            self._report(delivery)
        elif kind == DELIVER:
            self._message(delivery)
        else:
            delivery.answer(DeliverAnswer.PROTOCOL_ERROR)

    def _message(self, delivery: Delivery) -> None:
        """27.005 3.4.1, table of <mt>: 2 shows all but class 2, 3 shows class 3."""
        mt = self._modem.settings.cnmi[1]
        try:
            of_class = message_class(read_fields(delivery.tpdu).coding_scheme)
        except TpduError:
            of_class = None
        shown = (mt == 2 and of_class != 2) or (mt == 3 and of_class == 3)
        if shown:
            self._show(delivery, self._message_code(delivery))
            return
        memory = "SM" if of_class == 2 else self._modem.settings.memory_receive
        self._keep(delivery, memory, "+CMTI" if mt else None)

    def _report(self, delivery: Delivery) -> None:
        """27.005 3.4.1, table of <ds>: 0 nothing, 1 +CDS, 2 stored and +CDSI."""
        ds = self._modem.settings.cnmi[3]
        if ds == 1:
            self._show(delivery, self._report_code(delivery))
        elif ds == 2:
            self._keep(delivery, self._modem.settings.memory_receive, "+CDSI")
        else:
            delivery.answer(DeliverAnswer.ACCEPTED)

    def _keep(self, delivery: Delivery, memory: str, code: str | None) -> None:
        try:
            message = self.store(memory).add(
                SmsStatus.REC_UNREAD, delivery.tpdu, delivery.service_centre
            )
        except StoreFullError:
            self._refused_for_room = True
            self._modem.urc(*self._modem.model.store_full(self._modem, memory))
            delivery.answer(DeliverAnswer.MEMORY_FULL)
            return
        delivery.answer(DeliverAnswer.ACCEPTED)
        if code is not None:
            self._indicate(f'{code}: "{memory}",{message.index}')

    def _show(self, delivery: Delivery, code: str) -> None:
        if not self._modem.settings.csms:
            delivery.answer(DeliverAnswer.ACCEPTED)
            self._indicate(code)
            return
        # 27.005 3.4.4: with <service> 1 the computer acknowledges by +CNMA
        self._unacknowledged.append(delivery)
        if self._waiting is None:
            self._waiting = self._modem.timeline.after(ACKNOWLEDGE_WITHIN_MS, self._not_answered)
        self._indicate(code)

    def _not_answered(self) -> None:
        """27.005 3.4.4: no +CNMA in time: refuse, and route nothing to the computer any more."""
        self._waiting = None
        for delivery in self._unacknowledged:
            delivery.answer(DeliverAnswer.PROTOCOL_ERROR)
        self._unacknowledged.clear()
        mode, _, bm, _, bfr = self._modem.settings.cnmi
        self._modem.settings.cnmi = (mode, 0, bm, 0, bfr)

    def acknowledge(self, answer: DeliverAnswer) -> bool:
        """+CNMA for the oldest message shown; False when none waits for it."""
        if not self._unacknowledged:
            return False
        self._unacknowledged.popleft().answer(answer)
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        if self._unacknowledged:
            self._waiting = self._modem.timeline.after(ACKNOWLEDGE_WITHIN_MS, self._not_answered)
        return True

    # -- to the computer -----------------------------------------------------------------------

    def _indicate(self, code: str) -> None:
        """27.005 3.4.1 <mode>: 0 keeps the codes back, 1 to 3 tell them."""
        if self._modem.settings.cnmi[0] == 0:
            self._buffer.append(code)
        else:
            self._modem.urc(code)

    def notifications_changed(self) -> None:
        """27.005 3.4.1 <bfr>: entering modes 1 to 3 flushes what was kept back (0) or drops it."""
        mode, _, _, _, bfr = self._modem.settings.cnmi
        if mode == 0:
            return
        kept = list(self._buffer)
        self._buffer.clear()
        if bfr == 0:
            self._modem.urc(*kept)

    def _message_code(self, delivery: Delivery) -> str:
        settings = self._modem.settings
        if settings.cmgf:
            try:
                fields = read_fields(delivery.tpdu)
            except TpduError:
                fields = None
            if fields is not None:
                header = deliver_header(
                    fields,
                    delivery.service_centre,
                    details=bool(settings.csdh),
                    character_set=settings.cscs,
                )
                return f"+CMT: {header}\n{shown_text(fields, settings.cscs)}"
        line = pdu_line(delivery.tpdu, delivery.service_centre)
        return f"+CMT: ,{len(delivery.tpdu)}\n{line}"

    def _report_code(self, delivery: Delivery) -> str:
        if self._modem.settings.cmgf:
            try:
                return f"+CDS: {report_header(read_fields(delivery.tpdu))}"
            except TpduError:
                return f"+CDS: {len(delivery.tpdu)}\n{delivery.tpdu.hex().upper()}"
        line = pdu_line(delivery.tpdu, delivery.service_centre)
        return f"+CDS: {len(delivery.tpdu)}\n{line}"

    def freed(self) -> None:
        """A slot has become free: tell the network if it was refused for want of room."""
        if self._refused_for_room and self._modem.line is not None:
            self._refused_for_room = False
            self._modem.line.memory_available()
