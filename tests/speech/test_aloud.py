"""What is written, as it is read aloud."""

from __future__ import annotations

import pytest

from firmware.speech.aloud import aloud

TEN = "zéro six, zéro un, 71, 80, zéro quatre"


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        *((number, TEN) for number in (
            "+33601718004", "0601718004", "06 01 71 80 04", "06.01.71.80.04", "06 01 71 80 04",
        )),
        ("+4930123456", "plus 49, 30, 12, 34, 56"),
        ("M. Petit et MM. Roux", "monsieur Petit et messieurs Roux"),
        ("Mme Leroy, EHPAD", "madame Leroy, épade"),
        ("de l’EHPAD Ste-Anne", "de l’épade sainte Anne"),
        ("Dr Émile Gy", "docteur Émile Gy"),
        ("Drap, Stéphane, Prades", "Drap, Stéphane, Prades"),
        ("de 18h00 à 8 h", "de 18 heures à 8 heures"),
        ("à 00:30, 12:00, 21:05 et 1h", "à minuit 30, midi, vingt et une heures 5 et une heure"),
        ("le 15 ou le 112", "le 15 ou le 112"),
        ("Ligne A\nLigne B 🚑 [[p]] <speak>", "Ligne A. Ligne B p speak"),
    ],
)  # fmt: skip
def test_french(text: str, spoken: str) -> None:
    assert aloud(text, "fr") == spoken


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("from 06 01 71 80 04", "from zero six, zero one, seven one, eight zero, zero four"),
        ("call 15 or 112", "call 15 or one one two"),
        ("at 18:30", "at 18:30"),
    ],
)
def test_english(text: str, spoken: str) -> None:
    assert aloud(text, "en") == spoken
