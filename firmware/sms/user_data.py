"""The user data of a TPDU: data coding scheme, user data header, text or octets.

Sources: 3GPP 23.038 clause 4 (data coding scheme), 3GPP 23.040 9.2.3.24 (user data).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from firmware.alphabet.gsm import clean, decode
from firmware.sms.octets import OctetReader, TpduError, unpack_septets

_OCTETS_MAX = 140  # 23.040 9.2.3.24
_SEPTETS_MAX = 160

# Information element identifiers, 23.040 9.2.3.24
CONCATENATION, WIDE_CONCATENATION = 0x00, 0x08
_PORTS, _WIDE_PORTS = 0x04, 0x05
_SINGLE_SHIFT, _LOCKING_SHIFT = 0x24, 0x25


class Alphabet(Enum):
    """How the user data is coded (23.038 clause 4)."""

    GSM_7BIT = "GSM 7-bit"
    DATA_8BIT = "8-bit data"
    UCS2 = "UCS-2"
    COMPRESSED = "compressed"  # 23.042, which no network of today uses: kept as octets


@dataclass(frozen=True, slots=True)
class DataCoding:
    """A data coding scheme. ``message_class`` is 0 (flash) to 3, or ``None`` without one;
    ``message_waiting`` marks the network's own voicemail indication."""

    alphabet: Alphabet
    message_class: int | None = None
    message_waiting: bool = False


@dataclass(frozen=True, slots=True)
class Concatenation:
    """Which part of which long message this is (23.040 9.2.3.24.1 and .8).

    ``number`` counts from 1 to ``total``; ``wide`` marks a 16-bit ``reference``.
    """

    reference: int
    total: int
    number: int
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Ports:
    """Application ports (23.040 9.2.3.24.3 and .4): a message for a program, not for a person."""

    destination: int
    source: int


@dataclass(frozen=True, slots=True)
class UserData:
    """User data decoded. Exactly one of ``text`` and ``data`` is given.

    ``text`` can be stored and shown anywhere. ``fragment`` is the same before cleaning: it may
    begin or end with half a surrogate pair or an escape whose other half is in the next part.
    """

    text: str | None
    fragment: str | None
    data: bytes | None
    concatenation: Concatenation | None
    ports: Ports | None
    elements: tuple[tuple[int, bytes], ...]


def data_coding(octet: int) -> DataCoding:
    """The data coding scheme of ``octet``; reserved values are GSM 7-bit (23.038 clause 4)."""
    group = octet >> 4
    if group <= 0b0111:  # general and automatic deletion groups
        message_class = octet & 0b11 if octet & 0x10 else None
        if octet & 0x20:
            return DataCoding(Alphabet.COMPRESSED, message_class)
        return DataCoding(_ALPHABETS[octet >> 2 & 0b11], message_class)
    if group == 0b1111:  # data coding / message class
        alphabet = Alphabet.DATA_8BIT if octet & 0x04 else Alphabet.GSM_7BIT
        return DataCoding(alphabet, octet & 0b11)
    if group == 0b1110:  # message waiting indication, UCS-2
        return DataCoding(Alphabet.UCS2, message_waiting=True)
    return DataCoding(Alphabet.GSM_7BIT, message_waiting=group >= 0b1100)


_ALPHABETS = (Alphabet.GSM_7BIT, Alphabet.DATA_8BIT, Alphabet.UCS2, Alphabet.GSM_7BIT)


def read_user_data(reader: OctetReader, coding: DataCoding, has_header: bool) -> UserData:
    """TP-UDL and TP-UD. Raises :class:`TpduError` when octets are missing or too many.

    A header whose elements do not add up is ignored whole, as 23.040 9.2.3.24 demands; the text
    after it is read all the same.
    """
    length = reader.octet("TP-UDL")
    packed = coding.alphabet is Alphabet.GSM_7BIT
    most = _SEPTETS_MAX if packed else _OCTETS_MAX
    if length > most:
        raise TpduError(f"TP-UDL: {length}, at most {most}")
    field = reader.take((length * 7 + 7) // 8 if packed else length, "TP-UD")
    header, header_octets = _header(field) if has_header else (b"", 0)
    elements = _elements(header)
    body = field[header_octets:]
    fragment: str | None = None
    if packed:
        header_septets = (header_octets * 8 + 6) // 7
        if header_septets > length:
            raise TpduError("TP-UD: the header is longer than TP-UDL")
        fill_bits = header_septets * 7 - header_octets * 8
        septets = unpack_septets(body, length - header_septets, fill_bits)
        fragment = decode(
            septets, _language(elements, _LOCKING_SHIFT), _language(elements, _SINGLE_SHIFT)
        )
    elif coding.alphabet is Alphabet.UCS2:
        fragment = _ucs2(body)
    return UserData(
        text=None if fragment is None else clean(fragment),
        fragment=fragment,
        data=body if fragment is None else None,
        concatenation=_concatenation(elements),
        ports=_ports(elements),
        elements=elements,
    )


def _header(field: bytes) -> tuple[bytes, int]:
    if not field:
        raise TpduError("TP-UD: a header is announced and there are no octets")
    total = field[0] + 1
    if total > len(field):
        raise TpduError(f"TP-UDHL: {field[0]} octets announced, {len(field) - 1} present")
    return field[1:total], total


def _elements(header: bytes) -> tuple[tuple[int, bytes], ...]:
    elements: list[tuple[int, bytes]] = []
    position = 0
    while position < len(header):
        end = position + 2 + header[position + 1] if position + 1 < len(header) else -1
        if not position < end <= len(header):
            return ()
        elements.append((header[position], header[position + 2 : end]))
        position = end
    return tuple(elements)


def _concatenation(elements: tuple[tuple[int, bytes], ...]) -> Concatenation | None:
    found: Concatenation | None = None
    for identifier, value in elements:  # the last of them counts, 23.040 9.2.3.24
        if (identifier, len(value)) in ((CONCATENATION, 3), (WIDE_CONCATENATION, 4)):
            total, number = value[-2:]
            if 1 <= number <= total:  # otherwise ignored, 23.040 9.2.3.24.1
                reference = int.from_bytes(value[:-2], "big")
                found = Concatenation(reference, total, number, identifier == WIDE_CONCATENATION)
    return found


def _ports(elements: tuple[tuple[int, bytes], ...]) -> Ports | None:
    found: Ports | None = None
    for identifier, value in elements:
        if (identifier, len(value)) in ((_PORTS, 2), (_WIDE_PORTS, 4)):
            half = len(value) // 2
            found = Ports(
                int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big")
            )
    return found


def _language(elements: tuple[tuple[int, bytes], ...], wanted: int) -> int | None:
    found: int | None = None
    for identifier, value in elements:
        if identifier == wanted and len(value) == 1:
            found = value[0]
    return found


def _ucs2(body: bytes) -> str:
    whole = len(body) // 2 * 2
    text = body[:whole].decode("utf-16-be", "surrogatepass")
    return text + "\ufffd" if whole < len(body) else text  # half a character was cut off
