"""The inbox on a line that garbles: a good copy is not deleted for a bad reading of it."""

from __future__ import annotations

import pytest

from firmware.at.events import MessageStored, Unknown
from firmware.at.unsolicited import GENERAL_CODES, UnsolicitedTable
from tests.sms.service_centre_pdus import deliver, text_7bit
from tests.sms.test_inbox import UNREADABLE, Desk, Stores, _row


class BadLine(Stores):
    """The first readings of a message come garbled, each in another way unless ``same``."""

    def garble(self, times: int, *, same: bool = False) -> None:
        self.times, self.same = times, same

    def answer(self, command: str) -> str:
        reads = command.startswith(("AT+CMGR", "AT+CMGL"))
        kept = self.held[self.selected]
        if not reads or not kept or self.times == 0:
            return super().answer(command)
        self.times -= 1
        garbled = UNREADABLE if self.same else f"{UNREADABLE}{self.times:02X}"
        self.held[self.selected] = dict.fromkeys(kept, garbled)
        answer = super().answer(command)
        self.held[self.selected] = kept
        return answer


def bad_line(times: int, *, same: bool = False) -> tuple[BadLine, Desk]:
    stores = BadLine()
    stores.garble(0)
    desk = Desk(stores)
    stores.garble(times, same=same)
    stores.put(deliver(text_7bit("Au secours")))
    return stores, desk


def deletions(stores: Stores) -> list[str]:
    return [command for command in stores.told if command.startswith("AT+CMGD")]


def test_a_garbled_reading_is_read_again_at_once() -> None:
    stores, desk = bad_line(1)
    desk.storages.stored("SM", 1)
    desk.settle()
    assert desk.texts() == ["Au secours"]
    assert deletions(stores) == ["AT+CMGD=1"]


def test_a_garbled_list_is_read_again_one_by_one() -> None:
    stores, desk = bad_line(1)
    desk.sweep()
    assert desk.texts() == ["Au secours"]
    assert "AT+CMGR=1" in stores.told


def test_readings_that_differ_delete_nothing_and_end() -> None:
    stores, desk = bad_line(5)
    desk.storages.stored("SM", 1)
    desk.settle()
    assert [command for command in stores.told if "CMGR" in command] == ["AT+CMGR=1"] * 2
    assert (deletions(stores), desk.received) == ([], [])
    for _ in range(4):
        desk.sweep()
    assert desk.texts() == ["Au secours"]


class LostAnswers(Stores):
    """The first answers to a command are lost on the way, or are a refusal."""

    def lose(self, times: int, command: str, answer: str = "") -> None:
        self.times, self.lost, self.instead = times, command, answer

    def answer(self, command: str) -> str:
        said = super().answer(command)
        if self.times == 0 or not command.startswith(self.lost):
            return said
        self.times -= 1
        return self.instead


def announced(stores: LostAnswers) -> Desk:
    stores.lose(0, "")
    desk = Desk(stores)
    desk.sweep()
    stores.put(deliver(text_7bit("Au secours")))
    stores.told.clear()
    return desk


@pytest.mark.parametrize("command", ["AT+CPMS", "AT+CMGR"])
@pytest.mark.parametrize("answer", ["", "\r\n+CMS ERROR: 314\r\n", "\r\nERROR\r\n"])
def test_an_announced_message_whose_reading_failed_is_read_again_at_once(
    command: str, answer: str
) -> None:
    """Found by a simulated year: it lay there until the next sweep."""
    stores = LostAnswers()
    desk = announced(stores)
    stores.lose(1, command, answer)
    desk.storages.stored("SM", 1)
    desk.settle()
    while not desk.line.quiet:
        desk.wait(1)
    assert desk.texts() == ["Au secours"]
    assert stores.held["SM"] == {}


def test_a_place_on_which_the_modem_hangs_is_left_to_the_sweeps() -> None:
    stores = LostAnswers()
    desk = announced(stores)
    stores.lose(100, "AT+CMGR")
    for _ in range(3):
        desk.storages.stored("SM", 1)
        for _ in range(60):
            desk.wait(1)
    assert len([command for command in stores.told if command == "AT+CMGR=1"]) == 4
    stores.times = 0
    desk.sweep()
    assert desk.texts() == ["Au secours"]
    stores.put(deliver(text_7bit("Encore")))
    stores.lose(1, "AT+CMGR")
    desk.storages.stored("SM", 1)
    for _ in range(60):
        desk.wait(1)
    assert desk.texts() == ["Au secours", "Encore"]   # tried once more again


