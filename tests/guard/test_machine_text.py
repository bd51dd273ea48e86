"""A box's own sentences are known, in every language; what people write is not."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.guard.machine_text import LETTERS_MIN, MachineText
from firmware.wording import LANGUAGES, Wording, messages

WORDINGS = [Wording(language) for language in LANGUAGES]
KNOWS = MachineText(WORDINGS)
FILLED = {"reference": "8F2", "clock": "10:02", "number": "+33612345678", "level": "1"}
SENTENCES = [
    wording.template(msgid)
    for wording in WORDINGS
    for name, msgid in vars(messages).items()
    if name.isupper() and isinstance(msgid, str)
]


def letters(sentence: str) -> int:
    parsed = string.Formatter().parse(sentence)
    return sum(character.isalpha() for literal, *_ in parsed for character in literal)


def fields(sentence: str) -> list[str]:
    return [field for _, field, *_ in string.Formatter().parse(sentence) if field]


LONG_ONES = [sentence for sentence in SENTENCES if letters(sentence) >= LETTERS_MIN]


def test_there_are_sentences_in_every_language_to_know() -> None:
    assert len(LONG_ONES) > 20 * len(LANGUAGES)


@pytest.mark.parametrize("sentence", sorted(set(LONG_ONES)))
def test_each_long_sentence_is_known_however_it_is_spaced(sentence: str) -> None:
    text = sentence.format(**{name: FILLED.get(name, "Bruno Petit") for name in fields(sentence)})
    assert KNOWS.is_ours(text)
    assert KNOWS.is_ours("  " + text.replace(" ", " \n "))
    assert KNOWS.is_ours(text + " et encore")


@pytest.mark.parametrize(
    "text",
    [
        "OK", "ok 8F2", "NON", "RELAIS Alice", "PLANNING", "", " ", "8F2",
        "Bonjour, ma mère est tombée, rappelez-moi s'il vous plaît",
        "Ambulance : Bruno Petit", "Appel de 0612345678 à 10:02 ?",
        "Urgence : personne n'est de garde chez vous ? Mon mari a un malaise",
        "Intervention commencée à 14h chez Mme Durand. Elle est tombée",
        "Réf 8F2 : pris par qui ?", "My father fell, please call back +33612345678",
    ],
)  # fmt: skip
def test_what_people_write_is_not(text: str) -> None:
    assert not KNOWS.is_ours(text)


@pytest.mark.parametrize("form", [
    "A aimé « {} »", "A réagi avec 👍 à « {} »", "Liked “{}”", 'Reacted 👍 to "{}"', "👍 à « {} »",
    "OK\n> {}", "OK\n{}", "ok {}", "NON\n\n{}", "Ok j'y vais. {}", "J'ai reçu ça ! {}", "> {}",
])  # fmt: skip
def test_who_quotes_a_box_is_none(form: str) -> None:
    """Telephones quote the whole of what somebody reacts to; people answer above it."""
    for wording in WORDINGS:
        for sentence in map(wording.template, (messages.SMS_RECEIVED, messages.TAKEN_BY)):
            filled = {name: FILLED.get(name, "Bruno Petit") for name in fields(sentence)}
            assert not KNOWS.is_ours(form.format(sentence.format(**filled)))


@given(st.text(alphabet=string.ascii_letters + string.digits + " .,:+", max_size=160))
def test_no_text_of_chance_is_taken_for_a_box(text: str) -> None:
    assert not KNOWS.is_ours(text)


def test_one_language_does_not_hide_the_other() -> None:
    for wording in WORDINGS:
        sentence = wording.template(messages.NOT_UNDERSTOOD)
        assert MachineText([wording]).is_ours(sentence)
