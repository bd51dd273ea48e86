"""``gsmmodem.pdu`` as the partner: we agree where it is right, and why it does not decode here.

Each fault below is a decision of this room's README with its proof. A test that fails because a
new release is right at last is good news: move the case up to those on which both agree.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from gsmmodem.exceptions import EncodingError
from gsmmodem.pdu import decodeSmsPdu, encodeSmsSubmitPdu
from hypothesis import assume, given
from hypothesis import strategies as st

from firmware.alphabet import gsm as alphabet
from firmware.sms.tpdu import (
    DeliveredMessage,
    StatusReport,
    TpduError,
    decode_tpdu,
    encode_submit,
)
from tests.sms.patience import patient
from tests.sms.service_centre_pdus import (
    GSM_CHARACTERS,
    PARIS_MORNING,
    address,
    deliver,
    delivered,
    octets_8bit,
    septets_7bit,
    septets_of,
    text_7bit,
    ucs2,
)

# What the library writes as we do: no section sign (it knows "`" in its place), no form feed.
SHARED = "".join(char for char in GSM_CHARACTERS if char not in "§\f")
SHARED_TEXT = st.one_of(
    st.text(SHARED, min_size=1, max_size=400),
    st.text("çabœ€中", min_size=1, max_size=200),
)


def library(pdu_hex: str) -> dict[str, Any]:
    decoded: dict[str, Any] = decodeSmsPdu(pdu_hex)
    return decoded


def ours(pdu_hex: str) -> DeliveredMessage:
    message = decode_tpdu(pdu_hex)
    assert isinstance(message, DeliveredMessage)
    return message


@patient
@given(SHARED_TEXT, st.booleans(), st.integers(1, 60 * 24 * 30))
def test_both_write_the_same(text: str, flash: bool, minutes: int) -> None:
    assume("`" not in text)
    step = 5 if minutes <= 720 else 30 if minutes <= 1440 else 1440
    validity = -(-minutes // step) * step  # the library rounds down, we round up
    theirs = encodeSmsSubmitPdu(
        "+33601020304", text, validity=timedelta(minutes=validity), sendFlash=flash
    )
    parts = encode_submit(
        "+33601020304",
        text,
        reference=0,
        request_report=True,
        flash=flash,
        validity_minutes=validity,
    )
    assert [part.pdu_hex for part in parts] == [str(pdu) for pdu in theirs]
    assert [part.length for part in parts] == [pdu.tpduLength for pdu in theirs]


@patient
@given(
    st.text(SHARED, min_size=1, max_size=160),
    st.sampled_from(["33601020304", "4479123456789", "1"]),
    st.booleans(),
)
def test_both_read_the_same(text: str, number: str, wide: bool) -> None:
    assume(len(septets_of(text)) <= 160 and not text.endswith("@"))
    assume("\f" not in text)
    pdu = deliver(text_7bit(text), sender=address(number, 0x91 if len(number) > 1 else 0x81))
    theirs, message = library(pdu), ours(pdu)
    assert theirs["text"] == message.text == text
    assert theirs["number"] == message.sender.text
    assert theirs["smsc"] == message.service_centre
    assert theirs["time"] == message.sent_at


@patient
@given(st.text("aç中é", min_size=1, max_size=67), st.integers(0, 255))
def test_both_read_ucs2_parts_and_reports(text: str, status: int) -> None:
    pdu = deliver(ucs2(text, "0003070201"), coding=8, header=True)
    assert library(pdu)["text"] == ours(pdu).text == text
    report = f"0006C8{address('33601020304')}{PARIS_MORNING}{PARIS_MORNING}{status:02X}"
    read = decode_tpdu(report)
    assert isinstance(read, StatusReport)
    theirs = library(report)
    assert (theirs["reference"], theirs["number"]) == (read.reference, read.recipient)
    assert (theirs["discharge"], theirs["status"]) == (read.done_at, read.status)


# ---- what the library gets wrong, each with its case


@pytest.mark.parametrize("text", ["🚑", "Rue 😀"])
def test_fault_characters_beyond_the_basic_plane_cannot_be_sent(text: str) -> None:
    with pytest.raises(ValueError, match="byte must be in range"):
        encodeSmsSubmitPdu("+33601020304", text)
    (part,) = encode_submit("+33601020304", text, reference=0, request_report=False)
    assert ours(delivered(part.pdu_hex)).text == text


def test_fault_one_letter_stands_for_form_feed() -> None:
    with pytest.raises(TypeError):
        encodeSmsSubmitPdu("+33601020304", "ÿ")
    (part,) = encode_submit("+33601020304", "ÿ", reference=0, request_report=False)
    assert ours(delivered(part.pdu_hex)).text == "ÿ"


def test_fault_backtick_and_section_sign_are_confused() -> None:
    assert library(deliver(text_7bit("§ 3")))["text"] == "` 3"
    assert ours(deliver(text_7bit("§ 3"))).text == "§ 3"
    assert alphabet.septets("`") is None


def test_fault_a_reference_above_255_raises_a_value_error() -> None:
    with pytest.raises(ValueError, match="byte must be in range"):
        encodeSmsSubmitPdu("+33601020304", "x" * 200, reference=300)
    with pytest.raises(TpduError, match="reference"):
        encode_submit("+33601020304", "x" * 200, reference=300, request_report=False)


@pytest.mark.parametrize("text", ["sevench@", "@@@@@@@@", "x" * 159 + "@"])
def test_fault_a_final_at_sign_is_dropped(text: str) -> None:
    assert library(deliver(text_7bit(text)))["text"] == text[:-1]
    assert ours(deliver(text_7bit(text))).text == text


def test_fault_the_final_at_sign_of_a_full_part_is_dropped() -> None:
    pdu = deliver(text_7bit("x" * 152 + "@", "0003070201"), header=True)
    assert library(pdu)["text"] == "x" * 152
    assert ours(pdu).text == "x" * 152 + "@"


@pytest.mark.parametrize("header", ["080401020201", "0504158A0000"])
def test_fault_the_first_letter_after_a_header_of_seven_octets_is_lost(header: str) -> None:
    """A header that needs no fill bits: every 16-bit reference, every port address."""
    pdu = deliver(text_7bit("Non", header), header=True)
    assert library(pdu)["text"] == "on"
    assert ours(pdu).text == "Non"


@pytest.mark.parametrize("cut", [2, 8])
def test_fault_a_truncated_text_passes_for_whole(cut: int) -> None:
    pdu = deliver(text_7bit("Ne venez pas"))[:-cut]
    assert "Ne venez pas".startswith(library(pdu)["text"])
    with pytest.raises(TpduError):
        decode_tpdu(pdu)


@pytest.mark.parametrize(
    ("coding", "user_data", "text"),
    [(0xE8, ucs2("Oui"), "Oui"), (0xF4, octets_8bit(b"\x01\x02\x03"), None)],
)
def test_fault_coding_groups_are_taken_for_7_bit(
    coding: int, user_data: str, text: str | None
) -> None:
    pdu = deliver(user_data, coding=coding)
    assert library(pdu)["text"] not in ("Oui", "\x01\x02\x03")
    assert ours(pdu).text == text


def test_fault_surrogates_stay_apart_and_break_storage() -> None:
    pdu = deliver(ucs2("🚑"), coding=8)
    with pytest.raises(UnicodeEncodeError):
        library(pdu)["text"].encode()
    assert ours(pdu).text == "🚑"


def test_fault_national_tables_are_ignored() -> None:
    locked = deliver(septets_7bit([0x41, 0x07], "250101"), header=True)
    assert (library(locked)["text"], ours(locked).text) == ("Aì", "Aı")
    shifted = deliver(septets_7bit([0x41, 0x1B, 0x73], "240101"), header=True)
    assert (library(shifted)["text"], ours(shifted).text) == ("A", "Aş")


def test_fault_an_unknown_escape_vanishes() -> None:
    pdu = deliver(septets_7bit([0x41, 0x1B, 0x42]))
    assert library(pdu)["text"] == "A"
    assert ours(pdu).text == "AB"


def test_fault_data_takes_the_padding_with_it() -> None:
    pdu = deliver(octets_8bit(b"\x01\x02"), coding=4) + "FF" * 3
    assert library(pdu)["text"] == "\x01\x02\xff\xff\xff"
    assert ours(pdu).data == b"\x01\x02"


def test_fault_a_malformed_element_shifts_the_text() -> None:
    pdu = deliver(text_7bit("hello", "00030702"), header=True)
    assert library(pdu)["text"] != "hello"
    assert ours(pdu).text == "hello"


def test_fault_a_message_without_a_valid_date_is_lost() -> None:
    pdu = deliver(text_7bit("Au secours"), time_stamp="00" * 7)
    with pytest.raises(ValueError, match="does not match format"):
        library(pdu)
    message = ours(pdu)
    assert (message.text, message.sent_at) == ("Au secours", None)


def test_fault_an_empty_address_shifts_all_that_follows() -> None:
    pdu = deliver(text_7bit("x"), sender="0091")
    with pytest.raises(ValueError, match=r"unconverted data|does not match"):
        library(pdu)
    assert ours(pdu).text == "x"


@pytest.mark.parametrize(
    ("pdu", "error"),
    [("", StopIteration), ("00", StopIteration), ("0791", StopIteration), ("zz", EncodingError)],
)
def test_fault_garbage_raises_whatever_comes(pdu: str, error: type[Exception]) -> None:
    read: Callable[[str], object] = library
    with pytest.raises(error):
        read(pdu)
    with pytest.raises(TpduError):
        decode_tpdu(pdu)
