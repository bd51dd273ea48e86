"""Reading the octets of a TPDU: bounds checked, semi-octets, packed septets.

Everything here is 3GPP 23.040 clause 9.1.2 and 3GPP 23.038 clause 6.1.2.1. A read past the end is
a :class:`TpduError`, never an ``IndexError``: the octets come from strangers.
"""

from __future__ import annotations

from collections.abc import Sequence

SEPTET_BITS = 7


class TpduError(Exception):
    """A TPDU that cannot be decoded, or a message that cannot be encoded.

    ``sender`` is the originator's address as a person reads it, where the fault came after it in
    the PDU; otherwise ``None``. It is what "unreadable SMS from ..." needs.
    """

    def __init__(self, message: str, sender: str | None = None) -> None:
        super().__init__(message)
        self.sender = sender


class OctetReader:
    """A cursor over octets that never reads past the end."""

    __slots__ = ("_octets", "_position")

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._position = 0

    def octet(self, name: str) -> int:
        """The next octet; ``name`` is the field, for the message of the :class:`TpduError`."""
        return self.take(1, name)[0]

    def take(self, count: int, name: str) -> bytes:
        """The next ``count`` octets. Raises :class:`TpduError` if there are fewer."""
        end = self._position + count
        taken = self._octets[self._position : end]
        if len(taken) < count:
            raise TpduError(f"{name}: {count} octets announced, {len(taken)} present")
        self._position = end
        return taken

    @property
    def exhausted(self) -> bool:
        """Whether nothing is left to read."""
        return self._position >= len(self._octets)


def digits(octets: bytes, count: int | None = None) -> str:
    """Semi-octets to telephone digits, low half first (23.040 9.1.2.3).

    ``count`` bounds the digits; the filler 1111 ends them earlier.
    """
    halves = [half for octet in octets for half in (octet & 0x0F, octet >> 4)]
    number: list[str] = []
    for half in halves[:count]:
        if half == 0x0F:  # filler, 23.040 9.1.2.3
            break
        number.append("0123456789*#abc"[half])
    return "".join(number)


def semi_octets(number: str) -> bytes:
    """Decimal digits to semi-octets, low half first, an odd end filled (23.040 9.1.2.3)."""
    padded = number + "F" * (len(number) % 2)
    return bytes(int(padded[i + 1] + padded[i], 16) for i in range(0, len(padded), 2))


def unpack_septets(octets: bytes, count: int, fill_bits: int = 0) -> bytes:
    """``count`` septets, one an octet, out of packed octets (23.038 6.1.2.1.1).

    ``fill_bits`` are the bits before the first septet, after a user data header.
    Raises :class:`TpduError` when the octets hold fewer septets.
    """
    if len(octets) * 8 < fill_bits + count * SEPTET_BITS:
        raise TpduError(f"{count} septets announced, {len(octets)} octets present")
    bits = int.from_bytes(octets, "little") >> fill_bits
    septets = bytearray(count)
    for index in range(count):
        septets[index] = bits & 0x7F
        bits >>= SEPTET_BITS
    return bytes(septets)


def pack_septets(septets: Sequence[int], fill_bits: int = 0) -> bytes:
    """Septets packed into octets after ``fill_bits`` zero bits (23.038 6.1.2.1.1)."""
    bits = 0
    for index, septet in enumerate(septets):
        bits |= septet << (fill_bits + index * SEPTET_BITS)
    return bits.to_bytes((fill_bits + len(septets) * SEPTET_BITS + 7) // 8, "little")
