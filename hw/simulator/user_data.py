"""TP-User-Data: what a short message says, in which alphabet, as part of what. 23.040 9.2.3.24.

`split` makes the parts of a text; `UserData.concatenation` tells which part one is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from hw.simulator import alphabet

USER_DATA_OCTETS_MAX = 140  # 23.040 9.2.3.16
CONCATENATION_8 = 0x00  # 23.040 9.2.3.24.1
CONCATENATION_16 = 0x08  # 23.040 9.2.3.24.8


class TpduError(ValueError):
    """Octets that are no TPDU, or a content that no TPDU can carry."""


class Coding(Enum):
    """23.038 4: the alphabet, as bits 3 and 2 of the general data coding group."""

    GSM7 = 0x00
    OCTETS = 0x04
    UCS2 = 0x08


@dataclass(frozen=True, slots=True)
class Concatenation:
    """This is part `part` of `parts` (from 1) of the message `reference`."""

    reference: int
    parts: int
    part: int
    wide: bool = False

    def element(self) -> bytes:
        """The information element of the user data header."""
        if self.wide:
            head = bytes([CONCATENATION_16, 4]) + self.reference.to_bytes(2, "big")
        else:
            head = bytes([CONCATENATION_8, 3, self.reference & 0xFF])
        return head + bytes([self.parts, self.part])


@dataclass(frozen=True, slots=True)
class UserData:
    """`text` for the two text codings, `octets` for 8-bit data; `header` is the UDH without UDHL.

    `message_class` 0 is a flash message. Equal to what a decoder returns for its encoding.
    """

    coding: Coding
    text: str = ""
    octets: bytes = b""
    header: bytes = b""
    message_class: int | None = None

    @property
    def coding_scheme(self) -> int:
        """TP-DCS, 23.038 4: general data coding."""
        bits = self.coding.value
        return bits if self.message_class is None else bits | 0x10 | self.message_class

    def encode(self) -> bytes:
        """TP-UDL and TP-UD; raises TpduError when it does not fit into one message."""
        head = bytes([len(self.header)]) + self.header if self.header else b""
        if self.coding is Coding.GSM7:
            characters = alphabet.septets_of(self.text)
            if characters is None:
                raise TpduError("a character is missing in the default alphabet")
            septets = [septet for character in characters for septet in character]
            fill_bits = -len(head) * 8 % 7
            length = (len(head) * 8 + fill_bits) // 7 + len(septets)
            body = head + alphabet.pack(septets, fill_bits)
        else:
            body = head + (self.octets if self.coding is Coding.OCTETS else self._utf_16())
            length = len(body)
        if len(body) > USER_DATA_OCTETS_MAX:
            raise TpduError(f"{len(body)} octets of user data, at most {USER_DATA_OCTETS_MAX}")
        return bytes([length]) + body

    def _utf_16(self) -> bytes:
        try:
            return self.text.encode("utf-16-be")
        except UnicodeEncodeError as error:
            raise TpduError("half a surrogate pair is no character") from error

    @property
    def concatenation(self) -> Concatenation | None:
        """Which part this is, None when it stands alone or its header makes no sense."""
        position = 0
        header = self.header
        while position + 2 <= len(header):
            kind, size = header[position], header[position + 1]
            value = header[position + 2 : position + 2 + size]
            position += 2 + size
            if len(value) != size:
                return None
            if (kind, size) == (CONCATENATION_8, 3):
                found = Concatenation(value[0], value[1], value[2])
            elif (kind, size) == (CONCATENATION_16, 4):
                found = Concatenation(value[0] << 8 | value[1], value[2], value[3], wide=True)
            else:
                continue
            return found if 1 <= found.part <= found.parts else None
        return None


def decode_user_data(coding_scheme: int, field: bytes, has_header: bool) -> UserData:
    """TP-UDL and TP-UD to what they say; raises TpduError."""
    if not field:
        raise TpduError("no user data length")
    length, body = field[0], field[1:]
    coding, message_class = _scheme(coding_scheme)
    octets = (length * 7 + 7) // 8 if coding is Coding.GSM7 else length
    if octets > len(body) or octets > USER_DATA_OCTETS_MAX:
        raise TpduError(f"user data length {length} with {len(body)} octets")
    body = body[:octets]
    head_size = 0
    if has_header:
        head_size = body[0] + 1 if body else 0
        if not 1 <= head_size <= len(body):
            raise TpduError("the user data header is longer than the user data")
    header, rest = body[1:head_size], body[head_size:]
    if coding is Coding.GSM7:
        fill_bits = -head_size * 8 % 7
        count = length - (head_size * 8 + fill_bits) // 7
        if count < 0 or count * 7 + fill_bits > len(rest) * 8:
            count = max(0, (len(rest) * 8 - fill_bits) // 7)
        text = alphabet.text_of(alphabet.unpack(rest, count, fill_bits if count else 0))
        return UserData(coding, text, b"", header, message_class)
    if coding is Coding.UCS2:
        return UserData(coding, rest.decode("utf-16-be", "replace"), b"", header, message_class)
    return UserData(coding, "", rest, header, message_class)


def _scheme(octet: int) -> tuple[Coding, int | None]:
    """TP-DCS to alphabet and class, 23.038 4; reserved values mean the default alphabet."""
    group = octet >> 4
    if group < 0x8:
        if octet & 0x20:  # compressed text is kept as octets
            return Coding.OCTETS, None
        bits = octet & 0x0C
        coding = Coding(bits) if bits != 0x0C else Coding.GSM7
        return coding, octet & 0x03 if octet & 0x10 else None
    if group == 0xF:
        return Coding.OCTETS if octet & 0x04 else Coding.GSM7, octet & 0x03
    return Coding.UCS2 if group == 0xE else Coding.GSM7, None


def split(
    text: str, reference: int, *, wide: bool = False, message_class: int | None = None
) -> list[UserData]:
    """A text as one message or as concatenated parts, in the smallest alphabet that holds it.

    A part never ends inside an extension pair or a surrogate pair. Raises TpduError beyond 255
    parts.
    """
    characters = alphabet.septets_of(text)
    if characters is not None:
        coding, unit_bits = Coding.GSM7, 7
        sizes = [len(each) for each in characters]
    else:
        coding, unit_bits = Coding.UCS2, 16
        sizes = [2 if ord(character) > 0xFFFF else 1 for character in text]
    capacity = USER_DATA_OCTETS_MAX * 8 // unit_bits
    if sum(sizes) <= capacity:
        return [UserData(coding, text, message_class=message_class)]
    head_octets = 7 if wide else 6
    capacity = (USER_DATA_OCTETS_MAX - head_octets) * 8 // unit_bits
    pieces = _fill(text, sizes, capacity)
    if len(pieces) > 255:
        raise TpduError(f"{len(pieces)} parts, at most 255")
    return [
        UserData(
            coding,
            piece,
            header=Concatenation(reference, len(pieces), number, wide).element(),
            message_class=message_class,
        )
        for number, piece in enumerate(pieces, start=1)
    ]


def _fill(text: str, sizes: list[int], capacity: int) -> list[str]:
    pieces: list[str] = []
    start = used = 0
    for position, size in enumerate(sizes):
        if used + size > capacity:
            pieces.append(text[start:position])
            start, used = position, 0
        used += size
    pieces.append(text[start:])
    return pieces
