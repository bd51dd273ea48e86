"""Short messages in words: text mode (27.005 3.4.2, 3.5), character sets (27.007 5.5), PDUs."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from hw.simulator import alphabet
from hw.simulator.modem_formats import number_type
from hw.simulator.sim_card import SmsStatus
from hw.simulator.tpdu import encode_address
from hw.simulator.user_data import Coding, TpduError, UserData, decode_user_data

STATUS_TEXT = {  # 27.005 3.1 <stat> in text mode
    SmsStatus.REC_UNREAD: "REC UNREAD",
    SmsStatus.REC_READ: "REC READ",
    SmsStatus.STO_UNSENT: "STO UNSENT",
    SmsStatus.STO_SENT: "STO SENT",
}
DELIVER, SUBMIT, STATUS_REPORT = 0, 1, 2  # 23.040 9.2.3.1 TP-MTI
_BCD = "0123456789*#abc"  # 24.008 10.5.4.7


def to_computer(text: str, character_set: str) -> str:
    """Text as the chosen +CSCS shows it, one character an octet."""
    if character_set == "UCS2":
        return text.encode("utf-16-be", "surrogatepass").hex().upper()
    if character_set == "GSM":
        septets = [alphabet.septets_of(each) or [(0x3F,)] for each in text]
        return "".join(chr(code) for group in septets for codes in group for code in codes)
    if character_set == "8859-1":
        return text.encode("latin-1", "replace").decode("latin-1")
    return "".join(_international_reference(each) for each in text)


def _international_reference(character: str) -> str:
    """IRA has no accents (27.007 5.5, T.50): the letter without its mark, or a question mark."""
    if character.isascii():
        return character
    base = unicodedata.normalize("NFD", character)[0]
    return base if base.isascii() else "?"


def from_computer(text: str, character_set: str) -> str:
    """What the computer wrote under the chosen +CSCS; raises ValueError for broken UCS2."""
    if character_set == "UCS2":
        return bytes.fromhex(text).decode("utf-16-be")
    if character_set == "GSM":
        return alphabet.text_of([ord(each) & 0x7F for each in text])
    return text


def service_centre_octets(number: str) -> bytes:
    """The address in front of a TPDU in a PDU line (27.005 3.1 <pdu>, 24.011 8.2.5.2)."""
    if not number:
        return b"\x00"
    address = encode_address(number)
    return bytes([len(address) - 1]) + address[1:]


def pdu_line(tpdu: bytes, service_centre: str) -> str:
    """<pdu>: the service centre's address and the TPDU in hexadecimal."""
    return (service_centre_octets(service_centre) + tpdu).hex().upper()


def split_pdu(line: str) -> tuple[str | None, bytes]:
    """The service centre (None: the one that is set) and the TPDU of a <pdu>; raises ValueError."""
    octets = bytes.fromhex(line)
    if not octets or len(octets) < 1 + octets[0]:
        raise ValueError("the service centre's address is longer than the PDU")
    head, tpdu = octets[1 : 1 + octets[0]], octets[1 + octets[0] :]
    if not head:
        return None, tpdu
    digits = "".join(
        _BCD[nibble] for octet in head[1:] for nibble in (octet & 0xF, octet >> 4) if nibble < 15
    )
    return ("+" if head[0] & 0x70 == 0x10 else "") + digits, tpdu


@dataclass(frozen=True, slots=True)
class TextFields:
    """A TPDU's fields as text mode shows them; times are wall clock with the zone that was sent."""

    kind: int
    first_octet: int
    number: str
    protocol_identifier: int = 0
    coding_scheme: int = 0
    timestamp: str = ""
    discharged: str = ""
    status: int = 0
    reference: int = 0
    validity: int | None = None
    user_data: UserData | None = None
    raw_user_data: bytes = b""


def read_fields(tpdu: bytes) -> TextFields:
    """Take a DELIVER, SUBMIT or STATUS-REPORT apart; raises TpduError."""
    try:
        return _read_fields(tpdu)
    except IndexError as error:
        raise TpduError("the TPDU is too short") from error


