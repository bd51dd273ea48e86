"""What the SIM is to hold, how numbers are compared, and the codes for a telephone's keypad."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.call.forwarding_settings import (
    Condition,
    codes_to_dial,
    same_number,
    wanted_settings,
)

DUTY = "+33601020304"
digits = st.text(alphabet="0123456789", min_size=9, max_size=9)


@pytest.mark.parametrize(
    ("ours", "found", "same"),
    [
        (DUTY, "+33601020304", True),
        (DUTY, "33601020304", True),
        (DUTY, "0033601020304", True),
        (DUTY, "0601020304", True),
        (DUTY, "06 01 02 03 04", True),
        (DUTY, "+33601020305", False),
        (DUTY, "+33605060708", False),
        (DUTY, "888", False),
        (DUTY, "", False),
        (DUTY, None, False),
        (None, DUTY, False),
        (None, "", False),     # forwarded, though the network does not say where to
        (None, None, True),
        ("+3315", "15", False),
    ],
)
def test_two_numbers(ours: str | None, found: str | None, same: bool) -> None:
    assert same_number(ours, found) is same


@given(digits, st.sampled_from(["+33", "33", "0033", "0"]), st.sampled_from(["", " ", "-", "."]))
def test_every_way_to_write_a_number_is_the_same_number(
    number: str, prefix: str, between: str
) -> None:
    written = prefix + between.join(number)
    assert same_number("+33" + number, written)
    assert same_number(written, "+33" + number)


@given(digits, digits)
def test_other_digits_are_another_number(one: str, other: str) -> None:
    assert same_number("+33" + one, "0" + other) is (one == other)


@pytest.mark.parametrize("mode", ["divert", "transfer"])
def test_a_passed_on_call_needs_all_three_conditions(mode: str) -> None:
    assert wanted_settings(mode, DUTY) == {
        Condition.UNCONDITIONAL: None,
        Condition.BUSY: DUTY,
        Condition.NO_REPLY: DUTY,
        Condition.NOT_REACHABLE: DUTY,
    }


def test_in_mode_alert_a_call_may_ring_for_as_long_as_it_wants() -> None:
    assert wanted_settings("alert", DUTY) == {
        Condition.UNCONDITIONAL: None,
        Condition.BUSY: DUTY,
        Condition.NO_REPLY: None,
        Condition.NOT_REACHABLE: DUTY,
    }


@pytest.mark.parametrize("mode", ["divert", "transfer", "alert"])
def test_unconditional_forwarding_is_looked_at_first(mode: str) -> None:
    """Networks refuse the conditional ones while it is on (22.082)."""
    assert next(iter(wanted_settings(mode, DUTY))) is Condition.UNCONDITIONAL


def test_the_codes_to_dial_are_those_of_22_030() -> None:
    assert codes_to_dial("divert", DUTY) == (
        "**67*+33601020304*11# **61*+33601020304*11*15# **62*+33601020304*11#"
    )
    assert codes_to_dial("alert", DUTY) == "**67*+33601020304*11# **62*+33601020304*11#"
