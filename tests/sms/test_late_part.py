"""How long a part waits for the others: by clocks to be believed, and until all has been read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.record import IncomingPart
from firmware.sms.storages import UNREAD_SWEEPS
from tests.alert.bench import START
from tests.simulation.sites import CALLER, with_mode
from tests.simulation.world import World
from tests.sms.service_centre_pdus import deliver, swapped, text_7bit
from tests.sms.test_inbox import REPORT, Desk, Stores, _row, part

pytestmark = pytest.mark.usefixtures("modem_family")

DAY_S = 24 * 3600
UNSET = datetime(1970, 1, 1, 0, 4, tzinfo=UTC)
LONG = "Venez chercher la patiente de la chambre 12, elle sort à midi. " * 3
NO_DATE = "00000000000000"


def stamped(after: timedelta) -> str:
    """The time stamp of a centre whose clock is ``after`` the start of these tests."""
    return f"{swapped(f'{START + after:%y%m%d%H%M%S}')}00"


def first_part(time_stamp: str) -> str:
    text = text_7bit("Bon", header="0003070201")
    return deliver(text, header=True, time_stamp=time_stamp)


def set_clock(desk: Desk, utc: datetime, *, trusted: bool = True) -> None:
    desk.ledger.moment = replace(desk.ledger.moment, utc=utc, utc_trusted=trusted)


def again(desk: Desk, utc: datetime, *, trusted: bool = True) -> Desk:
    """The program starts again at this time of day."""
    desk = Desk(Stores(), tuple(desk.parts().values()))
    set_clock(desk, utc, trusted=trusted)
    return desk


def told(desk: Desk) -> int:
    """How many texts have been passed on by now."""
    desk.inbox.give_up_late_parts(all_read=desk.storages.all_read)
    return len(desk.received)


def test_a_part_that_came_before_the_clock_was_right_is_not_given_up_when_it_is() -> None:
    """Found by a simulated year: given up for 56 years of waiting, and told twice."""
    stores = Stores()
    desk = Desk(stores)
    set_clock(desk, UNSET, trusted=False)
    stores.put(part("Bon", 1, 2))
    desk.sweep()
    set_clock(desk, START)
    assert told(desk) == 0
    stores.put(part("jour", 2, 2))
    desk.sweep()
    assert desk.texts() == ["Bonjour"]


def test_a_clock_that_is_put_back_makes_nobody_wait_for_longer() -> None:
    stores = Stores()
    stores.put(part("Bon", 1, 2))
    desk = Desk(stores)
    desk.wait(DAY_S - 1)
    set_clock(desk, UNSET, trusted=False)
    assert told(desk) == 0
    desk.wait(1)
    assert told(desk) == 1


@pytest.mark.parametrize(
    ("stamp", "waits_s"),
    [
        pytest.param(timedelta(), DAY_S, id="since its centre had it"),
        pytest.param(timedelta(days=9), 0, id="the centre's clock is ahead: by ours"),
        pytest.param(timedelta(days=-9), 0, id="it has lain in the network"),
    ],
)
def test_a_part_of_before_the_start_has_not_waited_since_1970(
    stamp: timedelta, waits_s: int
) -> None:
    stores = Stores()
    desk = Desk(stores)
    set_clock(desk, UNSET, trusted=False)
    stores.put(first_part(stamped(stamp)))
    desk.sweep()
    desk = again(desk, START)
    if waits_s:
        assert told(desk) == 0
        desk.wait(waits_s)
    assert told(desk) == 1


@pytest.mark.parametrize("time_stamp", [NO_DATE, stamped(timedelta())])
def test_a_part_of_before_the_start_waits_a_day_more_while_nobody_knows_the_time(
    time_stamp: str
) -> None:
    stores = Stores()
    stores.put(first_part(time_stamp))
    desk = again(Desk(stores), START + timedelta(days=9), trusted=False)
    assert told(desk) == 0
    desk.wait(DAY_S)
    assert told(desk) == 1


def test_a_part_of_a_day_that_is_still_to_come_waits_no_longer_than_a_day() -> None:
    """The clock was ahead when it came."""
    stores = Stores()
    desk = Desk(stores)
    set_clock(desk, START + timedelta(days=9))
    stores.put(first_part(NO_DATE))
    desk.sweep()
    desk = again(desk, START)
    assert told(desk) == 0
    desk.wait(DAY_S)
    assert told(desk) == 1


def test_the_oldest_is_told_first() -> None:
    stores = Stores()
    desk = Desk(stores)
    for minute, word in enumerate(["un", "deux", "trois"]):
        stores.put(part(word, 1, 2, reference=minute))
        desk.sweep()
        desk.wait(60)
    desk.wait(DAY_S)
    assert told(desk) == 3
    assert [text and text.split()[0] for text in desk.texts()] == ["un", "deux", "trois"]


class Mute(Stores):
    """Gives no list of the storage called ``mute``: refused, garbled, or a bare OK."""

    mute = "ME"
    list_of_it = "\r\n+CMS ERROR: 500\r\n"

    def answer(self, command: str) -> str:
        if command == "AT+CMGL=4" and self.selected == self.mute:
            return self.list_of_it
        return super().answer(command)


@pytest.mark.parametrize(
    "list_of_it",
    [Mute.list_of_it, f"{_row('+CMGL: ', 'x,', REPORT)}\r\nOK\r\n", "\r\nOK\r\n"],
    ids=["refused", "garbled", "another's OK"],
)
def test_nothing_is_given_up_before_each_storage_was_listed(list_of_it: str) -> None:
    stores = Mute()
    stores.list_of_it = list_of_it
    stores.put(part("Bon", 1, 2))
    stores.put(part("jour", 2, 2), "ME")
    desk = Desk(stores)
    desk.wait(DAY_S)
    assert told(desk) == 0
    stores.mute = "none"
    desk.sweep()
    assert desk.texts() == ["Bonjour"]


def test_a_storage_that_is_never_listed_keeps_nobody_waiting_for_ever() -> None:
    stores = Mute()
    stores.put(part("Bon", 1, 2))
    desk = Desk(stores)
    desk.wait(DAY_S)
    for _ in range(UNREAD_SWEEPS):
        assert told(desk) == 0
        desk.sweep()
    assert told(desk) == 1


def test_the_part_that_lay_in_the_modem_while_the_box_was_dark_is_read_first(
    tmp_path: Path
) -> None:
    """Found by a simulated year: the first poll after the bring-up comes before the first list."""
    world = World(tmp_path, with_mode("divert"), start=datetime(2026, 3, 10, 11, tzinfo=UTC))
    world.run(60)
    read: list[IncomingPart] = []
    world.text(CALLER, LONG)
    while not read:
        world.run(0.1)
        read = [*world.recorder.load_memory(world.moment.utc).parts]
    world.kill()
    world.run(25 * 3600)
    world.restart()
    world.run(120)
    told = world.database.connection.execute("SELECT text, complete FROM incoming_message")
    assert told.fetchall() == [(LONG, 1)]
