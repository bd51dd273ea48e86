"""A second, independent hand for TPDUs: what a service centre does to them, in strings of bits.

Written from 23.040 and 23.038 for the tests alone. It shares nothing with ``firmware.sms``: the
alphabet is the code points of the Unicode consortium's table of 23.038 (GSM0338.TXT, corrected at
0x09), packing goes through strings of "0" and "1".
"""

from __future__ import annotations

from dataclasses import dataclass

CODE_POINTS = [
    *[0x40, 0xA3, 0x24, 0xA5, 0xE8, 0xE9, 0xF9, 0xEC, 0xF2, 0xC7, 0x0A, 0xD8, 0xF8, 0x0D],
    *[0xC5, 0xE5, 0x394, 0x5F, 0x3A6, 0x393, 0x39B, 0x3A9, 0x3A0, 0x3A8, 0x3A3, 0x398, 0x39E],
    *[0x1B, 0xC6, 0xE6, 0xDF, 0xC9],
    *[0x20, 0x21, 0x22, 0x23, 0xA4, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2A, 0x2B, 0x2C, 0x2D],
    *range(0x2E, 0x40),
    0xA1,
    *range(0x41, 0x5B),
    *[0xC4, 0xD6, 0xD1, 0xDC, 0xA7, 0xBF],
    *range(0x61, 0x7B),
    *[0xE4, 0xF6, 0xF1, 0xFC, 0xE0],
]
EXTENDED = {
    **{0x0C: 0x0A, 0x5E: 0x14, 0x7B: 0x28, 0x7D: 0x29, 0x5C: 0x2F},
    **{0x5B: 0x3C, 0x7E: 0x3D, 0x5D: 0x3E, 0x7C: 0x40, 0x20AC: 0x65},
}
GSM_CHARACTERS = "".join(map(chr, [c for c in CODE_POINTS if c != 0x1B] + list(EXTENDED)))

SERVICE_CENTRE = "07913306091093F0"  # +33609001390
PARIS_MORNING = "62309221000080"  # 2026-03-29 12:00:00 +02:00


def septets_of(text: str) -> list[int]:
    found: list[int] = []
    for char in text:
        if ord(char) in EXTENDED:
            found += [0x1B, EXTENDED[ord(char)]]
        else:
            found.append(CODE_POINTS.index(ord(char)))
    return found


def packed(septets: list[int], fill_bits: int = 0) -> str:
    """Septets as hexadecimal digits; the first bit of all is the last character of the string."""
    bits = "".join(f"{septet:07b}" for septet in reversed(septets)) + "0" * fill_bits
    bits = bits.zfill(-(-len(bits) // 8) * 8)
    octets = [bits[i : i + 8] for i in range(0, len(bits), 8)]
    return "".join(f"{int(octet, 2):02X}" for octet in reversed(octets))


def swapped(digits: str) -> str:
    """Each pair of semi-octets the other way round."""
    return "".join(b + a for a, b in zip(digits[::2], digits[1::2], strict=True))


def address(number: str, type_of_address: int = 0x91) -> str:
    even = number + "F" * (len(number) % 2)
    return f"{len(number):02X}{type_of_address:02X}{swapped(even)}"


def named(name: str, semi_octets: int | None = None) -> str:
    """An alphanumeric address, its length in useful semi-octets unless given."""
    value = packed(septets_of(name))
    length = -(-len(septets_of(name)) * 7 // 4) if semi_octets is None else semi_octets
    return f"{length:02X}D0{value}"


def text_7bit(text: str, header: str = "") -> str:
    """TP-UDL and TP-UD with ``header`` (elements without their length octet) in front."""
    return septets_7bit(septets_of(text), header)


def septets_7bit(septets: list[int], header: str = "") -> str:
    whole = f"{len(header) // 2:02X}{header}" if header else ""
    fill_bits = -(len(whole) * 4) % 7
    length = (len(whole) * 4 + fill_bits) // 7 + len(septets)
    return f"{length:02X}{whole}{packed(septets, fill_bits)}"


def octets_8bit(octets: bytes, header: str = "") -> str:
    """TP-UDL and TP-UD for 8-bit data or UCS-2."""
    whole = f"{len(header) // 2:02X}{header}" if header else ""
    return f"{len(whole) // 2 + len(octets):02X}{whole}{octets.hex().upper()}"


def ucs2(text: str, header: str = "") -> str:
    return octets_8bit(text.encode("utf-16-be", "surrogatepass"), header)


def deliver(
    user_data: str,
    *,
    sender: str | None = None,
    coding: int = 0,
    header: bool = False,
    first: int = 0x04,
    protocol_id: int = 0,
    time_stamp: str = PARIS_MORNING,
) -> str:
    """An SMS-DELIVER with the service centre in front; ``sender`` is a whole address field."""
    octet = first | (0x40 if header else 0)
    origin = address("33601020304") if sender is None else sender
    head = f"{SERVICE_CENTRE}{octet:02X}{origin}{protocol_id:02X}{coding:02X}"
    return head + time_stamp + user_data


@dataclass(frozen=True)
class Submitted:
    """The fields of an SMS-SUBMIT, as hexadecimal digits where they are copied on."""

    first: int
    reference: int
    destination: str
    protocol_id: str
    coding: str
    validity: str
    user_data: str


def read_submit(pdu_hex: str) -> Submitted:
    """Takes an SMS-SUBMIT apart by the offsets of 23.040 9.2.2.2."""
    assert pdu_hex[:2] == "00", "no service centre of our own"
    first, reference, digits = (int(pdu_hex[i : i + 2], 16) for i in (2, 4, 6))
    end = 10 + (digits + digits % 2)
    validity = {0: 0, 0x10: 2, 0x08: 14, 0x18: 14}[first & 0x18]
    return Submitted(
        first,
        reference,
        pdu_hex[6:end],
        pdu_hex[end : end + 2],
        pdu_hex[end + 2 : end + 4],
        pdu_hex[end + 4 : end + 4 + validity],
        pdu_hex[end + 4 + validity :],
    )


def delivered(pdu_hex: str, sender: str | None = None, time_stamp: str = PARIS_MORNING) -> str:
    """What the recipient's modem shows of an SMS-SUBMIT."""
    submit = read_submit(pdu_hex)
    assert submit.first & 0x03 == 0x01, "an SMS-SUBMIT"
    return deliver(
        submit.user_data,
        sender=sender,
        coding=int(submit.coding, 16),
        header=bool(submit.first & 0x40),
        time_stamp=time_stamp,
    )
