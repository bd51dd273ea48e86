"""Ringing one number for a caller: stages, signs, and the complete table of both.

The caller is on hold meanwhile. Whatever happens, it ends in one `Result`.
"""

from __future__ import annotations

from enum import Enum

from firmware.at.answers import CallListEntry, CallStat
from firmware.call.call_state import CallState
from firmware.voice.patience import Patience
from firmware.voice.table import table


class Stage(Enum):
    """Where the search is."""

    IDLE = "nobody is being rung"
    HOLDING = "CHLD=2 was asked for: the caller on hold"
    DIALLING = "ATD was asked for"
    RINGING = "the number rings"
    WHISPERING = "somebody or something answered, and is asked to press 1"
    TRANSFERRING = "1 was pressed; CHLD=4 was asked for"
    CONFERENCING = "CHLD=3 was asked for"
    EXCUSING = "whoever accepted hears that joining failed"
    DROPPING = "the leg is being released"
    RETRIEVING = "CHLD=2 was asked for: back to the caller"


class Sign(Enum):
    """What can happen."""

    DUE = "the stage's time is up"
    OK = "the modem took the command"
    REFUSED = "it refused it, or did not answer"
    RINGS = "the list: the leg is being set up, or rings"
    UP = "the list: the leg is up"
    TOGETHER = "the list: caller and leg in one conference"
    HELD = "the list: no leg, the caller on hold"
    BACK = "the list: no leg, the caller active"
    ALONE = "the list: the leg without the caller"
    NONE = "the list: neither"
    PLAYED = "all was played"
    YES = "1 was pressed"
    NO = "2 was pressed"
    SILENT = "there is no sound any more"


class Result(Enum):
    """What came of it."""

    RETURNED = "not taken; the caller is back"
    NOT_RUNG = "the modem was busy with something else; the caller was never on hold"
    FAILED = "accepted, and could not be joined; the caller is back"
    TRANSFERRED = "joined, and the line is free"
    CONFERENCE = "joined through the box"
    LOST = "the caller has gone, or cannot be got back from hold"
    DEAF = "the sound has gone"


_S = Sign
COLUMNS = (
    _S.DUE, _S.OK, _S.REFUSED, _S.RINGS, _S.UP, _S.TOGETHER, _S.HELD, _S.BACK, _S.ALONE, _S.NONE,
    _S.PLAYED, _S.YES, _S.NO, _S.SILENT,
)  # fmt: skip
TABLE = table(COLUMNS, {
    Stage.IDLE:
    #    DUE OK REFUSED RINGS UP TOGETHER HELD BACK ALONE NONE PLAYED YES NO SILENT
        "-   -  -       -     -  -        -    -    -     -    -      -   -  -",
    Stage.HOLDING:
        "unheld dial retrieve drop drop drop - - abandon lost - - - mute",
    Stage.DIALLING:
        "abort rung no_dial - whisper drop - - abandon lost - - - mute",
    Stage.RINGING:
        "unanswered - - rings whisper drop no_leg no_leg abandon lost - - - mute",
    Stage.WHISPERING:
        "unanswered - - - - drop hung_up hung_up abandon lost again accept decline mute",
    Stage.TRANSFERRING:
        "late check refuse4 - - joined hung_up hung_up check4 away - - - mute",
    Stage.CONFERENCING:
        "refuse3 check refuse3 - both joined hung_up hung_up check3 away - - - mute",
    Stage.EXCUSING:
        "drop - - - - joined hung_up hung_up abandon lost drop - - mute",
    Stage.DROPPING:
        "drop_again check not_dropped rings_on rings_on - retrieve back - lost - - - mute",
    Stage.RETRIEVING:
        "retrieve_again check check drop drop drop - back abandon lost - - - mute",
})  # fmt: skip

JOINING = (Stage.TRANSFERRING, Stage.CONFERENCING)
RETURNING = (Stage.DROPPING, Stage.RETRIEVING)
HELD_WITHIN_S = 4.0   # nobody listens to nothing for longer
REFUSED_S = 0.5     # for a list to come, before what was refused is said once more
UNLISTED_S = 3.0    # a leg that was dialled may be in the list so late
AGAIN_MS = 1200     # between two whispers
DROP_TRIES = RETRIEVE_TRIES = 6
JOIN_TRIES = 2
ABORT_S = 3.0       # for ATD to end, once it was told to
# For how long an answer is waited for before the list is asked what was done: most modems answer
# CHLD in less than a second (Quectel: 300 ms at the most), some take the network's time (SIM800: up
# to 20 s). One that comes later is nobody's, and the list tells the same. Joining has 8 s where the
# caller has them.
JOIN_ANSWER_S, JOIN_ANSWER_MAX_S = 5.0, 8.0
BACK_ANSWER_S = 3.0
DUE_S = {
    Stage.HOLDING: HELD_WITHIN_S,
    Stage.TRANSFERRING: 5.0,
    Stage.CONFERENCING: 5.0,
    Stage.EXCUSING: 12.0,
    Stage.DROPPING: 3.0,
    Stage.RETRIEVING: 2.0,
}


def by_s(stage: Stage, patience: Patience) -> float:
    """Until when a stage may last. The caller's patience goes before everything: first whoever is
    rung is let go, then whoever cannot be joined, and at the very end the call."""
    if stage in JOINING:
        return patience.joined_by_s
    return patience.over_by_s if stage in RETURNING else patience.back_by_s


def read(caller: CallState, leg: CallListEntry | None) -> Sign:
    """What the list shows of the two calls."""
    if leg is None:
        alone = {CallState.ABSENT: Sign.NONE, CallState.HELD: Sign.HELD}
        return alone.get(caller, Sign.BACK)
    if caller is CallState.ABSENT:
        return Sign.ALONE
    if leg.multiparty and leg.stat is CallStat.ACTIVE:
        return Sign.TOGETHER
    return Sign.UP if leg.stat in (CallStat.ACTIVE, CallStat.HELD) else Sign.RINGS
