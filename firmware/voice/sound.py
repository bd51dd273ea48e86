"""Mouth and ears of a conversation: what is played and heard on the one voice path.

Says nothing by itself. Keys come by two ways, the modem's code and the sound; one press is one
key, whichever tells of it first.
"""

from __future__ import annotations

from collections.abc import Callable

from firmware.effect import (
    CloseVoice,
    EndTakeDown,
    Hush,
    LetFlow,
    OpenVoice,
    Play,
    TakeDown,
    VoiceEffect,
)
from firmware.ledger import Ledger
from firmware.voice.channel import Path, VoiceChannel
from firmware.voice.clip import Clip

SAME_KEY_S = 0.3   # both ways tell of one press within this


class Sound:
    """``on_open`` and ``on_lost`` (why) tell of the path; each is told once an opening."""

    def __init__(self, ledger: Ledger, channel: VoiceChannel) -> None:
        self._ledger = ledger
        self.channel = channel
        channel.on_flow = lambda go: self._effects.append(LetFlow(go))
        self._effects: list[VoiceEffect] = []
        self._turn = 0
        self._last_key: tuple[str, float] = ("", 0.0)
        self._wanted = False
        self.playing = False
        self.on_open: Callable[[], None] = lambda: None
        self.on_lost: Callable[[str], None] = lambda why: None

    def take_effects(self) -> list[VoiceEffect]:
        effects, self._effects = self._effects, []
        return effects

    def ask(self, effect: VoiceEffect) -> None:
        """Anything else that is the shell's."""
        self._effects.append(effect)

    # The path

    def open(self) -> None:
        self._wanted = True
        self.channel.open(self._ledger.moment, self._path_is_open, self.lose)

    def close(self) -> None:
        """Stop everything; what was recorded so far is kept."""
        if self._wanted:
            self._effects.append(CloseVoice())
        self._wanted = self.playing = False
        self.channel.close()

    def forget(self) -> None:
        """The modem has gone, and the path with it."""
        self.channel.forget()
        self.close()

    def _path_is_open(self) -> None:
        self._effects.append(OpenVoice(listen=not self.channel.tells_keys))

    def opened(self) -> None:
        """The audio port is open too."""
        if self._wanted and self.channel.path is Path.OPEN:
            self.on_open()

    def lose(self, why: str) -> None:
        if self._wanted:
            self.close()
            self.on_lost(why)

    # Mouth and ears

    def play(self, *clips: Clip, loop: bool = False) -> None:
        self._turn += 1
        self.playing = not loop
        self._effects.append(Play(self._turn, clips, loop))

    def hush(self) -> None:
        self.playing = False
        self._effects.append(Hush())

    def played(self, turn: int) -> bool:
        """Whether this tells that all of what was asked for last was played."""
        if turn != self._turn or not self.playing:
            return False
        self.playing = False
        return True

    def is_new_key(self, key: str) -> bool:
        """Whether a key that was told is a new press."""
        now_s = self._ledger.moment.monotonic_s
        before, at_s = self._last_key
        self._last_key = (key, now_s)
        return key != before or now_s - at_s > SAME_KEY_S

    def take_down(self, name: str, max_s: float, silence_s: float) -> None:
        self._effects.append(TakeDown(name, max_s, silence_s))

    def end_take_down(self) -> None:
        self._effects.append(EndTakeDown())
