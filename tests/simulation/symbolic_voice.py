"""The shell's sound without any sound: who hears which sentence, and for how long it lasts.

A sentence lasts as long as it would be spoken, a recording has its own length, and callers speak
for as long as they are told to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from firmware.effect import (
    CheckPin,
    CloseVoice,
    EndTakeDown,
    Hush,
    MakeGreeting,
    OpenVoice,
    Play,
    Prepare,
    RemoveRecording,
    TakeDown,
    VoiceEffect,
)
from firmware.event import (
    GreetingMade,
    PinChecked,
    Played,
    TakenDown,
    TakenWhy,
    Unmade,
    VoiceEngine,
    VoiceEvent,
    VoiceLost,
    VoiceOpened,
)
from firmware.voice.clip import Clip, Pause, Recording, Spoken
from hw.simulator.modem_audio import AudioFault
from hw.simulator.terminal import CallState
from hw.simulator.timeline import Scheduled

if TYPE_CHECKING:
    from tests.simulation.world import World

LETTERS_A_S = 14
OPEN_MS = 60
MUTE_MS = 2_000     # the shell waits so long for a frame
TONES_MS = {"beep": 500, "hold": 10_000}


@dataclass(frozen=True, slots=True)
class Heard:
    """Somebody heard the beginning of a clip."""

    at_ms: int
    number: str
    clip: Clip

    @property
    def words(self) -> str:
        clip = self.clip
        return clip.text if isinstance(clip, Spoken) else str(getattr(clip, "name", ""))


@dataclass(slots=True)
class SymbolicVoice:
    """``speaks_ms``: for how long a number speaks on its message. ``pins``: person -> PIN.
    ``broken``: the audio port cannot be opened, or says nothing of it."""

    world: World
    speaks_ms: dict[str, int] = field(default_factory=dict)
    pins: dict[str, str] = field(default_factory=dict)
    recordings_ms: dict[str, int] = field(default_factory=dict)
    broken: bool = False
    making_ms: int = 300   # of a greeting
    heard: list[Heard] = field(default_factory=list)
    prepared: list[Clip] = field(default_factory=list)
    playing: bool = False
    taking: TakeDown | None = None
    is_open: bool = False
    _began_ms: int = 0
    _spoken_ms: int = 0
    _pending: list[Scheduled] = field(default_factory=list)

    def restart(self) -> None:
        """Another daemon begins: what played and was recorded is over."""
        self._stop_playing()
        self.taking, self.is_open = None, False
        if self.world.has_voice:
            self.world.step(VoiceEngine(True))

    def lose(self, why: str = "the sound card is gone") -> None:
        """The audio port breaks in the midst of a call."""
        self._close()
        self._tell(VoiceLost(why))

    def perform(self, effect: VoiceEffect) -> None:
        match effect:
            case OpenVoice():
                self._open()
            case CloseVoice():
                self._close()
            case Play():
                self._play(effect)
            case Hush():
                self._stop_playing()
            case TakeDown():
                self._take_down(effect)
            case EndTakeDown():
                self._end(TakenWhy.STOPPED)
            case Prepare(clips):
                self.prepared = list(clips)
            case RemoveRecording(name):
                self.recordings_ms.pop(name, None)
            case MakeGreeting(draft):
                self._later(self.making_ms, lambda: self._make(draft))
            case CheckPin(person, pin):
                right = self.pins.get(person) == pin
                self._later(80, lambda: self._tell(PinChecked(person, right)))
            case _:
                pass

    def _open(self) -> None:
        self.is_open = True
        audio = self.world.modem.audio
        comes = not audio.dead(AudioFault.NO_SOUND_IN)
        if audio.on and comes and not self.broken:
            self._later(OPEN_MS, lambda: self._tell(VoiceOpened()))
        else:
            wait_ms = OPEN_MS if comes else MUTE_MS
            self._later(wait_ms, lambda: self._tell(VoiceLost("no sound comes")))

    # Playing

    def _play(self, effect: Play) -> None:
        self._stop_playing()
        if not self.is_open:
            return
        self.playing = True
        at_ms = 0
        for clip in effect.clips:
            self._pending.append(self._later(at_ms, self._begin(clip)))
            at_ms += self._lasts_ms(clip)
        if not effect.loop:
            self._pending.append(self._later(at_ms, lambda: self._ended(effect.turn)))

    def _begin(self, clip: Clip) -> Callable[[], None]:
        def begin() -> None:
            now_ms = self.world.timeline.now_ms
            if not self.world.modem.audio.dead(AudioFault.NO_SOUND_OUT):
                self.heard += [Heard(now_ms, number, clip) for number in self.listeners()]

        return begin

    def _ended(self, turn: int) -> None:
        self.playing = False
        self._tell(Played(turn))

    def _stop_playing(self) -> None:
        for pending in self._pending:
            pending.cancel()
        self._pending.clear()
        self.playing = False

    def _lasts_ms(self, clip: Clip) -> int:
        match clip:
            case Spoken(text):
                return len(text) * 1000 // LETTERS_A_S
            case Recording(name):
                return self.recordings_ms.get(name, 5_000)
            case Pause(ms):
                return ms
            case _:
                return TONES_MS[clip.name]

    def listeners(self) -> list[str]:
        """Whoever is in an active call of the box, while its voice path is open."""
        line = self.world.modem.line
        if line is None or not self.world.modem.audio.on:
            return []
        return [
            call.number or "withheld" for call in line.calls() if call.state is CallState.ACTIVE
        ]

    # Recording

    def _take_down(self, effect: TakeDown) -> None:
        self.taking, self._began_ms = effect, self.world.timeline.now_ms
        speaks_ms = max((self.speaks_ms.get(each, 12_000) for each in self.listeners()), default=0)
        self._spoken_ms = speaks_ms
        silent_ms = speaks_ms + round(effect.silence_s * 1000)
        max_ms = round(effect.max_s * 1000)
        why = TakenWhy.SILENCE if silent_ms <= max_ms else TakenWhy.LIMIT
        self._later(min(silent_ms, max_ms), lambda: self._end(why, effect))

    def _end(self, why: TakenWhy, of: TakeDown | None = None) -> None:
        taking = self.taking
        if taking is None or (of is not None and of is not taking):
            return
        self.taking = None
        lasted_ms = self.world.timeline.now_ms - self._began_ms
        self.recordings_ms[taking.name] = lasted_ms
        self._tell(TakenDown(taking.name, lasted_ms / 1000, why))

    def _make(self, draft: str) -> None:
        """What the shell makes of a draft: nothing, where nobody has spoken."""
        lasted_ms = self.recordings_ms.pop(draft, 0)
        if self._spoken_ms < 500:
            self._tell(GreetingMade(draft, "", Unmade.NOT_HEARD))
            return
        name = f"greeting/tel-{draft.rpartition('/')[2]}"
        self.recordings_ms[name] = lasted_ms
        self._tell(GreetingMade(draft, name))

    # The rest

    def _close(self) -> None:
        self._stop_playing()
        self.is_open = False
        self._later(0, lambda: self._end(TakenWhy.FAULT))

    def _later(self, ms: int, action: Callable[[], None]) -> Scheduled:
        generation = self.world.generation
        return self.world.timeline.after(
            ms, lambda: action() if generation == self.world.generation else None
        )

    def _tell(self, event: VoiceEvent) -> None:
        self.world.step(event)
