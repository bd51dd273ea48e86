"""The simulator's TPDU code against printed examples, an independent codec, and garbage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from gsmmodem import pdu as other_codec
from hypothesis import example, given
from hypothesis import strategies as st

from hw.simulator import alphabet
from hw.simulator.tpdu import (
    Deliver,
    StatusReport,
    Submit,
    decode_from_centre,
    decode_from_mobile,
    deliver_report,
    encode_address,
    relative_validity,
    submit_report,
)
from hw.simulator.user_data import Coding, Concatenation, TpduError, UserData, split

PARIS = timezone(timedelta(hours=2))
NOON = datetime(2026, 7, 1, 12, 0, 5, tzinfo=PARIS)
GSM_TEXT = "".join(alphabet.text_of([code]) for code in range(128) if code != 0x1B) + "^{}\\[~]|€\f"
gsm_texts = st.text(alphabet=GSM_TEXT, max_size=600)
any_texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400)


@pytest.mark.parametrize(
    ("printed", "sender", "timestamp", "text"),
    [
        (
            "040B911346610089F60000208062917314080CC8F71D14969741F977FD07",
            "+31641600986",
            datetime(2002, 8, 26, 19, 37, 41, tzinfo=UTC),
            "How are you?",
        ),
        (  # two digits of the year: which century is meant is the reader's guess
            "040BC87238880900F10000993092516195800AE8329BFD4697D9EC37",
            "27838890001",
            datetime(2099, 3, 29, 15, 16, 59, tzinfo=PARIS),
            "hellohello",
        ),
    ],
)
def test_a_printed_sms_deliver(printed: str, sender: str, timestamp: datetime, text: str) -> None:
    """The two examples that most PDU primers print."""
    octets = bytes.fromhex(printed)
    message = decode_from_centre(octets)
    assert isinstance(message, Deliver)
    assert (message.sender, message.timestamp) == (sender, timestamp)
    assert message.user_data == UserData(Coding.GSM7, text)
    assert message.user_data.encode() == octets[18:]


def test_a_printed_sms_submit() -> None:
    octets = bytes.fromhex("11000B916407281553F80000AA0AE8329BFD4697D9EC37")
    message = decode_from_mobile(octets)
    assert (message.recipient, message.user_data.text) == ("+46708251358", "hellohello")
    assert message.validity == timedelta(days=4)
    assert (
        Submit(0, message.recipient, message.user_data, validity=timedelta(days=4)).encode()
        == octets
    )


def test_an_alphanumeric_sender_counts_useful_semi_octets() -> None:
    # 23.040 9.1.2.5: "Design@Home" is 11 septets, 77 bits, 20 semi-octets
    assert encode_address("Design@Home").hex().upper() == "14D0C4F23C7D760390EF7619"


@pytest.mark.parametrize("name", ["A", "SAMU35", "SAMU 35", "Clinique", "Design@Home", "€uro"])
def test_alphanumeric_senders_come_back(name: str) -> None:
    message = decode_from_centre(Deliver(name, NOON, UserData(Coding.GSM7, "x")).encode())
    assert message == Deliver(name, NOON.astimezone(UTC), UserData(Coding.GSM7, "x"))


@pytest.mark.parametrize("name", ["", "twelve chars", "日本", "€€€€€€"])
def test_senders_that_no_address_can_carry(name: str) -> None:
    with pytest.raises(TpduError):
        encode_address(name)


@given(st.one_of(gsm_texts, any_texts), st.booleans(), st.sampled_from([None, 0, 1]))
@example("@" * 160, False, None)
@example("@" * 153 * 2, False, None)
@example("é" * 152 + "€" + "x" * 50, False, 0)
@example("x" * 69 + "🚑", False, None)
@example("ж" * 66 + "🚑" * 40, True, None)
def test_any_text_comes_back_whole(text: str, wide: bool, message_class: int | None) -> None:
    parts = split(text, 200, wide=wide, message_class=message_class)
    back = []
    for content in parts:
        octets = Submit(7, "+33601020304", content, report_requested=True).encode()
        message = decode_from_mobile(octets)
        assert (message.reference, message.report_requested) == (7, True)
        assert message.user_data == content
        back.append(message.user_data.text)
    assert "".join(back) == text
    if len(parts) > 1:
        seen = [part.concatenation for part in parts]
        assert seen == [
            Concatenation(200, len(parts), number, wide) for number in range(1, len(parts) + 1)
        ]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("ж" * 134, 2),
        ("ж" * 135, 3),
        ("🚑" * 35, 1),
        ("🚑" * 36, 2),
        ("", 1),
    ],
)
def test_how_many_parts_a_text_needs(text: str, parts: int) -> None:
    assert len(split(text, 1)) == parts


def test_the_limits_of_a_message() -> None:
    with pytest.raises(TpduError, match="255"):
        split("a" * (153 * 255 + 1), 1)
    with pytest.raises(TpduError, match="140"):
        UserData(Coding.OCTETS, octets=bytes(141)).encode()
    with pytest.raises(TpduError, match="alphabet"):
        UserData(Coding.GSM7, "ж").encode()
    with pytest.raises(TpduError, match="surrogate"):
        UserData(Coding.UCS2, "\ud83d").encode()


def test_an_unknown_extension_shows_the_plain_character() -> None:
    assert alphabet.text_of([0x1B, 0x61, 0x62]) == "ab"


@given(
    st.text(
        alphabet="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 éèàùç€[]",
        min_size=1,
        max_size=140,
    )
)
def test_an_independent_codec_reads_what_we_write_and_the_reverse(text: str) -> None:
    for content in split(text, 9):
        delivered = bytes([0]) + Deliver("+33601020304", NOON, content).encode()
        read = other_codec.decodeSmsPdu(delivered.hex().upper())
        assert (read["type"], read["number"], read["text"]) == (
            "SMS-DELIVER",
            "+33601020304",
            content.text,
        )
        assert read["time"] == NOON
    written = other_codec.encodeSmsSubmitPdu("+33601020304", text, reference=0)
    back = [decode_from_mobile(bytes(each.data)[1:]) for each in written]
    assert "".join(each.user_data.text for each in back) == text
    assert {each.recipient for each in back} == {"+33601020304"}


def test_an_independent_codec_reads_our_status_report() -> None:
    ours = StatusReport(77, "+33601020304", NOON, NOON + timedelta(seconds=9), 0)
    read = other_codec.decodeSmsPdu((bytes([0]) + ours.encode()).hex().upper())
    assert (read["type"], read["reference"], read["status"]) == ("SMS-STATUS-REPORT", 77, 0)
    assert read["discharge"] - read["time"] == timedelta(seconds=9)
    assert decode_from_centre(ours.encode()) == StatusReport(
        77, "+33601020304", NOON, NOON + timedelta(seconds=9), 0
    )


@pytest.mark.parametrize(
    ("octet", "validity"),
    [
        (0, timedelta(minutes=5)),
        (143, timedelta(hours=12)),
        (144, timedelta(hours=12, minutes=30)),
        (167, timedelta(days=1)),
        (168, timedelta(days=2)),
        (196, timedelta(days=30)),
        (197, timedelta(weeks=5)),
        (255, timedelta(weeks=63)),
    ],
)
def test_relative_validity(octet: int, validity: timedelta) -> None:
    assert relative_validity(octet) == validity
    content = UserData(Coding.GSM7, "x")
    submit = Submit(1, "888", content, validity=validity)
    assert decode_from_mobile(submit.encode()).validity == validity


def test_absolute_validity_and_negative_zones() -> None:
    until = datetime(2026, 12, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=-9, minutes=-30)))
    submit = Submit(1, "888", UserData(Coding.OCTETS, octets=b"\0\1"), validity=until)
    assert decode_from_mobile(submit.encode()) == submit


@pytest.mark.parametrize(
    ("scheme", "coding", "message_class"),
    [
        (0x00, Coding.GSM7, None),
        (0x08, Coding.UCS2, None),
        (0x10, Coding.GSM7, 0),
        (0x18, Coding.UCS2, 0),
        (0x04, Coding.OCTETS, None),
        (0x0C, Coding.GSM7, None),
        (0x20, Coding.OCTETS, None),
        (0xC8, Coding.GSM7, None),
        (0xE0, Coding.UCS2, None),
        (0xF0, Coding.GSM7, 0),
        (0xF6, Coding.OCTETS, 2),
        (0x90, Coding.GSM7, None),
    ],
)
def test_coding_schemes(scheme: int, coding: Coding, message_class: int | None) -> None:
    body = bytes.fromhex("0004" + "00" * 9 + "00")
    octets = bytes([0x04, 3, 0x81, 0x88, 0xF8, 0, scheme]) + bytes.fromhex("62701021005080")
    message = decode_from_centre(octets + b"\x04" + body[:4])
    assert isinstance(message, Deliver)
    assert (message.user_data.coding, message.user_data.message_class) == (coding, message_class)


def test_reports_of_the_relay_layer() -> None:
    assert submit_report(NOON).hex() == "010062701021005080"
    assert submit_report(NOON, 0xC5).hex() == "01c50062701021005080"
    assert (deliver_report(), deliver_report(0xD3)) == (b"\x00\x00", b"\x00\xd3\x00")


@given(st.binary(max_size=200))
@example(b"")
@example(bytes.fromhex("44"))
@example(bytes.fromhex("040B911346610089F60000208062917314080C"))
def test_garbage_is_a_message_or_our_own_error(octets: bytes) -> None:
    for decode in (decode_from_centre, decode_from_mobile):
        try:
            decode(octets)
        except TpduError:
            continue


@given(st.binary(max_size=60))
def test_a_broken_user_data_header_is_no_concatenation(header: bytes) -> None:
    found = UserData(Coding.OCTETS, header=header).concatenation
    assert found is None or 1 <= found.part <= found.parts
