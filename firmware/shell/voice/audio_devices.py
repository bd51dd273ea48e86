"""Where sound comes from and goes to: the modem's second tty, or its sound card by way of ALSA.

Both are two descriptors: raw PCM is read from one and written to the other.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import termios
import tty
from contextlib import suppress
from typing import Protocol

from firmware.line.usb_port import ALSA, PortUnavailable, unavailable
from firmware.shell.voice.urgent import hurry
from firmware.sound.pcm import FRAME_MS, RATE

PERIOD_US = FRAME_MS * 1000
BUFFER_US = 8 * PERIOD_US
END_WITHIN_S = 1.0
_RAW = ("-q", "-t", "raw", "-f", "S16_LE", "-r", str(RATE), "-c", "1",
        f"--period-time={PERIOD_US}", f"--buffer-time={BUFFER_US}")  # fmt: skip


class AudioDevice(Protocol):
    """An open device."""

    reads: int
    writes: int

    def close(self) -> None:
        """Let it go; may be called twice."""


def open_device(name: str) -> AudioDevice:
    """The tty at this path, or the card after `alsa:`; raises `PortUnavailable`."""
    return AlsaAudio(name.removeprefix(ALSA)) if name.startswith(ALSA) else SerialAudio(name)


class SerialAudio:
    """A tty that carries PCM both ways; exclusive, raw, never blocking. What lay in it from the
    call before is thrown away."""

    def __init__(self, path: str) -> None:
        try:
            port = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as fault:
            raise unavailable(path, fault) from fault
        try:
            fcntl.ioctl(port, termios.TIOCEXCL)
            tty.setraw(port, termios.TCSANOW)
            termios.tcflush(port, termios.TCIOFLUSH)
        except (OSError, termios.error) as fault:
            os.close(port)
            raise unavailable(path, fault) from fault
        self.reads = self.writes = port

    def close(self) -> None:
        """See `AudioDevice`. What was not yet sent is dropped: closing must not wait for it."""
        port, self.reads, self.writes = self.reads, -1, -1
        if port >= 0:
            with suppress(OSError, termios.error):
                termios.tcflush(port, termios.TCIOFLUSH)
            with suppress(OSError):
                os.close(port)


class AlsaAudio:
    """A sound card by way of `arecord` and `aplay` (Debian's alsa-utils)."""

    def __init__(self, card: str) -> None:
        self._programs: list[subprocess.Popen[bytes]] = []
        self.reads, heard = os.pipe2(os.O_CLOEXEC)
        said, self.writes = os.pipe2(os.O_CLOEXEC)
        try:
            self._start("arecord", card, subprocess.DEVNULL, heard)
            self._start("aplay", card, said, subprocess.DEVNULL)
        except OSError as fault:
            self.close()
            raise PortUnavailable(f"{card}: alsa-utils cannot be started: {fault}") from fault
        finally:
            os.close(heard)
            os.close(said)
        for end in (self.reads, self.writes):
            os.set_blocking(end, False)
        with suppress(OSError):  # a pipe of 64 KB would hold four seconds of a prompt
            fcntl.fcntl(self.writes, fcntl.F_SETPIPE_SZ, 4096)

    def _start(self, name: str, card: str, stdin: int, stdout: int) -> None:
        program = subprocess.Popen(  # noqa: S603 - no shell
            [name, *_RAW, "-D", card],
            stdin=stdin, stdout=stdout, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        hurry(program.pid)
        self._programs.append(program)

    def close(self) -> None:
        """See `AudioDevice`: both programs are ended, and waited for."""
        programs, self._programs = self._programs, []
        for program in programs:
            program.terminate()
        for program in programs:
            try:
                program.wait(END_WITHIN_S)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
        ends, self.reads, self.writes = (self.reads, self.writes), -1, -1
        for end in ends:
            if end >= 0:
                os.close(end)
