"""Every sentence in both languages: there, complete, cheap to send, and used."""

from __future__ import annotations

import ast
import string
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from firmware.alphabet.gsm import fold, septets
from firmware.wording import LANGUAGES, Wording, messages
from firmware.wording.wording import CATALOGUES, WEEKDAYS

FIRMWARE = Path(messages.__file__).parents[1]
ROOT = FIRMWARE.parent
CONSTANTS = {
    name: value
    for name, value in vars(messages).items()
    if name.isupper() and isinstance(value, str)
}
SENTENCES = [*CONSTANTS.values(), *WEEKDAYS]   # of an SMS


def _everything() -> set[str]:
    """Every text that the program holds: also the sentences that are only read on a screen."""
    return {
        node.value
        for path in FIRMWARE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _po(language: str) -> Catalog:
    with (CATALOGUES / language / "LC_MESSAGES" / "veilleur.po").open("rb") as file:
        return read_po(file, locale=language)


def _places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_sentence_has_its_words_in_each_language(language: str) -> None:
    catalogue = {str(each.id): str(each.string) for each in _po(language) if each.id}
    assert {s for s in SENTENCES if not catalogue.get(s)} == set()
    assert set(catalogue) <= _everything(), "words for a sentence that nobody says"
    assert not any(each.fuzzy for each in _po(language) if each.id)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_same_values_are_filled_in(sentence: str, language: str) -> None:
    said = Wording(language)._catalogue.gettext(sentence)
    assert _places(said) == _places(sentence)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("sentence", SENTENCES)
def test_no_letter_costs_more_than_the_gsm_alphabet_asks(sentence: str, language: str) -> None:
    """One letter outside it makes an SMS of 160 letters one of 70 (23.038 6.2.1)."""
    said = Wording(language).say(sentence, **dict.fromkeys(_places(sentence), "x"))
    assert septets(said) is not None, said
    assert fold(said) == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_that_of_the_source(language: str) -> None:
    """`make catalogues` after a change of a .po file."""
    compiled = BytesIO()
    write_mo(compiled, _po(language))
    assert (CATALOGUES / language / "LC_MESSAGES" / "veilleur.mo").read_bytes() == (
        compiled.getvalue()
    )


def test_each_sentence_is_said_somewhere() -> None:
    said = set()
    for path in [*FIRMWARE.rglob("*.py"), *(ROOT / "web").rglob("*.py")]:
        if path == Path(messages.__file__):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                said.add(node.attr)
            elif isinstance(node, ast.ImportFrom) and node.module == messages.__name__:
                said.update(alias.name for alias in node.names)
    assert set(CONSTANTS) - said == set()


def test_no_two_sentences_are_the_same() -> None:
    assert len(set(CONSTANTS.values())) == len(CONSTANTS)


# What a tired person reads at three in the morning fits one SMS of 160 septets (23.038 4)

TYPICAL = {
    "service": "Ambulance",
    "code": "123456",
    "caller": "+33699887766",
    "clock": "23:58",
    "when": "lun 30/03 03:30",
    "reference": "8F2",
    "person": "Alice Martin",
    "previous": "Bruno Petit",
    "count": "12",
    "names": "Bruno Petit",
    "name": "Bruno Petit",
    "mobile": "+33601020304",
    "number": "+33601020304",
    "contact": "Mme Leroy, EHPAD",
    "level": 1,
    "until": "lun 16/03 08:00",
    "start": "lun 16/03 08:00",
    "end": "23:58",
    "duration": "1 h 30",
    "what": "appel de +33699887766 à 23:58",
    "references": "8F2, 3KM",
    "site": "Ambulances Dupont",
    "why": "+CMS ERROR: 28",
    "text": "Rappelez-moi svp",
    "length": "34 s",
    "tries": 1,
    "token": "8F2K4M9AC",
    "since": "lun 16/03 08:00",
    "hours": 40,
    "amount": "12.50",
    "used": "SM 18/20",
    "free": 180,
    "degrees": 81,
    "seconds": 12,
    "volts": "3.35",
    "calls": 37,
    "messages": 12,
    "next": "lun 16/03 09:00",
    "command": "AT+CPMS",
    "state": "3",
    "expected": "+33601020304",
    "found": "+33605060708",
    "version": "1.12.3",
    "before": "1.12.2",
    "minimum": "1.11.0",
    "architecture": "riscv64",
    "needed": 120,
    "codes": "**67*+33601020304#",
}
# Said with a list of codes to dial or with two shifts, by its nature longer than one SMS
LONG = {messages.FORWARDING_REFUSED, messages.SWAP_ASKED_BACK}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(set(CONSTANTS)))
def test_a_typical_text_fits_one_sms(name: str, language: str) -> None:
    sentence = CONSTANTS[name]
    if sentence in LONG:
        pytest.skip("longer by its nature")
    wording = Wording(language)
    said = wording.say(sentence, **{place: TYPICAL[place] for place in _places(sentence)})
    if sentence[0].islower() and name.isupper() and "ABOUT" not in name:
        said = wording.say(messages.ALARM, site=TYPICAL["site"], what=said)
    cost = septets(said)
    assert cost is not None
    assert cost <= 160, f"{cost} septets: {said}"
