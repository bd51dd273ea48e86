"""Lines that a modem sends by itself, turned into events by table.

The general table holds the codes of 27.007 and 27.005; a profile adds its family's codes and
names the decoder of each. +CMT and +CDS take two lines: the first gives a ``PduHeader``, and
``delivered`` makes the event once the second has come, with whatever lies between.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from firmware.at.events import (
    CallEnded,
    CallingLine,
    CallProgress,
    CallStage,
    CallWaiting,
    Dtmf,
    MessageDelivered,
    MessageStored,
    ModemRestarted,
    NetworkTime,
    Notice,
    Registration,
    ReportDelivered,
    ReportStored,
    Ring,
    ServiceNotice,
    SimState,
    SoundFlow,
    StoreFull,
    SubsystemReady,
    Unknown,
    UnsolicitedEvent,
    Ussd,
)
from firmware.at.fields import (
    AnswerFault,
    field_or_empty,
    hex_or_none,
    message_index,
    message_storage,
    number,
    number_or_none,
    party,
    split_fields,
    unquote,
)
from firmware.at.vendor_codes import VENDOR_DECODERS, zone_minutes

__all__ = [
    "GENERAL_CODES",
    "CallEnded",
    "CallProgress",
    "CallStage",
    "CallWaiting",
    "CallingLine",
    "Dtmf",
    "MessageDelivered",
    "MessageStored",
    "ModemRestarted",
    "NetworkTime",
    "Notice",
    "PduHeader",
    "Registration",
    "ReportDelivered",
    "ReportStored",
    "Ring",
    "ServiceNotice",
    "SimState",
    "SoundFlow",
    "StoreFull",
    "SubsystemReady",
    "Unknown",
    "UnsolicitedEvent",
    "UnsolicitedTable",
    "Ussd",
    "decoder_names",
    "is_hexadecimal",
    "is_unsolicited_form",
    "pdu_fits",
    "registration_fields",
]

_OCTETS: Final = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_DOMAINS: Final = {"+CREG:": "CS", "+CGREG:": "PS", "+CEREG:": "EPS"}


@dataclass(frozen=True, slots=True)
class PduHeader:
    """The first line of +CMT or +CDS; ``length`` is the octets of TPDU that follow."""

    code: str
    length: int
    line: str

    def delivered(self, pdu_hex: str) -> MessageDelivered | ReportDelivered:
        """The event, once the second line has come."""
        if self.code == "+CDS:":
            return ReportDelivered(pdu_hex, self.length)
        return MessageDelivered(pdu_hex, self.length)


Decoded: TypeAlias = UnsolicitedEvent | PduHeader
Decoder: TypeAlias = Callable[[str, str], Decoded]


def _ring(rest: str, line: str) -> Decoded:
    return Ring(rest.split(",")[0].strip().upper())  # 27.007 6.11: VOICE, REL ASYNC, ...


def _calling_line(rest: str, line: str) -> Decoded:
    # 27.007 7.6: <number>,<type>[,<subaddr>,<satype>[,[<alpha>][,<CLI validity>]]]
    fields = split_fields(rest)
    if len(fields) < 2:
        raise AnswerFault(f"too few fields: {line!r}")
    validity = number_or_none(fields[5]) if len(fields) > 5 else None
    name = field_or_empty(fields, 4)
    return CallingLine(party(fields[0], line), number_or_none(fields[1]), validity, name)


def _call_waiting(rest: str, line: str) -> Decoded:
    # 27.007 7.12: <number>,<type>,<class>[,[<alpha>][,<CLI validity>...]]
    fields = split_fields(rest)
    if len(fields) < 2:
        raise AnswerFault(f"too few fields: {line!r}")
    call_class = number_or_none(fields[2]) if len(fields) > 2 else None
    validity = number_or_none(fields[4]) if len(fields) > 4 else None
    return CallWaiting(
        party(fields[0], line),
        number_or_none(fields[1]),
        call_class,
        validity,
        field_or_empty(fields, 3),
    )


def _service_notice(rest: str, line: str) -> Decoded:
    # 27.007 7.17: <code2>[,<index>[,<number>,<type>[,<subaddr>,<satype>]]]
    fields = split_fields(rest)
    code = number(fields[0], line)
    if len(fields) < 4 or fields[2].count('"') % 2:
        return ServiceNotice(code)   # half a number would be somebody else's
    return ServiceNotice(code, unquote(fields[2]), number_or_none(fields[3]))


def _stored(rest: str, line: str) -> Decoded:
    # 27.005 3.4.1: +CMTI: <mem>,<index>; +CDSI: <mem>,<index>
    fields = split_fields(rest)
    if len(fields) < 2:
        raise AnswerFault(f"too few fields: {line!r}")
    storage, index = message_storage(fields[0], line), message_index(fields[1], line)
    if line.startswith("+CDSI:"):
        return ReportStored(storage, index)
    return MessageStored(storage, index)


def _pdu_header(rest: str, line: str) -> Decoded:
    # 27.005 3.4.1, PDU mode: +CMT: [<alpha>],<length>; +CDS: <length>
    code = line[: line.index(":") + 1]
    length = number(split_fields(rest)[-1], line)
    if not 0 < length <= 164:  # 23.040 9.2.3: no TPDU is longer
        raise AnswerFault(f"not the length of a TPDU: {line!r}")
    return PduHeader(code, length, line)


def registration_fields(domain: str, fields: tuple[str, ...], line: str) -> Registration:
    """``<stat>[,<lac>,<ci>[,<AcT>...]]`` as a value; raises ``AnswerFault``.

    27.007 7.2 and 10.1.22; what follows <AcT> (<rac>, causes) is not read.
    """
    status = number(fields[0], line)
    if not 0 <= status <= 11:
        raise AnswerFault(f"not a registration status: {line!r}")
    lac = hex_or_none(fields[1]) if len(fields) > 1 else None
    rest = fields[2:]
    if len(rest) >= 3 and len(rest[1]) > 2 and number_or_none(rest[2]) is not None:
        rest = rest[1:]  # some firmware puts <rac> before <ci>: 2,10, 2CA8, 20 ,B5583D ,7
    cell = hex_or_none(rest[0]) if rest else None
    technology = number_or_none(rest[1]) if len(rest) > 1 else None
    return Registration(domain, status, lac, cell, technology)


def _registration(rest: str, line: str) -> Decoded:
    code = line[: line.index(":") + 1]
    fields = split_fields(rest)
    if not is_unsolicited_form(code, rest):
        fields = fields[1:]  # a late answer to the query: <n> comes first
    return registration_fields(_DOMAINS[code], fields, line)


def _ussd(rest: str, line: str) -> Decoded:
    # 27.007 7.15: <m>[,<str>,<dcs>]; the text may hold commas without quotes on some firmware
    fields = split_fields(rest)
    dcs = number_or_none(fields[2]) if len(fields) > 2 else None
    return Ussd(number(fields[0], line), field_or_empty(fields, 1), dcs)


def _sim_state(rest: str, line: str) -> Decoded:
    return SimState(rest.upper())


def _time_zone(rest: str, line: str) -> Decoded:
    # 27.007 8.41: +CTZV: <tz>; +CTZE: <tz>,<dst>[,<time>]; quarters of an hour
    return NetworkTime(zone_minutes(split_fields(rest)[0], line), None, line)


def _call_ended(rest: str, line: str) -> Decoded:
    return CallEnded(None, None, line)


def _restarted(rest: str, line: str) -> Decoded:
    return ModemRestarted(line)


def _ready_sms(rest: str, line: str) -> Decoded:
    return SubsystemReady("sms")


def _ready_phonebook(rest: str, line: str) -> Decoded:
    return SubsystemReady("phonebook")


def _ready_call(rest: str, line: str) -> Decoded:
    return SubsystemReady("call")


def _store_full(rest: str, line: str) -> Decoded:
    fields = split_fields(rest)
    return StoreFull(unquote(fields[-1]) if rest else "")


def _notice(rest: str, line: str) -> Decoded:
    return Notice(line)


_DECODERS: Final[dict[str, Decoder]] = {
    "ring": _ring,
    "calling_line": _calling_line,
    "call_waiting": _call_waiting,
    "service_notice": _service_notice,
    "stored": _stored,
    "pdu_header": _pdu_header,
    "registration": _registration,
    "ussd": _ussd,
    "sim_state": _sim_state,
    "time_zone": _time_zone,
    "call_ended": _call_ended,
    "restarted": _restarted,
    "ready_sms": _ready_sms,
    "ready_phonebook": _ready_phonebook,
    "ready_call": _ready_call,
    "store_full": _store_full,
    "notice": _notice,
    **VENDOR_DECODERS,
}

# A code that ends with a colon starts the line; another is the whole line.
GENERAL_CODES: Final[Mapping[str, str]] = {
    "RING": "ring",  # V.250 6.3.4
    "+CRING:": "ring",  # 27.007 6.11
    "+CLIP:": "calling_line",  # 27.007 7.6
    "+CCWA:": "call_waiting",  # 27.007 7.12
    "+CSSU:": "service_notice",  # 27.007 7.17
    "+CMTI:": "stored",  # 27.005 3.4.1
    "+CDSI:": "stored",
    "+CMT:": "pdu_header",
    "+CDS:": "pdu_header",
    "+CREG:": "registration",  # 27.007 7.2
    "+CGREG:": "registration",  # 27.007 10.1.20
    "+CEREG:": "registration",  # 27.007 10.1.22
    "+CUSD:": "ussd",  # 27.007 7.15
    "+CPIN:": "sim_state",  # 27.007 8.3, sent by itself by most families
    "+CTZV:": "time_zone",  # 27.007 8.41
    "+CTZE:": "time_zone",
    "+CTZDST:": "notice",  # 27.007 8.41, the daylight saving part
    "+CIEV:": "notice",  # 27.007 8.9
    "NO CARRIER": "call_ended",  # V.250 6.3.4, outside ATD and ATA
    "BUSY": "call_ended",
    "NO ANSWER": "call_ended",
}


def decoder_names() -> frozenset[str]:
    """The names that a profile may give to its codes."""
    return frozenset(_DECODERS)


class UnsolicitedTable:
    """The general codes and a profile's own, looked up by what starts the line."""

    __slots__ = ("_codes",)

    def __init__(self, profile_codes: Mapping[str, str]) -> None:
        self._codes: dict[str, Decoder] = {
            code: _DECODERS[name] for code, name in {**GENERAL_CODES, **profile_codes}.items()
        }

    def decode(self, line: str) -> Decoded | None:
        """The event or header of ``line``, ``None`` when no table knows it; never raises.

        A known code whose fields cannot be read is ``Unknown``.
        """
        decoder, rest = self._codes.get(line), ""
        if decoder is None:
            head, colon, rest = line.partition(":")
            decoder = self._codes.get(head + colon)
            if decoder is None:
                return None
        try:
            return decoder(rest.strip(), line)
        except AnswerFault:
            return Unknown(line)


