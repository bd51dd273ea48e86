"""The effects of the voice, performed: what is said, what is taken down, and on which device."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from firmware.effect import (
    CheckPin,
    CloseVoice,
    Hush,
    LetFlow,
    MakeGreeting,
    OpenVoice,
    Play,
    Prepare,
    RemoveRecording,
    TakeDown,
    VoiceEffect,
)
from firmware.event import (
    Event,
    KeyHeard,
    PinChecked,
    Played,
    TakenDown,
    TakenWhy,
    VoiceFault,
    VoiceLost,
    VoiceOpened,
)
from firmware.shell.voice.audio_devices import open_device
from firmware.shell.voice.audio_port import AudioPort
from firmware.shell.voice.dictated import forget_drafts, made_of
from firmware.shell.voice.no_voice_room import NO_PORT
from firmware.shell.voice.recording import RecordingWriter, salvage
from firmware.shell.voice.urgent import lift_all, settle_all
from firmware.sound import studio as studios
from firmware.sound import tones, wav
from firmware.sound.pcm import silence
from firmware.sound.studio import News, Part, Programme, Studio
from firmware.voice.clip import Clip, Pause, Recording, Spoken, Tone

_NAME = re.compile(r"[a-z]+/[0-9A-Za-z-]+")
KEPT_WITHIN_S = 5.0   # how long the end of the program waits for a recording's way to the disk


class Speech(Protocol):
    """Makes sentences heard; `firmware/shell/voice/speech.py`."""

    def start(self, put: Callable[[Event], None]) -> None:
        """Begin, and tell `VoiceEngine` now and when it changes."""

    def say(
        self, clip: Spoken, then: Callable[[bytes | str], None], *, urgent: bool = True
    ) -> None:
        """``then`` gets the PCM, or why there is none; at once or later, from any thread."""

    def stop(self) -> None:
        """No more."""


class VoiceRoom:
    """One device at a time, and what goes on there. ``folder`` is the data directory's ``voice``;
    ``check_pin`` is slow by intention, and called in a thread of its own."""

    def __init__(
        self,
        folder: Path,
        speech: Speech,
        check_pin: Callable[[str, str], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder, self._speech, self._check_pin = folder, speech, check_pin
        self._clock = clock
        self._put: Callable[[Event], None] = lambda event: None
        self._port: AudioPort | None = None
        self._studio = Studio(listen=False)
        self._opening = 0
        self._writers: dict[int, RecordingWriter] = {}   # by the number of the recording
        self._recordings = 0

    def start(self, put: Callable[[Event], None]) -> None:
        """``put`` queues an event, from any thread."""
        self._put = put
        forget_drafts(self._folder)
        salvage(self._folder)
        self._speech.start(put)

    def stop(self) -> None:
        """The program ends: what was said in confidence is on disk first."""
        writers = list(self._writers.values())
        self.close()
        for writer in writers:
            writer.wait(KEPT_WITHIN_S)
        self._speech.stop()

    def perform(self, effect: VoiceEffect, device: str | None) -> None:
        """One effect; what comes of it is put as an event. ``device``: where the sound of the
        modem is now."""
        match effect:
            case OpenVoice(listen):
                self._open(listen, device)
            case CloseVoice():
                self.close()
            case LetFlow(go) if self._port is not None:
                self._port.let_flow(go)
            case Play(turn, clips, loop):
                self._play(Programme(turn, [self._part(clip) for clip in clips], loop))
            case Hush():
                self._play(None)
            case TakeDown():
                self._take_down(effect)
            case Prepare(clips):
                self._prepare(clips)
            case RemoveRecording(name):
                self._path(name).unlink(missing_ok=True)
            case CheckPin(person, pin):
                self._beside("check PIN", lambda: self._hold_pin(person, pin))
            case MakeGreeting(draft):
                self._beside("greeting", lambda: self._put(made_of(self._folder, draft)))
            case _:   # EndTakeDown, LetFlow
                self._order(lambda studio: studio.end_taking())

    # The device

    def _open(self, listen: bool, device: str | None) -> None:
        self.close()
        self._opening = opening = self._opening + 1
        if device is None:
            self._put(VoiceLost(NO_PORT))
            return
        studio = self._studio = Studio(listen=listen)
        try:
            self._port = AudioPort(
                open_device(device),
                studio,
                on_open=lambda: self._tell(opening, VoiceOpened()),
                on_lost=lambda why: self._tell(opening, VoiceLost(why)),
                on_news=lambda news: self._news(opening, news),
                clock=self._clock,
            )
        except OSError as fault:
            self._put(VoiceLost(str(fault)))
            return
        lift_all()
        self._port.start()

    def close(self) -> None:
        """No sound any more; what was taken down so far is kept."""
        port, self._port = self._port, None
        self._opening += 1
        if port is not None:
            port.stop()
            settle_all()
        self._studio.end_taking()
        self._news(-1, self._studio.news())
        for number in list(self._writers):   # whose recording never began
            self._writers.pop(number).end("stopped")

    def _tell(self, opening: int, event: Event) -> None:
        if opening == self._opening:  # else of a call that is over
            self._put(event)

    def _order(self, order: Callable[[Studio], None]) -> None:
        if self._port is not None:
            self._port.order(order)

    def _news(self, opening: int, news: list[News]) -> None:
        """In the thread of the sound, or once that is over."""
        for each in news:
            match each:
                case studios.Recorded(number, pcm):
                    self._writers[number].add(pcm)
                case studios.Taken(number, why):
                    self._writers.pop(number).end(why)
                case studios.Said(turn):
                    self._tell(opening, Played(turn))
                case studios.Skipped(turn, why):
                    self._tell(opening, VoiceFault(turn, why))
                case studios.Pressed(key):
                    self._tell(opening, KeyHeard(key))

    # What is said

    def _play(self, programme: Programme | None) -> None:
        self._order(lambda studio: studio.play(programme))

    def _part(self, clip: Clip) -> Part:
        match clip:
            case Spoken():
                part = Part()
                self._speech.say(clip, lambda made: _fill(part, made))
                return part
            case Recording(name, instead):
                return self._recorded(name, instead)
            case Pause(ms):
                return Part(silence(ms))
            case Tone(_):
                return Part(tones.beep())

    def _recorded(self, name: str, instead: Spoken | None) -> Part:
        try:
            return Part(wav.read_telephone(self._path(name).read_bytes()))
        except (OSError, wav.WavFault) as fault:
            if instead is not None:
                return self._part(instead)
            return Part(fault=f"{name}: {fault}")

    def _prepare(self, clips: tuple[Clip, ...]) -> None:
        for clip in clips:
            if isinstance(clip, Spoken):
                self._speech.say(clip, lambda made: None, urgent=False)

    # What is taken down

    def _path(self, name: str) -> Path:
        if _NAME.fullmatch(name) is None:
            raise ValueError(f"not the name of a recording: {name!r}")
        return self._folder / f"{name}.wav"

    def _take_down(self, wanted: TakeDown) -> None:
        name, path = wanted.name, self._path(wanted.name)
        if self._port is None:
            self._put(TakenDown(name, 0.0, TakenWhy.FAULT))
            return
        self._recordings = number = self._recordings + 1
        self._writers[number] = RecordingWriter(
            path, lambda seconds, why: self._put(TakenDown(name, seconds, TakenWhy(why)))
        )
        self._order(lambda studio: studio.take_down(number, wanted.max_s, wanted.silence_s))

    def _beside(self, name: str, work: Callable[[], None]) -> None:
        threading.Thread(target=work, name=name, daemon=True).start()

    def _hold_pin(self, person: str, pin: str) -> None:
        self._put(PinChecked(person, self._check_pin(person, pin)))


def _fill(part: Part, made: bytes | str) -> None:
    if isinstance(made, bytes):
        part.pcm = made
    else:
        part.fault = made or "could not be spoken"
