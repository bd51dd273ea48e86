"""11.11 and 31.102: PIN, PUK, the store; and the faults a card can have."""

from __future__ import annotations

import pytest

from hw.simulator.sim_card import (
    PinState,
    SimAbsentError,
    SimBusyError,
    SimCard,
    SimFailureError,
    SimLockedError,
    SmsStatus,
    SmsStore,
    StoreFullError,
)


def locked() -> SimCard:
    return SimCard("208990000000001", "+33612000001", pin="1234", puk="87654321")


def test_a_card_without_pin_is_ready() -> None:
    card = SimCard("208990000000001", None)
    assert (card.pin_state, card.usable, card.number) == (PinState.READY, True, None)
    assert len(card.iccid) == 19


def test_the_right_pin_opens_until_the_next_reset() -> None:
    card = locked()
    assert card.pin_state is PinState.SIM_PIN
    assert not card.usable
    assert card.verify_pin("1234")
    assert card.usable
    card.reset()
    assert card.pin_state is PinState.SIM_PIN


def test_three_wrong_pins_ask_for_the_puk_and_ten_wrong_puks_kill() -> None:
    card = locked()
    assert [card.verify_pin("0000") for _ in range(3)] == [False] * 3
    assert (card.pin_tries, card.pin_state) == (0, PinState.SIM_PUK)
    with pytest.raises(SimLockedError):
        card.verify_pin("1234")
    assert not card.unblock("00000000", "1111")
    assert card.puk_tries == 9
    assert card.unblock("87654321", "1111")
    assert (card.pin_tries, card.puk_tries, card.pin_state) == (3, 10, PinState.READY)
    card.reset()
    assert card.verify_pin("1111")
    for _ in range(10):
        card.unblock("00000000", "1111")
    assert card.pin_state is PinState.BLOCKED
    with pytest.raises(SimLockedError):
        card.unblock("87654321", "1111")


def test_a_right_pin_restores_the_tries() -> None:
    card = locked()
    card.verify_pin("0000")
    card.verify_pin("1234")
    assert card.pin_tries == 3


def test_changing_and_switching_the_pin_need_the_pin() -> None:
    card = locked()
    assert not card.change_pin("0000", "2222")
    assert card.change_pin("1234", "2222")
    assert not card.enable_pin(False, "1234")
    assert card.enable_pin(False, "2222")
    card.reset()
    assert card.pin_state is PinState.READY


def test_faults_come_in_the_order_of_their_weight() -> None:
    card = locked()
    with pytest.raises(SimLockedError):
        card.require()
    card.require(unlocked=False)
    card.busy = True
    with pytest.raises(SimBusyError):
        card.require()
    card.failing = True
    with pytest.raises(SimFailureError):
        card.require()
    card.present = False
    with pytest.raises(SimAbsentError):
        card.verify_pin("1234")
    assert card.pin_tries == 3


def test_the_store_fills_the_lowest_slot_and_refuses_when_full() -> None:
    store = SmsStore(3)
    for number in range(3):
        assert store.add(SmsStatus.REC_UNREAD, bytes([number])).index == number + 1
    with pytest.raises(StoreFullError):
        store.add(SmsStatus.REC_UNREAD, b"")
    assert store.delete(2)
    assert not store.delete(2)
    assert store.used == 2
    assert store.add(SmsStatus.STO_SENT, b"new", "+33609001390").index == 2
    store.mark(2, SmsStatus.REC_READ)
    message = store.get(2)
    assert message is not None
    assert (message.status, message.tpdu, message.service_centre) == (
        SmsStatus.REC_READ,
        b"new",
        "+33609001390",
    )
    assert [each.index for each in store.messages()] == [1, 2, 3]


@pytest.mark.parametrize("index", [0, 4, -1])
def test_a_slot_outside_the_store(index: int) -> None:
    store = SmsStore(3)
    with pytest.raises(IndexError):
        store.get(index)
    with pytest.raises(IndexError):
        store.delete(index)
    with pytest.raises(IndexError):
        store.mark(index, SmsStatus.REC_READ)
