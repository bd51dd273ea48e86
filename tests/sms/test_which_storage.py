"""A number is deleted in the storage in which it was read, whatever comes of the selection."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.sms.service_centre_pdus import deliver, text_7bit
from tests.sms.test_inbox import Desk, Stores


@dataclass
class Deaf(Stores):
    """Does not hear the selection of a storage so many times, and another command's late answer
    comes in its place."""

    deaf: int = 0
    late: str = "\r\nOK\r\n"
    tells: bool = True

    def answer(self, command: str) -> str:
        if command == 'AT+CPMS="ME"' and self.deaf:
            self.deaf -= 1
            self.told.append(command)
            return self.late
        said = super().answer(command)
        return said if self.tells or "+CPMS" not in said else "\r\nOK\r\n"


@pytest.mark.parametrize("late", ["\r\nOK\r\n", "\r\n+CCFC: 0,7\r\n\r\nOK\r\n"])
def test_nothing_is_deleted_unread_in_a_storage_that_was_not_selected(late: str) -> None:
    """Found by a simulated year: CCFC's answer came late, the selection was not heard, and a text
    in the SIM was deleted in place of one in the modem."""
    stores = Deaf(late=late)
    desk = Desk(stores)
    stores.held["ME"][2] = deliver(text_7bit("Premier"))

    def look(written: str) -> None:
        if written == "AT+CMGL=4" and stores.selected == "ME":
            stores.put(deliver(text_7bit("Second")))
            desk.storages.stored("SM", 1)
        elif written == "AT+CMGR=1":
            stores.held["SM"][2] = deliver(text_7bit("Troisieme"))
            stores.deaf = 1

    desk.before_write = look
    desk.sweep()
    desk.wait(30)
    desk.before_write = lambda written: None
    for _ in range(2):
        desk.sweep()
        desk.wait(30)
    assert sorted(map(str, desk.texts())) == ["Premier", "Second", "Troisieme"]
    assert stores.held == {"SM": {}, "ME": {}}
    assert stores.deaf == 0


def test_a_modem_that_never_tells_the_level_is_believed() -> None:
    stores = Deaf(tells=False)
    desk = Desk(stores)
    stores.put(deliver(text_7bit("Bonjour")), "ME")
    for _ in range(2):
        desk.sweep()
        desk.wait(30)
    assert desk.texts() == ["Bonjour"]
    assert stores.held["ME"] == {}
