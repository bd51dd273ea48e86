"""The message that a caller leaves: announced, recorded after the beep, and kept."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable

from firmware.event import TakenDown
from firmware.ledger import Ledger
from firmware.record import Voicemail, VoiceStep
from firmware.voice.led import SLACK_S, Led
from firmware.voice.mail import Mail
from firmware.voice.sound import Sound
from firmware.voice.talk_table import DUE_S, Sign, Stage
from firmware.voice.words import VoiceWords

SILENCE_S = 8.0       # ends a message


class Messaging(Led, ABC):
    """The part of a conversation in which nobody could be found, or nobody was wished for.

    ``on_sound`` tells whether sound went both ways, and why not.
    """

    def __init__(self, ledger: Ledger, words: VoiceWords, sound: Sound, mail: Mail) -> None:
        super().__init__(ledger, words, sound)
        self._mail = mail
        self.on_sound: Callable[[bool, str], None] = lambda good, why: None
        self._forget_message()

    def _forget_message(self) -> None:
        self._failed = self._wished = False
        self._message: Voicemail | None = None        # being recorded
        self._left_message: Voicemail | None = None   # whole, and kept
        self._ending = False

    @abstractmethod
    def sign(self, sign: Sign) -> None:
        """Something happened to the conversation."""

    @abstractmethod
    def _finish(self) -> None:
        """Nothing more is to be said."""

    def _invite(self) -> None:
        if not self._words.rules.voicemail:
            self._play(Stage.PARTING, self._words.no_message(failed=self._failed))
            return
        self._step(VoiceStep.INVITED, None)
        clips = self._words.invitation(wished=self._wished, failed=self._failed)
        self._play(Stage.INVITING, clips)

    def _record(self) -> None:
        rules = self._words.rules
        self._message = self._mail.begin(self._the_line.call)
        self._go(Stage.RECORDING, rules.message_s + SLACK_S)
        self._sound.take_down(self._message.name, rules.message_s, SILENCE_S)

    def _enough(self) -> None:
        self._sound.end_take_down()
        self._go(Stage.RECORDING, DUE_S[Stage.FILING])
        if self._ending:
            self._thank()   # nobody tells of its end
        self._ending = True

    def _thank(self) -> None:
        clips = self._words.thanks() if self._left_message else self._words.no_message(failed=False)
        self._play(Stage.PARTING, clips)

    def _file(self) -> None:
        self._sound.end_take_down()
        self._go(Stage.FILING)

    def _filed(self) -> None:
        self._finish()

    def taken_down(self, event: TakenDown) -> None:
        message = self._mail.taken(event.name, event.seconds)
        if self._message is not None and event.name == self._message.name:
            self._left_message = message
            if message is not None:
                self.on_sound(True, "")
                self._step(VoiceStep.MESSAGE, f"{message.seconds:.0f} s")
            self.sign(Sign.TAKEN)
