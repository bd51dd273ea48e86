"""Numbers and calls as 27.007 writes them in +CLIP, +CCWA, +CLCC, +CCFC."""

from __future__ import annotations

from hw.simulator.terminal import CallState, CallView

TYPE_INTERNATIONAL = 145  # 24.008 10.5.4.7: international number, ISDN plan
TYPE_UNKNOWN = 129
TYPE_NONE = 128  # unknown type, unknown plan: a number that is not shown
VOICE = 0  # 27.007 7.18 <mode>

RINGING = (CallState.INCOMING, CallState.WAITING)
SETTING_UP = (CallState.DIALING, CallState.ALERTING)


def number_type(number: str | None) -> int:
    """<type> of a number."""
    if not number:
        return TYPE_NONE
    return TYPE_INTERNATIONAL if number.startswith("+") else TYPE_UNKNOWN


def clip_line(call: CallView) -> str:
    """27.007 7.6: +CLIP: <number>,<type>,<subaddr>,<satype>,<alpha>,<CLI validity>."""
    return f'+CLIP: "{call.number or ""}",{number_type(call.number)},,,,{int(call.validity)}'


def waiting_line(call: CallView) -> str:
    """27.007 7.12: +CCWA: <number>,<type>,<class>,<alpha>,<CLI validity>."""
    return f'+CCWA: "{call.number or ""}",{number_type(call.number)},1,,{int(call.validity)}'


def call_line(call: CallView) -> str:
    """+CLCC: <id>,<dir>,<stat>,<mode>,<mpty>[,<number>,<type>] (27.007 7.18)."""
    line = (
        f"+CLCC: {call.index},{int(call.direction)},{int(call.state)},{VOICE}"
        f",{int(call.multiparty)}"
    )
    return line + (f',"{call.number}",{number_type(call.number)}' if call.number else "")
