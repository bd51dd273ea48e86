"""How evenly sound flows: `python -m tests.sound.pacing [--minutes 10] [--load 4]`.

The real audio port on the pty of the simulated modem, in real time, in a call, while music plays
and keys are listened for. The modem is a process of its own, in real time where this machine lets
it: hardware is never late. With `--load`, so many processes burn all processors meanwhile, and the
port is scheduled before them, as systemd weighs the daemon. A gap is a round of 20 ms for which
the modem had nothing to say to the caller.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from firmware.shell.voice.audio_devices import SerialAudio
from firmware.shell.voice.audio_port import LEAD, AudioPort
from firmware.sound import wav
from firmware.sound.pcm import FRAME_MS
from firmware.sound.studio import Part, Programme, Studio
from tests.sound.melody import melody

CALLER = "+33699000001"
GAP_MS = 40
WITHIN_S = 30.0


def burn() -> None:
    """A process that wants a whole processor, and has no right to it."""
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    while True:
        sum(range(100_000))


class Modem:
    """`veilleur modem` with a call that has been answered and whose voice path is open."""

    def __init__(self, folder: Path) -> None:
        self.audio = folder / "audio"
        music = folder / "music.wav"
        music.write_bytes(wav.write(melody() * 50))
        real = ("chrt", "-r", "10") if shutil.which("chrt") and os.geteuid() == 0 else ()
        self._process = subprocess.Popen(
            [*real, sys.executable, "-m", "hw.simulator", "--profile", "quectel-eg25",
             "--pty", str(folder / "modem"), "--audio", str(self.audio)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        )  # fmt: skip
        self._await("ready")
        self._port = os.open(folder / "modem", os.O_RDWR | os.O_NOCTTY)
        self._do(f"say {CALLER} {music}", "will say")
        self._do(f"call {CALLER}", "dials")
        for command, answer in ((b"", b"RING"), (b"ATA\r", b"OK"), (b"AT+QPCMV=1,0\r", b"OK")):
            os.write(self._port, command)
            said = b""
            while answer not in said:
                said += os.read(self._port, 100)

    def _do(self, line: str, answer: str) -> str:
        if self._process.stdin is not None:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        return self._await(answer)

    def _await(self, part: str) -> str:
        for line in self._process.stdout or ():
            if part in line:
                return line
        raise EOFError(part)

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._do("state", '{"at"'))["modem"]["audio"]
        return found

    def close(self) -> None:
        os.close(self._port)
        self._process.kill()
        self._process.wait()


class Watched(AudioPort):
    """The port, with an eye on when it writes."""

    longest_s = 0.0
    late = 0
    _wrote_s = 0.0

    def _write(self, frame: bytes) -> None:
        now_s = time.monotonic()
        if self.frames_written > LEAD:
            gap_s = now_s - self._wrote_s
            self.longest_s = max(self.longest_s, gap_s)
            self.late += gap_s > GAP_MS / 1000
        self._wrote_s = now_s
        super()._write(frame)


def measure(minutes: float) -> None:
    """One call of so many minutes."""
    with tempfile.TemporaryDirectory() as folder:
        modem = Modem(Path(folder))
        lost: SimpleQueue[str] = SimpleQueue()
        opened = threading.Event()
        studio = Studio(listen=True)
        studio.play(Programme(1, [Part(melody())], loop=True))
        port = Watched(
            SerialAudio(str(modem.audio)), studio,
            on_open=opened.set, on_lost=lost.put, on_news=lambda news: None,
        )  # fmt: skip
        used_s, began_s = time.process_time(), time.monotonic()
        port.start()
        opened.wait(WITHIN_S)
        while time.monotonic() - began_s < minutes * 60 and lost.empty():
            threading.Event().wait(1.0)
        passed_s, used_s = time.monotonic() - began_s, time.process_time() - used_s
        state = modem.state()
        port.stop()
        modem.close()
    written = port.frames_written - LEAD
    drift = written + port.frames_missed - port.frames_read
    print(f"  passed {passed_s:.1f} s; {port.frames_read} frames read, {written} written, "
          f"{port.frames_by_clock} of them by the clock")  # fmt: skip
    print(f"  drift: {drift} frames, {drift * FRAME_MS} ms")
    print(f"  longest between two frames written: {port.longest_s * 1000:.1f} ms; "
          f"{port.late} above {GAP_MS} ms; the lead is {LEAD * FRAME_MS} ms")  # fmt: skip
    print(f"  what the caller heard: {state['gaps']} gaps of {FRAME_MS} ms in {state['frames']} "
          f"frames; {state['lost']} bytes lost, {port.frames_dropped} frames dropped, "
          f"{port.frames_missed} left out")  # fmt: skip
    print(f"  processor of the port: {100 * used_s / passed_s:.2f} %, "
          f"{used_s / max(1, port.frames_read) * 1e6:.0f} us a frame both ways")  # fmt: skip
    with suppress(Exception):
        print(f"  lost: {lost.get_nowait()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--load", type=int, default=0, help="processes that burn meanwhile")
    options = parser.parse_args()
    hogs = [multiprocessing.Process(target=burn, daemon=True) for _ in range(options.load)]
    for hog in hogs:
        hog.start()
    if options.load:
        with suppress(PermissionError):
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(5))
    policy = "real-time" if os.sched_getscheduler(0) == os.SCHED_RR else "as any other"
    load = os.getloadavg()[0]
    print(f"{options.minutes:g} minutes, {options.load} processes of load; the port is scheduled "
          f"{policy}, the machine's load is {load:.1f} on {os.cpu_count()} processors")  # fmt: skip
    try:
        measure(options.minutes)
    finally:
        for hog in hogs:
            hog.kill()


if __name__ == "__main__":
    main()
