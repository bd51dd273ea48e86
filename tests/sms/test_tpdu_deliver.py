"""What networks deliver: every field of SMS-DELIVER, its odd forms, and what cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.sms.tpdu import (
    Alphabet,
    Concatenation,
    DeliveredMessage,
    Originator,
    OriginatorKind,
    Ports,
    ReportOutcome,
    StatusReport,
    StoredSubmit,
    TpduError,
    decode_tpdu,
)
from tests.sms.patience import patient
from tests.sms.service_centre_pdus import (
    CODE_POINTS,
    PARIS_MORNING,
    SERVICE_CENTRE,
    address,
    deliver,
    named,
    octets_8bit,
    packed,
    septets_7bit,
    septets_of,
    swapped,
    text_7bit,
    ucs2,
)


def read(pdu_hex: str) -> DeliveredMessage:
    message = decode_tpdu(pdu_hex)
    assert isinstance(message, DeliveredMessage)
    return message


def sender_of(field: str) -> Originator:
    return read(deliver(text_7bit("x"), sender=field)).sender


@pytest.mark.parametrize(
    ("field", "text", "kind"),
    [
        (address("33601020304"), "+33601020304", "NUMBER"),
        (address("33601020304", 0x90), "+33601020304", "NUMBER"),  # numbering plan unknown
        (address("0033601020304"), "+33601020304", "NUMBER"),
        (address("123456789012345"), "+123456789012345", "NUMBER"),
        (address("0601020304", 0x81), "0601020304", "NATIONAL"),
        (address("601020304", 0xA1), "601020304", "NATIONAL"),
        (address("0033601020304", 0x81), "0033601020304", "NATIONAL"),
        (address("36105", 0x81), "36105", "SHORT_CODE"),
        (address("36105", 0x91), "36105", "SHORT_CODE"),
        ("0581630105", "36105", "SHORT_CODE"),  # the odd half filled with 0 instead of F
        (address("118218", 0xB1), "118218", "SHORT_CODE"),
        (address("15", 0x81), "15", "SHORT_CODE"),
        (address("A1B", 0x81), "*1#", "SHORT_CODE"),
        (address("CDE", 0x81), "abc", "SHORT_CODE"),
        (address("0601020304123", 0x91), "0601020304123", "NATIONAL"),
        (address("", 0x91), "", "ABSENT"),
        (address("FF", 0x81), "", "ABSENT"),
    ],
)
def test_numeric_senders(field: str, text: str, kind: str) -> None:
    sender = sender_of(field)
    assert (sender.text, sender.kind.name) == (text, kind)


@pytest.mark.parametrize("length", range(1, 12))
def test_alphanumeric_senders_of_every_length(length: int) -> None:
    name = "Ambulances67"[:length]
    assert sender_of(named(name)).text == name
    assert sender_of(named(name)).kind is OriginatorKind.ALPHANUMERIC
    octets = len(packed(septets_of(name))) // 2
    assert sender_of(named(name, semi_octets=octets * 2)).text == name  # counts whole octets


def test_alphanumeric_senders_of_other_characters() -> None:
    assert sender_of(named("Élan é@ñ")).text == "Élan é@ñ"
    assert sender_of(named("@@@")).text == "@@@"
    assert sender_of(named("A€[B]")).text == "A€[B]"
    assert sender_of(named("A\r\nB\n")).text == "A  B"  # no line ends inside a name
    assert sender_of(named("")) == Originator("", OriginatorKind.ALPHANUMERIC, 5)


def test_an_address_longer_than_the_standards_is_refused() -> None:
    with pytest.raises(TpduError, match="TP-OA: 21 semi-octets"):
        sender_of(address("1" * 21))


@pytest.mark.parametrize(
    ("coding", "alphabet", "message_class", "waiting"),
    [
        *[(0x00, "GSM_7BIT", None, False), (0x04, "DATA_8BIT", None, False)],
        *[(0x08, "UCS2", None, False), (0x0C, "GSM_7BIT", None, False)],
        *[(0x03, "GSM_7BIT", None, False), (0x10, "GSM_7BIT", 0, False)],
        *[(0x11, "GSM_7BIT", 1, False), (0x15, "DATA_8BIT", 1, False)],
        *[(0x18, "UCS2", 0, False), (0x1B, "UCS2", 3, False)],
        *[(0x20, "COMPRESSED", None, False), (0x38, "COMPRESSED", 0, False)],
        *[(0x40, "GSM_7BIT", None, False), (0x58, "UCS2", 0, False)],
        *[(0x80, "GSM_7BIT", None, False), (0xBF, "GSM_7BIT", None, False)],
        *[(0xC8, "GSM_7BIT", None, True), (0xD0, "GSM_7BIT", None, True)],
        *[(0xE8, "UCS2", None, True), (0xF0, "GSM_7BIT", 0, False)],
        *[(0xF2, "GSM_7BIT", 2, False), (0xF5, "DATA_8BIT", 1, False)],
    ],
)
def test_data_coding(coding: int, alphabet: str, message_class: int | None, waiting: bool) -> None:
    user_data = {
        "GSM_7BIT": text_7bit("Été"),
        "UCS2": ucs2("Été"),
    }.get(alphabet, octets_8bit(b"\xc9t\xe9"))
    message = read(deliver(user_data, coding=coding))
    assert message.alphabet is Alphabet[alphabet]
    assert message.text == ("Été" if alphabet in ("GSM_7BIT", "UCS2") else None)
    assert message.data == (None if message.text else b"\xc9t\xe9")
    assert message.message_class == message_class
    assert message.is_flash == (message_class == 0)
    assert message.message_waiting == waiting


@pytest.mark.parametrize(
    ("stamp", "instant"),
    [
        ("62309221000080", "2026-03-29T12:00:00+02:00"),
        ("62013000300000", "2026-10-03T00:03:00+00:00"),
        ("9912323259550A", None),  # month 21
        ("99213132959523", "2099-12-13T23:59:59+08:00"),
        ("02101032547600", None),  # 23:45:67
        ("00000000000000", None),  # no clock at the service centre
        ("FFFFFFFFFFFFFF", None),
        ("62309221F0F080", "2026-03-29T12:00:00+02:00"),  # a wrong digit is 0, 9.2.3.11
        ("62309221000097", "2026-03-29T12:00:00+19:45"),
        ("6230922100009F", "2026-03-29T12:00:00-19:45"),
        ("6230922100000A", "2026-03-29T12:00:00-05:00"),
        ("6230922100008F", "2026-03-29T12:00:00-19:30"),
    ],
)
def test_time_stamps(stamp: str, instant: str | None) -> None:
    message = read(deliver(text_7bit("x"), time_stamp=stamp))
    expected = None if instant is None else datetime.fromisoformat(instant)
    assert message.sent_at == expected
    assert message.text == "x"
    assert message.time_stamp == swapped(stamp)
    if expected is not None and message.sent_at is not None:
        assert message.sent_at.utcoffset() == expected.utcoffset()
        message.sent_at.astimezone(UTC)


@patient
@given(
    st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30)),  # noqa: DTZ001
    st.integers(-79, 79),
)
def test_every_time_stamp(wall: datetime, quarters: int) -> None:
    digits = f"{wall:%y%m%d%H%M%S}{abs(quarters):02d}"
    stamp = swapped(digits)
    if quarters < 0:
        stamp = stamp[:-1] + f"{int(stamp[-1], 16) | 8:X}"
    sent_at = read(deliver(text_7bit("x"), time_stamp=stamp)).sent_at
    assert sent_at is not None
    assert sent_at.replace(tzinfo=None) == wall.replace(microsecond=0)
    assert sent_at.utcoffset() == timedelta(minutes=15 * quarters)


ELEMENTS = [
    ("0003C80301", Concatenation(200, 3, 1, wide=False), None),
    ("0804BEEF0302", Concatenation(0xBEEF, 3, 2, wide=True), None),
    ("0804000A0202", Concatenation(10, 2, 2, wide=True), None),
    ("0500" + "0003C80301", Concatenation(200, 3, 1), None),  # an empty element first
    ("700A00000000000000000000" + "0003C80303", Concatenation(200, 3, 3), None),
    ("0A03010203" + "250101" + "0003010202", Concatenation(1, 2, 2), None),
    ("0504158A0000" + "0003010202", Concatenation(1, 2, 2), Ports(5514, 0)),
    ("0402F0F1", None, Ports(0xF0, 0xF1)),
    ("05040B8423F0", None, Ports(2948, 9200)),
    ("0003C80301" + "0804BEEF0302", Concatenation(0xBEEF, 3, 2, wide=True), None),
    ("0003C80300", None, None),  # number 0 is ignored, 23.040 9.2.3.24.1
    ("0003C80001", None, None),  # so is a total of 0
    ("0003C80304", None, None),  # and a number beyond the total
    ("0003C80301" + "0003C80300", Concatenation(200, 3, 1), None),
    ("0002C803", None, None),  # wrong length
    ("0803BEEF03", None, None),
    ("0503158A00", None, None),
    ("0003C803", None, None),  # the element ends after the header does: all ignored
    ("0003C80301" + "05", None, None),
    ("00", None, None),
    ("700300", None, None),
]


@pytest.mark.parametrize(("header", "concatenation", "ports"), ELEMENTS)
@pytest.mark.parametrize("text", ["x", "@", "@hote@", "seize lettres @@@"])
def test_headers_in_7_bit(
    header: str, concatenation: Concatenation | None, ports: Ports | None, text: str
) -> None:
    message = read(deliver(text_7bit(text, header), header=True))
    if "250101" not in header:
        assert message.text == text
    assert message.concatenation == concatenation
    assert message.ports == ports


@pytest.mark.parametrize(("header", "concatenation", "ports"), ELEMENTS)
def test_headers_in_ucs2_and_data(
    header: str, concatenation: Concatenation | None, ports: Ports | None
) -> None:
    message = read(deliver(ucs2("çà 😀", header), coding=0x08, header=True))
    assert (message.text, message.concatenation, message.ports) == ("çà 😀", concatenation, ports)
    data = read(deliver(octets_8bit(b"\x00\xff", header), coding=0x04, header=True))
    assert (data.data, data.concatenation, data.ports) == (b"\x00\xff", concatenation, ports)


def test_an_empty_header() -> None:
    user_data = f"{2 + 2:02X}00" + packed(septets_of("ab"), 6)
    assert read(deliver(user_data, header=True)).text == "ab"


@pytest.mark.parametrize("length", range(161))
def test_a_final_at_sign_is_kept_at_every_length(length: int) -> None:
    text = ("x" * length)[:-1] + "@" * min(length, 1)
    assert read(deliver(text_7bit(text))).text == text
    if length <= 153:
        part = read(deliver(text_7bit(text, "0003070201"), header=True))
        assert part.text == text
    if length <= 152:
        wide = read(deliver(text_7bit(text, "080400070201"), header=True))
        assert wide.text == text


@patient
@given(st.lists(st.integers(0, 127), max_size=160))
def test_all_septets(septets: list[int]) -> None:
    message = read(deliver(septets_7bit(septets)))
    assert message.text is not None
    message.text.encode()
    if 0x1B not in septets:
        assert message.text == "".join(chr(CODE_POINTS[septet]) for septet in septets)


@patient
@given(st.binary(max_size=140))
def test_all_octets_as_ucs2_and_as_data(octets: bytes) -> None:
    message = read(deliver(octets_8bit(octets), coding=0x08))
    assert message.text is not None
    message.text.encode()
    assert read(deliver(octets_8bit(octets), coding=0x04)).data == octets


def test_half_a_ucs2_character_is_seen() -> None:
    assert read(deliver(octets_8bit(b"\x00a\x00b\x00"), coding=0x08)).text == "ab\ufffd"
    assert read(deliver(octets_8bit(b"\xd8\x3d\x00b"), coding=0x08)).text == "\ufffdb"


def test_fields_around_the_text() -> None:
    plain = read(deliver(text_7bit("x")))
    assert (plain.protocol_id, plain.reply_path, plain.replaces) == (0, False, None)
    assert not plain.is_silent
    assert plain.service_centre == "+33609001390"
    assert read(deliver(text_7bit("x"), first=0x84)).reply_path
    assert read(deliver(text_7bit(""), protocol_id=0x40)).is_silent
    assert read(deliver(text_7bit("x"), protocol_id=0x43)).replaces == 3
    assert read(deliver(text_7bit("x"), protocol_id=0x48)).replaces is None


def test_the_reserved_type_is_read_as_a_delivered_message() -> None:
    assert read(deliver(text_7bit("x"), first=0x07)).text == "x"  # 23.040 9.2.3.1


def test_padding_line_ends_case_and_a_missing_service_centre() -> None:
    pdu = deliver(text_7bit("Bonjour"))
    for variant in (
        *[pdu + "FF" * 40, pdu + "00", pdu.lower(), f"  {pdu}\r\n"],
        "00" + pdu[len(SERVICE_CENTRE) :],
    ):
        assert read(variant).text == "Bonjour"
    assert read("00" + pdu[len(SERVICE_CENTRE) :]).service_centre is None
    assert read("03912143" + pdu[len(SERVICE_CENTRE) :]).service_centre == "+1234"
    assert read("03812143" + pdu[len(SERVICE_CENTRE) :]).service_centre == "1234"


@pytest.mark.parametrize(
    "pdu",
    ["", " ", "0", "zz", "07913", "é", "０７", "00 00 ", "0x00", "00" * 301, "\x00", "+CMGL: 1"],
)
def test_what_is_no_hexadecimal(pdu: str) -> None:
    with pytest.raises(TpduError, match="PDU:"):
        decode_tpdu(pdu)


def test_every_truncation_is_refused_and_names_the_sender_once_it_is_known() -> None:
    pdu = deliver(text_7bit("Au secours, 3 rue des Lilas", "0003070201"), header=True)
    sender_ends = len(SERVICE_CENTRE) + 2 + len(address("33601020304"))
    for cut in range(0, len(pdu), 2):
        with pytest.raises(TpduError) as fault:
            decode_tpdu(pdu[:cut])
        assert fault.value.sender == ("+33601020304" if cut >= sender_ends else None)


@pytest.mark.parametrize(
    ("user_data", "coding", "header"),
    [
        ("A1" + "00" * 141, 0x00, False),  # 161 septets
        ("8D" + "00" * 141, 0x08, False),  # 141 octets
        ("00", 0x00, True),  # a header in no octets
        ("0205", 0x04, True),
        ("020500", 0x04, True),  # a header longer than its user data
        ("010000", 0x00, True),  # 8 bits of header in one septet
    ],
)
def test_lengths_that_cannot_be(user_data: str, coding: int, header: bool) -> None:
    with pytest.raises(TpduError, match="TP-U"):
        decode_tpdu(deliver(user_data, coding=coding, header=header))


def report(status: int, more: str = "") -> StatusReport:
    decoded = decode_tpdu(
        f"{SERVICE_CENTRE}06C8{address('33601020304')}"
        f"{PARIS_MORNING}{PARIS_MORNING}{status:02X}{more}"
    )
    assert isinstance(decoded, StatusReport)
    return decoded


@pytest.mark.parametrize("status", range(256))
def test_every_status(status: int) -> None:
    got = report(status)
    expected = ReportOutcome.FAILED  # reserved values too, 23.040 9.2.3.15
    if status < 0x20:
        expected = ReportOutcome.DELIVERED
    elif status < 0x40:
        expected = ReportOutcome.PENDING
    assert (got.reference, got.recipient, got.status) == (0xC8, "+33601020304", status)
    assert got.outcome is expected
    assert got.is_confirmed == (status == 0)


def test_reports_with_more_fields_and_without_dates() -> None:
    assert report(0, "07000004C8329BFD").outcome is ReportOutcome.DELIVERED
    blank = decode_tpdu(f"0006C8{address('36105', 0x81)}{'00' * 14}46")
    assert isinstance(blank, StatusReport)
    assert (blank.sent_at, blank.done_at, blank.recipient) == (None, None, "36105")
    with pytest.raises(TpduError, match="TP-ST"):
        decode_tpdu(f"0006C8{address('36105', 0x81)}{'00' * 14}")


@pytest.mark.parametrize(
    ("first", "validity"),
    [(0x01, ""), (0x11, "AA"), (0x19, PARIS_MORNING), (0x09, "01AA0000000000")],
)
def test_stored_submits_of_every_validity_form(first: int, validity: str) -> None:
    stored = decode_tpdu(f"00{first:02X}2A{address('33601020304')}0000{validity}{text_7bit('Oui')}")
    assert isinstance(stored, StoredSubmit)
    assert (stored.text, stored.reference, stored.recipient.text) == ("Oui", 42, "+33601020304")
