"""Somebody of the staff rings the box: their code, then the messages one by one.

    CODE -> CHECKING -> HEARING -> ... -> ENDING; no code: a caller like any other
    CODE -> CHECKING -> CHOOSING -> the messages, or DICTATING -> CHOOSING: an administrator
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from firmware.alert.bell import Bell
from firmware.effect import CheckPin
from firmware.guard.flood import Flood
from firmware.ledger import Ledger
from firmware.record import Voicemail
from firmware.voice.clip import Clip, Pause, Recording
from firmware.voice.dictation import Dictation
from firmware.voice.dictation_table import Sign as Dictated
from firmware.voice.led import KEY_WAIT_S
from firmware.voice.mail import Mail
from firmware.voice.sound import Sound
from firmware.voice.table import NOTHING, table
from firmware.voice.talk_table import Sign
from firmware.voice.words import VoiceWords
from firmware.wording import messages, voice_messages

TRIES, TRIES_WINDOW_S = 5, 3600.0
CODE_MIN, CODE_MAX = 4, 12   # the page takes no shorter one
DIGIT_WAIT_S = 3.5   # for the next digit of a code; checking it takes a Pi a second more


class Stage(Enum):
    """Where somebody of the staff is."""

    CODE = "enters the code"
    CHECKING = "the code is held against theirs"
    CHOOSING = "may hear the messages, or record a greeting"
    DICTATING = "records a greeting (`dictation_table`)"
    HEARING = "hears a message, and what can be done with it"
    ENDING = "hears the last sentence"


_S = Sign
COLUMNS = (_S.DUE, _S.PLAYED, _S.DIGIT, _S.HASH)
TABLE = table(COLUMNS, {
    #                DUE        PLAYED    DIGIT    HASH
    Stage.CODE:     "typed      wait      collect  check",
    Stage.CHECKING: "wrong      -         -        -",
    Stage.CHOOSING: "messages think   pick     messages",
    Stage.DICTATING: "dictate dictate  dictate  dictate",
    Stage.HEARING:  "remind     heard     choose   next",
    Stage.ENDING:   "served     served    -        -",
})  # fmt: skip

_DICTATED = {
    Sign.DUE: Dictated.DUE, Sign.PLAYED: Dictated.PLAYED, Sign.DIGIT: Dictated.DIGIT,
    Sign.HASH: Dictated.HASH,
}  # fmt: skip


class Mailbox:
    """``on_play`` plays with a limit in time; ``on_caller``: no code, a caller like any other;
    ``on_served``: they have heard what they wanted; ``on_call_back`` rings a number for them."""

    def __init__(
        self,
        ledger: Ledger,
        words: VoiceWords,
        sound: Sound,
        mail: Mail,
        bell: Bell,
        dictation: Dictation,
    ) -> None:
        self._ledger = ledger
        self._words = words
        self._sound = sound
        self._mail = mail
        self._bell = bell
        self.dictation = dictation
        dictation.on_play = lambda clips: self.on_play(clips)
        dictation.on_wait = lambda seconds: self.on_wait(seconds)
        dictation.on_done = self._offer
        self._tries = Flood(TRIES, TRIES_WINDOW_S)
        self.stage = Stage.ENDING
        self.known = False   # their code was right
        self._person = self._number = self._code = ""
        self._left: list[Voicemail] = []
        self._now: Voicemail | None = None
        self._sign, self._key = Sign.DUE, ""
        self._reminded = False
        self.on_play: Callable[[tuple[Clip, ...]], None] = lambda clips: None
        self.on_wait: Callable[[float], None] = lambda seconds: None
        self.on_caller: Callable[[], None] = lambda: None
        self.on_served: Callable[[], None] = lambda: None
        self.on_call_back: Callable[[str], bool] = lambda number: False

    def begin(self, person: str, number: str) -> None:
        self._person, self._number, self._code, self.known = person, number, "", False
        self._play(Stage.CODE, voice_messages.STAFF_WELCOME, person=person)

    def over(self) -> None:
        """The call has ended."""
        self.dictation.leave()
        self.stage = Stage.ENDING

    def sign(self, sign: Sign, key: str) -> None:
        word = TABLE.get((self.stage, sign), NOTHING)
        if word != NOTHING:
            self._sign, self._key = sign, key
            getattr(self, f"_{word}")()

    # The code

    def _wait(self) -> None:
        self.on_wait(KEY_WAIT_S)

    def _collect(self) -> None:
        if self._key == "0" and not self._code:
            self._as_caller()
            return
        self._code = (self._code + self._key)[:CODE_MAX]
        self._sound.hush()
        self.on_wait(DIGIT_WAIT_S)

    def _typed(self) -> None:
        """No further key. A code without its hash counts: it is forgotten, the wire loses keys."""
        if len(self._code) >= CODE_MIN:
            self._check()
        else:
            self._as_caller()

    def _as_caller(self) -> None:
        self.on_caller()

    def _check(self) -> None:
        if not self._code:
            self._as_caller()
            return
        if not self._tries.admits(self._person, self._ledger.moment.monotonic_s):
            self._bell.tell(
                f"pin:{self._person}", messages.PIN_TRIES, {"person": self._person}
            )
            self._play(Stage.ENDING, voice_messages.NO_MORE_TRIES)
            return
        self.stage = Stage.CHECKING
        self.on_wait(KEY_WAIT_S)
        self._sound.ask(CheckPin(self._person, self._code))
        self._code = ""

    def checked(self, person: str, right: bool) -> None:
        """The shell tells what it found."""
        if self.stage is not Stage.CHECKING or person != self._person:
            return
        if not right:
            self._wrong()
            return
        self.known = True
        if self.dictation.may(person):
            self._offer()
        else:
            self._messages()

    def _wrong(self) -> None:
        self._play(Stage.CODE, voice_messages.WRONG_CODE)

    # An administrator's choice

    def _offer(self, *before: Clip) -> None:
        self.stage = Stage.CHOOSING
        count = len(self._mail.waiting())
        self.on_play((*before, self._words.say(voice_messages.MAILBOX_CHOICE, count=count)))

    def _think(self) -> None:
        self.on_wait(KEY_WAIT_S)

    def _pick(self) -> None:
        if self._key == "2":
            self.stage = Stage.DICTATING
            self.dictation.begin(self._person, self._number)
        elif self._key == "0":
            self._end()
        else:
            self._messages()

    def _dictate(self) -> None:
        self.dictation.sign(_DICTATED[self._sign], self._key)

    # The messages

    def _messages(self) -> None:
        self._left = self._mail.waiting()
        if not self._left:
            self._play(Stage.ENDING, voice_messages.NO_MESSAGES)
            return
        count = self._words.say(voice_messages.MESSAGE_COUNT, count=len(self._left))
        self._tell(self._left.pop(0), count)

    def _tell(self, message: Voicemail, *before: Clip) -> None:
        self._now = message
        self._reminded = False
        self.stage = Stage.HEARING
        self.on_play((
            *before, self._words.mail_head(message), Recording(message.name), Pause(500),
            self._words.say(voice_messages.MAILBOX_MENU),
        ))  # fmt: skip

    def _heard(self) -> None:
        if self._now is not None and not self._reminded:
            self._mail.heard(self._now, self._person)
        self.on_wait(KEY_WAIT_S)

    def _remind(self) -> None:
        """No key: what can be done once more, then the call ends."""
        if self._reminded:
            self._end()
            return
        self._reminded = True
        self.on_play((self._words.say(voice_messages.MAILBOX_MENU),))

    def _choose(self) -> None:
        message = self._now
        if message is None or self._key == "0":
            self._end()
        elif self._key == "1":
            self._tell(message)
        elif self._key == "3":
            self._mail.delete(message)
            self._next(self._words.say(voice_messages.DELETED))
        elif self._key == "4":
            if message.number is None or not self.on_call_back(message.number):
                self._tell(message, self._words.say(voice_messages.NO_CALL_BACK))
        else:
            self._mail.heard(message, self._person)
            self._next()

    def _next(self, *before: Clip) -> None:
        if self._left:
            self._tell(self._left.pop(0), *before)
        else:
            self.stage = Stage.ENDING
            self.on_play((*before, self._words.say(voice_messages.LAST_MESSAGE)))

    def resume(self) -> None:
        """A call back was not taken: the message once more."""
        if self._now is None:
            self._end()
        else:
            self._tell(self._now)

    def _end(self) -> None:
        self._served()

    def _served(self) -> None:
        self.on_served()

    def _play(self, stage: Stage, msgid: str, **values: object) -> None:
        self.stage = stage
        self.on_play((self._words.say(msgid, **values),))