def is_unsolicited_form(code: str, rest: str) -> bool:
    """Whether the fields after ``code`` are those of the unsolicited code, not of the answer.

    The standards give both the same prefix. Registration: the answer starts ``<n>,<stat>`` with
    two small bare numbers, the code has one field, or a <lac> of four digits or in quotes second
    (27.007 7.2). +CLIP and +CCWA: the code starts with the number, in quotes or withheld and
    empty; the answer with a bare number (27.007 7.6, 7.12). Other codes: never.
    """
    if code in _DOMAINS:
        fields = split_fields(rest)
        second = fields[1] if len(fields) > 1 else ""
        small = len(second) in (1, 2) and second.isascii() and second.isdigit()
        return not small or second == "00"
    if code in ("+CLIP:", "+CCWA:"):
        return rest.startswith(('"', ","))
    return False


def is_hexadecimal(line: str) -> bool:
    """Whether the line can be a PDU: an even number of hexadecimal digits, two or more."""
    return _OCTETS.fullmatch(line) is not None


def pdu_fits(pdu_hex: str, length: int) -> bool:
    """Whether the PDU has ``length`` octets after its service centre address (27.005 3.1).

    A few stores leave the address out altogether, so that form fits, too.
    """
    octets = len(pdu_hex) // 2
    return octets in (1 + int(pdu_hex[:2], 16) + length, length)
