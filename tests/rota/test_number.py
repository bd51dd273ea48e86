"""Telephone numbers as people write them."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.rota import NumberFault, normalise_number


@pytest.mark.parametrize(
    ("text", "country_code", "number"),
    [
        ("06 01 02 03 04", "33", "+33601020304"),
        ("0601020304", "33", "+33601020304"),
        ("06.01.02.03.04", "33", "+33601020304"),
        ("06-01-02-03-04", "33", "+33601020304"),
        ("06\u00a001\u202f02 03 04", "33", "+33601020304"),  # the blanks of French typography
        ("\u202a+33 6 01 02 03 04\u202c", "33", "+33601020304"),  # copied from a contact card
        ("+33 (0)6 01 02 03 04", "33", "+33601020304"),
        ("+33(0)601020304", "33", "+33601020304"),
        ("0033 6 01 02 03 04", "33", "+33601020304"),
        ("0033 (0) 6 01 02 03 04", "33", "+33601020304"),
        ("(06) 01/02/03/04", "33", "+33601020304"),
        ("0049 170 1234567", "33", "+491701234567"),
        ("0170 1234567", "49", "+491701234567"),
        ("+1 202 555 0123", "33", "+12025550123"),
        ("+1234567", "33", "+1234567"),
        ("+123456789012345", "33", "+123456789012345"),
    ],
)
def test_numbers(text: str, country_code: str, number: str) -> None:
    assert normalise_number(text, country_code) == number


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "neither"),
        ("   ", "neither"),
        ("601020304", "neither"),
        ("33601020304", "neither"),
        ("15", "neither"),
        ("112", "neither"),
        ("Orange", "neither"),
        ("++33601020304", "no digit"),
        ("+33 6 01 02 03 O4", "no digit"),
        ("+33601020304 ext 5", "no digit"),
        ("+33601020304\n", "no digit"),
        ("+33601020304;+33601020305", "no digit"),
        ("+٣٣٦٠١٠٢٠٣٠٤", "no digit"),
        ("0², 01 02 03 04", "no digit"),
        ("+", "7 to 15"),
        ("+0601020304", "7 to 15"),
        ("0000601020304", "7 to 15"),
        ("+123456", "7 to 15"),
        ("+1234567890123456", "7 to 15"),
        ("06 01", "7 to 15"),
    ],
)
def test_what_is_no_number(text: str, reason: str) -> None:
    with pytest.raises(NumberFault, match=reason):
        normalise_number(text, "33")


@pytest.mark.parametrize("code", ["", "0", "033", "+33", "1234", "٣٣"])
def test_a_bad_country_code(code: str) -> None:
    with pytest.raises(NumberFault, match="country code"):
        normalise_number("06 01 02 03 04", code)


@settings(deadline=None)
@given(st.text(max_size=30) | st.text("+0123456789 ()-./", max_size=24))
def test_any_text_is_a_number_or_a_fault(text: str) -> None:
    number = None
    with contextlib.suppress(NumberFault):
        number = normalise_number(text, "33")
    if number is not None:
        assert re.fullmatch(r"\+[1-9][0-9]{6,14}", number)
        assert normalise_number(number, "33") == number
        assert normalise_number("00" + number[1:], "1") == number
