"""The conversation with a caller: its stages, its signs, and the complete table of both."""

from __future__ import annotations

from enum import Enum

from firmware.voice.table import table


class Stage(Enum):
    """Where the conversation is."""

    RINGING = "waits for its rings"
    ANSWERING = "ATA was asked for"
    OPENING = "is up; the voice path is being opened"
    GREETING = "hears the greeting"
    MENU = "hears the menu, or thinks about it"
    STAFF = "is of the staff, and at the messages (`mailbox`)"
    TELLING = "is told that somebody is being looked for"
    SEEKING = "somebody is being rung (`seek_table`)"
    OFFERING = "is told that nobody has taken it, and may leave a message"
    INVITING = "hears that a message is recorded from the beep on"
    RECORDING = "speaks a message"
    FILING = "has hung up; the recording is being closed"
    PARTING = "hears the last sentence"
    OVER = "nothing more is to be done"


class Sign(Enum):
    """What can happen to it."""

    DUE = "the stage's time is up"
    OK = "the modem took the command"
    REFUSED = "it refused it, or did not answer"
    UP = "the list shows the caller active"
    GONE = "the list does not show the caller any more"
    OPEN = "sound goes both ways"
    SILENT = "there is no sound (any more)"
    PLAYED = "all was played"
    DIGIT = "a digit was pressed"
    HASH = "the hash key, or another that is no digit"
    TAKEN = "the recording is over"


_S = Sign
COLUMNS = (
    _S.DUE, _S.OK, _S.REFUSED, _S.UP, _S.GONE, _S.OPEN, _S.SILENT, _S.PLAYED, _S.DIGIT, _S.HASH,
    _S.TAKEN,
)  # fmt: skip
TABLE = table(COLUMNS, {
    #                DUE     OK    REFUSED  UP    GONE    OPEN  SILENT PLAYED  DIGIT   HASH  TAKEN
    Stage.RINGING:   "answer -     -        open  give_up -     -      -       -       -     -",
    Stage.ANSWERING: "unable ask   unable   open  give_up -     -      -       -       -     -",
    Stage.OPENING:   "deaf   -     -        -     give_up greet deaf   -       -       -     -",
    Stage.GREETING:  "greeted -    -        -     give_up -     deaf   greeted cut     cut   -",
    Stage.MENU:      "menu_due -   -        -     give_up -     deaf   menu_over choose repeat -",
    Stage.STAFF:     "staff  -     -        -     left_staff -  deaf   staff   staff   staff -",
    Stage.TELLING:   "seek   -     -        -     give_up -     deaf   told    prefer  -     -",
    Stage.SEEKING:   "-      -     -        -     left    -     -      -       -       -     -",
    Stage.OFFERING:  "next   -     -        -     give_up -     deaf   think   wish    -     -",
    Stage.INVITING:  "record -     -        -     give_up -     deaf   record  record  record -",
    Stage.RECORDING: "enough -     -        -     file    -     file   -       -     enough thank",
    Stage.FILING:    "filed  -     -        -     -       -     -      -       -       -     filed",
    Stage.PARTING:   "finish -     -        -     finish  -     finish finish  -       -     -",
    Stage.OVER:      "-      -     -        -     -       -     -      -       -       -     -",
})  # fmt: skip

DUE_S = {
    Stage.ANSWERING: 35.0,   # ATA's own deadline is 30 s
    Stage.OPENING: 4.5,      # nobody listens to silence for longer
    Stage.FILING: 5.0,
}
"""How long a stage may last in which nothing is said; the others last as long as what is said."""

ON_THE_MODEM = frozenset({Stage.RINGING, Stage.ANSWERING, Stage.OPENING, Stage.SEEKING})
"""Where whoever calls can be told nothing before the modem has done something."""
