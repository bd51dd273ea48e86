"""Addresses of a TPDU: who wrote, whom a report is about, whom we write to.

Source: 3GPP 23.040 9.1.2.5 (address fields), 9.1.2.3 (semi-octets).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from firmware.alphabet.gsm import decode
from firmware.sms.octets import OctetReader, TpduError, digits, semi_octets, unpack_septets

_INTERNATIONAL, _ALPHANUMERIC = 0b001, 0b101  # 23.040 9.1.2.5, type of number
_INTERNATIONAL_ISDN = 0x91  # the same with the numbering plan of E.164
_SEMI_OCTETS_MAX = 20  # 23.040 9.1.2.5: the field is at most 12 octets
_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)  # E.164 6.2.1: fifteen digits at most
_SHORT_CODE_DIGITS_MAX = 6  # 36105, 118218: no subscriber's number is that short


class OriginatorKind(Enum):
    """What an address is, and with it whether anything may be sent back to it."""

    NUMBER = "number"  # E.164 with its +
    NATIONAL = "national"  # digits without the country: 0612345678 or 612345678
    SHORT_CODE = "short code"
    ALPHANUMERIC = "alphanumeric"
    ABSENT = "absent"  # the network gave no address


@dataclass(frozen=True, slots=True)
class Originator:
    """An address as a person reads it. ``text`` is empty only where ``kind`` is ABSENT or where
    an alphanumeric name was blank; ``type_of_number`` is the standard's own (0 to 7)."""

    text: str
    kind: OriginatorKind
    type_of_number: int = 0


def is_e164(number: str) -> bool:
    """Whether ``number`` is E.164 with its plus sign, in ASCII digits, and nothing else."""
    return _E164.fullmatch(number) is not None


def read_address(reader: OctetReader, name: str) -> Originator:
    """An originating, destination or recipient address. Raises :class:`TpduError`."""
    semi_octet_count = reader.octet(f"{name} length")
    if semi_octet_count > _SEMI_OCTETS_MAX:
        raise TpduError(f"{name}: {semi_octet_count} semi-octets, at most {_SEMI_OCTETS_MAX}")
    type_of_number = reader.octet(f"{name} type") >> 4 & 0b111
    value = reader.take((semi_octet_count + 1) // 2, name)
    if type_of_number == _ALPHANUMERIC:
        return Originator(
            _name(value, semi_octet_count), OriginatorKind.ALPHANUMERIC, type_of_number
        )
    return _number(digits(value, semi_octet_count), type_of_number)


def _name(value: bytes, semi_octet_count: int) -> str:
    count = semi_octet_count * 4 // 7
    septets = unpack_septets(value, count)
    # Seven septets fill 49 bits. A sender that counts whole octets announces 14 semi-octets,
    # room for an eighth septet that is only padding and would read as "@".
    if count % 8 == 0 and septets.endswith(b"\x00"):
        septets = septets[:-1]
    name = decode(septets)
    return "".join(char if char.isprintable() else " " for char in name).strip()


def _number(number: str, type_of_number: int) -> Originator:
    if type_of_number == _INTERNATIONAL:
        # No E.164 number begins with 0: what does carries the French international prefix 00.
        international = "+" + number.removeprefix("00")
        if is_e164(international):
            return Originator(international, OriginatorKind.NUMBER, type_of_number)
    if not number:
        return Originator("", OriginatorKind.ABSENT, type_of_number)
    short = len(number) <= _SHORT_CODE_DIGITS_MAX
    kind = OriginatorKind.SHORT_CODE if short else OriginatorKind.NATIONAL
    return Originator(number, kind, type_of_number)


def read_service_centre(reader: OctetReader) -> str | None:
    """The service centre's address before the TPDU (27.005 3.1 <pdu>, 24.011 8.2.5.1).

    ``None`` where the modem gives none. Raises :class:`TpduError`.
    """
    octet_count = reader.octet("service centre length")
    if octet_count == 0:
        return None
    if octet_count > 12:  # 24.011 8.2.5.1
        raise TpduError(f"service centre: {octet_count} octets, at most 12")
    field = reader.take(octet_count, "service centre")
    plus = "+" if field[0] >> 4 & 0b111 == _INTERNATIONAL else ""
    return plus + digits(field[1:]) or None


def e164_address(number: str) -> bytes:
    """A destination address field. Raises :class:`TpduError` unless ``number`` is E.164."""
    if not is_e164(number):
        raise TpduError(f"recipient {number!r} is not an international number such as +33601020304")
    return bytes((len(number) - 1, _INTERNATIONAL_ISDN)) + semi_octets(number[1:])
