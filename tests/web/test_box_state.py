"""Never a green light without a measurement behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from firmware.pulse import PULSE_STALE_S, ForwardingState, ModemState, Pulse, StoreState
from firmware.wording import messages
from tests.web.house import House
from tests.web.visitor import Visitor, words_of
from web.box_state import MODEM_WORDS, Light, Signal, box_state

NOW = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
WELL = Pulse(
    NOW, ModemState.READY, forwarding=ForwardingState.VERIFIED, signal_dbm=-71,
    own_number="+33700000001",
)  # fmt: skip


def test_well_and_measured_is_the_only_green() -> None:
    assert box_state(WELL, True, NOW).light is Light.GOOD


@pytest.mark.parametrize("modem", ModemState)
@pytest.mark.parametrize("forwarding", ForwardingState)
@pytest.mark.parametrize("trusted", [True, False])
def test_every_state_has_words_and_only_one_is_green(
    modem: ModemState, forwarding: ForwardingState, trusted: bool
) -> None:
    state = box_state(
        replace(WELL, modem=modem, forwarding=forwarding, clock_trusted=trusted), True, NOW
    )
    well = modem is ModemState.READY and forwarding is ForwardingState.VERIFIED and trusted
    assert (state.light is Light.GOOD) is well
    assert bool(state.remarks) is not well
    assert state.modem_words == MODEM_WORDS[modem]


def test_a_box_that_does_not_know_its_number_says_so() -> None:
    state = box_state(replace(WELL, own_number=None), True, NOW)
    assert state.light is Light.WARNING
    assert [bool(remark.advice) for remark in state.remarks] == [True]


@pytest.mark.parametrize("store", StoreState)
def test_a_disk_that_takes_nothing_is_red_and_says_what_to_do(store: StoreState) -> None:
    state = box_state(replace(WELL, store=store), True, NOW)
    good = store is StoreState.GOOD
    assert state.light is (Light.GOOD if good else Light.BAD)
    assert [bool(remark.advice) for remark in state.remarks] == [True] * (not good)


@pytest.mark.parametrize(
    ("age_s", "answers"),
    [(0, True), (PULSE_STALE_S, True), (PULSE_STALE_S + 0.1, False), (-4, True), (-3600, False)],
)
def test_an_old_pulse_or_one_of_the_future_counts_for_nothing(age_s: float, answers: bool) -> None:
    state = box_state(replace(WELL, at=NOW - timedelta(seconds=age_s)), True, NOW)
    assert state.answers is answers
    assert (state.light is Light.GOOD) is answers


def test_no_pulse_or_no_daemon_is_red() -> None:
    assert box_state(None, True, NOW).light is Light.BAD
    assert box_state(WELL, False, NOW).light is Light.BAD


@pytest.mark.parametrize(
    ("dbm", "signal", "light"),
    [
        (-71, Signal.GOOD, Light.GOOD),
        (-85, Signal.GOOD, Light.GOOD),
        (-86, Signal.FAIR, Light.GOOD),
        (-101, Signal.WEAK, Light.WARNING),
        (None, Signal.UNKNOWN, Light.GOOD),
    ],
)
def test_signal_in_words(dbm: int | None, signal: Signal, light: Light) -> None:
    state = box_state(replace(WELL, signal_dbm=dbm), True, NOW)
    assert (state.signal, state.light) == (signal, light)


def test_the_sentence_comes_with_its_proof(visitor: Visitor) -> None:
    page = visitor.read()
    assert "Le boîtier veille : renvoi vérifié il y a 12 min, dernier appel reçu 18:47." in page
    assert "Renvoi vers Alice Martin vérifié il y a 12 min" in page
    assert "Réseau Orange F 4G Signal bon −71 dBm" in page
    assert "Dernier appel 18:47" in page


def test_the_box_is_gone_when_its_daemon_is(house: House, visitor: Visitor) -> None:
    house.stop()
    page = visitor.read()
    assert "Le boîtier ne répond pas. Dernier signe de vie" in page
    assert "Vérifiez que le boîtier est alimenté" in page
    assert "le réseau devrait transmettre les appels à Alice Martin (06 01 02 03 04)" in page
    assert "Le boîtier veille" not in page


def test_the_box_is_gone_when_its_pulse_is_old(house: House, visitor: Visitor) -> None:
    house.now += timedelta(seconds=PULSE_STALE_S + 1)
    assert "Le boîtier ne répond pas." in visitor.read()
    assert "light-good" not in visitor.get().text


def test_without_a_verified_forward_nothing_is_promised(house: House, visitor: Visitor) -> None:
    house.wake(forwarding=ForwardingState.REFUSED)
    house.stop()
    assert "rien ne prouve que les appels aboutissent" in visitor.read()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Le boîtier veille"),
        ({"forwarding": ForwardingState.CHANGING}, "Boîtier à surveiller"),
        ({"modem": ModemState.MUTE}, "Problème au boîtier"),
    ],
)
def test_the_light_at_the_top_says_how_bad_it_is(
    house: House, visitor: Visitor, changes: dict[str, object], words: str
) -> None:
    house.wake(**changes)
    for path in ("/", "/call-back", "/journal"):
        assert words in visitor.read(path)


def test_while_an_alarm_is_up_no_page_is_green(house: House, visitor: Visitor) -> None:
    """All measurements are well, and yet no SMS leaves: alarms stand on the start page alone."""
    house.alarm("sms", messages.SMS_NOT_TAKEN, why="+CMS ERROR 38")
    for path in ("/", "/rota", "/journal", "/settings"):
        page = visitor.get(path).text
        assert 'class="light light-bad"' in page
        assert "1 alarme" in words_of(page)
        assert "Le boîtier veille" not in words_of(page)
    assert "1 alarme est en cours : voir en haut de cette page." in visitor.read()


def test_a_box_that_never_lived(house: House, visitor: Visitor) -> None:
    house.stop()
    for pulse in house.data_dir.parent.glob("run/*/pulse.json"):
        pulse.unlink()
    assert "Il n’a donné aucun signe de vie" in visitor.read()
