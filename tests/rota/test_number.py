"""Telephone numbers as people write them."""

from __future__ import annotations

import contextlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.rota import NumberFault, normalise_number
from firmware.rota.number import heard_number, type_of_number


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


# As a network tells it


@pytest.mark.parametrize(
    ("text", "octet", "number"),
    [
        ("+33601020304", 145, "+33601020304"),
        ("+33601020304", 129, "+33601020304"),
        ("+33601020304", None, "+33601020304"),
        ("33601020304", 145, "+33601020304"),
        ("41791234567", 145, "+41791234567"),
        ("0033601020304", 145, "+33601020304"),
        ("0033601020304", 129, "+33601020304"),
        ("0601020304", 145, "+33601020304"),  # whatever calls that international
        ("0601020304", 129, "+33601020304"),
        ("0601020304", 161, "+33601020304"),
        ("601020304", 161, "+33601020304"),
        ("33601020304", 129, "+33601020304"),
        ("33601020304", None, "+33601020304"),
    ],
)
def test_a_number_that_a_network_tells(text: str, octet: int | None, number: str) -> None:
    assert heard_number(text, type_of_number(octet), "33") == number


@pytest.mark.parametrize(
    ("text", "octet"),
    [
        ("601020304", 129),      # of home, or of a country
        ("33601020", 129),       # too short for France, with its code
        ("41791234567", 129),    # a neighbour's, or what nobody knows
        ("3631", 129),           # a short code
        ("anonymous", 128),
        ("", 128),
        ("1", 145),
        ("336010203041234567", 145),
    ],
)
def test_a_number_that_may_be_anybodys_is_none(text: str, octet: int) -> None:
    with pytest.raises(NumberFault):
        heard_number(text, type_of_number(octet), "33")


@given(st.text(), st.one_of(st.none(), st.integers(0, 255)))
def test_any_told_text_is_a_number_or_a_fault(text: str, octet: int | None) -> None:
    with contextlib.suppress(NumberFault):
        assert re.fullmatch(r"\+[1-9][0-9]{6,14}", heard_number(text, type_of_number(octet), "33"))
