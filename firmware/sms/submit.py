"""Text to SMS-SUBMIT TPDUs, ready for AT+CMGS in PDU mode (23.040 9.2.2.2, 27.005 3.5.1)."""

from __future__ import annotations

from dataclasses import dataclass

from firmware.alphabet import gsm as alphabet
from firmware.sms.address import e164_address
from firmware.sms.octets import TpduError, pack_septets

# 23.040 9.2.3.1, 9.2.3.3, 9.2.3.5, 9.2.3.23: bits of the first octet
_SUBMIT, _RELATIVE_VALIDITY, _STATUS_REPORT_REQUEST, _HAS_HEADER = 0x01, 0x10, 0x20, 0x40
_GSM_7BIT, _UCS2, _CLASS_0 = 0x00, 0x08, 0x10  # 23.038 clause 4
_PARTS_MAX = 255  # 23.040 9.2.3.24.1
_DAY, _WEEK = 24 * 60, 7 * 24 * 60
_VALIDITY_MAX_MINUTES = 63 * _WEEK  # 23.040 9.2.3.12.1


@dataclass(frozen=True, slots=True)
class SubmitTpdu:
    """One SMS to send: ``pdu_hex`` after the prompt, ``length`` in ``AT+CMGS=<length>``
    (octets of the TPDU without the service centre's address), and the ``text`` it carries."""

    pdu_hex: str
    length: int
    text: str


def encode_submit(
    recipient: str,
    text: str,
    *,
    reference: int,
    request_report: bool,
    flash: bool = False,
    validity_minutes: int | None = None,
) -> tuple[SubmitTpdu, ...]:
    """``text`` for ``recipient`` (E.164 with its +), cut into as many SMS as it takes.

    GSM 7-bit where all of the text fits it, otherwise UCS-2; no character is cut in two.
    ``reference`` (0 to 255) tells long messages apart, the same for all parts. TP-MR is 0: the
    modem sets it. ``validity_minutes`` is rounded up to what the field can say; ``None`` leaves
    it to the service centre. A lone surrogate, which no telephone can show, becomes U+FFFD.
    Raises :class:`TpduError` for a bad recipient, an empty text, a text of more than 255 parts,
    a reference or validity out of range.
    """
    address = e164_address(recipient)
    if not 0 <= reference <= 0xFF:
        raise TpduError(f"reference {reference} is not between 0 and 255")
    if not text:
        raise TpduError("the text is empty")
    sendable = text.encode("utf-16-be", "surrogatepass").decode("utf-16-be", "replace")
    pieces = alphabet.split(sendable)
    if len(pieces) > _PARTS_MAX:
        raise TpduError(f"the text takes {len(pieces)} SMS, at most {_PARTS_MAX}")
    validity = _relative_validity(validity_minutes)
    first = _SUBMIT
    first |= _RELATIVE_VALIDITY if validity else 0
    first |= _STATUS_REPORT_REQUEST if request_report else 0
    first |= _HAS_HEADER if len(pieces) > 1 else 0
    packed = alphabet.septets(sendable) is not None
    coding = (_GSM_7BIT if packed else _UCS2) | (_CLASS_0 if flash else 0)
    head = bytes((first, 0)) + address + bytes((0, coding)) + validity
    parts: list[SubmitTpdu] = []
    for number, piece in enumerate(pieces, 1):
        header = bytes((5, 0, 3, reference, len(pieces), number)) if len(pieces) > 1 else b""
        tpdu = head + _user_data(piece, header, packed)
        parts.append(SubmitTpdu("00" + tpdu.hex().upper(), len(tpdu), piece))
    return tuple(parts)


def _user_data(piece: str, header: bytes, packed: bool) -> bytes:
    """TP-UDL, header and text; the length counts septets for GSM 7-bit (23.040 9.2.3.16)."""
    septets = alphabet.encode(piece) if packed else None
    if septets is None:
        body = header + piece.encode("utf-16-be")
        return bytes((len(body),)) + body
    header_septets = (len(header) * 8 + 6) // 7
    fill_bits = header_septets * 7 - len(header) * 8
    length = header_septets + len(septets)
    return bytes((length,)) + header + pack_septets(septets, fill_bits)


def _relative_validity(minutes: int | None) -> bytes:
    """TP-VP in its relative form (23.040 9.2.3.12.1), empty for ``None``."""
    if minutes is None:
        return b""
    if not 0 < minutes <= _VALIDITY_MAX_MINUTES:
        raise TpduError(f"validity {minutes} is not between 1 and {_VALIDITY_MAX_MINUTES} minutes")
    if minutes <= 12 * 60:
        value = -(-minutes // 5) - 1
    elif minutes <= _DAY:
        value = 143 + -(-(minutes - 12 * 60) // 30)
    elif minutes <= 30 * _DAY:
        value = 166 + -(-minutes // _DAY)
    else:
        value = 192 + -(-minutes // _WEEK)
    return bytes((value,))
