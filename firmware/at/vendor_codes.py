"""Decoders of vendors' own unsolicited codes; the profiles say which code uses which."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from firmware.at.events import (
    CallEnded,
    CallProgress,
    CallStage,
    Dtmf,
    NetworkTime,
    Notice,
    SoundFlow,
    StoreFull,
    SubsystemReady,
    UnsolicitedEvent,
)
from firmware.at.fields import (
    AnswerFault,
    field_or_empty,
    number,
    number_or_none,
    split_fields,
    unquote,
)

# 27.007 7.18 <stat>
CLCC_STAGES: Final = {
    0: CallStage.ACTIVE,
    1: CallStage.HELD,
    2: CallStage.DIALLING,
    3: CallStage.ALERTING,
    4: CallStage.INCOMING,
    5: CallStage.WAITING,
}
# Quectel EC25&EC21 AT Commands Manual V1.3, AT^DSCI
_DSCI_STAGES: Final = {
    1: CallStage.HELD,
    2: CallStage.DIALLING,
    3: CallStage.ACTIVE,
    4: CallStage.INCOMING,
    5: CallStage.WAITING,
    7: CallStage.ALERTING,
}
_DSCI_END: Final = 6
# Telit LE910Cx AT Commands Reference Guide, AT#ECAM <ccstatus>
_ECAM_STAGES: Final = {
    1: CallStage.DIALLING,
    2: CallStage.ALERTING,
    3: CallStage.ACTIVE,
    4: CallStage.HELD,
    5: CallStage.WAITING,
    6: CallStage.INCOMING,
}
_ECAM_ENDS: Final = (0, 7)  # idle, busy
_KEYS: Final = "0123456789*#ABCD"


def zone_minutes(field: str, line: str) -> int:
    """A time zone in quarters of an hour, ``+08`` or ``"-32"``, as minutes (27.007 8.41)."""
    bare = unquote(field).strip().lstrip("+")
    quarters = number(bare, line)
    if not -48 <= quarters <= 56:
        raise AnswerFault(f"not a time zone: {line!r}")
    return quarters * 15


def _fields(rest: str, line: str, least: int) -> tuple[str, ...]:
    fields = split_fields(rest)
    if len(fields) < least:
        raise AnswerFault(f"too few fields: {line!r}")
    return fields


def _key(text: str, line: str) -> Dtmf:
    key = text.upper()
    if len(key) != 1 or key not in _KEYS:
        raise AnswerFault(f"not a key: {line!r}")
    return Dtmf(key)


def _dtmf_key(rest: str, line: str) -> UnsolicitedEvent:
    return _key(unquote(split_fields(rest)[0]), line)  # Telit adds the duration


def _dtmf_decimal(rest: str, line: str) -> UnsolicitedEvent:
    code = number(split_fields(rest)[0], line)
    return _key(chr(code) if 0 <= code < 128 else "", line)


def _clcc(rest: str, line: str) -> UnsolicitedEvent:
    # SIM7500_SIM7600 Series AT Command Manual V2.00, AT+CLCC=1; <stat> 6 is "disconnect"
    fields = _fields(rest, line, 5)
    call_id, stat = number(fields[0], line), number(fields[2], line)
    if stat == 6:
        return CallEnded(None, call_id, line)
    stage = CLCC_STAGES.get(stat, CallStage.OTHER)
    return CallProgress(stage, call_id, field_or_empty(fields, 5), line)


def _sound_flow(rest: str, line: str) -> UnsolicitedEvent:
    # Quectel: +QPCMV: 0,0 stop sending sound, +QPCMV: 1,0 go on
    return SoundFlow(number(_fields(rest, line, 1)[0], line) != 0)


def _dsci(rest: str, line: str) -> UnsolicitedEvent:
    # ^DSCI: <id>,<dir>,<stat>,<type>,<number>,<num_type>[,...]; later firmware puts a
    # <mpty> before the number and the cause after it
    fields = _fields(rest, line, 4)
    call_id, stat = number(fields[0], line), number(fields[2], line)
    if stat == _DSCI_END:
        return CallEnded(None, call_id, line)
    caller = field_or_empty(fields, 4)
    if len(caller) == 1 and len(fields) > 5:
        caller = field_or_empty(fields, 5)
    return CallProgress(_DSCI_STAGES.get(stat, CallStage.OTHER), call_id, caller, line)


def _qind(rest: str, line: str) -> UnsolicitedEvent:
    # Quectel: +QIND: "ccinfo",<id>,<dir>,<state>,<mode>,<mpty>,<number>,<type>[,<alpha>],
    # with <state> -1 at the end; +QIND: SMS DONE; +QIND: "smsfull",<storage>
    fields = split_fields(rest)
    what = unquote(fields[0])
    if what == "ccinfo":
        fields = _fields(rest, line, 4)
        call_id, state = number(fields[1], line), number(fields[3], line)
        if state == -1:
            return CallEnded(None, call_id, line)
        stage = CLCC_STAGES.get(state, CallStage.OTHER)
        return CallProgress(stage, call_id, field_or_empty(fields, 6), line)
    if what == "SMS DONE":
        return SubsystemReady("sms")
    if what == "PB DONE":
        return SubsystemReady("phonebook")
    if what == "smsfull":
        return StoreFull(field_or_empty(fields, 1))
    return Notice(line)


def _huawei_orig(rest: str, line: str) -> UnsolicitedEvent:
    fields = _fields(rest, line, 1)  # ^ORIG:<id>,<type>
    return CallProgress(CallStage.DIALLING, number(fields[0], line), "", line)


def _huawei_conf(rest: str, line: str) -> UnsolicitedEvent:
    fields = _fields(rest, line, 1)  # ^CONF:<id>
    return CallProgress(CallStage.ALERTING, number(fields[0], line), "", line)


def _huawei_conn(rest: str, line: str) -> UnsolicitedEvent:
    fields = _fields(rest, line, 1)  # ^CONN:<id>,<type>
    return CallProgress(CallStage.ACTIVE, number(fields[0], line), "", line)


def _huawei_cend(rest: str, line: str) -> UnsolicitedEvent:
    fields = _fields(rest, line, 1)  # ^CEND:<id>,<duration>,<end_status>[,<cc_cause>]
    cause = number_or_none(fields[3]) if len(fields) > 3 else None
    return CallEnded(cause, number(fields[0], line), line)


def _voice_call(rest: str, line: str) -> UnsolicitedEvent:
    if rest == "BEGIN":
        return CallProgress(CallStage.ACTIVE, None, "", line)
    if rest == "END" or rest.startswith("END:"):
        return CallEnded(None, None, line)
    raise AnswerFault(f"neither BEGIN nor END: {line!r}")


def _missed_call(rest: str, line: str) -> UnsolicitedEvent:
    return CallEnded(None, None, line)  # MISSED_CALL: 11:53AM 08020866256


def _psuttz(rest: str, line: str) -> UnsolicitedEvent:
    # SIMCom: *PSUTTZ: 2017,11,28,15,35,58,"+12",0 is UTC; another firmware writes
    # *PSUTTZ: 18/11/04,22:38:07","-32",0
    plain = rest.replace('"', "").replace("/", ",").replace(":", ",")
    fields = _fields(plain, line, 7)
    year, month, day, hour, minute, second = (number(field, line) for field in fields[:6])
    try:
        utc = datetime(
            year + 2000 if year < 100 else year, month, day, hour, minute, second, tzinfo=UTC
        )
    except (ValueError, OverflowError) as fault:
        raise AnswerFault(f"not an instant: {line!r}") from fault
    return NetworkTime(zone_minutes(fields[6], line), utc, line)


def _telit_ecam(rest: str, line: str) -> UnsolicitedEvent:
    # #ECAM: <ccid>,<ccstatus>,<calltype>,,,<number>,<type>
    fields = _fields(rest, line, 2)
    call_id, status = number(fields[0], line), number(fields[1], line)
    if status in _ECAM_ENDS:
        return CallEnded(None, call_id, line)
    stage = _ECAM_STAGES.get(status, CallStage.OTHER)
    return CallProgress(stage, call_id, field_or_empty(fields, 5), line)


VENDOR_DECODERS: Final[Mapping[str, Callable[[str, str], UnsolicitedEvent]]] = {
    "dtmf_key": _dtmf_key,
    "dtmf_decimal": _dtmf_decimal,
    "clcc": _clcc,
    "sound_flow": _sound_flow,
    "dsci": _dsci,
    "qind": _qind,
    "huawei_orig": _huawei_orig,
    "huawei_conf": _huawei_conf,
    "huawei_conn": _huawei_conn,
    "huawei_cend": _huawei_cend,
    "telit_ecam": _telit_ecam,
    "voice_call": _voice_call,
    "missed_call": _missed_call,
    "psuttz": _psuttz,
}
