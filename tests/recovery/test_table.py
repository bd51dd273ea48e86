"""The ladder's tables are whole, and their figures fit together."""

from __future__ import annotations

from itertools import product

import pytest

from firmware.recovery.rungs import CLIMBS, RUNGS, Fault, Rung
from firmware.recovery.table import RUNG_STATES, TABLE, Action, Happening, State


@pytest.mark.parametrize(("state", "happening"), list(product(State, Happening)))
def test_every_cell_is_filled(state: State, happening: Happening) -> None:
    assert isinstance(TABLE[state][happening], Action)


def test_the_table_has_no_row_or_column_too_many() -> None:
    assert set(TABLE) == set(State)
    assert all(set(row) == set(Happening) for row in TABLE.values())


def test_every_action_is_used() -> None:
    assert {action for row in TABLE.values() for action in row.values()} == set(Action)


def test_every_rung_has_a_state_limits_and_a_climb() -> None:
    assert set(RUNG_STATES) == set(RUNGS) == set(Rung)
    assert {rung for climb in CLIMBS.values() for rung in climb.rungs} == set(Rung)
    assert set(CLIMBS) == set(Fault)


def test_from_every_state_but_well_the_time_leads_on() -> None:
    """No state in which the ladder could stay for ever."""
    for state in set(State) - {State.WELL}:
        assert TABLE[state][Happening.TIME] is not Action.IGNORE


def test_the_computer_restarts_once_an_hour_at_most() -> None:
    assert RUNGS[Rung.REBOOT].per_hour == 1
    assert all(climb.rungs[-1] is Rung.REBOOT for climb in CLIMBS.values() if not climb.gently)


def test_a_climb_never_costs_more_before_it_has_cost_less() -> None:
    order = list(Rung)
    for climb in CLIMBS.values():
        if not climb.gently:
            places = [order.index(rung) for rung in climb.rungs]
            assert places == sorted(places)


def test_what_software_can_mend_is_tried_within_two_minutes() -> None:
    """Before the power: noticed within 13 s, and then every wait to its end."""
    waits_s = [RUNGS[rung].wait_s for rung in CLIMBS[Fault.MUTE].rungs[:5]]
    assert 13.0 + sum(waits_s) < 120.0