def _read_fields(tpdu: bytes) -> TextFields:
    first = tpdu[0]
    kind = first & 0x03
    position = 1 if kind == DELIVER else 2
    reference = 0 if kind == DELIVER else tpdu[1]
    number, position = _address(tpdu, position)
    if kind == STATUS_REPORT:
        return TextFields(
            kind,
            first,
            number,
            reference=reference,
            timestamp=_time(tpdu[position : position + 7]),
            discharged=_time(tpdu[position + 7 : position + 14]),
            status=tpdu[position + 14],
        )
    pid, dcs = tpdu[position], tpdu[position + 1]
    position += 2
    timestamp, validity = "", None
    if kind == DELIVER:
        timestamp = _time(tpdu[position : position + 7])
        position += 7
    elif first & 0x18 == 0x10:  # 23.040 9.2.3.3: relative format
        validity = tpdu[position]
        position += 1
    elif first & 0x18:
        position += 7
    field = tpdu[position:]
    return TextFields(
        kind,
        first,
        number,
        pid,
        dcs,
        timestamp,
        reference=reference,
        validity=validity,
        user_data=decode_user_data(dcs, field, bool(first & 0x40)),
        raw_user_data=field[1:],
    )


def _address(tpdu: bytes, position: int) -> tuple[str, int]:
    length, kind = tpdu[position], tpdu[position + 1]
    value = tpdu[position + 2 : position + 2 + (length + 1) // 2]
    end = position + 2 + (length + 1) // 2
    if kind & 0x70 == 0x50:  # 23.040 9.1.2.5: alphanumeric
        return alphabet.text_of(alphabet.unpack(value, length * 4 // 7)), end
    nibbles = [nibble for octet in value for nibble in (octet & 0xF, octet >> 4)][:length]
    digits = "".join(_BCD[nibble] for nibble in nibbles if nibble < 15)
    return ("+" if kind & 0x70 == 0x10 else "") + digits, end


def _time(octets: bytes) -> str:
    """yy/MM/dd,hh:mm:ss+zz of a TP-SCTS (23.040 9.2.3.11), as 27.005 3.1 <scts> wants it."""
    fields = [(octet & 0xF) * 10 + (octet >> 4) for octet in octets[:6]]
    zone = (octets[6] & 0x7) * 10 + (octets[6] >> 4)
    sign = "-" if octets[6] & 0x08 else "+"
    year, month, day, hour, minute, second = fields
    return f"{year:02d}/{month:02d}/{day:02d},{hour:02d}:{minute:02d}:{second:02d}{sign}{zone:02d}"


def shown_text(fields: TextFields, character_set: str) -> str:
    """<data>: text for the default alphabet without a header, else hexadecimal (27.005 3.1)."""
    data = fields.user_data
    if data is None:
        return ""
    if data.coding is Coding.GSM7 and not fields.first_octet & 0x40:
        return to_computer(data.text, character_set)
    return fields.raw_user_data.hex().upper()


def deliver_header(
    fields: TextFields, service_centre: str, *, details: bool, character_set: str
) -> str:
    """<oa>,[<alpha>],<scts>[,<tooa>,<fo>,<pid>,<dcs>,<sca>,<tosca>,<length>] of +CMT and +CMGR."""
    number = to_computer(fields.number, character_set)
    head = f'"{number}",,"{fields.timestamp}"'
    if not details:
        return head
    length = len(fields.user_data.text) if fields.user_data is not None else 0
    return (
        f"{head},{number_type(fields.number)},{fields.first_octet},{fields.protocol_identifier}"
        f',{fields.coding_scheme},"{service_centre}",{number_type(service_centre)},{length}'
    )


def submit_header(
    fields: TextFields, service_centre: str, *, details: bool, character_set: str
) -> str:
    """<da>,[<alpha>][,<toda>,<fo>,<pid>,<dcs>,[<vp>],<sca>,<tosca>,<length>] of +CMGR."""
    head = f'"{to_computer(fields.number, character_set)}",'
    if not details:
        return head
    length = len(fields.user_data.text) if fields.user_data is not None else 0
    validity = "" if fields.validity is None else str(fields.validity)
    return (
        f"{head},{number_type(fields.number)},{fields.first_octet},{fields.protocol_identifier}"
        f',{fields.coding_scheme},{validity},"{service_centre}"'
        f",{number_type(service_centre)},{length}"
    )


def report_header(fields: TextFields) -> str:
    """<fo>,<mr>,[<ra>],[<tora>],<scts>,<dt>,<st> of +CDS and +CMGR."""
    return (
        f'{fields.first_octet},{fields.reference},"{fields.number}",{number_type(fields.number)}'
        f',"{fields.timestamp}","{fields.discharged}",{fields.status}'
    )


def parse_clock(text: str) -> tuple[datetime, int]:
    """+CCLK's yy/MM/dd,hh:mm:ss[+zz] as (wall clock, quarters); raises ValueError."""
    quarters = 0
    if len(text) == 20:
        quarters = int(text[17:])
        text = text[:17]
    local = datetime.strptime(text, "%y/%m/%d,%H:%M:%S").replace(
        tzinfo=timezone(timedelta(minutes=15 * quarters))
    )
    return local, quarters
