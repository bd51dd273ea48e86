"""How evenly sound flows: `python -m tests.sound.pacing [--minutes 10] [--load 4]`.

The real audio port on the pty of the simulated modem, in real time, in a call, while a prompt plays
and keys are listened for; with `--load`, so many processes burn all processors meanwhile.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue

from firmware.shell.voice.audio_devices import SerialAudio
from firmware.shell.voice.audio_port import LEAD, AudioPort
from firmware.sound import tones
from firmware.sound.pcm import FRAME_MS
from firmware.sound.studio import Part, Programme, Studio
from hw.simulator.pty_port import PtyPort
from hw.simulator.simulation_host import SimulationHost
from hw.simulator.virtual_site import VirtualSite

CALLER = "+33699000001"
GAP_MS = 40
NICE = -10   # as systemd runs the daemon (deploy/); the simulated modem must not starve either


def burn() -> None:
    """A process that wants a whole processor."""
    while True:
        sum(range(100_000))


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
        site = VirtualSite("quectel-eg25", audio=True)
        audio = PtyPort(Path(folder) / "audio")
        host = SimulationHost(site, PtyPort(Path(folder) / "modem"), audio=audio)
        lost: SimpleQueue[str] = SimpleQueue()
        opened = threading.Event()
        with host:
            host.call(CALLER)
            threading.Event().wait(4.0)
            host.ask(lambda site: site.modem.line.answer() if site.modem.line else None)
            host.ask(lambda site: site.modem.audio.open("serial"))
            site.phone(CALLER).voice.says = b""
            studio = Studio(listen=True)
            studio.play(Programme(1, [Part(tones.hold_music())], loop=True))
            port = Watched(
                SerialAudio(str(audio.path)), studio,
                on_open=opened.set, on_lost=lost.put, on_news=lambda news: None,
            )  # fmt: skip
            used_s = time.process_time()
            began_s = time.monotonic()
            port.start()
            opened.wait(10.0)
            host.ask(lambda site: site.phone(CALLER).voice.say(tones.hold_music() * 50))
            while time.monotonic() - began_s < minutes * 60 and lost.empty():
                threading.Event().wait(1.0)
            passed_s = time.monotonic() - began_s
            used_s = time.process_time() - used_s
            gaps, dropped = site.modem.audio.gaps, site.modem.audio.lost
            port.stop()
        written = port.frames_written - LEAD
        drift = written - port.frames_read
        print(f"  passed {passed_s:.1f} s; {port.frames_read} frames read, {written} written, "
              f"{port.frames_by_clock} of them by the clock")  # fmt: skip
        print(f"  drift: {drift} frames, {drift * FRAME_MS} ms")
        print(f"  longest between two frames written: {port.longest_s * 1000:.1f} ms; "
              f"{port.late} above {GAP_MS} ms")  # fmt: skip
        print(f"  the modem found nothing to say {gaps} times ({gaps * FRAME_MS} ms), "
              f"lost {dropped} bytes, the port dropped {port.frames_dropped} frames")  # fmt: skip
        print(f"  processor, the simulated network with it: {100 * used_s / passed_s:.1f} %")
        with suppress(Exception):
            print(f"  lost: {lost.get_nowait()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--load", type=int, default=0, help="processes that burn meanwhile")
    parser.add_argument("--realtime", action="store_true", help="what a real-time thread would do")
    options = parser.parse_args()
    hogs = [multiprocessing.Process(target=burn, daemon=True) for _ in range(options.load)]
    for hog in hogs:
        hog.start()
    with suppress(PermissionError):
        if options.realtime:
            os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
        elif options.load:
            os.nice(NICE)
    print(f"{options.minutes:g} minutes, {options.load} processes of load, nice {os.nice(0)}")
    try:
        measure(options.minutes)
    finally:
        for hog in hogs:
            hog.kill()


if __name__ == "__main__":
    main()
