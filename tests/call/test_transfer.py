"""The ladder: the highest rung that holds, and always the last one."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from firmware.call.transfer import CLIMBED, LADDERS, Ability, Capability, Rung, choose_rung

CAPABILITIES = [Capability(*abilities) for abilities in product(Ability, repeat=3)]
ALL_RUNGS = frozenset(Rung)


def _climbable() -> list[frozenset[Rung]]:
    others = [rung for rung in Rung if rung is not Rung.SMS_ALERT]
    return [
        frozenset({Rung.SMS_ALERT, *some})
        for count in range(len(others) + 1)
        for some in combinations(others, count)
    ]


@pytest.mark.parametrize("mode", LADDERS)
def test_every_ladder_ends_with_the_alert_and_names_no_rung_twice(mode: str) -> None:
    ladder = LADDERS[mode]
    assert ladder[-1] is Rung.SMS_ALERT
    assert len(set(ladder)) == len(ladder)


@pytest.mark.parametrize("mode", LADDERS)
@pytest.mark.parametrize("climbed", _climbable(), ids=lambda rungs: f"{len(rungs)}-rungs")
def test_no_rung_is_passed_over_that_would_hold(mode: str, climbed: frozenset[Rung]) -> None:
    for capability in CAPABILITIES:
        chosen = choose_rung(mode, capability, climbed)
        assert chosen in climbed
        above = LADDERS[mode][: LADDERS[mode].index(chosen)]
        for rung in above:
            assert rung not in climbed or not _holds(rung, capability)


def _holds(rung: Rung, capability: Capability) -> bool:
    """By the design: forwarding until proved otherwise, the others only once proved."""
    if rung is Rung.NETWORK_DIVERT:
        return capability.forwarding in (Ability.YES, Ability.UNKNOWN)
    if rung is Rung.DEFLECTION:
        return capability.deflection is Ability.YES
    return rung is Rung.SMS_ALERT   # without a voice nobody can be asked to press a key


@pytest.mark.parametrize(
    ("mode", "forwarding", "rung"),
    [
        ("divert", Ability.YES, Rung.NETWORK_DIVERT),
        ("divert", Ability.UNKNOWN, Rung.NETWORK_DIVERT),
        ("divert", Ability.NO, Rung.SMS_ALERT),
        ("transfer", Ability.YES, Rung.NETWORK_DIVERT),
        ("transfer", Ability.NO, Rung.SMS_ALERT),
        ("alert", Ability.YES, Rung.SMS_ALERT),
    ],
)
def test_what_this_release_climbs(mode: str, forwarding: Ability, rung: Rung) -> None:
    for capability in CAPABILITIES:
        if capability.forwarding is forwarding:
            assert choose_rung(mode, capability) is rung
    assert {Rung.ATTENDED_TRANSFER, Rung.NETWORK_DIVERT, Rung.SMS_ALERT} == CLIMBED


def test_a_call_is_answered_by_voice_where_sound_and_a_way_of_joining_may_work() -> None:
    for sound, four, three in product(Ability, repeat=3):
        capability = Capability(voice=sound, transfer=four, conference=three)
        may = sound is not Ability.NO and (four, three) != (Ability.NO, Ability.NO)
        rung = choose_rung("transfer", capability, voice=True)
        assert (rung is Rung.ATTENDED_TRANSFER) is may
        assert choose_rung("transfer", capability) is Rung.NETWORK_DIVERT
        assert choose_rung("divert", capability, voice=True) is Rung.NETWORK_DIVERT
        assert choose_rung("alert", capability, voice=True) is Rung.SMS_ALERT


@pytest.mark.parametrize("capability", CAPABILITIES, ids=str)
def test_a_capability_comes_back_from_its_fact(capability: Capability) -> None:
    assert Capability.from_fact(capability.as_fact()) == capability


@pytest.mark.parametrize(
    "fact",
    [None, 7, "yes", [], {}, {"forwarding": 3}, {"forwarding": "perhaps", "voice": None}],
)
def test_an_unreadable_fact_is_a_sim_of_which_nothing_is_known(fact: object) -> None:
    assert Capability.from_fact(fact) == Capability()


def test_what_a_later_release_wrote_does_no_harm() -> None:
    fact = {"forwarding": "no", "deflection": "unknown", "voice": "yes", "telepathy": "yes"}
    assert Capability.from_fact(fact) == Capability(Ability.NO, Ability.UNKNOWN, Ability.YES)
