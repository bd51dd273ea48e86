"""Answers about the device, the card and the network (27.007 5, 7.1-7.3, 8)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final

from firmware.at.fields import (
    AnswerFault,
    after_prefix,
    field_or_empty,
    hex_or_none,
    number,
    number_or_none,
    split_fields,
    unquote,
)
from firmware.at.unsolicited import Registration, is_unsolicited_form, registration_fields
from firmware.at.vendor_codes import zone_minutes

_ICCID_PREFIXES: Final = ("+CCID:", "+QCCID:", "+ICCID:", "+CICCID:", "^ICCID:", "#CCID:")
_IMEI: Final = re.compile(r"[0-9]{14,16}")  # 23.003 6.2: 15 digits; 14 without, 16 with version
_IMSI: Final = re.compile(r"[0-9]{6,15}")  # 23.003 2.2
_ICCID: Final = re.compile(r"(89[0-9]{16,18})[0-9Ff]{0,2}")  # E.118: 18 to 20 digits, 89 first
# 27.007 8.15: "yy/MM/dd,hh:mm:ss±zz"; some write the year with four digits
_CLOCK: Final = re.compile(
    r'"?([0-9]{2,4})/([0-9]{1,2})/([0-9]{1,2}),([0-9]{1,2}):([0-9]{2}):([0-9]{2})'
    r'([+-][0-9]{1,2})?"?'
)
_PIN_STATE: Final = re.compile(r"[A-Z0-9][A-Z0-9 -]{0,30}")
# Outside these years the clock never was set: 70 and 80 are epochs, 00 and 04 factory values.
_YEARS: Final = range(2024, 2070)


@dataclass(frozen=True, slots=True)
class Operator:
    """+COPS? (27.007 7.3). ``mode`` 0 automatic, 1 manual, 2 deregistered ...; ``name`` is empty
    while there is no network; ``technology`` 0 GSM, 2 UTRAN, 7 E-UTRAN ..."""

    mode: int
    name: str = ""
    name_format: int | None = None
    technology: int | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """+CCLK?. ``local`` is naive wall clock; ``utc_offset`` ``None`` where the modem gives no
    zone. Whether the clock follows the network only the network's own codes tell."""

    local: datetime
    utc_offset: timedelta | None

    @property
    def instant(self) -> datetime | None:
        """The aware instant, ``None`` without a zone."""
        if self.utc_offset is None:
            return None
        return self.local.replace(tzinfo=timezone(self.utc_offset))


def identity(lines: Sequence[str]) -> str:
    """Manufacturer, model or revision: the text without its prefix. Raises ``AnswerFault``."""
    words = [_unprefixed(line) for line in lines]
    text = " ".join(word for word in words if word)
    if not text:
        raise AnswerFault(f"a name was expected, found {tuple(lines)!r}")
    return text


def _unprefixed(line: str) -> str:
    if line.startswith("+"):
        line = line.partition(":")[2]
    return unquote(line.strip())


def imei(lines: Sequence[str]) -> str:
    """The IMEI of +CGSN, bare, quoted or after ``+CGSN:``. Raises ``AnswerFault``."""
    return _digits(lines, ("+CGSN:",), _IMEI, "an IMEI")


def imsi(lines: Sequence[str]) -> str:
    """The IMSI of +CIMI. Raises ``AnswerFault``."""
    return _digits(lines, ("+CIMI:",), _IMSI, "an IMSI")


def iccid(lines: Sequence[str]) -> str:
    """The number of the card, without filler. Raises ``AnswerFault``."""
    found = _digits(lines, _ICCID_PREFIXES, _ICCID, "the number of a card")
    return found.rstrip("Ff")


def _digits(
    lines: Sequence[str], prefixes: tuple[str, ...], form: re.Pattern[str], what: str
) -> str:
    for line in lines:
        text = line
        for prefix in prefixes:
            text = text.removeprefix(prefix).strip()
        text = unquote(split_fields(text)[0])
        if form.fullmatch(text):
            return text
    raise AnswerFault(f"{what} was expected, found {tuple(lines)!r}")


