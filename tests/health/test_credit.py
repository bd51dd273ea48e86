"""The credit in the operator's own words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.health.credit import amount_in, read_credit, readable

# Each row: what the operator says | the site's pattern | the amount
SAID = """
Votre solde est de 12,35 EUR valable jusqu'au 01/02/2027 | solde est de {amount} EUR | 12.35
Votre crédit: 5.00€ valable 30 jours | credit: {amount}€ | 5.00
CREDIT PRINCIPAL   7,50 EUROS | crédit principal {amount} euros | 7.50
Solde : 1 234,56 XPF | solde : {amount} XPF | 1234.56
Solde : 1 234,56 XPF | {amount} XPF | 1234.56
Il vous reste 0 EUR | reste {amount} eur | 0
Solde -3,20 EUR | solde {amount} eur | -3.20
2 SMS offerts. Solde 4,10 EUR. Bonus 9,99 EUR | solde {amount} eur | 4.10
2 SMS offerts. Solde 4,10 EUR. Bonus 9,99 EUR | bonus {amount} eur | 9.99
Solde 1.234,56 EUR | solde {amount} EUR | -
Solde 12.345 XPF | {amount} XPF | -
Solde 1,234.56 EUR | {amount} EUR | -
Solde 1 234,567 | solde {amount} | -
Solde: 7,50 150 min | solde: {amount} | 7.50
Solde: 12,50. | solde: {amount} | 12.50
Balance 12.5 | balance {amount} | 12.5
Service indisponible | solde {amount} EUR | -
Solde inconnu EUR | solde {amount} EUR | -
Solde 12,35 CHF | solde {amount} EUR | -
"""


@pytest.mark.parametrize("row", SAID.strip().splitlines())
def test_the_amount_is_where_the_pattern_says(row: str) -> None:
    text, pattern, amount = row.split(" | ")
    assert amount_in(text, pattern) == (None if amount == "-" else Decimal(amount))


@given(st.text(max_size=300), st.text(max_size=40), st.text(max_size=40))
def test_no_answer_of_an_operator_breaks_it(text: str, before: str, after: str) -> None:
    credit = read_credit(text, 15, f"{before}{{amount}}{after}x")
    assert credit.amount is None or credit.amount == credit.amount


@given(st.decimals(0, 99999, places=2))
def test_what_is_said_is_read(amount: Decimal) -> None:
    said = f"Solde {amount} EUR".replace(".", ",")
    assert amount_in(said, "solde {amount} eur") == amount


@pytest.mark.parametrize(
    ("text", "dcs", "shown"),
    [
        ("Solde 12,35", 15, "Solde 12,35"),
        ("0053006F006C00640065", 72, "Solde"),
        # "Solde" in packed septets (23.038 6.1.2.3), from a Huawei
        ("D3379B5C06", 15, "Solde"),
        ("D3379B5C06", 0x03, "Solde"),   # in French (23.038 5)
        ("D3379B5C06", 0x40, "Solde"),   # general data coding
        ("D3379B5C06", 0xF1, "Solde"),   # of a class
        ("D3379B5C06", 0x44, "D3379B5C06"),   # 8 bit, which nobody can read
        ("D3379B5C06", 0x60, "D3379B5C06"),   # compressed
        ("12345678", 15, "12345678"),
    ],
)
def test_hexadecimal_from_modems_that_decode_nothing(text: str, dcs: int, shown: str) -> None:
    assert readable(text, dcs) == shown
