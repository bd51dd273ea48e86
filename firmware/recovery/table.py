"""The ladder's complete table: every state and everything that can happen has a cell."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from firmware.recovery.rungs import Rung


class State(Enum):
    """What the ladder is doing. A state named after a rung: it was done, a sign is awaited."""

    __hash__ = object.__hash__   # the table is asked three times in each step

    WELL = "nothing is wrong"
    ASK = "asking AT"
    REOPEN = "the port is opened anew"
    SECOND_PORT = "asking at the second port"
    RESET = "a reset was sent"
    REBIND_USB = "the USB device is taken anew"
    CUT_POWER = "the power is cut"
    REBOOT = "the computer restarts"
    RETURNING = "a sign of life: the modem is being set up"
    HELD = "a rung is due and a call is up"
    RESTING = "nothing more can be done for now"


class Happening(Enum):
    """What the ladder is told."""

    __hash__ = object.__hash__

    SILENT = "the open port does not answer"
    ANSWERED = "the open port answers"
    SOUND = "the modem is set up, or only its SIM is at fault"
    LOST = "the port is gone"
    OPENED = "a port was opened"
    REFUSED = "bring-up came to nothing again and again"
    SUSPECTED = "somebody says that the modem is deaf"
    CURED = "nobody says so any more"
    DONE = "the shell has carried a rung out"
    UNABLE = "the shell could not"
    CALL_OVER = "no call is up"
    TIME = "the wait is over"


class Action(Enum):
    """What is done in a cell."""

    IGNORE = "nothing"
    MUTE = "begin the climb of a mute modem"
    ABSENT = "begin the climb of a port that is gone"
    REFUSING = "begin the climb of a modem that cannot be set up"
    DEAF = "begin the gentle climb"
    NEXT = "the next rung, or a rest"
    SKIP = "the next rung, without a rest"
    DO = "the rung that was held back"
    HOLD = "go on waiting for the call's end"
    RENEW = "wait from now"
    COME = "give it time to start if the port was gone, else wait from now"
    RETURN = "see whether it can be set up"
    MEND = "all is well, unless it was deafness"
    CURE = "all is well, if it was deafness"
    AGAIN = "climb again"
    HARDEN_MUTE = "if it was deafness only: begin the climb of a mute modem"
    HARDEN_ABSENT = "if it was deafness only: begin the climb of a port that is gone"
    HARDEN_REFUSING = "if it was deafness only: begin the climb of a refusing modem"
    TURN = "if nothing but the port was tried: begin the climb of a refusing modem"
    BACK = "unless it was deafness: see whether it can be set up"


RUNG_STATES: Final[Mapping[Rung, State]] = {rung: State[rung.name] for rung in Rung}

_NAMES: Final = {
    "-": Action.IGNORE, "mute": Action.MUTE, "absent": Action.ABSENT, "refuse": Action.REFUSING,
    "deaf": Action.DEAF, "next": Action.NEXT, "skip": Action.SKIP, "do": Action.DO,
    "hold": Action.HOLD, "renew": Action.RENEW, "return": Action.RETURN, "mend": Action.MEND,
    "cure": Action.CURE, "again": Action.AGAIN, "h-mute": Action.HARDEN_MUTE,
    "h-abs": Action.HARDEN_ABSENT, "h-ref": Action.HARDEN_REFUSING, "back": Action.BACK,
    "turn": Action.TURN, "come": Action.COME,
}  # fmt: skip


def _row(cells: str) -> Mapping[Happening, Action]:
    return {
        happening: _NAMES[cell]
        for happening, cell in zip(Happening, cells.split(), strict=True)
    }


# A port that is lost or opened is the modem's own sign of life only where the box did not do it:
# hence the differences between the rungs.
TABLE: Final[Mapping[State, Mapping[Happening, Action]]] = {
    state: _row(cells)
    for state, cells in {
        #            SILENT ANSWERED SOUND LOST  OPENED  REFUSED SUSPECTED CURED
        #                                                         DONE UNABLE CALL_OVER TIME
        State.WELL:        "mute   -      -    absent -      refuse deaf -    -     -    -  -",
        State.ASK:         "-      return mend absent renew  refuse -    -    -     -    -  next",
        State.REOPEN:      "-      return mend -      come   refuse -    -    -     -    -  next",
        State.SECOND_PORT: "-      skip   mend skip   renew  -      -    -    -     skip -  skip",
        State.RESET:       "-      return mend return return -      -    cure -     skip -  next",
        State.REBIND_USB:  "-      return mend -      return -      -    cure renew skip -  next",
        State.CUT_POWER:   "-      return mend -      return -      -    cure renew skip -  next",
        State.REBOOT:      "-      return mend -      return -      -    cure renew skip -  next",
        State.RETURNING:   "-      -      mend -      -      turn   -    cure -     -    -  next",
        State.HELD:        "h-mute -      mend h-abs  back   -      -    cure -     -    do hold",
        State.RESTING:     "h-mute back   mend h-abs  back   h-ref  -    cure -     -    -  again",
    }.items()
}  # fmt: skip
