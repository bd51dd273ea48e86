"""The inbox: recorded before deleted, known again, kept raw; on a store that a script plays."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.ledger import Ledger
from firmware.line.modem_line import ModemLine
from firmware.moment import Moment
from firmware.pulse import StoreState
from firmware.record import IncomingMessage, IncomingPart, Memory, Row
from firmware.sms.fullness import FULL_SWEEPS, LIST_SWEEPS
from firmware.sms.inbox import NOBODYS, Inbox, Received
from firmware.sms.storages import Storages
from tests.alert.bench import START
from tests.modem_by_hand import profile
from tests.sms.patience import patient
from tests.sms.service_centre_pdus import deliver, text_7bit

pytestmark = pytest.mark.usefixtures("modem_family")

UNREADABLE = "0004"
DRAFT = "0001000A8160112233440000" + "02C834"      # an SMS-SUBMIT that somebody stored
REPORT = "000601" + "0B913306050607F8" + "62303021000040" + "62303021000040" + "00"


def part(text: str, number: int, total: int, reference: int = 7) -> str:
    element = f"0003{reference:02X}{total:02X}{number:02X}"
    return deliver(text_7bit(text, header=element), header=True)


@dataclass
class Stores:
    """Two storages of a modem; counts what was done and in which order."""

    held: dict[str, dict[int, str]] = field(default_factory=lambda: {"SM": {}, "ME": {}})
    room: int = 10
    counts: bool = True    # else it says that it is empty, always
    selected: str = "SM"
    keeps: bool = False    # deletion is refused
    told: list[str] = field(default_factory=list)

    def put(self, pdu: str, storage: str = "SM") -> int:
        index = max(self.held[storage], default=0) + 1
        self.held[storage][index] = pdu
        return index

    def answer(self, command: str) -> str:
        self.told.append(command)
        if found := re.fullmatch(r'AT\+CPMS="(\w+)"', command):
            self.selected = found[1]
            used = len(self.held[self.selected]) if self.counts else 0
            return f"\r\n+CPMS: {used},{self.room},0,10,0,10\r\n\r\nOK\r\n"
        here = self.held[self.selected]
        if command == "AT+CMGL=4":
            rows = "".join(_row("+CMGL: ", f"{index},", pdu) for index, pdu in here.items())
            return f"{rows}\r\nOK\r\n"
        if found := re.fullmatch(r"AT\+CMGR=(\d+)", command):
            pdu = here.get(int(found[1]))
            return f"{_row('+CMGR: ', '', pdu)}\r\nOK\r\n" if pdu else "\r\n+CMS ERROR: 321\r\n"
        if found := re.fullmatch(r"AT\+CMGD=(\d+)", command):
            if self.keeps:
                return "\r\n+CMS ERROR: 320\r\n"
            here.pop(int(found[1]), None)
        return "\r\nOK\r\n"


def _row(code: str, index: str, pdu: str) -> str:
    length = len(pdu) // 2 - 1 - int(pdu[:2], 16)
    return f"\r\n{code}{index}0,,{length}\r\n{pdu}\r\n"


class Desk:
    """An inbox at a real line, and all rows it has recorded."""

    def __init__(self, stores: Stores, parts: tuple[IncomingPart, ...] = ()) -> None:
        self.stores = stores
        self.ledger = Ledger(Memory(parts=parts), Moment(0.0, START, True))
        self.line = ModemLine(profile())
        self.received: list[Received] = []
        self.is_ours = False    # each status report
        self.inbox = Inbox(self.ledger, parts, self.received.append, lambda report: self.is_ours)
        self.storages = Storages(self.ledger, self.line, self.inbox.take)
        self.rows: list[Row] = []
        self.before_write: Callable[[str], None] = lambda written: None
        self.line.opened(self.ledger.moment, profile())
        self.wait(10)
        self.storages.opened(("SM", "ME"))
        self.settle()

    def wait(self, seconds: float) -> None:
        moment = self.ledger.moment
        self.ledger.moment = replace(
            moment,
            monotonic_s=moment.monotonic_s + seconds,
            utc=moment.utc + timedelta(seconds=seconds),
        )
        self.settle()

    def sweep(self) -> None:
        self.storages.sweep()
        self.settle()

    def settle(self) -> None:
        while True:
            self.storages.release()
            self.line.tick(self.ledger.moment)
            self.line.pump(self.ledger.moment)
            self.rows += self.ledger.take()
            written = self.line.take_output().decode()
            if not written and self.storages.deadline_s is None:
                return
            for command in filter(None, written.split("\r")):
                self.before_write(command)
                answer = self.stores.answer(command)
                self.line.receive(self.ledger.moment, answer.encode())
                self.rows += self.ledger.take()  # the step is over

    def parts(self) -> dict[str, IncomingPart]:
        return {row.fingerprint: row for row in self.rows if isinstance(row, IncomingPart)}

    def texts(self) -> list[str | None]:
        return [each.message.text for each in self.received]


def test_the_raw_pdu_is_recorded_before_it_is_deleted() -> None:
    stores, pdu = Stores(), deliver(text_7bit("Bonjour"))
    stores.put(pdu)
    deleted: list[bool] = []

    def look(written: str) -> None:
        if written.startswith("AT+CMGD"):
            deleted.append(any(part.pdu == pdu for part in desk.parts().values()))

    desk = Desk(Stores())
    desk.before_write = look
    desk.stores = stores
    desk.sweep()
    assert deleted == [True]
    assert desk.texts() == ["Bonjour"]
    assert stores.held == {"SM": {}, "ME": {}}


@pytest.mark.parametrize("storage", ["SM", "ME"])
def test_both_storages_are_swept(storage: str) -> None:
    stores = Stores()
    stores.put(deliver(text_7bit("Bonjour")), storage)
    desk = Desk(stores)
    assert desk.texts() == ["Bonjour"]
    assert stores.held[storage] == {}


def test_a_second_delivery_is_known_also_after_a_restart() -> None:
    stores = Stores()
    pdu = deliver(text_7bit("Bonjour"))
    stores.put(pdu)
    desk = Desk(stores)
    stores.put(pdu)
    desk.sweep()
    desk.inbox.routed(pdu)
    stores.put(pdu)
    again = Desk(stores, tuple(desk.parts().values()))
    assert desk.texts() == ["Bonjour"]
    assert again.texts() == []
    assert stores.held["SM"] == {}


def test_what_cannot_be_deleted_is_told_once_and_tried_again() -> None:
    stores = Stores(keeps=True)
    stores.put(deliver(text_7bit("Bonjour")))
    desk = Desk(stores)
    desk.sweep()
    desk.sweep()
    assert desk.texts() == ["Bonjour"]
    assert stores.told.count("AT+CMGD=1") == 3
    stores.keeps = False
    desk.sweep()
    assert stores.held["SM"] == {}


@pytest.mark.parametrize("pdu", [DRAFT, REPORT])
def test_what_is_nobodys_message_is_kept_raw_and_told_to_nobody(pdu: str) -> None:
    stores = Stores()
    stores.put(pdu)
    desk = Desk(stores)
    assert desk.texts() == []
    assert [(p.pdu, p.message_id) for p in desk.parts().values()] == [(pdu, NOBODYS)]
    assert stores.held["SM"] == {}


def test_a_report_that_is_ours_needs_no_raw_copy() -> None:
    desk = Desk(Stores())
    desk.is_ours = True
    desk.inbox.routed(REPORT)
    desk.settle()
    assert desk.parts() == {}


def test_unreadable_is_given_on_once_with_its_raw_pdu() -> None:
    stores = Stores()
    stores.put(UNREADABLE)
    stores.put(UNREADABLE, "ME")
    desk = Desk(stores)
    assert desk.texts() == [None]
    assert desk.received[0].message.kind == "unreadable"
    assert [p.pdu for p in desk.parts().values()] == [UNREADABLE]


def test_a_full_storage_is_told_only_when_it_stays_full() -> None:
    stores = Stores(room=1, keeps=True)
    stores.put(deliver(text_7bit("Bonjour")))
    desk = Desk(stores)
    assert not desk.storages.fullness.full
    for _ in range(FULL_SWEEPS):
        desk.sweep()
    assert desk.storages.fullness.full
    stores.keeps = False
    desk.sweep()
    desk.sweep()
    assert not desk.storages.fullness.full


def test_an_empty_storage_is_not_listed_at_each_sweep_and_a_wrong_count_hides_nothing() -> None:
    stores = Stores()
    desk = Desk(stores)
    stores.told.clear()
    desk.sweep()
    assert stores.told == ['AT+CPMS="SM"', 'AT+CPMS="ME"']
    stores.put(deliver(text_7bit("compté")), "ME")
    desk.sweep()
    assert desk.texts() == ["compté"]
    stores.counts = False
    stores.put(deliver(text_7bit("Bonjour")))
    for _ in range(LIST_SWEEPS):
        desk.sweep()
    assert desk.texts() == ["compté", "Bonjour"]


def test_parts_wait_a_day_and_not_longer() -> None:
    stores = Stores()
    stores.put(part("Bon", 1, 2))
    desk = Desk(stores)
    desk.wait(24 * 3600 - 11)
    desk.inbox.give_up_late_parts(all_read=True)
    assert desk.texts() == []
    desk.wait(12)
    desk.inbox.give_up_late_parts(all_read=True)
    desk.inbox.give_up_late_parts(all_read=True)
    (told,) = desk.received
    assert not told.message.complete
    assert told.message.received_at == START + timedelta(seconds=10)
    assert told.message.text is not None
    assert told.message.text.startswith("Bon")


def test_a_part_that_comes_after_that_is_told_at_once_with_the_others() -> None:
    stores = Stores()
    stores.put(part("Bon", 1, 2))
    desk = Desk(stores)
    desk.wait(24 * 3600)
    desk.inbox.give_up_late_parts(all_read=True)
    again = Desk(stores, tuple(desk.parts().values()))
    stores.put(part("jour", 2, 2))
    again.sweep()
    assert again.texts() == ["Bonjour"]
    assert again.received[0].message.complete
    assert {p.message_id for p in again.parts().values()} == {again.received[0].message.id}


@patient
@given(st.permutations([1, 2, 3, 4, 1, 3]), st.integers(0, 5))
def test_parts_in_any_order_twice_and_over_a_restart_are_one_message(
    order: list[int], restart_after: int
) -> None:
    words = {1: "un ", 2: "deux ", 3: "trois ", 4: "quatre"}
    stores = Stores()
    desk = Desk(stores)
    rows: dict[str, IncomingPart] = {}
    texts: list[str | None] = []
    for turn, number in enumerate(order):
        stores.put(part(words[number], number, 4))
        desk.sweep()
        if turn == restart_after:
            rows |= desk.parts()
            texts += desk.texts()
            desk = Desk(stores, tuple(rows.values()))
    texts += desk.texts()
    assert texts == ["un deux trois quatre"]
    assert stores.held["SM"] == {}


PDUS = st.lists(
    st.sampled_from(
        [deliver(text_7bit("Bonjour")), deliver(text_7bit("Salut")), UNREADABLE, DRAFT, REPORT,
         part("a", 1, 2), part("b", 2, 2), part("c", 1, 3, 9)]
    ),
    max_size=8,
)  # fmt: skip


def test_nothing_is_deleted_while_the_disk_takes_nothing() -> None:
    """It is told at once, however often it is read; deleted once, when it is on disk."""
    stores = Stores()
    desk = Desk(stores)
    desk.ledger.store = StoreState.FULL
    texts = ["un", "deux", "trois"]
    for text in texts:
        stores.put(deliver(text_7bit(text)))
        desk.storages.stored("SM", max(stores.held["SM"]))
        desk.sweep()
    assert desk.texts() == texts
    assert len(stores.held["SM"]) == 3
    desk.ledger.store = StoreState.GOOD
    desk.settle()
    assert stores.held["SM"] == {}
    deletions = [told for told in stores.told if told.startswith("AT+CMGD")]
    assert sorted(deletions) == ["AT+CMGD=1", "AT+CMGD=2", "AT+CMGD=3"]
    desk.sweep()
    assert desk.texts() == texts


@patient
@given(PDUS, st.sampled_from(["SM", "ME"]))
def test_nothing_is_deleted_that_is_not_on_disk(pdus: list[str], storage: str) -> None:
    stores = Stores()
    for pdu in pdus:
        stores.put(pdu, storage)
    desk = Desk(stores)
    assert {p.pdu for p in desk.parts().values()} == set(pdus)
    assert stores.held == {"SM": {}, "ME": {}}
    messages = {row.id: row for row in desk.rows if isinstance(row, IncomingMessage)}
    assert len(messages) == len(desk.received)
