"""Short message TPDUs as octets and back. 23.040 9.2, independent of any other codec.

The service centre decodes SUBMIT and encodes DELIVER and STATUS-REPORT; the virtual phones do the
reverse. Nothing but `TpduError` comes out of a decoder.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from hw.simulator import alphabet
from hw.simulator.user_data import TpduError, UserData, decode_user_data

INTERNATIONAL = 0x91  # 23.040 9.1.2.5: type of number 1, numbering plan 1
NATIONAL_OR_UNKNOWN = 0x81
ALPHANUMERIC = 0xD0
_BCD = "0123456789*#abc"  # 24.008 10.5.4.7

# 23.040 9.2.3.15 TP-Status
STATUS_RECEIVED = 0x00
STATUS_NOT_OBTAINABLE = 0x43
STATUS_EXPIRED = 0x46
STATUS_REJECTED = 0x42
# 23.040 9.2.3.22 TP-Failure-Cause
FCS_DUPLICATE = 0xC5
FCS_COMMAND_UNSUPPORTED = 0xAF  # "Command unspecified error"


@dataclass(frozen=True, slots=True)
class Deliver:
    """SMS-DELIVER, 23.040 9.2.2.1. `sender` is a number or an alphanumeric name."""

    sender: str
    timestamp: datetime
    user_data: UserData
    more_messages: bool = False
    status_report_indication: bool = False
    protocol_identifier: int = 0

    def encode(self) -> bytes:
        """The octets that a mobile receives."""
        first = (
            (0 if self.more_messages else 0x04)
            | (0x20 if self.status_report_indication else 0)
            | (0x40 if self.user_data.header else 0)
        )
        return (
            bytes([first])
            + encode_address(self.sender)
            + bytes([self.protocol_identifier, self.user_data.coding_scheme])
            + encode_timestamp(self.timestamp)
            + self.user_data.encode()
        )


@dataclass(frozen=True, slots=True)
class Submit:
    """SMS-SUBMIT, 23.040 9.2.2.2. `validity` None leaves it to the service centre."""

    reference: int
    recipient: str
    user_data: UserData
    report_requested: bool = False
    reject_duplicates: bool = False
    validity: timedelta | datetime | None = None
    protocol_identifier: int = 0

    def encode(self) -> bytes:
        """The octets that a mobile sends; a validity is rounded up to what 9.2.3.12.1 can say."""
        format_bits, validity = _encode_validity(self.validity)
        first = (
            0x01
            | (0x04 if self.reject_duplicates else 0)
            | format_bits
            | (0x20 if self.report_requested else 0)
            | (0x40 if self.user_data.header else 0)
        )
        return (
            bytes([first, self.reference & 0xFF])
            + encode_address(self.recipient)
            + bytes([self.protocol_identifier, self.user_data.coding_scheme])
            + validity
            + self.user_data.encode()
        )


@dataclass(frozen=True, slots=True)
class StatusReport:
    """SMS-STATUS-REPORT, 23.040 9.2.2.3: what became of the SUBMIT with this `reference`."""

    reference: int
    recipient: str
    submitted: datetime
    discharged: datetime
    status: int

    def encode(self) -> bytes:
        """The octets that a mobile receives."""
        return (
            bytes([0x06, self.reference])
            + encode_address(self.recipient)
            + encode_timestamp(self.submitted)
            + encode_timestamp(self.discharged)
            + bytes([self.status])
        )


def submit_report(timestamp: datetime, failure_cause: int | None = None) -> bytes:
    """SMS-SUBMIT-REPORT, 23.040 9.2.2.2a: inside RP-ERROR with a failure cause, else RP-ACK."""
    start = bytes([0x01, 0x00] if failure_cause is None else [0x01, failure_cause, 0x00])
    return start + encode_timestamp(timestamp)


def deliver_report(failure_cause: int | None = None) -> bytes:
    """SMS-DELIVER-REPORT, 23.040 9.2.2.1a, without optional parts."""
    return bytes([0x00, 0x00] if failure_cause is None else [0x00, failure_cause, 0x00])


def decode_from_centre(octets: bytes) -> Deliver | StatusReport:
    """What a mobile received; raises TpduError."""
    reader = _Reader(octets)
    first = reader.octet()
    kind = first & 0x03
    if kind == 0x02:
        reference = reader.octet()
        return StatusReport(
            reference, reader.address(), reader.timestamp(), reader.timestamp(), reader.octet()
        )
    if kind != 0x00:
        raise TpduError(f"message type {kind} does not come from a service centre")
    sender = reader.address()
    protocol_identifier, coding_scheme = reader.octet(), reader.octet()
    timestamp = reader.timestamp()
    user_data = decode_user_data(coding_scheme, reader.rest(), bool(first & 0x40))
    return Deliver(
        sender, timestamp, user_data, not first & 0x04, bool(first & 0x20), protocol_identifier
    )


def decode_from_mobile(octets: bytes) -> Submit:
    """What a service centre received; raises TpduError, also for an SMS-COMMAND."""
    reader = _Reader(octets)
    first = reader.octet()
    if first & 0x03 != 0x01:
        raise TpduError(f"message type {first & 0x03} is not an SMS-SUBMIT")
    reference, recipient = reader.octet(), reader.address()
    protocol_identifier, coding_scheme = reader.octet(), reader.octet()
    validity: timedelta | datetime | None = None
    validity_format = first >> 3 & 0x03  # 9.2.3.3
    if validity_format == 2:
        validity = relative_validity(reader.octet())
    elif validity_format == 3:
        validity = reader.timestamp()
    elif validity_format == 1:
        reader.take(7)
    user_data = decode_user_data(coding_scheme, reader.rest(), bool(first & 0x40))
    return Submit(
        reference,
        recipient,
        user_data,
        bool(first & 0x20),
        bool(first & 0x04),
        validity,
        protocol_identifier,
    )


def relative_validity(octet: int) -> timedelta:
    """TP-VP in relative format, 23.040 9.2.3.12.1."""
    if octet <= 143:
        return timedelta(minutes=5 * (octet + 1))
    if octet <= 167:
        return timedelta(hours=12, minutes=30 * (octet - 143))
    if octet <= 196:
        return timedelta(days=octet - 166)
    return timedelta(weeks=octet - 192)


def _encode_validity(validity: timedelta | datetime | None) -> tuple[int, bytes]:
    if validity is None:
        return 0, b""
    if isinstance(validity, datetime):
        return 0x18, encode_timestamp(validity)
    for octet in range(256):
        if relative_validity(octet) >= validity:
            return 0x10, bytes([octet])
    return 0x10, b"\xff"


@lru_cache(maxsize=4096)
def encode_address(address: str) -> bytes:
    """TP-OA, TP-DA, TP-RA: length in semi-octets, type, value. 23.040 9.1.2.5.

    Raises TpduError for a name of more than 11 septets or with foreign characters.
    """
    digits = address.removeprefix("+")
    if digits and set(digits) <= set("0123456789*#"):
        kind = INTERNATIONAL if address.startswith("+") else NATIONAL_OR_UNKNOWN
        return bytes([len(digits), kind]) + _semi_octets([_BCD.index(each) for each in digits])
    characters = alphabet.septets_of(address)
    if characters is None:
        raise TpduError(f"a sender cannot be called {address!r}")
    septets = [septet for character in characters for septet in character]
    if not 1 <= len(septets) <= 11:
        raise TpduError(f"a sender's name has 1 to 11 characters, not {address!r}")
    value = alphabet.pack(septets)
    return bytes([(len(septets) * 7 + 3) // 4, ALPHANUMERIC]) + value


def _semi_octets(nibbles: list[int]) -> bytes:
    padded = nibbles + [0xF] * (len(nibbles) % 2)
    return bytes(low | high << 4 for low, high in zip(padded[::2], padded[1::2], strict=True))


def encode_timestamp(instant: datetime) -> bytes:
    """TP-SCTS: seven swapped semi-octet pairs, the last one the zone. 23.040 9.2.3.11."""
    quarters = int((instant.utcoffset() or timedelta()).total_seconds()) // 900
    fields = [
        instant.year % 100,
        instant.month,
        instant.day,
        instant.hour,
        instant.minute,
        instant.second,
    ]
    octets = [each % 10 << 4 | each // 10 for each in fields]
    zone = abs(quarters) % 10 << 4 | abs(quarters) // 10
    return bytes([*octets, zone | (0x08 if quarters < 0 else 0)])


class _Reader:
    """Takes fields off the front of a TPDU."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._position = 0

    def take(self, count: int) -> bytes:
        end = self._position + count
        if end > len(self._octets):
            raise TpduError(f"{len(self._octets)} octets end before octet {end}")
        taken = self._octets[self._position : end]
        self._position = end
        return taken

    def octet(self) -> int:
        return self.take(1)[0]

    def rest(self) -> bytes:
        return self.take(len(self._octets) - self._position)

    def address(self) -> str:
        length, kind = self.octet(), self.octet()
        if length > 20:  # 23.040 9.1.2.5: at most ten octets of value
            raise TpduError(f"an address of {length} semi-octets")
        value = self.take((length + 1) // 2)
        if kind & 0x70 == 0x50:
            septets = alphabet.unpack(value, length * 4 // 7)
            return alphabet.text_of(septets)
        nibbles = [nibble for octet in value for nibble in (octet & 0xF, octet >> 4)][:length]
        if 0xF in nibbles:
            raise TpduError("an address with filler among its digits")
        return ("+" if kind & 0x70 == 0x10 else "") + "".join(_BCD[each] for each in nibbles)

    def timestamp(self) -> datetime:
        octets = self.take(7)
        fields = [(octet & 0xF) * 10 + (octet >> 4) for octet in octets[:6]]
        zone = (octets[6] & 0x7) * 10 + (octets[6] >> 4)
        sign = -1 if octets[6] & 0x08 else 1
        try:
            offset = timezone(timedelta(minutes=15 * zone * sign))
            year, month, day, hour, minute, second = fields
            local = datetime(2000 + year, month, day, hour, minute, second, tzinfo=offset)
        except ValueError as error:
            raise TpduError(f"no time stamp: {octets.hex()}") from error
        return local.astimezone(UTC)
