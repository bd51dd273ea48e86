"""The GSM 7-bit alphabet: every septet, cost, folding, cutting."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.alphabet import gsm as alphabet
from firmware.sms.octets import TpduError, pack_septets, unpack_septets
from tests.sms.patience import patient
from tests.sms.service_centre_pdus import CODE_POINTS, EXTENDED, GSM_CHARACTERS, packed, septets_of

GSM_TEXT = st.text(alphabet=GSM_CHARACTERS)
ANY_TEXT = st.text()
REAL_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def test_every_septet_is_the_standards_character() -> None:
    for septet, code_point in enumerate(CODE_POINTS):
        if code_point != 0x1B:
            assert alphabet.decode(bytes([septet])) == chr(code_point)
            assert alphabet.encode(chr(code_point)) == bytes([septet])
    for code_point, septet in EXTENDED.items():
        assert alphabet.decode(bytes([0x1B, septet])) == chr(code_point)
        assert alphabet.encode(chr(code_point)) == bytes([0x1B, septet])


@pytest.mark.parametrize("char", "çêâîôûëïœ`’«“\t\x1bÀÈ中😀\u00a0\ud83d")
def test_what_has_no_septet(char: str) -> None:
    assert alphabet.septets(char) is None
    assert alphabet.septets("avant" + char) is None


def test_septets_counts_escape_pairs_twice() -> None:
    assert alphabet.septets("") == 0
    assert alphabet.septets("Prix : 12 €") == 12
    assert alphabet.septets("[{}]") == 8
    assert alphabet.septets("éàùèì\r\n") == 7


@patient
@given(GSM_TEXT)
def test_decode_undoes_encode(text: str) -> None:
    encoded = alphabet.encode(text)
    assert encoded == bytes(septets_of(text))
    assert alphabet.decode(encoded) == text


@pytest.mark.parametrize(
    ("septets", "text"),
    [
        (b"\x1b\x1b\x41", " A"),  # a doubled escape is a space, 23.038 6.2.1.1 note 1
        (b"\x1b\x41", "A"),  # not in the extension table: the main one, note 5
        (b"\x41\x1b", "A\x1b"),  # kept for the next part
        (b"\x1b\x1b", " "),
        (b"\x1b\x0a", "\f"),
        (b"", ""),
    ],
)
def test_odd_escapes(septets: bytes, text: str) -> None:
    assert alphabet.decode(septets) == text


@patient
@given(st.binary(max_size=160).map(lambda b: bytes(x & 0x7F for x in b)), st.integers(0, 6))
def test_packing_is_that_of_the_bit_strings(septets: bytes, fill_bits: int) -> None:
    octets = pack_septets(septets, fill_bits)
    assert octets.hex().upper() == packed(list(septets), fill_bits)
    assert unpack_septets(octets, len(septets), fill_bits) == septets


def test_unpacking_more_than_there_is() -> None:
    assert unpack_septets(bytes(7), 8) == bytes(8)
    with pytest.raises(TpduError, match="9 septets announced, 7 octets present"):
        unpack_septets(bytes(7), 9)
    with pytest.raises(TpduError):
        unpack_septets(bytes(7), 8, fill_bits=1)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("François", "Francois"),
        ("FRANÇOIS", "FRANÇOIS"),  # the capital has a septet
        ("Éloïse Lefèvre à l’hôpital", "Éloise Lefèvre à l'hopital"),
        ("E\u0301loi\u0308se", "Éloise"),  # decomposed, as some keyboards write
        ("Noël Müller Ñuñez Åse", "Noel Müller Ñuñez Åse"),
        ("Zoë Łukasz Đorđe Yılmaz Şahin", "Zoe Lukasz Dorde Yilmaz Sahin"),
        ("“Œuvre” – cœur… «oui»", "\"OEuvre\" - coeur... \"oui\""),
        ("18\u00a0h\u202f30", "18 h 30"),
        ("a\tb\u2028c\r\nd", "a b\nc\r\nd"),
        ("co\u00adop\u200b\ufeff", "coop"),
        ("½ ① ﬁn ™ №5 ²", "? 1 fin TM No5 2"),
        ("10 € [ok] ~", "10 € [ok] ~"),
        ("中 😀 Иван", "? ? ????"),
        ("\ud83d\x00\x1b", "?"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert alphabet.fold(text) == folded


@patient
@given(ANY_TEXT)
def test_folded_text_is_always_cheap_and_stays_as_it_is(text: str) -> None:
    folded = alphabet.fold(text)
    assert alphabet.septets(folded) is not None
    assert alphabet.fold(folded) == folded


@patient
@given(GSM_TEXT)
def test_fold_keeps_what_has_a_septet(text: str) -> None:
    assert alphabet.fold(text) == text


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("€" * 80, 1),
        ("€" * 79 + "xx", 1),
        ("€" * 81, 2),
        ("€" * 153, 3),  # 306 septets, but 76 pairs fill only 152 of 153
        ("ç" * 70, 1),
        ("ç" * 71, 2),
        ("ç" * 134, 2),
        ("ç" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 66, 2),  # 33 pairs fill 66 of 67 units
        ("😀" * 67, 3),
        ("x" * 70 + "ç", 2),
    ],
)
def test_segments(text: str, count: int) -> None:
    assert alphabet.segments(text) == count


@patient
@given(st.one_of(st.text("ab@€[\n", max_size=700), st.text("aç😀€", max_size=300)))
def test_split_loses_nothing_cuts_no_pair_and_fills_each_part(text: str) -> None:
    pieces = alphabet.split(text)
    assert "".join(pieces) == text
    assert alphabet.segments(text) == len(pieces)

    def size(piece: str) -> int:
        if alphabet.septets(text) is not None:
            return len(septets_of(piece))
        return len(piece.encode("utf-16-be")) // 2

    alone, room = (160, 153) if alphabet.septets(text) is not None else (70, 67)
    assert (len(pieces) <= 1) == (size(text) <= alone)
    if len(pieces) > 1:
        for piece, following in itertools.pairwise(pieces):
            assert size(piece) <= room < size(piece) + size(following[0])
        assert 0 < size(pieces[-1]) <= room


@patient
@given(ANY_TEXT)
def test_clean_text_can_be_stored(text: str) -> None:
    cleaned = alphabet.clean(text)
    cleaned.encode()
    assert "\x1b" not in cleaned


@patient
@given(REAL_TEXT.filter(lambda text: "\x1b" not in text))
def test_clean_leaves_whole_text_alone(text: str) -> None:
    assert alphabet.clean(text) == text