def own_numbers(lines: Sequence[str]) -> tuple[str, ...]:
    """The numbers of +CNUM that are not empty (27.007 7.1). Raises ``AnswerFault``."""
    found: list[str] = []
    for line in lines:
        fields = split_fields(after_prefix(line, "+CNUM:"))
        text = field_or_empty(fields, 1)
        kind = number_or_none(fields[2]) if len(fields) > 2 else None
        if text:
            found.append(f"+{text}" if kind == 145 and text[0] != "+" else text)
    return tuple(found)


def pin_state(lines: Sequence[str]) -> str:
    """READY, SIM PIN, SIM PUK, PH-SIM PIN ... (27.007 8.3). Raises ``AnswerFault``."""
    if not lines:
        raise AnswerFault("one line of +CPIN was expected, found none")
    # The last counts: the modem's own report of a change may stand before the answer.
    state = unquote(after_prefix(lines[-1], "+CPIN:")).strip().upper()
    if _PIN_STATE.fullmatch(state) is None:
        raise AnswerFault(f"not a state of the card: {lines[-1]!r}")
    return state


def pin_tries(lines: Sequence[str]) -> int:
    """Tries left for the PIN: +CPINR: <code>,<retries>[,<default>], one line a code (27.007
    8.65). Raises ``AnswerFault``."""
    for line in lines:
        fields = split_fields(after_prefix(line, "+CPINR:"))
        if len(fields) > 1 and unquote(fields[0]) == "SIM PIN":
            return number(fields[1], line)
    raise AnswerFault(f"no line of the SIM PIN in +CPINR: {tuple(lines)!r}")


def registration(lines: Sequence[str]) -> Registration:
    """+CREG?, +CGREG? or +CEREG?: <n>,<stat>[,<lac>,<ci>[,<AcT>...]]. Raises ``AnswerFault``."""
    if not lines:
        raise AnswerFault("one line of registration was expected, found none")
    line = lines[-1]
    rest = after_prefix(line, "+CREG:", "+CGREG:", "+CEREG:")
    code = line[: line.index(":") + 1]
    fields = split_fields(rest)
    if not is_unsolicited_form(code, rest):
        fields = fields[1:]
    domain = {"+CREG:": "CS", "+CGREG:": "PS", "+CEREG:": "EPS"}[code]
    return registration_fields(domain, fields, line)


def voice_over_ims(lines: Sequence[str]) -> bool:
    """Whether IMS takes calls for the SIM: +CIREG: <n>,<reg_info>[,<ext_info>] (27.007 8.71), of
    which 1 in <ext_info> is the voice. Raises ``AnswerFault``."""
    if not lines:
        raise AnswerFault("one line of +CIREG was expected, found none")
    line = lines[-1]
    fields = split_fields(after_prefix(line, "+CIREG:"))
    registered = number(fields[1], line) if len(fields) > 1 else None
    if registered not in (0, 1):
        raise AnswerFault(f"not an answer to +CIREG?: {line!r}")
    services = hex_or_none(fields[2]) if len(fields) > 2 else None
    return registered == 1 and (services is None or services & 1 == 1)


def operator(lines: Sequence[str]) -> Operator:
    """+COPS?: <mode>[,<format>,<oper>[,<AcT>]]. Raises ``AnswerFault``."""
    if len(lines) != 1:
        raise AnswerFault(f"one line of +COPS was expected, found {tuple(lines)!r}")
    fields = split_fields(after_prefix(lines[0], "+COPS:"))
    form = number_or_none(fields[1]) if len(fields) > 1 else None
    name = field_or_empty(fields, 2)
    return Operator(
        number(fields[0], lines[0]),
        name if form == 2 else _in_letters(name),
        form,
        number_or_none(fields[3]) if len(fields) > 3 else None,
    )


def _in_letters(name: str) -> str:
    """A name in the character set UCS2 (27.007 5.5), four hexadecimal digits a letter, as another
    program may have left it; any other name as it is."""
    if re.fullmatch(r"(?:00[2-9A-Fa-f][0-9A-Fa-f]){2,}", name) is None:
        return name
    return bytes.fromhex(name).decode("utf-16-be")


