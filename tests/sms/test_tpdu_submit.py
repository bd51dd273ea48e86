"""Text to SMS-SUBMIT: what goes to the modem, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.sms.tpdu import SubmitTpdu, TpduError, encode_submit
from tests.sms.patience import patient
from tests.sms.service_centre_pdus import read_submit, swapped


def submit(
    text: str = "Alerte",
    recipient: str = "+33601020304",
    *,
    reference: int = 7,
    request_report: bool = True,
    flash: bool = False,
    validity_minutes: int | None = None,
) -> tuple[SubmitTpdu, ...]:
    return encode_submit(
        recipient,
        text,
        reference=reference,
        request_report=request_report,
        flash=flash,
        validity_minutes=validity_minutes,
    )


@pytest.mark.parametrize(
    "recipient",
    [
        *["", "+", "33601020304", "+0601020304", "0601020304", "+336010", "+3360", "15"],
        *["+3360102030405060", "+33601020304\n", " +33601020304", "+33 601020304", "+336O1020304"],
        *["+٣٣٦٠١٠٢٠٣٠٤", "+33601020304²", "+33601020304\x1a", 'x"\r+CMGS', "Alice", "*21#"],
    ],
)
def test_only_international_numbers_are_written_to(recipient: str) -> None:
    with pytest.raises(TpduError, match="international number"):
        submit(recipient=recipient)


@patient
@given(st.from_regex(r"\A\+[1-9][0-9]{6,14}\Z"))
def test_every_number_is_written_digit_for_digit(recipient: str) -> None:
    (part,) = submit(recipient=recipient)
    destination = read_submit(part.pdu_hex).destination
    digits = swapped(destination[4:])
    assert destination[:4] == f"{len(recipient) - 1:02X}91"
    assert digits.rstrip("F") == recipient[1:]


@pytest.mark.parametrize("reference", [-1, 256, 300, 65536])
def test_references_out_of_range(reference: int) -> None:
    with pytest.raises(TpduError, match="reference"):
        submit(reference=reference)


def test_the_empty_text_and_the_endless_one() -> None:
    with pytest.raises(TpduError, match="empty"):
        submit("")
    assert len(submit("x" * 153 * 255)) == 255
    with pytest.raises(TpduError, match="256 SMS"):
        submit("x" * (153 * 255 + 1))


@pytest.mark.parametrize(
    ("minutes", "octet"),  # 23.040 9.2.3.12.1
    [
        *[(1, 0), (5, 0), (6, 1), (10, 1), (60, 11), (715, 142), (716, 143), (720, 143)],
        *[(721, 144), (750, 144), (751, 145), (1440, 167)],
        *[(1441, 168), (2 * 1440, 168), (2 * 1440 + 1, 169), (30 * 1440, 196)],
        *[(30 * 1440 + 1, 197), (35 * 1440, 197), (35 * 1440 + 1, 198), (63 * 7 * 1440, 255)],
    ],
)
def test_validity(minutes: int, octet: int) -> None:
    (part,) = submit(validity_minutes=minutes)
    fields = read_submit(part.pdu_hex)
    assert fields.first & 0x18 == 0x10
    assert fields.validity == f"{octet:02X}"


@patient
@given(st.integers(1, 63 * 7 * 1440))
def test_validity_is_never_shorter_than_asked(minutes: int) -> None:
    value = int(read_submit(submit(validity_minutes=minutes)[0].pdu_hex).validity, 16)
    if value <= 143:
        said, step = (value + 1) * 5, 5
    elif value <= 167:
        said, step = 720 + (value - 143) * 30, 30
    elif value <= 196:
        said, step = (value - 166) * 1440, 1440
    else:
        said, step = (value - 192) * 7 * 1440, 7 * 1440
    assert minutes <= said < minutes + step


@pytest.mark.parametrize("minutes", [0, -5, 63 * 7 * 1440 + 1])
def test_validity_out_of_range(minutes: int) -> None:
    with pytest.raises(TpduError, match="validity"):
        submit(validity_minutes=minutes)


def test_without_validity_there_is_no_field() -> None:
    fields = read_submit(submit()[0].pdu_hex)
    assert fields.first & 0x18 == 0
    assert fields.user_data.startswith("06")


@pytest.mark.parametrize(
    ("text", "flash", "coding"),
    [("OK", False, "00"), ("OK", True, "10"), ("ça", False, "08"), ("ça", True, "18")],
)
def test_data_coding(text: str, flash: bool, coding: str) -> None:
    assert read_submit(submit(text, flash=flash)[0].pdu_hex).coding == coding


@pytest.mark.parametrize("request_report", [True, False])
def test_first_octet_and_zeroes(request_report: bool) -> None:
    alone = read_submit(submit(request_report=request_report)[0].pdu_hex)
    parts = [
        read_submit(p.pdu_hex) for p in submit("é" * 400, request_report=request_report)
    ]
    assert alone.first == (0x21 if request_report else 0x01)
    assert [p.first for p in parts] == [0x61 if request_report else 0x41] * 3
    for fields in (alone, *parts):
        assert (fields.reference, fields.protocol_id) == (0, "00")


def test_parts_carry_the_8_bit_concatenation_element() -> None:
    parts = submit("x" * 400, reference=200)
    headers = [read_submit(part.pdu_hex).user_data[2:14] for part in parts]
    assert headers == ["050003C80301", "050003C80302", "050003C80303"]
    assert [len(part.text) for part in parts] == [153, 153, 94]


@patient
@given(st.text(min_size=1, max_size=500), st.booleans())
def test_every_part_fits_the_air_and_says_its_length(text: str, flash: bool) -> None:
    parts = submit(text, flash=flash, validity_minutes=60)
    for part in parts:
        fields = read_submit(part.pdu_hex)
        octets = len(fields.user_data) // 2 - 1
        assert octets <= 140
        assert part.length == len(part.pdu_hex) // 2 - 1
        announced = int(fields.user_data[:2], 16)
        assert octets == (-(-announced * 7 // 8) if fields.coding in ("00", "10") else announced)
        assert set(part.pdu_hex) <= set("0123456789ABCDEF")


def test_a_lone_surrogate_goes_out_visible() -> None:
    (part,) = submit("a\ud83db")
    assert part.text == "a\ufffdb"
    assert read_submit(part.pdu_hex).user_data == "060061FFFD0062"
