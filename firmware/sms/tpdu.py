"""The SMS TPDU codec: hexadecimal digits of +CMGL, +CMGR, +CMT, +CDS to values, text to +CMGS.

Source: 3GPP 23.040 9.2.2. Pure: no clock, no state. Every fault of what came in or of what is to
go out is a :class:`TpduError`. Why this is not ``gsmmodem.pdu`` is told in this room's README.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import TypeAlias

from firmware.sms.address import (
    Originator,
    OriginatorKind,
    read_address,
    read_service_centre,
)
from firmware.sms.octets import OctetReader, TpduError
from firmware.sms.submit import SubmitTpdu, encode_submit
from firmware.sms.user_data import (
    Alphabet,
    Concatenation,
    Ports,
    UserData,
    data_coding,
    read_user_data,
)

__all__ = [
    "Alphabet",
    "Concatenation",
    "DeliveredMessage",
    "Originator",
    "OriginatorKind",
    "Ports",
    "ReportOutcome",
    "StatusReport",
    "StoredSubmit",
    "SubmitTpdu",
    "Tpdu",
    "TpduError",
    "decode_tpdu",
    "encode_submit",
    "tpdu_or_fault",
]

_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_HEX_DIGITS_MAX = 600  # a SIM's record is 176 octets (31.102 4.2.25); modems pad to at most that

# 23.040 9.2.3.1, 9.2.3.23, 9.2.3.17, 9.2.3.3: bits of the first octet
_TYPE, _HAS_HEADER, _REPLY_PATH, _VALIDITY_FORMAT = 0b11, 0x40, 0x80, 0x18
_SUBMIT, _STATUS_REPORT = 0b01, 0b10
_VALIDITY_OCTETS = {0x00: 0, 0x10: 1, 0x08: 7, 0x18: 7}  # 23.040 9.2.3.12

_SILENT = 0x40  # 23.040 9.2.3.9: short message type 0
_REPLACE = range(0x41, 0x48)


class ReportOutcome(Enum):
    """What a status report says, in the three words that matter to the outbox."""

    DELIVERED = "delivered"
    PENDING = "pending"  # the service centre goes on trying
    FAILED = "failed"  # it has given up


@dataclass(frozen=True, slots=True)
class DeliveredMessage:
    """An SMS-DELIVER (23.040 9.2.2.1).

    ``sent_at`` is aware, with the offset of TP-SCTS, or ``None`` where the network sent no date
    that exists; ``time_stamp`` is the same as the fourteen digits received, for unique keys.
    Exactly one of ``text`` and ``data`` (8-bit or compressed octets) is given. ``fragment`` is
    for :mod:`firmware.sms.concatenation` only: it may hold half a character.
    """

    sender: Originator
    sent_at: datetime | None
    time_stamp: str
    text: str | None
    data: bytes | None
    alphabet: Alphabet
    message_class: int | None
    concatenation: Concatenation | None
    ports: Ports | None
    protocol_id: int
    reply_path: bool
    message_waiting: bool
    service_centre: str | None
    fragment: str | None
    elements: tuple[tuple[int, bytes], ...]

    @property
    def is_flash(self) -> bool:
        """Class 0: to be shown at once and not kept (23.038 clause 4)."""
        return self.message_class == 0

    @property
    def is_silent(self) -> bool:
        """Short message type 0: a network's probe that no person wrote (23.040 9.2.3.9)."""
        return self.protocol_id == _SILENT

    @property
    def replaces(self) -> int | None:
        """Replace short message type 1 to 7 (23.040 9.2.3.9), otherwise ``None``."""
        return self.protocol_id - _SILENT if self.protocol_id in _REPLACE else None


@dataclass(frozen=True, slots=True)
class StatusReport:
    """An SMS-STATUS-REPORT (23.040 9.2.2.3) on the message sent with TP-MR ``reference``.

    ``status`` is TP-ST (9.2.3.15). DELIVERED covers 0x00 to 0x1F; only 0x00 says that the
    telephone itself received the message: see :attr:`is_confirmed`. ``recipient`` is TP-RA, E.164
    with its + where the network says so, and may be written otherwise than it was dialled.
    """

    reference: int
    recipient: str
    sent_at: datetime | None
    done_at: datetime | None
    status: int
    outcome: ReportOutcome
    service_centre: str | None

    @property
    def is_confirmed(self) -> bool:
        """Whether the recipient's telephone acknowledged the message."""
        return self.status == 0


@dataclass(frozen=True, slots=True)
class StoredSubmit:
    """An SMS-SUBMIT found in the store (23.040 9.2.2.2): a draft, or what another program sent.

    It came from no caller; it only takes up room.
    """

    reference: int
    recipient: Originator
    text: str | None
    data: bytes | None
    concatenation: Concatenation | None
    wants_report: bool


Tpdu: TypeAlias = DeliveredMessage | StatusReport | StoredSubmit


