"""A recording on its way to the disk, in a thread of its own: a card that stands still for a
second must not stop the sound. It is there from its first second, as `.part`."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from io import BufferedWriter
from pathlib import Path

from firmware.sound import wav
from firmware.sound.pcm import RATE

PART = ".part"
WORTH_S = 0.5    # less than that is nobody's message


class RecordingWriter:
    """Writes what it is given. ``on_end`` is told, from the writer's thread, how many seconds are
    on disk (0.0: no file), and why it ended: as `end` was told, or `fault` where the disk took no
    more; what it had taken is kept."""

    def __init__(self, target: Path, on_end: Callable[[float, str], None]) -> None:
        self._target, self._on_end = target, on_end
        self._pieces: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._why = "stopped"
        self._thread = threading.Thread(target=self._run, name="recording", daemon=True)
        self._thread.start()

    def add(self, pcm: bytes) -> None:
        """More of it."""
        self._pieces.put(pcm)

    def end(self, why: str) -> None:
        """That was all."""
        self._why = why
        self._pieces.put(None)

    def wait(self, seconds: float) -> None:
        """Until it is on disk."""
        self._thread.join(seconds)

    def _run(self) -> None:
        part = self._target.with_name(self._target.name + PART)
        try:
            self._target.parent.mkdir(0o770, parents=True, exist_ok=True)
            with part.open("wb") as file:
                os.fchmod(file.fileno(), 0o660)   # the page's user is of the same group
                file.write(wav.header(0))   # 0: to the end, should this be all that is left of it
                why = self._write(file)
            kept_s = _made_whole(part)
        except OSError:
            kept_s, why = 0.0, "fault"
        self._on_end(kept_s, why)

    def _write(self, file: BufferedWriter) -> str:
        while (piece := self._pieces.get()) is not None:
            try:
                file.write(piece)
                file.flush()
            except OSError:
                return "fault"
        return self._why


def _made_whole(part: Path) -> float:
    """Write the length, give it its name, durably; what is too short goes. The seconds kept."""
    octets = max(0, part.stat().st_size - wav.HEADER_BYTES) & ~1
    if octets < WORTH_S * 2 * RATE:
        part.unlink()
        return 0.0
    with part.open("r+b") as file:
        file.write(wav.header(octets))
        file.truncate(wav.HEADER_BYTES + octets)
        file.flush()
        os.fsync(file.fileno())
    part.rename(part.with_name(part.name.removesuffix(PART)))
    folder = os.open(part.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return octets / (2 * RATE)


def salvage(voice: Path) -> int:
    """Make recordings whole that a power cut has left unfinished; how many there were."""
    saved = 0
    for part in sorted(voice.glob(f"*/*{PART}")):
        with suppress(OSError):
            saved += _made_whole(part) > 0.0
    return saved
