"""The whole way: text, parts, SMS-SUBMIT, service centre, SMS-DELIVER, parts, text."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from firmware.alphabet import gsm as alphabet
from firmware.sms.concatenation import Assembler
from firmware.sms.tpdu import DeliveredMessage, StoredSubmit, decode_tpdu, encode_submit
from tests.sms.patience import patient
from tests.sms.service_centre_pdus import (
    GSM_CHARACTERS,
    deliver,
    delivered,
    octets_8bit,
    read_submit,
    septets_7bit,
    septets_of,
)

NOON = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)

GSM = st.text(GSM_CHARACTERS, min_size=1, max_size=500)
UNICODE = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x1b"), min_size=1, max_size=250
)
FRENCH = st.text("aàâçéèêëîïôœùûüÿ «»’–—…€ \n", min_size=1, max_size=250)
EMOJI = st.text("🚑👩‍⚕️☎é😀x", min_size=1, max_size=150)
AT_SIGNS = st.text("@a€", min_size=1, max_size=480)
LENGTHS = st.builds(
    lambda fill, length, end: fill * length + end,
    st.sampled_from("@xé€ç😀"),
    st.sampled_from([1, 7, 8, 34, 66, 69, 75, 76, 79, 133, 151, 152, 153, 159, 160, 305, 306]),
    st.sampled_from(["", "@", "€", "ç", "😀", "@@@@@@@@", "\r"]),
)
ANY = st.one_of(GSM, UNICODE, FRENCH, EMOJI, AT_SIGNS, LENGTHS)


def received(pdus: list[str], seed: int) -> str | None:
    """What one reads who gets these PDUs in some order; ``None`` while parts are missing."""
    random.Random(seed).shuffle(pdus)
    assembler, text = Assembler(), None
    for pdu in pdus:
        assert text is None, "complete before the last part"
        message = decode_tpdu(pdu)
        assert isinstance(message, DeliveredMessage)
        if message.concatenation is None:
            assert len(pdus) == 1
            text = message.text
        else:
            got = assembler.receive(message, NOON)
            assembler = got.assembler
            text = got.completed.text if got.completed else None
    assert assembler.open == ()
    return text


@settings(patient, max_examples=400)
@given(
    ANY, st.integers(0, 255), st.booleans(), st.sampled_from([None, 60, 5760]), st.integers(0, 9)
)
@example("@", 0, False, None, 0)
@example("@" * 160, 255, False, None, 0)
@example("@" * 306, 255, True, 60, 1)
@example("x" * 152 + "€" + "@", 1, False, None, 0)
@example("ç" * 66 + "😀" * 3, 1, False, None, 0)
def test_what_we_send_is_what_they_read(
    text: str, reference: int, flash: bool, validity: int | None, seed: int
) -> None:
    parts = encode_submit(
        "+33601020304",
        text,
        reference=reference,
        request_report=True,
        flash=flash,
        validity_minutes=validity,
    )
    assert "".join(part.text for part in parts) == text
    assert len(parts) == alphabet.segments(text)
    assert received([delivered(part.pdu_hex) for part in parts], seed) == text
    for part in parts:  # each part alone says what it says it says
        stored = decode_tpdu(part.pdu_hex)
        assert isinstance(stored, StoredSubmit)
        assert (stored.text, stored.recipient.text) == (part.text, "+33601020304")
        message = decode_tpdu(delivered(part.pdu_hex))
        assert isinstance(message, DeliveredMessage)
        assert message.is_flash == flash
        assert message.text == part.text
        if message.concatenation is not None:
            assert message.concatenation.reference == reference
            assert not message.concatenation.wide


@patient
@given(ANY)
def test_seven_bits_where_they_fit(text: str) -> None:
    (first, *_) = encode_submit("+33601020304", text, reference=0, request_report=False)
    fits = all(char in GSM_CHARACTERS for char in text)
    assert read_submit(first.pdu_hex).coding == ("00" if fits else "08")


OTHER_ELEMENTS = st.sampled_from(["", "0500", "0A03010203", "0504158A0000", "7001AA", "2301FF"])


@settings(patient, max_examples=200)
@given(
    ANY, st.integers(0, 0xFFFF), st.booleans(), OTHER_ELEMENTS, OTHER_ELEMENTS, st.integers(0, 9)
)
def test_what_foreign_senders_send(
    text: str, reference: int, wide: bool, before: str, after: str, seed: int
) -> None:
    """Any cut, even through a pair; 8- or 16-bit references; other elements around them."""
    packed = all(char in GSM_CHARACTERS for char in text)
    units: list[int] | bytes = septets_of(text) if packed else text.encode("utf-16-be")
    room = (140 - 1 - 6 - len(before + after) // 2) * 8 // 7 if packed else 110
    pieces = [units[i : i + room] for i in range(0, len(units), room)]
    pdus: list[str] = []
    for number, piece in enumerate(pieces, 1):
        tail = f"{len(pieces):02X}{number:02X}"
        concatenation = f"0804{reference:04X}" if wide else f"0003{reference & 0xFF:02X}"
        header = before + concatenation + tail + after
        body = (
            septets_7bit(piece, header)
            if isinstance(piece, list)
            else octets_8bit(piece, header)
        )
        pdus.append(deliver(body, coding=0 if packed else 8, header=True))
    assert received(pdus, seed) == text


@pytest.mark.parametrize("char", GSM_CHARACTERS)
def test_every_character_at_every_edge(char: str) -> None:
    for length in (1, 7, 8, 9, 152, 153, 154, 159, 160, 161):
        for text in (char * length, "x" * length + char, char + "x" * length):
            parts = encode_submit("+33601020304", text, reference=1, request_report=False)
            assert received([delivered(part.pdu_hex) for part in parts], length) == text