def test_an_empty_place_is_read_once() -> None:
    stores = LostAnswers()
    desk = announced(stores)
    desk.storages.stored("SM", 2)
    desk.settle()
    assert [command for command in stores.told if "CMGR" in command] == ["AT+CMGR=2"]


def test_what_is_unreadable_twice_in_the_same_way_is_told_and_deleted() -> None:
    stores, desk = bad_line(2, same=True)
    desk.storages.stored("SM", 1)
    desk.settle()
    assert desk.texts() == [None]
    assert deletions(stores) == ["AT+CMGD=1"]


def test_doubts_end_with_the_modem() -> None:
    stores, desk = bad_line(1, same=True)
    desk.storages.stored("SM", 1)
    desk.storages.closed()
    stores.garble(1, same=True)
    desk.storages.opened(("SM", "ME"))
    desk.settle()
    assert desk.texts() == ["Au secours"]


@pytest.mark.parametrize(("storage", "index"), [("BM", 1), ("SM", 65_536), ("SM", -1), ("", 0)])
def test_a_place_that_no_command_can_name_makes_everything_be_read(
    storage: str, index: int
) -> None:
    stores = Stores()
    desk = Desk(stores)
    stores.put(deliver(text_7bit("Bonjour")), "ME")
    desk.storages.stored(storage, index)
    desk.settle()
    assert desk.texts() == ["Bonjour"]


@pytest.mark.parametrize("code", ["+CMTI", "+CDSI"])
@pytest.mark.parametrize("place", ['"BM",1', '"SM",65536', '"SM",-1', ",1", '"SM"', '"S",1'])
def test_a_line_with_such_a_place_is_unknown(code: str, place: str) -> None:
    line = f"{code}: {place}"
    assert UnsolicitedTable({}).decode(line) == Unknown(line)


def test_every_place_that_is_decoded_can_be_read() -> None:
    assert "+CMTI:" in GENERAL_CODES
    for index in (0, 1, 65_535):
        for storage in ("SM", "ME", "MT", "SR"):
            event = UnsolicitedTable({}).decode(f'+CMTI: "{storage}",{index}')
            assert event == MessageStored(storage, index)
            stores = Stores(held={name: {} for name in ("SM", "ME", "MT", "SR")})
            desk = Desk(stores)
            stores.held[storage][index] = deliver(text_7bit("Bonjour"))
            desk.storages.stored(storage, index)
            desk.settle()
            assert desk.texts() == ["Bonjour"]


def test_the_answer_of_a_closed_modem_takes_nothing_and_deletes_nothing() -> None:
    stores = Stores()
    desk = Desk(stores)
    pdu = deliver(text_7bit("Bonjour"))
    desk.storages.sweep()
    desk.line.pump(desk.ledger.moment)
    assert desk.line.take_output() == b'AT+CPMS="SM"\r'
    desk.line.receive(desk.ledger.moment, b"\r\n+CPMS: 1,10,0,10,0,10\r\n\r\nOK\r\n")
    desk.line.pump(desk.ledger.moment)
    assert desk.line.take_output() == b"AT+CMGL=4\r"
    desk.storages.closed()
    answer = _row("+CMGL: ", "3,", pdu) + "\r\nOK\r\n"
    desk.line.receive(desk.ledger.moment, answer.encode())
    desk.settle()
    assert (desk.received, deletions(stores)) == ([], [])
    stores.put(pdu)
    desk.storages.opened(("SM", "ME"))
    desk.settle()
    assert desk.texts() == ["Bonjour"]


def test_a_deletion_that_still_waits_when_the_modem_restarts_is_not_sent() -> None:
    stores = Stores()
    desk = Desk(stores)
    stores.put(deliver(text_7bit("Bonjour")))
    other = Stores()
    other.put(deliver(text_7bit("Autre")))
    kept = dict(other.held["SM"])

    def restart(written: str) -> None:
        if written == "AT+CMGL=4" and desk.stores is stores:
            desk.before_write = lambda command: None
            desk.line.receive(desk.ledger.moment, stores.answer(written).encode())
            desk.storages.closed()
            stores.told.clear()

    desk.before_write = restart
    desk.sweep()
    desk.stores = other
    desk.settle()
    assert other.held["SM"] == kept
    assert deletions(stores) == deletions(other) == []
