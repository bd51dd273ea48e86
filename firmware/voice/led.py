"""What a conversation keeps of itself: whose call it is, its stage, until when, its story."""

from __future__ import annotations

from collections.abc import Callable

from firmware.call.call_in_hand import CallInHand
from firmware.effect import Prepare
from firmware.ledger import Ledger
from firmware.record import Call, VoiceStep
from firmware.voice.clip import Clips
from firmware.voice.sound import Sound
from firmware.voice.talk_table import DUE_S, Stage
from firmware.voice.words import VoiceWords

LETTERS_A_S = 8.0     # of slow speech: how long to wait for `Played` at the most
SLACK_S = 6.0
KEY_WAIT_S = 4.5      # for a key of somebody of the staff; nobody listens to silence for longer
RECORDED = " " * 120  # a recording counts as a long sentence


class Led:
    """A call that is led. ``on_step`` tells what is to be recorded."""

    def __init__(self, ledger: Ledger, words: VoiceWords, sound: Sound) -> None:
        self._ledger = ledger
        self._words = words
        self._sound = sound
        self.line: CallInHand | None = None
        self.stage = Stage.OVER
        self.due_s: float | None = None
        self.on_step: Callable[[CallInHand], None] = lambda line: None

    @property
    def _now_s(self) -> float:
        return self._ledger.moment.monotonic_s

    @property
    def _the_line(self) -> CallInHand:
        if self.line is None:
            raise LookupError("no conversation is under way")
        return self.line

    def _go(self, stage: Stage, seconds: float | None = None) -> None:
        self.stage = stage
        limit_s = DUE_S.get(stage) if seconds is None else seconds
        self.due_s = None if limit_s is None else self._now_s + limit_s

    def _play(self, stage: Stage, clips: Clips) -> None:
        letters = sum(len(getattr(clip, "text", RECORDED)) for clip in clips)
        self._go(stage, letters / LETTERS_A_S + SLACK_S)
        self._sound.play(*clips)

    def _prepare_whisper(self, call: Call) -> None:
        """It names the caller, so that nobody could speak it ahead of the call; and whoever takes
        up a telephone that rang at night must not listen to silence."""
        self._sound.ask(Prepare(self._words.whisper(call.service, call.number)))

    def _step(self, word: VoiceStep, value: str | None) -> None:
        line = self.line
        if line is not None:
            line.told(word, value, self._now_s)
            if word is VoiceStep.ACCEPTED_BY:
                line.taken_by = value
            self.on_step(line)