def decode_tpdu(pdu_hex: str) -> Tpdu:
    """One PDU as the modem gives it, with the service centre's address in front (27.005 3.1).

    Octets after the user data are padding and ignored. Raises :class:`TpduError`, with the
    sender where it could be read.
    """
    trimmed = pdu_hex.strip()
    if len(trimmed) > _HEX_DIGITS_MAX:
        raise TpduError(f"PDU: {len(trimmed)} hexadecimal digits, at most {_HEX_DIGITS_MAX}")
    if _HEX.fullmatch(trimmed) is None:
        raise TpduError("PDU: not an even number of hexadecimal digits")
    reader = OctetReader(bytes.fromhex(trimmed))
    service_centre = read_service_centre(reader)
    first = reader.octet("first octet")
    kind = first & _TYPE
    if kind == _SUBMIT:
        return _submit(reader, first)
    if kind == _STATUS_REPORT:
        return _status_report(reader, service_centre)
    # The reserved type 0b11 is to be read as SMS-DELIVER, 23.040 9.2.3.1.
    return _deliver(reader, first, service_centre)


def tpdu_or_fault(pdu_hex: str) -> Tpdu | TpduError:
    """The same for whoever must do something about each PDU, also one that cannot be read."""
    try:
        return decode_tpdu(pdu_hex)
    except TpduError as fault:
        return fault


def _deliver(reader: OctetReader, first: int, service_centre: str | None) -> DeliveredMessage:
    sender = read_address(reader, "TP-OA")
    try:
        protocol_id = reader.octet("TP-PID")
        coding = data_coding(reader.octet("TP-DCS"))
        time_stamp = reader.take(7, "TP-SCTS")
        user_data = read_user_data(reader, coding, bool(first & _HAS_HEADER))
    except TpduError as error:
        raise TpduError(str(error), sender.text or None) from error
    return DeliveredMessage(
        sender=sender,
        sent_at=_instant(time_stamp),
        time_stamp=_semi_octet_digits(time_stamp),
        text=user_data.text,
        data=user_data.data,
        alphabet=coding.alphabet,
        message_class=coding.message_class,
        concatenation=user_data.concatenation,
        ports=user_data.ports,
        protocol_id=protocol_id,
        reply_path=bool(first & _REPLY_PATH),
        message_waiting=coding.message_waiting,
        service_centre=service_centre,
        fragment=user_data.fragment,
        elements=user_data.elements,
    )


def _submit(reader: OctetReader, first: int) -> StoredSubmit:
    reference = reader.octet("TP-MR")
    recipient = read_address(reader, "TP-DA")
    reader.octet("TP-PID")
    coding = data_coding(reader.octet("TP-DCS"))
    reader.take(_VALIDITY_OCTETS[first & _VALIDITY_FORMAT], "TP-VP")
    user_data: UserData = read_user_data(reader, coding, bool(first & _HAS_HEADER))
    return StoredSubmit(
        reference=reference,
        recipient=recipient,
        text=user_data.text,
        data=user_data.data,
        concatenation=user_data.concatenation,
        wants_report=bool(first & 0x20),  # TP-SRR, 23.040 9.2.3.5
    )


def _status_report(reader: OctetReader, service_centre: str | None) -> StatusReport:
    reference = reader.octet("TP-MR")
    recipient = read_address(reader, "TP-RA").text
    sent_at = _instant(reader.take(7, "TP-SCTS"))
    done_at = _instant(reader.take(7, "TP-DT"))
    status = reader.octet("TP-ST")
    return StatusReport(
        reference, recipient, sent_at, done_at, status, _outcome(status), service_centre
    )


def _outcome(status: int) -> ReportOutcome:
    """23.040 9.2.3.15; reserved values mean "service rejected", a failure."""
    if status <= 0x1F:
        return ReportOutcome.DELIVERED
    if status <= 0x3F:
        return ReportOutcome.PENDING
    return ReportOutcome.FAILED


def _semi_octet_digits(octets: bytes) -> str:
    return "".join(f"{octet & 0x0F:X}{octet >> 4:X}" for octet in octets)


def _instant(octets: bytes) -> datetime | None:
    """TP-SCTS, TP-DT (23.040 9.2.3.11): a wrong digit reads as 0; ``None`` for no such date."""
    pairs = [_digit(octet & 0x0F) * 10 + _digit(octet >> 4) for octet in octets[:6]]
    zone = octets[6]
    quarters = _digit(zone & 0b0111) * 10 + _digit(zone >> 4)
    offset = timedelta(minutes=15 * (-quarters if zone & 0b1000 else quarters))
    year, month, day, hour, minute, second = pairs
    try:
        return datetime(2000 + year, month, day, hour, minute, second, 0, timezone(offset))
    except ValueError:
        return None


def _digit(half: int) -> int:
    return half if half <= 9 else 0
