"""Recording a greeting by telephone: stages, signs, and the complete table of both."""

from __future__ import annotations

from enum import Enum

from firmware.voice.table import table


class Stage(Enum):
    """Where it is."""

    IDLE = "nobody records a greeting"
    SERVICE = "hears the services, or thinks about it"
    TIME = "hears the times of greetings, or thinks about it"
    ANNOUNCED = "is told to speak after the beep"
    SPEAKING = "speaks"
    MAKING = "has spoken; it is cut, and made as loud as every other sentence"
    REVIEW = "hears what callers would hear, and what can be done with it"


class Sign(Enum):
    """What can happen to it."""

    DUE = "the stage's time is up"
    PLAYED = "all was played"
    DIGIT = "a digit was pressed"
    HASH = "the hash key, or another that is no digit"
    TAKEN = "the recording is over"
    MADE = "it can be heard"
    BAD = "nothing that could be heard was said"
    FAULT = "it could not be kept"


_S = Sign
COLUMNS = (_S.DUE, _S.PLAYED, _S.DIGIT, _S.HASH, _S.TAKEN, _S.MADE, _S.BAD, _S.FAULT)
TABLE = table(COLUMNS, {
    #                DUE    PLAYED  DIGIT   HASH   TAKEN MADE   BAD   FAULT
    Stage.IDLE:      "-     -       -       -      -     -      -     -",
    Stage.SERVICE:   "again think   serve   again  -     -      -     -",
    Stage.TIME:      "again think   choose  again  -     -      -     -",
    Stage.ANNOUNCED: "speak speak   hurry   hurry  -     -      -     -",
    Stage.SPEAKING:  "enough -      enough  enough make  -      sorry fail",
    Stage.MAKING:    "moment linger -       -      make  ready  sorry fail",
    Stage.REVIEW:    "again think   decide  again  -     -      -     -",
})  # fmt: skip
