"""The state of one call as +CLCC tells it (27.007 7.18), and what each sign means in it.

Unsolicited codes are hints: they open a call and make the box ask, but only the list ends one.
The table is complete: every state has a cell for every sign.
"""

from __future__ import annotations

from enum import Enum, IntEnum


class CallState(IntEnum):
    """27.007 7.18 <stat>; ABSENT is a call that the list does not show."""

    ACTIVE = 0
    HELD = 1
    DIALING = 2
    ALERTING = 3
    INCOMING = 4
    WAITING = 5
    ABSENT = -1


UP = (CallState.ACTIVE, CallState.HELD)


class Sign(Enum):
    """What can be seen of a call: a code by itself, or its line in the list."""

    RING = "RING, +CRING or +CLIP"
    CALL_WAITING = "+CCWA"
    END_HINT = "NO CARRIER or a vendor's end of call"
    LISTED_ACTIVE = "+CLCC stat 0"
    LISTED_HELD = "+CLCC stat 1"
    LISTED_DIALING = "+CLCC stat 2"
    LISTED_ALERTING = "+CLCC stat 3"
    LISTED_INCOMING = "+CLCC stat 4"
    LISTED_WAITING = "+CLCC stat 5"
    NOT_LISTED = "not in +CLCC"


class Meaning(Enum):
    """What the desk does about a sign."""

    NOTHING = "goes on as before"
    OPEN = "a call begins"
    ASK = "read the list: the hint and what we know disagree"
    MOVED = "goes on in another state"
    ANSWERED = "somebody or something answered it; we did not"
    END = "the call is over"


LISTED = {
    CallState.ACTIVE: Sign.LISTED_ACTIVE,
    CallState.HELD: Sign.LISTED_HELD,
    CallState.DIALING: Sign.LISTED_DIALING,
    CallState.ALERTING: Sign.LISTED_ALERTING,
    CallState.INCOMING: Sign.LISTED_INCOMING,
    CallState.WAITING: Sign.LISTED_WAITING,
    CallState.ABSENT: Sign.NOT_LISTED,
}
_STATE_OF = {sign: state for state, sign in LISTED.items()}

_N, _O, _A, _M, _W, _E = (
    Meaning.NOTHING,
    Meaning.OPEN,
    Meaning.ASK,
    Meaning.MOVED,
    Meaning.ANSWERED,
    Meaning.END,
)
_S = Sign
_COLUMNS = (
    _S.RING, _S.CALL_WAITING, _S.END_HINT,
    _S.LISTED_ACTIVE, _S.LISTED_HELD, _S.LISTED_DIALING,
    _S.LISTED_ALERTING, _S.LISTED_INCOMING, _S.LISTED_WAITING, _S.NOT_LISTED,
)  # fmt: skip
_ROWS = {
    #                    RING CCWA END  act  held dial alrt inc  wait none
    CallState.ABSENT:   (_O,  _O,  _N,  _O,  _O,  _N,  _N,  _O,  _O,  _N),
    CallState.INCOMING: (_N,  _A,  _A,  _W,  _W,  _A,  _A,  _N,  _M,  _E),
    CallState.WAITING:  (_A,  _N,  _A,  _W,  _W,  _A,  _A,  _M,  _N,  _E),
    CallState.ACTIVE:   (_A,  _A,  _A,  _N,  _M,  _A,  _A,  _A,  _A,  _E),
    CallState.HELD:     (_A,  _A,  _A,  _M,  _N,  _A,  _A,  _A,  _A,  _E),
    CallState.DIALING:  (_A,  _A,  _A,  _M,  _M,  _N,  _M,  _A,  _A,  _E),
    CallState.ALERTING: (_A,  _A,  _A,  _M,  _M,  _A,  _N,  _A,  _A,  _E),
}  # fmt: skip

TABLE: dict[tuple[CallState, Sign], Meaning] = {
    (state, sign): meaning
    for state, row in _ROWS.items()
    for sign, meaning in zip(_COLUMNS, row, strict=True)
}


def step(state: CallState, sign: Sign) -> tuple[CallState, Meaning]:
    """The state after a sign, and what the sign means."""
    meaning = TABLE[state, sign]
    if sign in _STATE_OF and meaning is not Meaning.NOTHING:
        return _STATE_OF[sign], meaning
    if meaning is Meaning.OPEN:
        return (
            CallState.WAITING if sign is Sign.CALL_WAITING else CallState.INCOMING
        ), meaning
    return state, meaning
