"""Letting somebody of the staff hear a greeting: stages, signs, and the complete table of both."""

from __future__ import annotations

from enum import Enum

from firmware.voice.table import table


class Stage(Enum):
    """Where the rehearsal is."""

    IDLE = "nobody is being rung"
    DIALLING = "ATD was asked for"
    RINGING = "the number rings"
    OPENING = "somebody answered; the voice path is being opened"
    PLAYING = "the greeting is played"
    DROPPING = "the leg is being released"


class Sign(Enum):
    """What can happen."""

    DUE = "the stage's time is up"
    OK = "the modem took the command"
    REFUSED = "it refused it, or did not answer"
    RINGS = "the list: the leg is being set up, or rings"
    UP = "the list: the leg is up"
    NONE = "the list: no leg"
    OPEN = "the voice path is open"
    PLAYED = "all was played"
    SILENT = "there is no sound"
    CALLER = "somebody calls the box"


_S = Sign
COLUMNS = (
    _S.DUE, _S.OK, _S.REFUSED, _S.RINGS, _S.UP, _S.NONE, _S.OPEN, _S.PLAYED, _S.SILENT, _S.CALLER,
)  # fmt: skip
TABLE = table(COLUMNS, {
    #               DUE         OK     REFUSED  RINGS UP    NONE     OPEN  PLAYED SILENT CALLER
    Stage.IDLE:     "-          -      -        -     -     -        -     -      -      -",
    Stage.DIALLING: "unanswered rung   no_dial  -     -     -        -     -      -      yield",
    Stage.RINGING:  "unanswered -      -        -     open  no_leg   -     -      -      yield",
    Stage.OPENING:  "deaf       -      -        -     -     hung_up  play  -      deaf   yield",
    Stage.PLAYING:  "too_long   -      -        -     -     hung_up  -     heard  deaf   yield",
    Stage.DROPPING: "drop_again check  check    -     -     gone     -     -      -      -",
})  # fmt: skip

ANSWER_WITHIN_S = 30.0   # from ATD until the list shows the leg as up
DUE_S = {
    Stage.DIALLING: ANSWER_WITHIN_S,
    Stage.OPENING: 10.0,    # the channel gives up by itself before that
    Stage.PLAYING: 180.0,   # a recording has two minutes at most; then comes whom to ring
    Stage.DROPPING: 1.0,
}
