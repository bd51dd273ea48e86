"""The table of call states is complete, and says nothing that the list does not bear out."""

from __future__ import annotations

from itertools import product

import pytest

from firmware.call.call_state import LISTED, TABLE, CallState, Meaning, Sign, step

HINTS = (Sign.RING, Sign.CALL_WAITING, Sign.END_HINT)


def test_every_state_has_a_cell_for_every_sign() -> None:
    assert set(TABLE) == set(product(CallState, Sign))


def test_every_state_of_the_standard_is_listed() -> None:
    assert {state.value for state in CallState} == {0, 1, 2, 3, 4, 5, -1}  # 27.007 7.18 <stat>
    assert set(LISTED) == set(CallState)
    assert set(LISTED.values()) == set(Sign) - set(HINTS)


def test_every_state_can_be_reached_but_those_of_calls_that_the_box_does_not_place() -> None:
    reached = {CallState.ABSENT}
    for _ in CallState:
        reached |= {step(state, sign)[0] for state in reached for sign in Sign}
    assert reached == set(CallState)


@pytest.mark.parametrize(("state", "sign"), sorted(TABLE, key=str))
def test_only_the_list_ends_a_call_and_only_from_no_call_does_one_begin(
    state: CallState, sign: Sign
) -> None:
    after, meaning = step(state, sign)
    if meaning is Meaning.END:
        assert sign is Sign.NOT_LISTED
        assert state is not CallState.ABSENT
        assert after is CallState.ABSENT
    if meaning is Meaning.OPEN:
        assert state is CallState.ABSENT
        assert after is not CallState.ABSENT
    if sign is Sign.NOT_LISTED:
        assert meaning is (Meaning.NOTHING if state is CallState.ABSENT else Meaning.END)


@pytest.mark.parametrize("state", [state for state in CallState if state is not CallState.ABSENT])
@pytest.mark.parametrize("sign", HINTS)
def test_a_hint_never_changes_the_state_of_a_call(state: CallState, sign: Sign) -> None:
    after, meaning = step(state, sign)
    assert after is state
    assert meaning in (Meaning.NOTHING, Meaning.ASK)


@pytest.mark.parametrize("state", [state for state in CallState if state is not CallState.ABSENT])
def test_the_list_has_the_last_word(state: CallState) -> None:
    for listed, sign in LISTED.items():
        if listed is not CallState.ABSENT:
            assert step(state, sign)[0] is listed


def test_a_call_that_rings_and_is_then_active_was_answered_by_somebody_else() -> None:
    for state in (CallState.INCOMING, CallState.WAITING):
        for sign in (Sign.LISTED_ACTIVE, Sign.LISTED_HELD):
            assert step(state, sign)[1] is Meaning.ANSWERED


def test_our_own_outgoing_calls_are_no_callers() -> None:
    for sign in (Sign.LISTED_DIALING, Sign.LISTED_ALERTING, Sign.END_HINT):
        assert step(CallState.ABSENT, sign) == (CallState.ABSENT, Meaning.NOTHING)
