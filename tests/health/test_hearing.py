"""On the network, and no call comes in: what is an alarm, what proves the contrary."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from firmware.at.events import CallEnded, Registration, Ring
from firmware.health.hearing import HOLDS, KEY, PROVED, Hearing
from firmware.line.modem_facts import ModemFacts
from tests.alert.bench import Bench

MINUTE_S = 60.0


class Desk:
    """A minute's look after another."""

    def __init__(self) -> None:
        self.bench = Bench(None)
        self.hearing = Hearing(self.bench.ledger, self.bench.bell)
        self.suspected: list[str] = []
        self.hearing.on_suspect = lambda kind, why: self.suspected.append(kind)
        self.hearing.on_trust = lambda kind: self.suspected.clear()

    def look(self, facts: ModemFacts, seconds: float = 0.0) -> bool:
        """After so long; whether the alarm is up."""
        ledger = self.bench.ledger
        for _ in range(round(seconds / MINUTE_S) + 1):
            self.hearing.look(facts)
            now_s = ledger.moment.monotonic_s + MINUTE_S
            ledger.moment = replace(ledger.moment, monotonic_s=now_s)
        return ledger.alarm(KEY) is not None


def registered(circuit: int, packet: int | None = None, voice: bool | None = None) -> ModemFacts:
    reports = {"CS": Registration("CS", circuit)}
    if packet is not None:
        reports["EPS"] = Registration("EPS", packet)
    return ModemFacts(registration=reports, voice_over_ims=voice)


@pytest.mark.parametrize("circuit", [1, 5, 9, 10])
@pytest.mark.parametrize("packet", [None, 0, 1, 3])
def test_where_the_circuits_take_the_sim_calls_come_in(circuit: int, packet: int | None) -> None:
    assert not Desk().look(registered(circuit, packet), 3600)


@pytest.mark.parametrize(("circuit", "packet"), [(6, 1), (7, 5), (0, 1), (2, 1), (3, 5), (4, 1)])
def test_where_they_do_not_it_is_an_alarm_unless_the_modem_tells_of_volte(
    circuit: int, packet: int
) -> None:
    assert Desk().look(registered(circuit, packet), 240)
    assert Desk().look(registered(circuit, packet, voice=False), 240)
    assert not Desk().look(registered(circuit, packet, voice=True), 3600)


def test_on_the_way_from_one_network_to_another_it_is_none() -> None:
    desk = Desk()
    assert not desk.look(registered(6, 1), 120)
    assert not desk.look(registered(1, 1))
    assert not desk.look(registered(6, 1), 120)


def test_a_call_that_comes_proves_the_contrary_as_long_as_nothing_else_changes() -> None:
    desk = Desk()
    facts = registered(6, 1)
    assert desk.look(facts, 240)
    desk.hearing.heard(CallEnded(), facts)
    assert desk.look(facts)
    desk.hearing.heard(Ring("VOICE"), facts)
    assert not desk.look(facts, 3600)
    assert desk.look(registered(3, 1), 240)


def test_without_a_network_it_is_another_alarms_matter() -> None:
    desk = Desk()
    assert desk.look(registered(6, 1), 240)
    assert desk.look(registered(2, 2), 600), "it is not known to be over"
    assert not desk.look(registered(1, 1))
    assert not Desk().look(registered(2, 2), 600)


def test_a_restart_is_tried_only_where_the_modem_says_itself_that_it_takes_no_calls() -> None:
    desk = Desk()
    desk.look(registered(6, 1), 600)
    assert not desk.suspected
    desk.look(registered(6, 1, voice=False))
    assert set(desk.suspected) == {"calls"}
    desk.look(registered(6, 1, voice=True))
    assert not desk.suspected


def test_what_a_call_has_proved_holds_over_a_restart_and_for_each_way_of_its_own() -> None:
    desk, first, second = Desk(), registered(6, 1), registered(0, 1)
    for facts in (first, second):
        facts.iccid = "893301"
        desk.hearing.heard(Ring("VOICE"), facts)
    desk.hearing = Hearing(desk.bench.ledger, desk.bench.bell)
    assert not desk.look(first, 240)
    assert not desk.look(second, 240)
    assert desk.look(registered(7, 1), 240)


def test_another_card_has_proved_nothing_and_an_old_proof_holds_no_more() -> None:
    desk, facts = Desk(), registered(6, 1)
    facts.iccid = "893301"
    desk.hearing.heard(Ring("VOICE"), facts)
    desk.bench.ledger.moment = replace(
        desk.bench.ledger.moment, utc=desk.bench.ledger.now + HOLDS - timedelta(hours=1)
    )
    assert not desk.look(facts, 240)
    facts.iccid = "893302"
    assert desk.look(facts, 240)
    facts.iccid = "893301"
    desk.bench.ledger.moment = replace(
        desk.bench.ledger.moment, utc=desk.bench.ledger.now + timedelta(hours=2)
    )
    assert not desk.look(facts, 240)   # it is the same run: the clock may have been set
    desk.hearing = Hearing(desk.bench.ledger, desk.bench.bell)
    assert desk.look(facts, 240)


def test_a_ring_while_the_modem_is_set_up_leaves_what_was_proved() -> None:
    desk, facts = Desk(), registered(6, 1)
    facts.iccid = "893301"
    desk.hearing.heard(Ring("VOICE"), facts)
    desk.hearing.heard(Ring("VOICE"), ModemFacts())
    desk.hearing = Hearing(desk.bench.ledger, desk.bench.bell)
    other_way = {name: facts.registration[name] for name in reversed(facts.registration)}
    assert not desk.look(replace(facts, registration=other_way), 240)


@pytest.mark.parametrize(
    "fact", [7, [], {"sim": "893301"}, {"sim": "893301", "ways": [1]},
             {"sim": "893301", "ways": {"CS 6, EPS 1": "yesterday", "x": None}}], ids=str,
)  # fmt: skip
def test_a_damaged_card_proves_nothing(fact: object) -> None:
    desk, facts = Desk(), registered(6, 1)
    facts.iccid = "893301"
    desk.bench.ledger.remember(PROVED, fact)
    assert desk.look(facts, 240)
    desk.hearing.heard(Ring("VOICE"), facts)
    assert not desk.look(facts, 240)