def signal_dbm(lines: Sequence[str]) -> int | None:
    """+CSQ as dBm, ``None`` when not known (27.007 8.5). Raises ``AnswerFault``.

    0 to 31 are -113 to -51 dBm; 100 to 199 are the TD-SCDMA scale of some Quectel and SIMCom
    firmware, -116 to -25 dBm with 199 unknown.
    """
    if not lines:
        raise AnswerFault("one line of +CSQ was expected, found none")
    line = lines[-1]
    level = number(split_fields(after_prefix(line, "+CSQ:"))[0], line)
    if level in (99, 199):
        return None
    if 0 <= level <= 31:
        return -113 + 2 * level
    if 100 <= level <= 191:
        return -116 + level - 100
    raise AnswerFault(f"not a signal level: {line!r}")


def temperature(lines: Sequence[str]) -> int:
    """The highest temperature of a vendor's answer, in degrees Celsius. Raises ``AnswerFault``.

    +QTEMP: 34,31,32 or +QTEMP: "pa","32" lines; +CPMUTEMP: 31; #TEMPMEAS: <level>,<degrees>.
    """
    found = [
        int(value)
        for line in lines
        for value in re.findall(r"-?[0-9]{1,6}(?![0-9A-Za-z_])", _vendors(line)[1])
    ]
    if any(line.startswith("#TEMPMEAS:") for line in lines):
        found = found[1::2]  # a threshold level stands before each
    sane = [degrees for degrees in found if -60 <= degrees <= 150]
    if not sane:
        raise AnswerFault(f"no temperature in {lines!r}")
    return max(sane)


def voltage_mv(lines: Sequence[str]) -> int | None:
    """The supply's voltage in millivolts, None where only a charge is told (27.007 8.4 +CBC).
    Raises ``AnswerFault``.

    +CBC: <bcs>,<bcl>[,<millivolts>]; SIMCom +CBC: 3.876V; Telit #CBC: <charger>,<hundredths>.
    """
    if not lines:
        raise AnswerFault("one line of +CBC was expected, found none")
    prefix, rest = _vendors(lines[-1])
    volts = re.fullmatch(r"([0-9]{1,2}\.[0-9]{1,3})V?", rest)
    fields = [field.strip() for field in rest.split(",")]
    if volts is not None:
        found = round(float(volts[1]) * 1000)
    elif not all(field.isascii() and field.isdigit() for field in fields):
        raise AnswerFault(f"not a voltage: {lines[-1]!r}")
    elif prefix == "#CBC":
        found = int(fields[-1][:6]) * 10
    else:
        found = int(fields[2][:6]) if len(fields) > 2 else 0
    return found if 1000 <= found <= 30_000 else None


def _vendors(line: str) -> tuple[str, str]:
    prefix, _, rest = line.partition(":")
    return prefix, rest.strip()


def errors_mode(lines: Sequence[str]) -> int:
    """+CMEE?: 0 off, 1 numbers, 2 words (27.007 9.1). Raises ``AnswerFault``."""
    if len(lines) != 1:
        raise AnswerFault(f"one line of +CMEE was expected, found {tuple(lines)!r}")
    mode = number(after_prefix(lines[0], "+CMEE:"), lines[0])
    if mode not in (0, 1, 2):
        raise AnswerFault(f"not a mode of +CMEE: {lines[0]!r}")
    return mode


def clock(lines: Sequence[str]) -> Clock:
    """+CCLK? (27.007 8.15). Raises ``AnswerFault``, also for a clock that never was set."""
    if not lines:
        raise AnswerFault("one line of +CCLK was expected, found none")
    line = lines[-1]
    match = _CLOCK.fullmatch(after_prefix(line, "+CCLK:"))
    if match is None:
        raise AnswerFault(f"not a clock: {line!r}")
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    try:
        local = datetime(  # noqa: DTZ001 - the zone is the next field, and may be missing
            year + 2000 if year < 100 else year, month, day, hour, minute, second
        )
    except ValueError as fault:
        raise AnswerFault(f"not a date and time: {line!r}") from fault
    if local.year not in _YEARS:
        raise AnswerFault(f"a clock that was never set: {line!r}")
    zone = match.group(7)
    if zone is None:
        return Clock(local, None)
    return Clock(local, timedelta(minutes=zone_minutes(zone, line)))
