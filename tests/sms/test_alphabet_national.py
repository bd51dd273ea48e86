"""National language shift tables (23.038 annex A), through whole PDUs."""

from __future__ import annotations

import pytest

from firmware.alphabet.gsm import decode
from firmware.sms.tpdu import DeliveredMessage, decode_tpdu
from tests.sms.service_centre_pdus import CODE_POINTS, deliver, septets_7bit

TURKISH, SPANISH, PORTUGUESE, HINDI, URDU = 1, 2, 3, 6, 13

# 23.038 A.3.1 and A.3.3, as septet and code point where they differ from the default alphabet.
LOCKING = {
    TURKISH: {
        **{0x04: 0x20AC, 0x07: 0x131, 0x0B: 0x11E, 0x0C: 0x11F},
        **{0x1C: 0x15E, 0x1D: 0x15F, 0x40: 0x130, 0x60: 0xE7},
    },
    PORTUGUESE: {
        **{0x04: 0xEA, 0x06: 0xFA, 0x07: 0xED, 0x08: 0xF3, 0x09: 0xE7, 0x0B: 0xD4, 0x0C: 0xF4},
        **{0x0E: 0xC1, 0x0F: 0xE1, 0x12: 0xAA, 0x13: 0xC7, 0x14: 0xC0, 0x15: 0x221E, 0x16: 0x5E},
        **{0x17: 0x5C, 0x18: 0x20AC, 0x19: 0xD3, 0x1A: 0x7C, 0x1C: 0xC2, 0x1D: 0xE2, 0x1E: 0xCA},
        **{0x24: 0xBA, 0x40: 0xCD, 0x5B: 0xC3, 0x5C: 0xD5, 0x5D: 0xDA, 0x60: 0x7E, 0x7B: 0xE3},
        **{0x7C: 0xF5, 0x7D: 0x60},
    },
}
# 23.038 A.2.1 to A.2.3, beyond the default extension table.
SINGLE = {
    TURKISH: "47Ğ 49İ 53Ş 63ç 65€ 67ğ 69ı 73ş 14^ 3C[",
    SPANISH: "09ç 41Á 49Í 4FÓ 55Ú 61á 65€ 69í 6Fó 75ú 28{ 40|",
    PORTUGUESE: (
        "05ê 09ç 0BÔ 0Cô 0EÁ 0Fá 12Φ 13Γ 14^ 15Ω 16Π 17Ψ 18Σ 19Θ 1FÊ 41À 49Í 4FÓ 55Ú 5BÃ 5CÕ 61Â "
        "65€ 69í 6Fó 75ú 7Bã 7Cõ 7Fâ 3D~"
    ),
}


@pytest.mark.parametrize("language", LOCKING)
def test_locking_tables(language: int) -> None:
    for septet, default in enumerate(CODE_POINTS):
        if septet != 0x1B:
            expected = chr(LOCKING[language].get(septet, default))
            assert decode(bytes([septet]), locking=language) == expected, hex(septet)


@pytest.mark.parametrize("language", SINGLE)
def test_single_shift_tables(language: int) -> None:
    for entry in SINGLE[language].split():
        escaped = bytes([0x1B, int(entry[:2], 16)])
        assert decode(escaped, single=language) == entry[2], entry


@pytest.mark.parametrize("language", range(4, 14))
def test_other_languages_keep_what_all_agree_on(language: int) -> None:
    plain = b"samu 15, 3 rue: ok?! a.b;c\r\n"
    assert decode(plain, locking=language) == plain.decode()
    assert decode(b"\x28\x29", locking=language) == ")("  # mirrored in all ten
    assert decode(b"\x00A\x0e", locking=language) == "\ufffd" * 3
    assert decode(b"\x1bS\x1bM\x1b\x65\x1b\x19", single=language) == "SM€\ufffd"
    for septet in range(128):
        for shifted in (bytes([septet]), bytes([0x1B, septet])):
            assert len(decode(shifted, language, language)) == 1


@pytest.mark.parametrize("language", [0, 14, 255])
def test_reserved_languages_are_the_default_alphabet(language: int) -> None:
    assert decode(b"\x00A\x1b\x65", language, language) == "@A€"


def message(septets: list[int], header: str) -> DeliveredMessage:
    decoded = decode_tpdu(deliver(septets_7bit(septets, header), header=True))
    assert isinstance(decoded, DeliveredMessage)
    return decoded


def test_both_shifts_in_one_header() -> None:
    # 25 01 01 locking Turkish, 24 01 01 single shift Turkish, then a concatenation element
    got = message([0x40, 0x1B, 0x73, 0x07, 0x61], "250101" + "240101" + "0003050201")
    assert got.text == "İşıa"
    assert got.concatenation is not None
    assert got.concatenation.number == 1


def test_a_single_shift_leaves_the_main_table_alone() -> None:
    assert message([0x60, 0x1B, 0x61], "240102").text == "¿á"


def test_the_last_of_two_shifts_counts_and_a_malformed_one_does_not() -> None:
    assert message([0x07], "250103" + "250101").text == "ı"
    assert message([0x07], "25020101").text == "ì"
