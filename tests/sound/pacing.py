"""How evenly sound flows: `python -m tests.sound.pacing [--minutes 10] [--load 4] [--plain]`.

The real audio port on the pty of the simulated modem, in real time, in a call, while music plays
and keys are listened for. The modem is a process of its own, in real time where this machine lets
it: hardware is never late. With `--load`, so many processes burn all processors meanwhile, and a
thread of the same program computes as the daemon's loop does; the program weighs more than they, as
systemd weighs the daemon. `--plain`: as where real time is refused.

What counts is what the caller hears. A gap is a time of 20 ms or more for which the modem had
nothing to say. Drift is how much more, or less, lies in the modem at the end than at the beginning.
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
from firmware.shell.voice.urgent import hurry, lift_all, settle_all
from firmware.sound import wav
from firmware.sound.pcm import FRAME_MS
from firmware.sound.studio import Part, Programme, Studio
from tests.sound.melody import melody

CALLER = "+33699000001"
GAP_MS = 40
WEIGHT = -10   # Nice= and, as CPUWeight=1000, ten times that of others: deploy/systemd
WITHIN_S = 30.0


def burn() -> None:
    """A process that wants a whole processor; a group of its own, as another service is."""
    os.setsid()
    while True:
        sum(range(100_000))


class Modem:
    """`veilleur modem` with a call that has been answered and whose voice path is open."""

    def __init__(self, folder: Path) -> None:
        self.audio = folder / "audio"
        music = folder / "music.wav"
        music.write_bytes(wav.write(melody() * 50))
        real = ("chrt", "-r", "20") if shutil.which("chrt") and os.geteuid() == 0 else ()
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


class Loop(threading.Thread):
    """Computes, as the daemon's loop does when much happens: some ms, ten times a second."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.1):
            json.dumps(json.loads(json.dumps([{"n": n, "text": str(n)} for n in range(2_000)])))


def measure(minutes: float, *, load: bool, plain: bool) -> None:
    """One call of so many minutes."""
    with tempfile.TemporaryDirectory() as folder:
        modem = Modem(Path(folder))
        lost: SimpleQueue[str] = SimpleQueue()
        opened = threading.Event()
        real: list[bool] = []
        studio = Studio(listen=True)
        studio.play(Programme(1, [Part(melody())], loop=True))
        port = Watched(
            SerialAudio(str(modem.audio)), studio,
            on_open=opened.set, on_lost=lost.put, on_news=lambda news: None,
            urgent=lambda: real.append(not plain and hurry()),
        )  # fmt: skip
        loop = Loop()
        if load:
            loop.start()
        used_s, began_s = time.process_time(), time.monotonic()
        if not plain:
            lift_all()
        port.start()
        opened.wait(WITHIN_S)
        first = modem.state()
        while time.monotonic() - began_s < minutes * 60 and lost.empty():
            threading.Event().wait(1.0)
        passed_s, used_s = time.monotonic() - began_s, time.process_time() - used_s
        state = modem.state()
        loop.over.set()
        port.stop()
        settle_all()
        modem.close()
    written = port.frames_written - LEAD
    drift_ms = (state["buffered"] - first["buffered"]) * FRAME_MS
    print(f"  the port runs {'in real time' if any(real) else 'as any other thread'}; "
          f"{passed_s:.1f} s; {port.frames_read} frames read, {written} written, "
          f"{port.frames_by_clock} of them by the clock")  # fmt: skip
    print(f"  what the caller heard: longest gap {state['longest_gap'] * FRAME_MS} ms; "
          f"{state['gaps']} gaps of {FRAME_MS} ms in {state['frames']} frames; "
          f"{state['lost']} bytes lost, {port.frames_dropped} frames dropped")  # fmt: skip
    print(f"  drift: {drift_ms:.0f} ms ({first['buffered'] * FRAME_MS:.0f} ms ahead at the "
          f"beginning, {state['buffered'] * FRAME_MS:.0f} at the end; {port.frames_unheard} frames "
          f"never came and were answered, {port.frames_missed} came too late for it)")  # fmt: skip
    print(f"  longest between two frames written: {port.longest_s * 1000:.1f} ms; "
          f"{port.late} above {GAP_MS} ms")  # fmt: skip
    if not load:
        print(f"  processor of the port: {100 * used_s / passed_s:.2f} %, "
              f"{used_s / max(1, port.frames_read) * 1e6:.0f} us a frame both ways")  # fmt: skip
    with suppress(Exception):
        print(f"  lost: {lost.get_nowait()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--load", type=int, default=0, help="processes that burn meanwhile")
    parser.add_argument("--plain", action="store_true", help="as where real time is refused")
    options = parser.parse_args()
    hogs = [multiprocessing.Process(target=burn, daemon=True) for _ in range(options.load)]
    for hog in hogs:
        hog.start()
    with suppress(OSError):   # another service than those that burn, and ten times their weight
        os.setsid()
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(WEIGHT), encoding="ascii")
        os.nice(WEIGHT)
    load = os.getloadavg()[0]
    print(f"{options.minutes:g} minutes, {options.load} processes of load; the machine's load is "
          f"{load:.1f} on {os.cpu_count()} processors")  # fmt: skip
    try:
        measure(options.minutes, load=options.load > 0, plain=options.plain)
    finally:
        for hog in hogs:
            hog.kill()


if __name__ == "__main__":
    main()
