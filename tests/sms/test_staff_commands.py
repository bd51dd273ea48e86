"""The words of the staff, as people write them, and whatever else they may write."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from firmware.alert.reference import is_reference
from firmware.sms.staff_commands import WORDS, StaffCommand, Word, parse_staff_command, plain
from tests.fuzz.fuzzer import limited
from tests.sms.patience import patient

UNDERSTOOD = [
    ("OK", Word.OK, None, ""),
    ("ok", Word.OK, None, ""),
    (" Ok. ", Word.OK, None, ""),
    ("O.K.", Word.OK, None, ""),
    ("o k", Word.OK, None, ""),
    ("Okay!", Word.OK, None, ""),
    ("Code", Word.CODE, None, ""),
    ("OK 8F2", Word.OK, "8F2", "8F2"),
    ("ok 8f2", Word.OK, "8F2", "8f2"),
    ("ok8f2", Word.OK, "8F2", ""),
    ("OK8F2 merci", Word.OK, "8F2", ""),
    ("OK, 8F2!", Word.OK, "8F2", "8F2!"),
    ("OK réf 8F2", Word.OK, "8F2", "réf 8F2"),
    ("OK Ref. 8f2", Word.OK, "8F2", "Ref. 8f2"),
    ("OK j'arrive", Word.OK, None, "j'arrive"),
    ("👍 OK", Word.OK, None, ""),
    ("OK 👍", Word.OK, None, ""),
    ("NON", Word.NON, None, ""),
    ("Non 8F2", Word.NON, "8F2", "8F2"),
    ("non8f2", Word.NON, "8F2", ""),
    ("no", Word.NON, None, ""),
    ("Qui ?", Word.QUI, None, ""),
    ("WHO is on duty", Word.QUI, None, "is on duty"),
    ("Planning", Word.PLANNING, None, ""),
    ("relais", Word.RELAIS, None, ""),
    ("RELAIS Bruno", Word.RELAIS, None, "Bruno"),
    ("Relais Chloé Durand", Word.RELAIS, None, "Chloé Durand"),
    ("TAKE", Word.RELAIS, None, ""),
    ("Début", Word.DEBUT, None, ""),
    ("DÉBUT", Word.DEBUT, None, ""),
    ("De\u0301but", Word.DEBUT, None, ""),
    ("d e b u t", Word.DEBUT, None, ""),
    ("start", Word.DEBUT, None, ""),
    ("Fin.", Word.FIN, None, ""),
    ("STOP", Word.FIN, None, ""),
    ("aide", Word.AIDE, None, ""),
    ("Help!", Word.AIDE, None, ""),
    ("ＯＫ", Word.OK, None, ""),
    ("\u00a0OK\u200b", Word.OK, None, ""),
]


@pytest.mark.parametrize(("text", "word", "reference", "argument"), UNDERSTOOD)
def test_understood(text: str, word: Word, reference: str | None, argument: str) -> None:
    command = parse_staff_command(text)
    assert command is not None
    assert (command.word, command.reference) == (word, reference)
    assert command.argument == argument


@pytest.mark.parametrize(
    "text",
    ["", " ", "?", "👍", "Okapi", "oktoberfest", "nonante", "quiche", "finalement", "Je dis OK",
     "Le VSL a un pneu crevé", "relaisbruno", "8F2", "o", "d e b u"],
)  # fmt: skip
def test_not_understood(text: str) -> None:
    assert parse_staff_command(text) is None


@pytest.mark.parametrize(
    ("text", "mentioned"),
    [
        ("OK pour la réf 8F2, j'y vais", "8F2"),
        ("ok 8 f2", "8F2"),
        ("ok 8 f 2", "8F2"),
        ("OK (8F2)", "8F2"),
        ("OK pour l'alerte 8f2 de Mme Muller", "8F2"),
    ],
)
def test_a_reference_is_found_wherever_it_stands(text: str, mentioned: str) -> None:
    command = parse_staff_command(text)
    assert command is not None
    assert mentioned in command.mentioned


@patient
@given(st.text(max_size=60))
@example("O" * 3 + "\u0301" * 40)
@example("ﷺ" * 3)
@example("\ud800OK")
@example("½ " * 20)
def test_any_text_is_a_command_or_none(text: str) -> None:
    command = parse_staff_command(text)
    assert command is None or isinstance(command, StaffCommand)
    if command is not None:
        assert command.reference is None or is_reference(command.reference)
        assert all(is_reference(each) for each in command.mentioned)


@patient
@given(
    st.sampled_from(sorted(WORDS)),
    st.lists(st.sampled_from([" ", ".", "\t", "\n", "-", "\u00a0"]), max_size=3).map("".join),
    st.text(alphabet=" !.,;:?-", max_size=4),
    st.booleans(),
)
def test_spaces_case_and_marks_never_matter(
    word: str, between: str, after: str, shout: bool
) -> None:
    text = between.join(word.upper() if shout else word) + after
    command = parse_staff_command(text)
    assert command is not None
    assert command.word is WORDS[word]


@patient
@given(st.text(max_size=40))
def test_plain_is_plain_already(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("o " * 20_000, None),
        ("a" * 39_000, None),
        ("ok " + "8 " * 19_000, Word.OK),
        ("p l a n n i n g " * 2_500, Word.PLANNING),
        ("-" * 39_000 + "ok", Word.OK),
    ],
)
def test_a_long_text_is_read_in_bounded_steps(text: str, word: Word | None) -> None:
    """As many words and letters as 255 parts can hold. A pattern that tries every way to cut them
    would take minutes: it is stopped after 20 s of CPU."""
    with limited():
        command = parse_staff_command(text)
    assert (command.word if command else None) is word
    assert command is None or len(command.argument) <= len(text)
