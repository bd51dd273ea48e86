"""Sentences spoken in a thread of their own: the loop and the sound never wait for an engine."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable
from pathlib import Path

from firmware.event import Event, VoiceEngine
from firmware.shell.watchdog import complain
from firmware.speech.cupboard import Cupboard
from firmware.speech.engine import Engine, SpeechFault, find_engine
from firmware.speech.ready import ready_made
from firmware.speech.sentence import sentence
from firmware.voice.clip import Spoken

NO_ENGINE = "no speech engine"
WAITING_MAX = 200   # sentences; more is a mistake somewhere
_Then = Callable[[bytes | str], None]


class Speech:
    """Kept sentences at once, others spoken in the worker, urgent ones first."""

    def __init__(
        self, data_dir: Path, find: Callable[[], Engine | None] = find_engine
    ) -> None:
        self._cupboard = Cupboard(data_dir)
        self._engine: Engine | None = None
        self._find = find
        self._put: Callable[[Event], None] = lambda event: None
        self._jobs: queue.PriorityQueue[tuple[int, int, Spoken | None, _Then]] = (
            queue.PriorityQueue(WAITING_MAX)
        )
        self._numbers = itertools.count()
        self._worker: threading.Thread | None = None

    def start(self, put: Callable[[Event], None]) -> None:
        """Find an engine, tell what was found, begin."""
        self._put = put
        self._engine = self._find()
        self._tell()
        self._worker = threading.Thread(target=self._work, name="speak", daemon=True)
        self._worker.start()

    def say(self, clip: Spoken, then: _Then, *, urgent: bool = True) -> None:
        """``then`` gets the telephone's PCM, or why there is none; at once or from the worker."""
        try:
            self._jobs.put_nowait((0 if urgent else 1, next(self._numbers), clip, then))
        except queue.Full:
            then("too many sentences wait to be spoken")

    def stop(self) -> None:
        """No more. The worker dies with the process if an engine hangs."""
        if self._worker is not None and self._jobs.qsize() < WAITING_MAX:
            self._jobs.put((-1, next(self._numbers), None, lambda found: None))

    def _tell(self) -> None:
        found = self._engine is not None
        self._put(VoiceEngine(found, "" if found else NO_ENGINE))

    def _work(self) -> None:
        while True:
            _, _, clip, then = self._jobs.get()
            if clip is None:
                return
            then(self._spoken(clip))

    def _spoken(self, clip: Spoken) -> bytes | str:
        made = ready_made(clip.text, clip.language)
        if self._engine is None:
            self._look_again()
        if self._engine is None:
            return made if made is not None else NO_ENGINE
        try:
            return sentence(self._cupboard, self._engine, clip.text, clip.language, complain)
        except Exception as fault:  # the worker outlives every sentence
            if not isinstance(fault, SpeechFault):
                complain(f"speaking a sentence: {fault!r}")
            self._look_again()
            return made if made is not None else str(fault)

    def _look_again(self) -> None:
        """An engine may have been installed or taken away while we run."""
        before, self._engine = self._engine, self._find()
        if (before is None) != (self._engine is None):
            self._tell()
